// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "pdf/pdf_lines.h"

namespace octavo::parsers {

// Puts together what stands in one row of a page but which poppler tells as lines of their own: what lies in the gap of a line ("I  Floating  1" comes as "I1" and
// "Floating"), and page numbers at the right of a table of contents, which come as a column.
void joinRows(std::vector<PdfLine>& lines);

} // namespace octavo::parsers
