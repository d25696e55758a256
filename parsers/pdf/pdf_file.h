// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "octavo/parsers/block.h"
#include "pdf/pdf_lines.h"

namespace octavo::parsers {

struct PdfPage {
    std::vector<PdfLine> lines;
    double width = 0;
    double height = 0;
    std::string label;       // what the page is called where that is not its number: "xiv"
    int pictures = 0;        // looked for only where there are hardly any lines
    bool recognized = false; // its lines are what text recognition made of its picture
    int turned = 0;          // quarters, clockwise, that were given to a scan that lies on its side: size and lines are as they stand then
};

// An entry of the document's outline. `top` is measured from the top of the page; 0 if unknown.
struct PdfBookmark {
    std::string title;
    int level = 1;
    int page = 0;            // 1-based
    double top = 0;
};

// A PDF file by poppler. `bytes` must outlive it.
class PdfFile {
public:
    static Expected<PdfFile, Fault> open(std::string_view bytes);
    PdfFile(PdfFile&&) noexcept;
    ~PdfFile();

    std::string title() const;
    int pageCount() const;
    PdfPage page(int number) const;               // 1-based
    std::array<double, 2> sizeOf(int number) const;   // width and height of a page as it is shown, in points; 0 if it is damaged
    // A page as a binary PGM or PPM file, white where it is empty; of at most kMostPixels (protocol.h).
    Expected<std::string, Fault> pictureOf(int number, double dpi, bool inColor) const;
    std::vector<PdfBookmark> bookmarks() const;   // in the outline's order; those that lead nowhere are left out

private:
    struct Handle;
    explicit PdfFile(std::unique_ptr<Handle> handle);
    std::unique_ptr<Handle> m_handle;
};

} // namespace octavo::parsers
