// SPDX-License-Identifier: Apache-2.0
#include "assistant/hop_view.h"

#include <algorithm>
#include <numeric>

#include "documents/passages.h"

namespace octavo::app {

namespace {

using Documents = std::map<DocumentId, std::shared_ptr<const Document>>;

constexpr std::size_t kMaxColumns = 200;      // of sections or passages
constexpr std::size_t kMaxNodes = 8;          // per column of the path, "others" included
constexpr std::size_t kAlwaysShown = 6;       // however flat the attention is, there is something to follow
constexpr double kSmallNode = 0.02;
constexpr qsizetype kLabelCharacters = 56;

// One column of a grid, or a node of the path before small ones are gathered.
struct Cell {
    QString label;
    DocumentId document = 0;
    ByteRange bytes;
};

// One level of the text: its cells in text order, and in which of them each passage lies.
struct Level {
    std::vector<Cell> cells;
    std::vector<std::size_t> ofPassage;
};

const Part* chapterAmong(const QList<const Part*>& parts)
{
    const auto chapter = std::find_if(parts.begin(), parts.end(), [](const Part* part) {
        return part->kind == PartKind::Chapter || part->kind == PartKind::File;
    });
    if (chapter != parts.end())
        return *chapter;
    return parts.isEmpty() ? nullptr : parts.first();
}

QString shortened(const QString& text)
{
    const QString line = text.simplified();
    return line.size() <= kLabelCharacters ? line : line.left(kLabelCharacters - 1) + QStringLiteral("…");
}

bool hasSeveralDocuments(const HopRecord& record)
{
    return !record.passages.empty() && record.passages.front().document != record.passages.back().document;
}

// Neighbouring passages of one chapter make one cell. Text that lies in no part is told by its document's title.
Level chapterLevel(const HopRecord& record, const Documents& documents)
{
    const bool several = hasSeveralDocuments(record);
    Level level;
    const Part* before = nullptr;
    for (const auto& [id, bytes] : record.passages) {
        const Document& document = *documents.at(id);
        const Part* chapter = chapterAmong(document.partsAt(bytes.begin));
        if (level.cells.empty() || level.cells.back().document != id || chapter != before) {
            const QString title = chapter ? chapter->title : document.title;
            level.cells.push_back({several && chapter ? document.title + QStringLiteral(" ▸ ") + title : title, id, bytes});
        }
        level.cells.back().bytes.end = bytes.end;
        level.ofPassage.push_back(level.cells.size() - 1);
        before = chapter;
    }
    return level;
}

// A part's sections are numbered if it has several: "The Quarter-Deck §2".
void addSections(DocumentId id, const Document& document, std::vector<Cell>& cells)
{
    const Part* before = nullptr;
    std::size_t first = 0;     // of the part
    for (const ByteRange& section : sectionsOf(document)) {
        const QList<const Part*> parts = document.partsAt(section.begin);
        const Part* part = parts.isEmpty() ? nullptr : parts.last();
        if (cells.empty() || cells.back().document != id || part != before)
            first = cells.size();
        const std::size_t number = cells.size() - first + 1;
        if (number == 2)
            cells[first].label += QStringLiteral(" §1");
        const QString title = part ? part->title : document.title;
        cells.push_back({number == 1 ? title : QStringLiteral("%1 §%2").arg(title).arg(number), id, section});
        before = part;
    }
}

Level sectionLevel(const HopRecord& record, const Documents& documents)
{
    Level level;
    std::size_t section = 0;
    for (const auto& [id, bytes] : record.passages) {
        if (level.cells.empty() || level.cells.back().document != id) {
            section = level.cells.size();
            addSections(id, *documents.at(id), level.cells);
        }
        while (section + 1 < level.cells.size() && level.cells[section].bytes.end <= bytes.begin)
            ++section;
        level.ofPassage.push_back(section);
    }
    return level;
}

Level passageLevel(const HopRecord& record, const Documents& documents)
{
    Level level;
    for (const auto& [id, bytes] : record.passages) {
        // A multiple of the label's length in bytes is enough for any script, and cheaper than the whole passage.
        const QByteArray opening = documents.at(id)->text.mid(bytes.begin, std::min<qint64>(bytes.size(), 6 * kLabelCharacters));
        level.cells.push_back({shortened(QString::fromUtf8(opening)), id, bytes});
    }
    level.ofPassage.resize(record.passages.size());
    std::iota(level.ofPassage.begin(), level.ofPassage.end(), std::size_t(0));
    return level;
}

HopGrid gridOf(const HopRecord& record, const Level& level, const QString& title, const QString& unit, const QStringList& rows)
{
    HopGrid grid;
    grid.title = title;
    grid.unit = unit;
    grid.rows = rows;
    for (const Cell& cell : level.cells) {
        grid.columns.append(cell.label);
        grid.columnDocuments.append(cell.document);
        grid.columnBytes.append(cell.bytes);
    }
    std::vector<double> sums(level.cells.size());
    for (std::size_t token = 0; token < record.tokenCount(); ++token) {
        std::fill(sums.begin(), sums.end(), 0.0);
        for (std::size_t passage = 0; passage < record.passages.size(); ++passage)
            sums[level.ofPassage[passage]] += record.weight(token, passage);
        for (const double sum : sums)
            grid.values.append(static_cast<float>(sum));
    }
    return grid;
}

// The heaviest columns, still in text order.
HopGrid heaviestColumns(const HopGrid& grid, std::size_t count)
{
    const auto columns = static_cast<std::size_t>(grid.columns.size());
    if (columns <= count)
        return grid;
    std::vector<double> weights(columns, 0.0);
    for (qsizetype at = 0; at < grid.values.size(); ++at)
        weights[static_cast<std::size_t>(at) % columns] += grid.values[at];
    std::vector<qsizetype> kept(columns);
    std::iota(kept.begin(), kept.end(), qsizetype(0));
    std::stable_sort(kept.begin(), kept.end(), [&](qsizetype a, qsizetype b) {
        return weights[static_cast<std::size_t>(a)] > weights[static_cast<std::size_t>(b)];
    });
    kept.resize(count);
    std::sort(kept.begin(), kept.end());

    HopGrid heaviest;
    heaviest.title = QStringLiteral("%1 (%L2 heaviest of %L3)").arg(grid.title).arg(count).arg(columns);
    heaviest.unit = grid.unit;
    heaviest.rows = grid.rows;
    for (const qsizetype column : kept) {
        heaviest.columns.append(grid.columns[column]);
        heaviest.columnDocuments.append(grid.columnDocuments[column]);
        heaviest.columnBytes.append(grid.columnBytes[column]);
    }
    for (qsizetype row = 0; row < grid.rows.size(); ++row) {
        for (const qsizetype column : kept)
            heaviest.values.append(grid.at(row, column));
    }
    return heaviest;
}

// Adds one column of nodes for a level, small ones gathered in one; returns the node of each passage.
std::vector<int> addColumn(HopPath& path, int column, const Level& level, const std::vector<double>& shares)
{
    std::vector<double> weights(level.cells.size(), 0.0);
    for (std::size_t passage = 0; passage < shares.size(); ++passage)
        weights[level.ofPassage[passage]] += shares[passage];
    std::vector<std::size_t> byWeight(level.cells.size());
    std::iota(byWeight.begin(), byWeight.end(), std::size_t(0));
    std::stable_sort(byWeight.begin(), byWeight.end(), [&](std::size_t a, std::size_t b) { return weights[a] > weights[b]; });
    const auto isSmall = [&](std::size_t cell) { return weights[cell] < kSmallNode; };
    std::size_t shown = static_cast<std::size_t>(std::find_if(byWeight.begin(), byWeight.end(), isSmall) - byWeight.begin());
    shown = std::min({std::max(shown, kAlwaysShown), kMaxNodes - 1, byWeight.size()});
    std::sort(byWeight.begin(), byWeight.begin() + static_cast<std::ptrdiff_t>(shown));   // text order

    std::vector<int> nodeOf(level.cells.size());
    for (std::size_t at = 0; at < shown; ++at) {
        const Cell& cell = level.cells[byWeight[at]];
        nodeOf[byWeight[at]] = static_cast<int>(path.nodes.size());
        path.nodes.append({column, cell.label, weights[byWeight[at]], cell.document, cell.bytes});
    }
    if (const std::size_t gathered = byWeight.size() - shown; gathered > 0) {
        HopNode others{column, QStringLiteral("%L1 others").arg(gathered), 0, 0, {}};
        for (std::size_t at = shown; at < byWeight.size(); ++at) {
            nodeOf[byWeight[at]] = static_cast<int>(path.nodes.size());
            others.weight += weights[byWeight[at]];
        }
        path.nodes.append(others);
    }

    std::vector<int> nodes(shares.size());
    std::transform(level.ofPassage.begin(), level.ofPassage.end(), nodes.begin(), [&](std::size_t cell) { return nodeOf[cell]; });
    return nodes;
}

void addBands(HopPath& path, const std::vector<int>& from, const std::vector<int>& to, const std::vector<double>& shares)
{
    std::map<std::pair<int, int>, double> weights;
    for (std::size_t passage = 0; passage < shares.size(); ++passage)
        weights[{from[passage], to[passage]}] += shares[passage];
    for (const auto& [nodes, weight] : weights) {
        if (weight > 0)
            path.bands.append({nodes.first, nodes.second, weight});
    }
}

HopPath pathOf(const QString& selection, const std::vector<double>& shares, const std::vector<const Level*>& levels)
{
    HopPath path;
    path.answer = selection;
    path.nodes.append({0, shortened(selection), 1, 0, {}});
    std::vector<int> from(shares.size(), 0);
    int column = 0;
    for (const Level* level : levels) {
        const std::vector<int> to = addColumn(path, ++column, *level, shares);
        addBands(path, from, to, shares);
        from = to;
    }
    return path;
}

} // namespace

HopView makeHopView(MessageId message, const HopRecord& record, const Documents& documents, int beginToken, int endToken)
{
    HopView view;
    view.message = message;
    view.model = record.model;
    view.question = record.question;
    for (std::size_t token = 0; token < record.tokenCount(); ++token) {
        view.answerTokens.append(record.tokenText(token));
        view.outside.append(record.outside[token]);
    }

    const auto [begin, end] = record.chosenTokens(beginToken, endToken);
    for (std::size_t token = begin; token < end; ++token)
        view.outsideShare += static_cast<double>(record.outside[token]) / static_cast<double>(end - begin);

    const Level chapters = chapterLevel(record, documents);
    const Level sections = sectionLevel(record, documents);
    const Level passages = passageLevel(record, documents);
    const QString selection = view.answerTokens.mid(static_cast<qsizetype>(begin), static_cast<qsizetype>(end - begin)).join(QString());
    view.path = pathOf(selection, record.shares(begin, end), {&chapters, &sections, &passages});

    view.grids.append(
        gridOf(record, chapters, QStringLiteral("Chapters"), QStringLiteral("share of attention, p(chapter)"), view.answerTokens));
    const HopGrid allSections = gridOf(record, sections, QStringLiteral("Sections"),
        QStringLiteral("share of attention, p(chapter)·p(section | chapter)"), view.answerTokens);
    view.grids.append(heaviestColumns(allSections, kMaxColumns));
    const HopGrid allPassages = gridOf(record, passages, QStringLiteral("Passages"),
        QStringLiteral("share of attention, p(chapter)·p(section | chapter)·p(passage | section)"), view.answerTokens);
    view.grids.append(heaviestColumns(allPassages, kMaxColumns));
    return view;
}

} // namespace octavo::app
