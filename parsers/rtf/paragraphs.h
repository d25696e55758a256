// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "octavo/parsers/block.h"
#include "text/nesting.h"

namespace octavo::parsers::rtf {

// What a paragraph is, as far as a reader cares.
struct Layout {
    int heading = 0;       // its level, 0: none
    bool inTable = false;
    int listLevel = 1;
    int indent = 0;        // in twips
    int firstIndent = 0;   // against `indent`
};

// Puts text together to blocks and numbers the paragraphs. What stands aside, notes and text boxes, follows the paragraph it hangs on.
class Paragraphs {
public:
    explicit Paragraphs(Sink& sink) : m_sink(sink), m_flows(1) {}

    // Tabs divide a bullet from its item, line ends are meant; other white space is worth one space.
    void append(std::string_view text) { m_flows.back().text += text; }
    void bullet(std::string_view text, const Layout& layout);

    void endParagraph(const Layout& layout);
    void endCell();
    void endRow();

    bool beginNote();   // false: nested too deep, to be read where it stands
    bool beginBox();
    void endAside();

    void finish();

private:
    struct Flow {
        enum class Kind { Body, Note, Box };
        Kind kind = Kind::Body;
        int note = 0;                    // its number
        std::string text{};              // of the paragraph so far
        std::string bullet{};
        std::vector<std::string> cells{};
        std::vector<Block> blocks{};     // of a note or box, all of it
        std::vector<Block> aside{};      // to follow the paragraph
    };

    bool begin(Flow::Kind kind, int note);
    void emit(Block block);
    void deliver(Block block);
    void emitAside();
    bool isListItem(const Layout& layout, std::string_view text) const;

    Sink& m_sink;
    std::vector<Flow> m_flows;
    Nesting m_nesting;   // of lists that are none to the writer
    int m_notes = 0;
    long m_paragraphs = 0;
};

} // namespace octavo::parsers::rtf
