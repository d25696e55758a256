// SPDX-License-Identifier: Apache-2.0
#include "rtf/paragraphs.h"

#include <algorithm>
#include <utility>

#include "text/words.h"

namespace octavo::parsers::rtf {

namespace {

constexpr std::size_t kDeepestAside = 8;
constexpr std::size_t kLongestHeading = 400;   // longer ones are paragraphs that somebody made look like a heading
constexpr std::size_t kLongestBullet = 12;

std::string oneLine(std::string_view text) { return squeezed(text); }

// Keeps the lines and how far they are indented: \line ends lines that are meant, of verse, addresses and programs.
std::string tidyLines(std::string_view text)
{
    std::string result;
    while (!text.empty()) {
        const std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        if (!result.empty())
            result.append("\n").append(line.substr(0, line.find_first_not_of(' ')));
        result += squeezed(line);
    }
    return std::string(trimmed(result));
}

bool looksLikeBullet(std::string_view text)
{
    if (text.empty() || text.size() > kLongestBullet || text.find(' ') != text.npos)
        return false;
    if (text == "•" || text == "–" || text == "-" || text == "*" || text == "o")
        return true;
    return text.ends_with('.') || text.ends_with(')');
}

std::string joined(const std::vector<std::string>& cells)
{
    std::string row;
    for (const std::string& cell : cells)
        row += (row.empty() && &cell == &cells.front() ? "" : " | ") + cell;
    return row;
}

} // namespace

// Some writers (pandoc) have no lists, only "•", a tab and a hanging indent.
bool Paragraphs::isListItem(const Layout& layout, std::string_view text) const
{
    const std::size_t tab = text.find('\t');
    return layout.firstIndent < 0 && tab != text.npos && looksLikeBullet(trimmed(text.substr(0, tab)));
}

void Paragraphs::bullet(std::string_view text, const Layout& layout)
{
    Flow& flow = m_flows.back();
    if (layout.inTable)
        flow.text.append(text).append(" ");   // a cell has many paragraphs and begins none of them
    else
        flow.bullet = text;
}

void Paragraphs::endParagraph(const Layout& layout)
{
    Flow& flow = m_flows.back();
    if (layout.inTable) {
        append(" ");   // the cell goes on
        return;
    }
    endRow();
    const std::string text = std::exchange(flow.text, {});
    const std::string bullet = oneLine(std::exchange(flow.bullet, {}));
    const std::string_view lines = trimmed(text);
    if (lines.empty()) {
        emitAside();
        return;
    }
    Block block;
    const std::string prefix = bullet.empty() ? bullet : bullet + ' ';
    if (layout.heading > 0 && lines.size() <= kLongestHeading)
        block = {Block::Kind::Heading, layout.heading, prefix + oneLine(lines)};
    else if (!bullet.empty())
        block = {Block::Kind::Item, std::clamp(layout.listLevel, 1, Nesting::kDeepest), prefix + tidyLines(lines)};
    else if (isListItem(layout, lines))
        block = {Block::Kind::Item, m_nesting.levelAt(layout.indent), tidyLines(lines)};
    else
        block = {Block::Kind::Paragraph, 1, tidyLines(lines)};
    if (block.kind != Block::Kind::Item)
        m_nesting.text(layout.indent);
    emit(std::move(block));
}

void Paragraphs::endCell()
{
    Flow& flow = m_flows.back();
    flow.cells.push_back(oneLine(std::exchange(flow.text, {})));
}

void Paragraphs::endRow()
{
    Flow& flow = m_flows.back();
    const std::vector<std::string> cells = std::exchange(flow.cells, {});
    if (std::any_of(cells.begin(), cells.end(), [](const std::string& cell) { return !cell.empty(); }))
        emit({Block::Kind::Row, 1, std::string(trimmed(joined(cells)))});
}

bool Paragraphs::begin(Flow::Kind kind, int note)
{
    m_flows.push_back(Flow{kind, note});
    return true;
}

bool Paragraphs::beginNote()
{
    if (m_flows.size() >= kDeepestAside)
        return false;
    ++m_notes;
    append('[' + std::to_string(m_notes) + ']');
    return begin(Flow::Kind::Note, m_notes);
}

bool Paragraphs::beginBox() { return m_flows.size() < kDeepestAside && begin(Flow::Kind::Box, 0); }

void Paragraphs::endAside()
{
    if (m_flows.size() == 1)
        return;
    endParagraph({});
    Flow ended = std::move(m_flows.back());
    m_flows.pop_back();
    std::vector<Block>& aside = m_flows.back().aside;
    if (ended.kind == Flow::Kind::Note) {
        std::string text = '[' + std::to_string(ended.note) + ']';
        for (const Block& block : ended.blocks)
            text += ' ' + block.text;
        aside.push_back({Block::Kind::Note, 1, std::move(text)});
    } else {
        std::move(ended.blocks.begin(), ended.blocks.end(), std::back_inserter(aside));
    }
}

void Paragraphs::emit(Block block)
{
    deliver(std::move(block));
    emitAside();
}

void Paragraphs::deliver(Block block)
{
    if (m_flows.size() > 1) {
        m_flows.back().blocks.push_back(std::move(block));
        return;
    }
    if (block.kind != Block::Kind::Note) {
        Mark mark;
        mark.name = "¶ " + std::to_string(++m_paragraphs);
        block.marks.push_back(std::move(mark));
    }
    m_sink.block(block);
}

void Paragraphs::emitAside()
{
    for (Block& block : std::exchange(m_flows.back().aside, {}))
        deliver(std::move(block));
}

void Paragraphs::finish()
{
    while (m_flows.size() > 1)
        endAside();
    endParagraph({});
}

} // namespace octavo::parsers::rtf
