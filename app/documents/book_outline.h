// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stop_token>

#include <QByteArrayView>
#include <QList>
#include <QString>

#include "octavo/app/document.h"

namespace octavo::app {

// Chapters of a plain text book (volumes, books, parts and acts hold theirs), told by their headings; a table of contents is not
// taken for chapters. What precedes the first chapter is "Front matter", and Project Gutenberg's closing words are a part of their
// own. Empty for a text without headings. Byte ranges are those of `text`, which is UTF-8. Ends early when stopped.
QList<Part> bookParts(QByteArrayView text, const std::stop_token& stop);

// What Project Gutenberg's header calls the book; empty without such a header.
QString bookTitle(QByteArrayView text);

} // namespace octavo::app
