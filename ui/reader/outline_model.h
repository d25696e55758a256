// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include <QAbstractItemModel>

#include "octavo/app/document.h"

namespace octavo::ui {

// A document's outline without its root, as a tree.
class OutlineModel : public QAbstractItemModel {
    Q_OBJECT

public:
    explicit OutlineModel(QObject* parent = nullptr);
    ~OutlineModel() override;

    void setOutline(const app::Part& root);
    const app::Part* partAt(const QModelIndex& index) const;   // null for the root
    QModelIndex indexOfByte(qint64 byte) const;                // the innermost part around it

    QModelIndex index(int row, int column, const QModelIndex& parent = {}) const override;
    QModelIndex parent(const QModelIndex& child) const override;
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;

private:
    struct Node;
    const Node* nodeOf(const QModelIndex& index) const;

    app::Part m_outline;
    std::unique_ptr<Node> m_root;
};

} // namespace octavo::ui
