// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "pdf/pdf_lines.h"

namespace octavo::parsers {

// Puts the lines of a page into the order of its columns. Poppler 22.12 goes back and forth between the columns of a paper, paragraph by
// paragraph. Only pages where it does are touched, and only columns of text are told from each other: they are wide, and most of their lines
// fill them, which cells of tables and notes at the margin do not.
void orderColumns(std::vector<PdfLine>& lines);

} // namespace octavo::parsers
