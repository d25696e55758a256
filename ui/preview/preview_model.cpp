// SPDX-License-Identifier: Apache-2.0
#include "preview/preview_model.h"

#include <algorithm>
#include <vector>

#include <QFont>
#include <QGuiApplication>
#include <QLocale>
#include <QPalette>

#include "widgets.h"

namespace octavo::ui {

struct PreviewModel::Node {
    const app::PreviewItem* item;      // in m_preview; null for the root
    Node* parent;
    int row;
    qint64 tickedTokens = 0;
    int boxes = 0;                     // that can be ticked, here and below
    int ticked = 0;                    // of them
    bool matches = true;
    std::vector<Node> children{};

    // A folder's box stands for those of what is in it.
    bool isLeaf() const { return item && item->why.isEmpty() && (item->kind != app::PartKind::Folder) && (!item->path.isEmpty() || !parent->item); }
    Qt::CheckState state() const { return ticked == 0 ? Qt::Unchecked : ticked == boxes ? Qt::Checked : Qt::PartiallyChecked; }

    void grow(const QList<app::PreviewItem>& items)
    {
        children.reserve(static_cast<std::size_t>(items.size()));
        for (const app::PreviewItem& child : items)
            children.push_back({&child, this, static_cast<int>(children.size())});
        for (Node& child : children)
            child.grow(child.item->items);
    }

    void tick(bool on)
    {
        for (Node& child : children)
            child.tick(on);
        addUp(on);
    }

    // From the children, whose sums are right; a leaf is `on` or not.
    void addUp(bool on)
    {
        boxes = isLeaf() ? 1 : 0;
        ticked = isLeaf() && on ? 1 : 0;
        tickedTokens = isLeaf() && on ? item->tokens : 0;
        if (isLeaf())
            return;
        for (const Node& child : children) {
            boxes += child.boxes;
            ticked += child.ticked;
            tickedTokens += child.tickedTokens;
        }
    }

    void tickAsBefore()
    {
        for (Node& child : children)
            child.tickAsBefore();
        addUp(item && !item->leftOut);
    }

    // Whether it has the words; matches also tells those below.
    int search(const QString& words)
    {
        int found = item && (words.isEmpty() || (item->path.isEmpty() ? item->name : item->path).contains(words, Qt::CaseInsensitive)) ? 1 : 0;
        matches = found > 0;
        for (Node& child : children) {
            found += child.search(words);
            matches = matches || child.matches;
        }
        return found;
    }

    void addUnticked(QStringList& paths) const
    {
        if (boxes == 0)
            return;
        if (ticked == 0 && item && !item->path.isEmpty()) {
            paths.append(item->path);
            return;
        }
        for (const Node& child : children)
            child.addUnticked(paths);
    }

