// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QAbstractListModel>

#include "octavo/app/session.h"

namespace octavo::ui {

// The conversations that are listed or were found. A title edited here is shown at once and asked for with renameWanted().
class SessionsModel : public QAbstractListModel {
    Q_OBJECT

public:
    enum Role { IdRole = Qt::UserRole + 1, DetailRole };

    using QAbstractListModel::QAbstractListModel;

    void setSessions(const QList<app::SessionSummary>& sessions);
    QModelIndex indexOf(app::SessionId id) const;
    QList<app::SessionId> ids() const;

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    bool setData(const QModelIndex& index, const QVariant& value, int role) override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;

signals:
    void renameWanted(octavo::app::SessionId session, const QString& title);

private:
    QList<app::SessionSummary> m_sessions;
};

} // namespace octavo::ui
