// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QAbstractListModel>
#include <QHash>

#include "octavo/app/assistant.h"
#include "octavo/app/document.h"

namespace octavo::ui {

// The documents of the library, newest news of each: its summary and, while it is read, how far that is.
class DocumentsModel : public QAbstractListModel {
    Q_OBJECT

public:
    enum Role { IdRole = Qt::UserRole + 1, StateTextRole, ShareRole, ReadingRole, KindRole };

    using QAbstractListModel::QAbstractListModel;

    void setDocuments(const QList<app::DocumentSummary>& documents);
    void put(const app::DocumentSummary& document);            // new ones come first
    void showProgress(const app::ReadProgress& progress);
    void stopProgress();                                       // nothing is being read any more
    void setHits(const QList<app::DocumentHit>& hits);         // what a search found: told instead of how far they have been read
    const app::DocumentHit* hitOf(app::DocumentId id) const;   // null: none

    const app::DocumentSummary* find(app::DocumentId id) const;   // null if unknown; dies with the next change
    QModelIndex indexOf(app::DocumentId id) const;
    double readShare(app::DocumentId id) const;                // 0…1

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;

private:
    QString stateText(const app::DocumentSummary& document) const;

    QList<app::DocumentSummary> m_documents;
    QHash<app::DocumentId, app::DocumentHit> m_hits;
    app::ReadProgress m_progress;      // of the one that is read now; document 0: none
};

} // namespace octavo::ui
