// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include <QAbstractItemModel>

#include "octavo/app/session.h"

namespace octavo::ui {

// One part that can be left out: all of a document, a chapter, a passage. Without bytes it only holds others together.
struct PartChoice {
    QString title;
    app::TextPlace place{};
    std::vector<PartChoice> parts{};
};

// Parts of texts with a tick each; what has no tick is left out, with all that lies in it. A part of which only some lies in is ticked in part.
class PartChoiceModel : public QAbstractItemModel {
    Q_OBJECT

public:
    explicit PartChoiceModel(QObject* parent = nullptr);
    ~PartChoiceModel() override;

    void setParts(std::vector<PartChoice> parts);
    bool isAnyIn() const;                               // of what the uppermost rows with bytes stand for
    QList<app::TextPlace> leftOut() const;              // the largest that are wholly left out, in the order of the tree

    QModelIndex index(int row, int column, const QModelIndex& parent = {}) const override;
    QModelIndex parent(const QModelIndex& child) const override;
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    bool setData(const QModelIndex& index, const QVariant& value, int role) override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;

signals:
    void choiceChanged();

private:
    struct Node;
    Node* nodeOf(const QModelIndex& index) const;
    void tellChanged(const QModelIndex& index);         // it, all below and all above

    std::unique_ptr<Node> m_root;
};

} // namespace octavo::ui