    int countReasons() const
    {
        int count = item && !item->why.isEmpty() ? 1 : 0;
        for (const Node& child : children)
            count += child.countReasons();
        return count;
    }
};

PreviewModel::PreviewModel(app::OpenPreview preview, QObject* parent) : QAbstractItemModel(parent), m_preview(std::move(preview)), m_root(new Node{nullptr, nullptr, 0})
{
    m_root->children.reserve(static_cast<std::size_t>(m_preview.documents.size()));
    for (const app::DocumentPreview& document : std::as_const(m_preview.documents)) {
        m_root->children.push_back({&document.item, m_root.get(), static_cast<int>(m_root->children.size())});
        m_tokens += document.item.tokens;
    }
    for (Node& document : m_root->children)
        document.grow(document.item->items);
    m_root->tickAsBefore();
}

PreviewModel::~PreviewModel() = default;

QList<app::PreviewChoice> PreviewModel::choices() const
{
    QList<app::PreviewChoice> choices;
    for (const Node& document : m_root->children) {
        app::PreviewChoice choice{document.ticked > 0};
        if (choice.isRead)
            document.addUnticked(choice.leftOut);
        choices.append(choice);
    }
    return choices;
}

app::ReadEstimate PreviewModel::cost() const
{
    app::ReadEstimate all;
    for (std::size_t at = 0; at < m_root->children.size(); ++at) {
        const app::ReadEstimate& whole = m_preview.documents[static_cast<qsizetype>(at)].estimate;
        const qint64 tokens = m_root->children[at].tickedTokens;
        const double share = whole.tokens > 0 ? static_cast<double>(tokens) / static_cast<double>(whole.tokens) : 0;
        all.device = whole.device;
        all.tokens += tokens;
        all.memoryBytes += static_cast<qint64>(share * static_cast<double>(whole.memoryBytes));
        all.diskBytes += static_cast<qint64>(share * static_cast<double>(whole.diskBytes));
        if (isTimeKnown())
            all.seconds += m_isTouched ? static_cast<double>(tokens) / m_preview.tokensPerSecond : whole.seconds;
    }
    return all;
}

int PreviewModel::leftOutInAnyCase() const
{
    return m_root->countReasons();
}

int PreviewModel::search(const QString& words)
{
    return m_root->search(words);
}

PreviewModel::Node* PreviewModel::nodeOf(const QModelIndex& index) const
{
    return index.isValid() ? static_cast<Node*>(index.internalPointer()) : m_root.get();
}

QModelIndex PreviewModel::indexOf(const Node& node) const
{
    return node.item ? createIndex(node.row, NameColumn, &node) : QModelIndex();
}

QModelIndex PreviewModel::index(int row, int column, const QModelIndex& parent) const
{
    if (!hasIndex(row, column, parent))
        return {};
    return createIndex(row, column, &nodeOf(parent)->children[static_cast<std::size_t>(row)]);
}

QModelIndex PreviewModel::parent(const QModelIndex& child) const
{
    return child.isValid() ? indexOf(*nodeOf(child)->parent) : QModelIndex();
}

int PreviewModel::rowCount(const QModelIndex& parent) const
{
    return parent.column() > 0 ? 0 : static_cast<int>(nodeOf(parent)->children.size());
}

int PreviewModel::columnCount(const QModelIndex&) const
{
    return SizeColumn + 1;
}

Qt::ItemFlags PreviewModel::flags(const QModelIndex& index) const
{
    if (!index.isValid())
        return Qt::NoItemFlags;
    const bool hasBox = index.column() == NameColumn && nodeOf(index)->boxes > 0;
    return Qt::ItemIsSelectable | Qt::ItemIsEnabled | (hasBox ? Qt::ItemIsUserCheckable : Qt::NoItemFlags);
}

QVariant PreviewModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const Node& node = *nodeOf(index);
    const app::PreviewItem& item = *node.item;
    const bool isName = index.column() == NameColumn;
    const bool isNumber = index.column() == TokensColumn || index.column() == SizeColumn;
    switch (role) {
    case Qt::DisplayRole: return text(node, index.column());
    case Qt::ToolTipRole: return plainTip(item.why.isEmpty() ? item.path : QStringLiteral("%1: %2").arg(item.path, item.why));
    case Qt::AccessibleTextRole: return isName ? described(node) : text(node, index.column());
    case Qt::CheckStateRole: return isName && node.boxes > 0 ? QVariant(node.state()) : QVariant();
    case Qt::TextAlignmentRole: return QVariant(Qt::Alignment((isNumber ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter));
    case Qt::ForegroundRole: {
        const bool isUnticked = node.boxes > 0 && node.ticked == 0;
        return !item.why.isEmpty() || isUnticked ? QVariant(QGuiApplication::palette().brush(QPalette::PlaceholderText)) : QVariant();
    }
    case ShareRole: return item.why.isEmpty() && m_tokens > 0 ? static_cast<double>(item.tokens) / static_cast<double>(m_tokens) : 0.0;
    case ReasonRole: return item.why;
    case SortRole:
        switch (index.column()) {
        case NameColumn: return item.name;
        case SizeColumn: return item.bytes;
        default: return item.tokens;
        }
    case MatchesRole: return node.matches;
    default: return {};
    }
}

QVariant PreviewModel::text(const Node& node, int column) const
{
    const app::PreviewItem& item = *node.item;
    switch (column) {
    case NameColumn: return item.kind == app::PartKind::Folder && node.parent != m_root.get() ? item.name + QLatin1Char('/') : item.name;
    case TokensColumn: return item.why.isEmpty() ? QLocale().toString(item.tokens) : QString();
    case ShareColumn: return item.why;
    case SizeColumn: return QLocale().formattedDataSize(item.bytes, 1);
    default: return {};
    }
}

// For people who hear the row.
QString PreviewModel::described(const Node& node) const
{
    const QString name = text(node, NameColumn).toString();
    const QString size = text(node, SizeColumn).toString();
    if (!node.item->why.isEmpty())
        return tr("%1, %2, left out: %3").arg(name, size, node.item->why);
    return tr("%1, %2 tokens, %3").arg(name, text(node, TokensColumn).toString(), size);
}

QVariant PreviewModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant(Qt::Alignment((section == TokensColumn || section == SizeColumn ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter));
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
    case NameColumn: return tr("Name");
    case TokensColumn: return tr("Tokens");
    case ShareColumn: return tr("Share, or why it is left out");
    case SizeColumn: return tr("On disk");
    default: return {};
    }
}

bool PreviewModel::setData(const QModelIndex& index, const QVariant& value, int role)
{
    if (role != Qt::CheckStateRole || !(flags(index) & Qt::ItemIsUserCheckable))
        return false;
    Node& node = *nodeOf(index);
    node.tick(value.toInt() == Qt::Checked);
    tellChanged(node);
    for (Node* around = node.parent; around; around = around->parent) {
        around->addUp(false);
        if (const QModelIndex changed = indexOf(*around); changed.isValid())
            emit dataChanged(changed, changed.siblingAtColumn(SizeColumn));
    }
    m_isTouched = true;
    emit choiceChanged();
    return true;
}

void PreviewModel::tellChanged(const Node& node)
{
    const QModelIndex changed = indexOf(node);
    emit dataChanged(changed, changed.siblingAtColumn(SizeColumn));
    if (!node.children.empty())
        emit dataChanged(indexOf(node.children.front()), indexOf(node.children.back()).siblingAtColumn(SizeColumn));
}

} // namespace octavo::ui
