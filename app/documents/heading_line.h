// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include <QByteArrayView>
#include <QString>

namespace octavo::app {

// What a paragraph says if it is a heading of a plain text book: "CHAPTER 36. The Quarter-Deck.", "BOOK I", "EPILOGUE".
struct BookHeading {
    QString keyword;         // lower case: "chapter", "book", "epilogue"
    QString number;          // as printed, empty for headings like EPILOGUE
    QString title;           // what follows, empty if nothing does
    QString name() const;    // "Chapter 36", "Book I", "Epilogue"
    QString shown() const;   // "Chapter 36 ▸ The Quarter-Deck"
    bool isContainer() const;   // volumes, books, parts, acts: they hold chapters
    bool isNumbered() const { return !number.isEmpty(); }
    bool isFirst() const;    // number one of its kind
    bool sameAs(const BookHeading& other) const;
};

// Quick test of a line's first word, to spare most paragraphs the rest.
bool mayBeHeading(QByteArrayView line);

// Null if the paragraph (with single spaces between words) is prose, or a table of contents' line of several headings.
std::optional<BookHeading> bookHeading(const QString& paragraph);

// "MISS BROOKE." → "Miss Brooke"; null if it is not a title all in capitals.
std::optional<QString> capitalTitle(const QString& paragraph);

} // namespace octavo::app
