// SPDX-License-Identifier: Apache-2.0
#include "reader/outline_model.h"

#include <algorithm>
#include <vector>

#include "widgets.h"

namespace octavo::ui {

struct OutlineModel::Node {
    const app::Part* part;     // in m_outline
    const Node* parent;
    int row;
    std::vector<Node> children;

    void grow()
    {
        children.reserve(static_cast<std::size_t>(part->parts.size()));
        for (const app::Part& child : part->parts)
            children.push_back({&child, this, static_cast<int>(children.size()), {}});
        for (Node& child : children)
            child.grow();
    }
};

OutlineModel::OutlineModel(QObject* parent) : QAbstractItemModel(parent)
{
    setOutline({});
}

OutlineModel::~OutlineModel() = default;

void OutlineModel::setOutline(const app::Part& root)
{
    beginResetModel();
    m_outline = root;
    m_root.reset(new Node{&m_outline, nullptr, 0, {}});
    m_root->grow();
    endResetModel();
}

const OutlineModel::Node* OutlineModel::nodeOf(const QModelIndex& index) const
{
    return index.isValid() ? static_cast<const Node*>(index.internalPointer()) : m_root.get();
}

const app::Part* OutlineModel::partAt(const QModelIndex& index) const
{
    return index.isValid() ? nodeOf(index)->part : nullptr;
}

QModelIndex OutlineModel::indexOfByte(qint64 byte) const
{
    QModelIndex found;
    for (const Node* node = m_root.get(); node;) {
        const auto child = std::find_if(node->children.begin(), node->children.end(), [byte](const Node& candidate) {
            return byte >= candidate.part->bytes.begin && byte < candidate.part->bytes.end;
        });
        if (child == node->children.end())
            break;
        found = index(child->row, 0, found);
        node = &*child;
    }
    return found;
}

QModelIndex OutlineModel::index(int row, int column, const QModelIndex& parent) const
{
    if (!hasIndex(row, column, parent))
        return {};
    return createIndex(row, column, &nodeOf(parent)->children[static_cast<std::size_t>(row)]);
}

QModelIndex OutlineModel::parent(const QModelIndex& child) const
{
    const Node* parent = child.isValid() ? nodeOf(child)->parent : nullptr;
    return parent && parent->parent ? createIndex(parent->row, 0, parent) : QModelIndex();
}

int OutlineModel::rowCount(const QModelIndex& parent) const
{
    return parent.column() > 0 ? 0 : static_cast<int>(nodeOf(parent)->children.size());
}

int OutlineModel::columnCount(const QModelIndex&) const
{
    return 1;
}

QVariant OutlineModel::data(const QModelIndex& index, int role) const
{
    if (role != Qt::DisplayRole && role != Qt::ToolTipRole)
        return {};
    const app::Part* part = partAt(index);
    if (!part)
        return {};
    return role == Qt::ToolTipRole ? plainTip(part->title.simplified()) : part->title.simplified();
}

} // namespace octavo::ui
