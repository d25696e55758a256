// SPDX-License-Identifier: Apache-2.0
#include "chat/branch_model.h"

#include <vector>

#include <QFont>
#include <QHash>
#include <QSet>

#include "icons.h"
#include "widgets.h"

namespace octavo::ui {

namespace {

constexpr int kMostLetters = 300;

} // namespace

struct BranchModel::Node {
    app::Message message{};
    bool shown = false;
    Node* parent = nullptr;
    int row = 0;
    std::vector<std::unique_ptr<Node>> children{};

    Node* add(const app::Message& child, bool isShown)
    {
        children.push_back(std::make_unique<Node>(Node{child, isShown, this, static_cast<int>(children.size())}));
        return children.back().get();
    }
};

BranchModel::BranchModel(QObject* parent) : QAbstractItemModel(parent), m_root(std::make_unique<Node>()) {}
BranchModel::~BranchModel() = default;

void BranchModel::setMessages(const QList<app::Message>& messages, app::MessageId end)
{
    beginResetModel();
    m_root = std::make_unique<Node>();
    QHash<app::MessageId, app::MessageId> parents;
    QHash<app::MessageId, int> ways;       // on from each message
    for (const app::Message& message : messages) {
        parents[message.id] = message.parent;
        ++ways[message.parent];
    }
    QSet<app::MessageId> shown;
    for (app::MessageId at = end; at != 0 && !shown.contains(at); at = parents.value(at))
        shown.insert(at);
    QHash<app::MessageId, Node*> around{{0, m_root.get()}};    // under which the next messages of each come
    for (const app::Message& message : messages) {
        Node* node = around.value(message.parent, m_root.get())->add(message, shown.contains(message.id));
        // What follows one of several must not stand beside the others.
        around[message.id] = ways.value(message.parent) > 1 || ways.value(message.id) > 1 ? node : node->parent;
    }
    endResetModel();
}

QModelIndex BranchModel::indexOf(app::MessageId message) const
{
    std::vector<const Node*> left{m_root.get()};
    while (!left.empty()) {
        const Node* node = left.back();
        left.pop_back();
        if (node != m_root.get() && node->message.id == message)
            return createIndex(node->row, 0, node);
        for (const auto& child : node->children)
            left.push_back(child.get());
    }
    return {};
}

const BranchModel::Node* BranchModel::nodeOf(const QModelIndex& index) const
{
    return index.isValid() ? static_cast<const Node*>(index.constInternalPointer()) : m_root.get();
}

QModelIndex BranchModel::index(int row, int column, const QModelIndex& parent) const
{
    const Node* node = nodeOf(parent);
    const bool isThere = column == 0 && row >= 0 && row < static_cast<int>(node->children.size());
    return isThere ? createIndex(row, 0, node->children[static_cast<std::size_t>(row)].get()) : QModelIndex();
}

QModelIndex BranchModel::parent(const QModelIndex& child) const
{
    const Node* above = nodeOf(child)->parent;
    return above && above != m_root.get() ? createIndex(above->row, 0, above) : QModelIndex();
}

int BranchModel::rowCount(const QModelIndex& parent) const
{
    return static_cast<int>(nodeOf(parent)->children.size());
}

int BranchModel::columnCount(const QModelIndex&) const
{
    return 1;
}

QVariant BranchModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const Node& node = *nodeOf(index);
    const bool asks = node.message.role == app::Message::Role::User;
    const QString text = node.message.text.left(kMostLetters).simplified();
    switch (role) {
    case Qt::DisplayRole: return text.isEmpty() ? tr("(empty)") : text;
    case Qt::DecorationRole: return icon(asks ? QLatin1String("chat") : QLatin1String("book"));
    case Qt::ToolTipRole: return plainTip(text);
    case Qt::FontRole: {
        QFont font;
        font.setBold(node.shown);
        return font;
    }
    case Qt::AccessibleTextRole: {
        const QString what = asks ? tr("Question: %1").arg(text) : tr("Answer: %1").arg(text);
        return node.shown ? tr("%1 (shown)").arg(what) : what;
    }
    case IdRole: return node.message.id;
    case ShownRole: return node.shown;
    default: return {};
    }
}

} // namespace octavo::ui
