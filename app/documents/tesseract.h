// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include <QStringList>

#include "documents/parser_process.h"
#include "octavo/app/failure.h"

namespace octavo::app {

// The Tesseract that is installed on this machine. Octavo brings none and needs none: it is what reads pictures of text where it is there.
struct Tesseract {
    QString program;           // its path
    QString version;           // "5.3.0"
    QStringList languages;     // whose data is installed: "eng", "deu", …
    bool findsDirection = false;   // pages that lie on their side can be told

    // The languages that this person's texts are likely to be in, "deu+eng".
    QString likelyLanguages() const;
};

// Asks the program on the PATH; none: there is none that works. Threads: any, blocking for a few hundredths of a second.
std::optional<Tesseract> findTesseract();

// "eng+deu" if all of it is installed; else one sentence that says what is and how to get the rest.
Outcome<QString> languagesFor(const std::optional<Tesseract>& tesseract, const QString& wanted);

QString howToGetTesseract();   // one sentence

// What Tesseract takes a picture for, as TSV (parsers/ocr/recognized_text.h), in a process in octavo-parse's sandbox. The picture is a file open at
// `descriptor`: PNM, PNG, JPEG, TIFF or WebP. `dpi` 0: as the file says. Threads: any, blocking; a stop is answered within 200 ms.
Expected<QByteArray, ParseFault> recognizePicture(const Tesseract& tesseract, int descriptor, int dpi, const QString& languages, const std::stop_token& stop);

} // namespace octavo::app
