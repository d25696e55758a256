// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QJsonObject>
#include <QStringList>

#include "documents/heading_tree.h"
#include "octavo/app/document.h"

namespace octavo::app {

// A file's text as a parser found it. Ranges and marks count from the text's beginning.
struct FormattedText {
    struct Remark {
        QString what;
        QString why;
        int pages = 0;     // so many gave no text
        int scansFrom = 0; // text recognition may read them: they go on from this page, 1-based; 0: it would not help
    };
    QString format;        // what an archive was in truth; else empty
    QString title;
    QByteArray text;       // UTF-8
    QList<PlaceMark> places;
    QList<Part> parts;     // by its own table of contents, else by its headings; empty: it has neither
    QList<Remark> remarks;
    int pages = 0;         // in all; 0: the format has none
};

// Puts a text together from what octavo-parse says, line by line (octavo/parsers/protocol.h): an empty line between paragraphs, none between
// the items of a list and the rows of a table. What does not follow the protocol is passed over.
class FormattedTextBuilder {
public:
    void take(const QJsonObject& line);
    qint64 bytes() const { return m_text.text.size(); }
    qint64 bytesBeside() const { return m_beside; }   // of memory that marks, remarks and the table of contents take, roughly
    FormattedText finished() &&;

private:
    void addBlock(const QJsonObject& line);

    FormattedText m_text;
    qint64 m_beside = 0;
    QString m_lastKind;
    std::vector<Heading> m_headings;
    std::vector<Heading> m_contents;   // of its own table of contents
    std::size_t m_placed = 0;          // of these, so many whose block has come
};

} // namespace octavo::app
