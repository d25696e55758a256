// SPDX-License-Identifier: Apache-2.0
#include "office/office_blocks.h"

#include "text/words.h"

namespace octavo::parsers {

void OfficeBlocks::add(Block::Kind kind, int level, std::string_view text)
{
    if (!trimmed(text).empty())
        emit(kind, level, std::string(trimmed(text)));
    for (std::string& note : std::exchange(m_waiting, {}))
        emit(Block::Kind::Note, 1, std::move(note));
}

void OfficeBlocks::addRow(const std::vector<std::string>& cells)
{
    add(Block::Kind::Row, 1, rowOf(cells));
}

std::string OfficeBlocks::beginNote() { return '[' + std::to_string(++m_notes) + ']'; }

void OfficeBlocks::endNote(const std::string& mark, std::string_view text) { m_waiting.push_back(mark + ' ' + squeezed(text)); }

void OfficeBlocks::emit(Block::Kind kind, int level, std::string text)
{
    Block block{kind, level, std::move(text)};
    if (kind != Block::Kind::Note)   // notes are not among the paragraphs that a person counts
        block.marks.push_back({0, 0, {}, "¶ " + std::to_string(++m_paragraphs)});
    m_sink.block(block);
}

void OfficeBlocks::tell() const
{
    if (pictures > 0)
        m_sink.remark({counted(std::size_t(pictures), "picture"), "pictures are not read"});
    if (comments > 0)
        m_sink.remark({counted(std::size_t(comments), "comment"), "not part of the text"});
    if (deletions > 0)
        m_sink.remark({counted(std::size_t(deletions), "deleted passage"), "deleted with changes tracked"});
    if (runningHeads)
        m_sink.remark({"running heads and feet", "repeated on every page"});
    if (hiddenText)
        m_sink.remark({"hidden text", "not shown to readers either"});
}

} // namespace octavo::parsers
