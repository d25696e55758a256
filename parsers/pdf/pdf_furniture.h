// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "pdf/pdf_file.h"

namespace octavo::parsers {

// What belongs to the pages and not to the text: page numbers and running heads, told by their place at the edge and by coming again.
// Takes these lines out of the pages. A heading at the top of a page stays: its number does not go with the page's.
struct PdfFurniture {
    std::size_t lines = 0;
    std::size_t pages = 0;     // that had any
};
PdfFurniture removeFurniture(std::vector<PdfPage>& pages);

} // namespace octavo::parsers
