// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "documents/tesseract.h"

namespace octavo::app {

// How scans are to be read.
struct Recognition {
    const Tesseract* tesseract = nullptr;
    QString languages;         // installed ones, "eng+deu"
    int threads = 1;           // so many pages at once
};

// Scanned pages of one file that is open for reading at `descriptor`.
struct Scans {
    int descriptor = -1;
    bool isPicture = false;    // the file itself is the picture, else a PDF
    QList<int> pages;          // 1-based
};

// What Tesseract took the pages for, in the form that octavo-parse takes (parsers/ocr/recognized_text.h). A page that cannot be read is in it with the
// reason. `progressed` is called on the calling thread with the number of pages done. Threads: any, blocking; a stop is answered within 200 ms.
Expected<QByteArray, ParseFault> recognizePages(const Scans& scans, const Recognition& with, const std::function<void(int pages)>& progressed,
                                                const std::stop_token& stop);

} // namespace octavo::app
