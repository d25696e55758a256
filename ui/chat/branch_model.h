// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include <QAbstractItemModel>

#include "octavo/app/session.h"

namespace octavo::ui {

// A conversation with all its branches as a tree. What follows a message stands after it on the same level as long as there is one way on; where there are several,
// each is a level deeper, with what follows it. So a conversation without branches is a list, however long it is.
class BranchModel : public QAbstractItemModel {
    Q_OBJECT

public:
    enum Role { IdRole = Qt::UserRole + 1, ShownRole };    // ShownRole: it is on the branch shown

    explicit BranchModel(QObject* parent = nullptr);
    ~BranchModel() override;

    // All messages of a conversation, parents before children; `end`: of the branch shown.
    void setMessages(const QList<app::Message>& messages, app::MessageId end);
    QModelIndex indexOf(app::MessageId message) const;

    QModelIndex index(int row, int column, const QModelIndex& parent = {}) const override;
    QModelIndex parent(const QModelIndex& child) const override;
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;

private:
    struct Node;
    const Node* nodeOf(const QModelIndex& index) const;

    std::unique_ptr<Node> m_root;
};

} // namespace octavo::ui
