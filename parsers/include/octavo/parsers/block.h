// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "octavo/base/expected.h"

namespace octavo::parsers {

// A rectangle on a page as it is shown, in points (1/72 inch) from its top left corner.
struct Box {
    double x = 0;
    double y = 0;
    double width = 0;
    double height = 0;
};

// Where in the original a block's text stands, from byte `at` of it up to the next mark. A document has pages (a PDF: `page`, `box`,
// and `name` where the page is called otherwise than by its number), or names: "chapter3.xhtml#storm", "00:12:31", "cell 4".
struct Mark {
    std::size_t at = 0;
    int page = 0;       // 1-based; 0: this format has none
    Box box{};
    std::string name{};
    bool recognized = false;   // its letters are what text recognition took a picture for
};

// A piece of a document, in reading order. `text` is UTF-8 without white space at its ends, one line but for Code and lines that are meant
// (verse, addresses). Items carry their bullet or number, rows have " | " between their cells, notes begin with their mark in brackets: "[2] …".
struct Block {
    enum class Kind { Paragraph, Heading, Item, Row, Code, Quote, Note };
    Kind kind = Kind::Paragraph;
    int level = 1;      // of headings: 1 is the outermost; of items: 1 is not nested
    std::string text;
    std::vector<Mark> marks{};   // ascending, the first at 0; none: as the block before
};

// Something the reader should know was left out or is not what it seems: what ("pages 3-5", "2 images"), why ("scan without text").
struct Remark {
    std::string what;
    std::string why;
    int pages = 0;      // so many pages gave no text
    int scansFrom = 0;  // text recognition may read them: they go on from this page, 1-based; 0: it would not help
};

// What a parser finds, as it finds it. Calls may come from one thread only.
class Sink {
public:
    virtual ~Sink() = default;

    virtual void format(std::string_view name) = 0;                     // what an archive is in truth: "EPUB", "DOCX", "ODT"; first
    virtual void title(std::string_view title) = 0;                     // at most once
    virtual void pages(int count) = 0;                                  // in all, at most once
    // The document's own table of contents says that a part begins at the next block. Without any, headings make the outline.
    virtual void part(std::string_view title, int level) = 0;           // level 1 is the outermost
    virtual void block(const Block& block) = 0;
    virtual void remark(const Remark& remark) = 0;
    virtual void progress(double share) = 0;                            // 0…1, ascending
    // A file inside an archive, to be read by itself. `path` is relative, with '/' between names.
    virtual void member(std::string_view path, std::string_view bytes) = 0;
};

// Why a file cannot be read as what it claims to be. `detail` is a few words for the ledger, or empty.
struct Fault {
    enum class Kind {
        Damaged,       // not of this format, cut off, or broken beyond what its parser mends
        Encrypted,     // needs a password
        TooLarge,      // unpacks to more than is allowed: a bomb, or simply too much
        Unsupported,   // a known format, or version of it, that is not read
    };
    Kind kind = Kind::Damaged;
    std::string detail{};
};

using Parsed = Expected<void, Fault>;

} // namespace octavo::parsers
