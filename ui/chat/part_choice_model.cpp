// SPDX-License-Identifier: Apache-2.0
#include "chat/part_choice_model.h"

#include <algorithm>

#include "widgets.h"

namespace octavo::ui {

struct PartChoiceModel::Node {
    QString title;
    app::TextPlace place;
    Node* parent = nullptr;
    int row = 0;
    Qt::CheckState state = Qt::Checked;
    std::vector<std::unique_ptr<Node>> children{};

    void add(const std::vector<PartChoice>& parts)
    {
        for (const PartChoice& part : parts) {
            children.push_back(std::make_unique<Node>(Node{part.title, part.place, this, static_cast<int>(children.size())}));
            children.back()->add(part.parts);
        }
    }

    void setAll(Qt::CheckState to)
    {
        state = to;
        for (const auto& child : children)
            child->setAll(to);
    }

    // Text of its own, beside that of its parts, stays in until it is left out itself.
    void follow()
    {
        const auto all = [this](Qt::CheckState is) { return std::all_of(children.begin(), children.end(), [is](const auto& child) { return child->state == is; }); };
        state = all(Qt::Checked) ? Qt::Checked : all(Qt::Unchecked) && place.bytes.size() == 0 ? Qt::Unchecked : Qt::PartiallyChecked;
        if (parent)
            parent->follow();
    }

    void gather(QList<app::TextPlace>& leftOut) const
    {
        if (state == Qt::Unchecked && place.bytes.size() > 0) {
            leftOut.append(place);
            return;
        }
        for (const auto& child : children)
            child->gather(leftOut);
    }
};

PartChoiceModel::PartChoiceModel(QObject* parent) : QAbstractItemModel(parent), m_root(std::make_unique<Node>()) {}

PartChoiceModel::~PartChoiceModel() = default;

void PartChoiceModel::setParts(std::vector<PartChoice> parts)
{
    beginResetModel();
    m_root = std::make_unique<Node>();
    m_root->add(parts);
    endResetModel();
    emit choiceChanged();
}

bool PartChoiceModel::isAnyIn() const
{
    return std::any_of(m_root->children.begin(), m_root->children.end(), [](const auto& child) { return child->place.bytes.size() > 0 && child->state != Qt::Unchecked; });
}

QList<app::TextPlace> PartChoiceModel::leftOut() const
{
    QList<app::TextPlace> leftOut;
    m_root->gather(leftOut);
    return leftOut;
}

PartChoiceModel::Node* PartChoiceModel::nodeOf(const QModelIndex& index) const
{
    return index.isValid() ? static_cast<Node*>(index.internalPointer()) : m_root.get();
}

QModelIndex PartChoiceModel::index(int row, int column, const QModelIndex& parent) const
{
    if (!hasIndex(row, column, parent))
        return {};
    return createIndex(row, column, nodeOf(parent)->children[static_cast<std::size_t>(row)].get());
}

QModelIndex PartChoiceModel::parent(const QModelIndex& child) const
{
    Node* parent = child.isValid() ? nodeOf(child)->parent : nullptr;
    return parent && parent->parent ? createIndex(parent->row, 0, parent) : QModelIndex();
}

int PartChoiceModel::rowCount(const QModelIndex& parent) const
{
    return parent.column() > 0 ? 0 : static_cast<int>(nodeOf(parent)->children.size());
}

int PartChoiceModel::columnCount(const QModelIndex&) const
{
    return 1;
}

QVariant PartChoiceModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid())
        return {};
    const Node& node = *nodeOf(index);
    switch (role) {
    case Qt::DisplayRole: return node.title;
    case Qt::ToolTipRole: return plainTip(node.title);
    case Qt::CheckStateRole: return node.state;
    default: return {};
    }
}

bool PartChoiceModel::setData(const QModelIndex& index, const QVariant& value, int role)
{
    if (!index.isValid() || role != Qt::CheckStateRole)
        return false;
    Node& node = *nodeOf(index);
    node.setAll(value.value<Qt::CheckState>() == Qt::Unchecked ? Qt::Unchecked : Qt::Checked);
    if (node.parent)
        node.parent->follow();
    tellChanged(index);
    emit choiceChanged();
    return true;
}

Qt::ItemFlags PartChoiceModel::flags(const QModelIndex& index) const
{
    return index.isValid() ? QAbstractItemModel::flags(index) | Qt::ItemIsUserCheckable : Qt::NoItemFlags;
}

void PartChoiceModel::tellChanged(const QModelIndex& changed)
{
    for (QModelIndex above = changed; above.isValid(); above = above.parent())
        emit dataChanged(above, above, {Qt::CheckStateRole});
    std::vector<QModelIndex> below{changed};
    while (!below.empty()) {
        const QModelIndex parent = below.back();
        below.pop_back();
        const int rows = rowCount(parent);
        if (rows == 0)
            continue;
        emit dataChanged(index(0, 0, parent), index(rows - 1, 0, parent), {Qt::CheckStateRole});
        for (int row = 0; row < rows; ++row)
            below.push_back(index(row, 0, parent));
    }
}

} // namespace octavo::ui
