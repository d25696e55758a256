// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "pdf/pdf_file.h"

namespace octavo::parsers {

// What Tesseract took the pictures of pages for. It is handed to octavo-parse as text, which no more than the document itself is trusted:
//
//   program<TAB>Tesseract 5.3.0, eng         once, first
//   page<TAB>47                              then, for each page, Tesseract's TSV; of a picture file of several pages the first
//   failed<TAB>48<TAB>it took too long       or why there is none
//
struct RecognizedPage {
    std::vector<PdfLine> lines;   // in Tesseract's reading order; boxes and sizes in points
    double width = 0;             // as the picture says, in points
    double height = 0;
    int turned = 0;               // quarters, clockwise, so that its text is upright; size and lines are as they stand then
    std::string failure;          // why it was not read; else empty
    int words = 0;
    int doubtful = 0;             // of these words, those that Tesseract itself is less sure of than of two in three
    double confidence = 0;        // sum over the words, each 0…100

    // Its lines as those of a page of a document, as large as that page says it is (its picture may have been taken for less).
    void putInto(PdfPage& page, int number) &&;
};

struct RecognizedText {
    std::string program;
    std::map<int, RecognizedPage> pages;   // by number, 1-based

    // "7 pages read by OCR (Tesseract 5.3.0, eng, mean confidence 91 %, 12 of 2010 words doubtful)", and which were not.
    void tell(Sink& sink) const;
};

// Pictures are taken for pages of `dpi` dots an inch.
RecognizedText recognizedTextOf(std::string_view tsv, double dpi);

} // namespace octavo::parsers
