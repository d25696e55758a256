// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "pdf/pdf_lines.h"

namespace octavo::parsers {

// Pages with letters that run from right to left, by the places of their letters alone. The text that poppler 22.12 selects for
// poppler_page_get_text and its kin is cut short on them, with any area: a selection is kept as two corners, and of lines that begin on the
// right one of the corners takes none. Its list of words is whole, so lines, spaces and the order of reading are found here.
class PdfShownPages {
public:
    PdfShownPages(std::string_view file, const std::string& password);   // `file` must outlive it
    PdfShownPages(PdfShownPages&&) noexcept;
    ~PdfShownPages();

    std::vector<PdfLine> lines(int page) const;   // 1-based

private:
    struct Handle;
    std::unique_ptr<Handle> m_handle;
};

} // namespace octavo::parsers
