// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "ocr/recognized_text.h"
#include "octavo/parsers/protocol.h"
#include "parsers.h"
#include "pdf/pdf_columns.h"
#include "pdf/pdf_file.h"
#include "pdf/pdf_furniture.h"
#include "pdf/pdf_paragraphs.h"
#include "pdf/pdf_rows.h"

namespace octavo::parsers {

namespace {

constexpr double kReadingShare = 0.9;   // of the work, as far as progress goes
constexpr double kRecognitionDpi = 300; // whatever the pictures were taken at: pages tell their size themselves

// Characters for private use, and U+FFFD: what comes out of fonts that do not say which letters they show.
bool isUnreadable(const PdfPage& page)
{
    std::size_t letters = 0, unknown = 0;
    for (const PdfLine& line : page.lines) {
        for (std::size_t at = 0; at < line.text.size(); ++at) {
            const auto byte = static_cast<unsigned char>(line.text[at]);
            letters += (byte & 0xC0) != 0x80 && byte > ' ';
            const auto next = at + 1 < line.text.size() ? static_cast<unsigned char>(line.text[at + 1]) : 0;
            const auto third = at + 2 < line.text.size() ? static_cast<unsigned char>(line.text[at + 2]) : 0;
            unknown += byte == 0xEE || (byte == 0xEF && (next < 0xA4 || (next == 0xBF && third == 0xBD)));
        }
    }
    return 2 * unknown > letters;
}

constexpr const char* kEmpty = "empty page";
constexpr const char* kNothingRecognized = "OCR found no text on it";

const char* whyNoText(const PdfPage& page)
{
    if (page.recognized)
        return page.lines.empty() ? kNothingRecognized : nullptr;
    if (!page.lines.empty())
        return isUnreadable(page) ? "its fonts do not say which letters they show" : nullptr;
    return page.pictures > 0 ? "scan without text" : kEmpty;
}

// One remark for each run of pages without text.
void tellPagesWithoutText(const std::vector<PdfPage>& pages, Sink& sink)
{
    for (std::size_t at = 0; at < pages.size();) {
        const char* why = whyNoText(pages[at]);
        std::size_t end = at + 1;
        while (end < pages.size() && whyNoText(pages[end]) == why)
            ++end;
        const std::string first = std::to_string(at + 1);
        const bool canBeRecognized = why != kEmpty && why != kNothingRecognized;
        if (why)
            sink.remark({end - at == 1 ? "page " + first : "pages " + first + "-" + std::to_string(end), why, int(end - at), canBeRecognized ? int(at + 1) : 0});
        at = end;
    }
}

} // namespace

Parsed parsePdf(std::string_view file, Sink& sink) { return parseRecognizedPdf(file, {}, sink); }

Parsed parseRecognizedPdf(std::string_view file, std::string_view tsv, Sink& sink)
{
    auto pdf = PdfFile::open(file);
    if (!pdf)
        return pdf.error();
    const int count = pdf->pageCount();
    if (const std::string title = pdf->title(); !title.empty())
        sink.title(title);
    sink.pages(count);
    std::vector<PdfPage> pages;
    for (int number = 1; number <= count; ++number) {
        pages.push_back(pdf->page(number));
        sink.progress(kReadingShare * number / count);
    }
    RecognizedText recognized = recognizedTextOf(tsv, kRecognitionDpi);
    for (auto& [number, page] : recognized.pages) {
        if (number <= count && page.failure.empty())
            std::move(page).putInto(pages[std::size_t(number - 1)], number);
    }
    recognized.tell(sink);
    const std::vector<PdfBookmark> bookmarks = pdf->bookmarks();
    const PdfFurniture furniture = removeFurniture(pages, bookmarks);
    tellPagesWithoutText(pages, sink);
    for (PdfPage& page : pages) {
        if (whyNoText(page))
            page.lines.clear();
        joinRows(page.lines);
        orderColumns(page.lines);
    }
    const PdfWords words(pages);
    findParagraphs(pages, bookmarks, [&](const PdfParagraph& paragraph) {
        for (const PdfBookmark* bookmark : paragraph.begins)
            sink.part(bookmark->title, bookmark->level);
        sink.block(words.blockOf(paragraph, pages));
    });
    if (furniture.lines > 0) {
        sink.remark({std::to_string(furniture.lines) + " running heads and page numbers", "repeated on " + std::to_string(furniture.pages) + " pages"});
    }
    return {};
}

Parsed measurePdf(std::string_view file, Sink& sink)
{
    const auto pdf = PdfFile::open(file);
    if (!pdf)
        return pdf.error();
    std::string sizes;
    for (int number = 1; number <= pdf->pageCount(); ++number) {
        const auto [width, height] = pdf->sizeOf(number);
        sizes += std::to_string(width) + ' ' + std::to_string(height) + '\n';
    }
    sink.member(kSizes, sizes);
    return {};
}

Parsed drawPdf(std::string_view file, int page, double dpi, bool inColor, Sink& sink)
{
    const auto pdf = PdfFile::open(file);
    if (!pdf)
        return pdf.error();
    const auto picture = pdf->pictureOf(page, dpi, inColor);
    if (!picture)
        return picture.error();
    sink.member(kPicture, *picture);
    return {};
}

} // namespace octavo::parsers
