// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "octavo/parsers/block.h"

namespace octavo::parsers {

// What text documents of office programs have in common on their way into blocks: paragraphs are counted ("¶ 12"), notes follow the
// paragraph that refers to them, and what is left out is told at the end.
class OfficeBlocks {
public:
    explicit OfficeBlocks(Sink& sink) : m_sink(sink) {}

    void add(Block::Kind kind, int level, std::string_view text);   // nothing, if the text is blank
    void addRow(const std::vector<std::string>& cells);

    std::string beginNote();                                        // "[3]", to be put into the text
    void endNote(const std::string& mark, std::string_view text);   // told behind the paragraph at hand

    // Left out; told by tell().
    int pictures = 0;
    int comments = 0;
    int deletions = 0;
    bool runningHeads = false;
    bool hiddenText = false;
    void tell() const;

private:
    void emit(Block::Kind kind, int level, std::string text);

    Sink& m_sink;
    int m_paragraphs = 0;
    int m_notes = 0;
    std::vector<std::string> m_waiting;   // notes
};

} // namespace octavo::parsers
