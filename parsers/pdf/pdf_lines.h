// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "octavo/parsers/block.h"

namespace octavo::parsers {

// One line of a page as it stands there, in poppler's reading order (columns one after the other).
struct PdfLine {
    std::string text;        // UTF-8, trimmed, never empty; ligatures as their letters, leading dots as one character
    Box box{};
    double size = 0;         // of most of its letters, in points
    bool bold = false;       // most of its letters
    bool typewriter = false; // all of its letters, in a font whose letters are equally wide: code
    bool rightToLeft = false;
    int page = 0;            // 1-based
    bool begins = false;     // a paragraph, as far as text recognition could tell
    struct Gap {             // the widest without letters in it, from left to right; 0 wide: none
        double left = 0, right = 0;
        std::size_t byte = 0;// of the text before it, its end
    } gap{};
    double right() const { return box.x + box.width; }
    double bottom() const { return box.y + box.height; }
    // Where it begins and ends for somebody who reads it: both grow in the direction of reading.
    double begin() const { return rightToLeft ? -right() : box.x; }
    double end() const { return rightToLeft ? -box.x : right(); }
};

// What a letter looks like.
struct PdfType {
    double size = 0;         // in points
    std::string_view font;   // its name, as the file says it
};

// Puts the lines of one page together, letter by letter.
class PdfLineMaker {
public:
    explicit PdfLineMaker(int page) : m_page(page) {}

    void write(char32_t letter);                              // to the text; what no reader wants to see is left out
    void meet(const Box& box, const PdfType* type);           // where a letter stands; `type`: null if unknown
    void end(bool rightToLeft = false);                       // of the line
    std::vector<PdfLine> lines() && { return std::move(m_lines); }

private:
    struct Letters {
        double left = 1e9, top = 1e9, right = -1e9, bottom = -1e9;
        std::map<double, int> sizes;   // letters of each
        int count = 0;
        int bold = 0;
        int typewriter = 0;
        double edge = 0;               // the right one of the letter before
        PdfLine::Gap gap;              // its byte is one of m_text
    };

    void keepGap(PdfLine& line) const;

    int m_page;
    std::string m_text;
    std::size_t m_letter = 0;          // where the last one begins in it
    Letters m_letters;
    std::vector<PdfLine> m_lines;
};

} // namespace octavo::parsers
