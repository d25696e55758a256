// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <vector>

#include "pdf/pdf_file.h"

namespace octavo::parsers {

// Lines that make one block, in reading order; a paragraph may go on across columns and pages.
struct PdfParagraph {
    Block::Kind kind = Block::Kind::Paragraph;
    int level = 1;                             // of a heading
    std::vector<PdfLine> lines;
    std::vector<const PdfBookmark*> begins{};  // parts of the outline that begin here
};

// Puts lines together by what a reader goes by: space between lines, indents, sizes, short last lines, bullets. Headings are told by larger
// or bold letters; notes at the foot of a page by smaller ones, and they come behind the paragraph they interrupt. Each paragraph is handed over as
// soon as it is whole: all of them would take as much memory as the pages.
void findParagraphs(const std::vector<PdfPage>& pages, const std::vector<PdfBookmark>& bookmarks, const std::function<void(const PdfParagraph&)>& take);

// Turns paragraphs into blocks, with a mark for each line. Words that were cut at a line's end are put together again; the hyphen stays
// where it belongs to the word, which the rest of the document tells: "light-house" is one word if "lighthouse" stands elsewhere.
class PdfWords {
public:
    explicit PdfWords(const std::vector<PdfPage>& pages);

    Block blockOf(const PdfParagraph& paragraph, const std::vector<PdfPage>& pages) const;

private:
    bool joins(std::string_view head, std::string_view tail) const;
    std::vector<std::string> m_words;   // sorted, in small letters, without those cut at line ends
};

} // namespace octavo::parsers
