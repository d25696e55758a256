// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "markup/xml.h"
#include "octavo/parsers/block.h"

namespace octavo::parsers {

// What a table of contents says of a place in a page.
struct PlannedPart {
    std::string title;
    int level = 1;
};

struct HtmlOptions {
    // What a mark says of a line of the page: "line 12" of a page by itself; "ch3.xhtml:12" of one in a book.
    std::function<std::string(long line)> nameOfLine;
    // Parts that begin where an element has this id; "" is the page's beginning.
    std::multimap<std::string, PlannedPart> parts{};
};

// What was met in one page or all pages of a book and left out; told once, at the end.
struct HtmlLeftOut {
    int images = 0;                 // without words that stand for them
    std::size_t navigationBytes = 0;
    std::size_t hiddenBytes = 0;
    std::size_t pluginsAndForms = 0;

    void tell(Sink& sink) const;
};

// Turns a page into blocks: paragraphs as a browser would set them, lists with their bullets, tables row by row (those that only
// lay out a page are read as what is in them), footnotes with their marks. Scripts and styles are no text; navigation and what is hidden is
// left out and counted.
void readHtml(const xmlNode* root, const HtmlOptions& options, Sink& sink, HtmlLeftOut& leftOut);

std::string htmlTitle(const xmlNode* root);

} // namespace octavo::parsers
