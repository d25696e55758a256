// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace octavo::parsers::rtf {

// What an interpreter does about a control word.
enum class Meaning {
    Unknown,
    // Text
    Character, Unicode, UnicodeSkip,
    // Ends
    Paragraph, Section, Cell, Row,
    // Of a paragraph
    ParagraphDefaults, TableParagraph, Style, OutlineLevel, ListLevel, Indent, FirstIndent,
    // Of characters
    CharacterDefaults, Font, FontCharset, Deleted, Hidden,
    // Of the file
    AnsiPage, MacintoshSet, DosSet, DefaultFont,
    // Destinations
    FontTable, StyleSheet, Title, Bullet, Note, Box, Around, UnicodeTwin, Skipped, LeftOut,
};

struct Word {
    Meaning meaning = Meaning::Unknown;
    std::string_view text{};    // of a Character
    std::string_view thing{};   // of LeftOut: what to call it
    bool counted = true;        //   and whether to say how many
};

Word wordCalled(std::string_view name);

} // namespace octavo::parsers::rtf
