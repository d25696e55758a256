// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "pdf/pdf_file.h"

namespace octavo::parsers {

// What belongs to the pages and not to the text: page numbers and running heads, told by their place at the edge and by coming again within few
// pages; running heads also by the space between them and the text, which lines of verse and heads of tables that come again do not have.
// A chapter's name is a running head where it is also in the outline and stands elsewhere as a heading. Takes these lines out of the pages. A heading at the top of a page stays: it is larger, or its number does not go with the page's.
struct PdfFurniture {
    std::size_t lines = 0;
    std::size_t pages = 0;     // that had any
};
PdfFurniture removeFurniture(std::vector<PdfPage>& pages, const std::vector<PdfBookmark>& bookmarks);

} // namespace octavo::parsers
