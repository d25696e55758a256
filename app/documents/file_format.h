// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QByteArrayView>
#include <QString>
#include <QStringList>

namespace octavo::app {

// What a file is to be read as.
struct FileFormat {
    QString parser;        // of octavo/parsers/protocol.h; empty: text, decoded here
    QString name;          // for people: "PDF", "web page"
    QString whyNot{};      // a known format that cannot be read, and what to do; else empty
    bool isContainer = false;   // an archive that is not called like a document that is one
};

// Told by the first few thousand bytes of a file, and by its name where its bytes say nothing: what is called .pdf and is none is still read as
// what it is. An "archive" may turn out to be an EPUB, DOCX or ODT when its parser looks inside.
FileFormat formatOf(const QString& fileName, QByteArrayView head);

// Suffixes of the formats that are read by a parser, for dialogs: "pdf", "epub", …
QStringList formattedSuffixes();

} // namespace octavo::app
