// SPDX-License-Identifier: Apache-2.0
#include "ocr/recognized_text.h"
#include "parsers.h"
#include "pdf/pdf_paragraphs.h"

namespace octavo::parsers {

namespace {

constexpr double kUsualDpi = 300;   // of scanners; photographs have none

} // namespace

// The picture itself is not looked at: Tesseract opens it.
Parsed parseImage(std::string_view, Sink& sink)
{
    sink.pages(1);
    sink.remark({"page 1", "scan without text", 1, 1});
    return {};
}

Parsed parseRecognizedImage(std::string_view, std::string_view tsv, Sink& sink)
{
    RecognizedText recognized = recognizedTextOf(tsv, kUsualDpi);
    recognized.tell(sink);
    std::vector<PdfPage> pages(recognized.pages.empty() ? 1 : std::size_t(recognized.pages.rbegin()->first));
    sink.pages(int(pages.size()));
    for (auto& [number, page] : recognized.pages) {
        const bool hasText = !page.lines.empty();
        if (!hasText)
            sink.remark({"page " + std::to_string(number), page.failure.empty() ? "OCR found no text on it" : "scan without text", 1, page.failure.empty() ? 0 : number});
        std::move(page).putInto(pages[std::size_t(number - 1)], number);
    }
    const PdfWords words(pages);
    findParagraphs(pages, {}, [&](const PdfParagraph& paragraph) { sink.block(words.blockOf(paragraph, pages)); });
    return {};
}

} // namespace octavo::parsers
