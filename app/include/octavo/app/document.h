// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QByteArray>
#include <QDateTime>
#include <QList>
#include <QMetaType>
#include <QRectF>
#include <QString>

namespace octavo::app {

using DocumentId = qint64;   // row in the library; 0 = not stored

// Bytes [begin, end) of a document's text form.
struct ByteRange {
    qint64 begin = 0;
    qint64 end = 0;
    qint64 size() const { return end - begin; }
    bool operator==(const ByteRange&) const = default;
};

// Class: whatever holds functions or fields, a module or a struct too. Stored as numbers: new ones come last.
enum class PartKind { Book, Chapter, Section, Folder, File, Function, Class };

// A node of a document's outline. Children lie inside their parent, in order, without overlap.
// Text of a parent before its first child (or between children) belongs to the parent itself.
struct Part {
    QString title;
    PartKind kind = PartKind::Book;
    ByteRange bytes;
    QList<Part> parts;
};

// One line of the ledger: what happened to a piece of what was dropped on Octavo. The bytes of all entries add up to the
// bytes found on disk. `why` is empty for what was read as it is, else one short reason ("binary file", "ignored by .gitignore").
struct LedgerEntry {
    QString what;          // path relative to what was opened
    QString why;
    qint64 bytes = 0;
    bool included = false; // part of the text form
    int pages = 0;         // of a document with pages: those read, or, not included, those of it that gave no text
    bool areScans = false; // its pages are pictures: text recognition may read them
};

// Where in its original a stretch of a text that a parser made stands. It begins at `byte` of the text form and ends where the next begins.
struct PlaceMark {
    qint64 byte = 0;
    int page = 0;          // 1-based; 0: the format has no pages
    QRectF box{};          // on the page as it is shown, in points (1/72 inch) from its top left corner
    QString name{};        // what the page is called where that is not its number ("xiv"); without pages the place itself: "00:12:31", "cell 4"
    bool recognized = false;   // the text is what text recognition took a picture for
    bool operator==(const PlaceMark&) const = default;
};

// One original file inside the text form. `bytes` is its content only, without the heading line that a folder's text form
// puts before each file. Where `encoding` is "UTF-8", offset b of the text form is offset b - bytes.begin (+ byte order mark) of the file.
// A file in a format of its own was turned into text by a parser; its places lead back into it.
struct SourceFile {
    QString path;          // absolute
    QString relativePath;  // to the document's path; the file name for a single file
    QString encoding;      // "UTF-8", "ISO-8859-1", …; empty if it has a format
    ByteRange bytes;
    QString format{};      // "PDF", "EPUB", …; empty: text as it stands
    QList<PlaceMark> places{};   // ascending, within bytes
    qint64 diskBytes = -1; // of the file when it was read; -1: unknown, as of one in an archive
    QDateTime modified{};  // likewise
};

// Formatted: one file that a parser turned into text. Folder: also the files of an archive.
enum class DocumentKind { PlainText, Markdown, Code, Folder, Formatted };

// A document as Octavo reads it: one UTF-8 text form, where each piece came from, its outline and its ledger.
struct Document {
    QString path;          // absolute path of the file or folder
    QString title;
    DocumentKind kind = DocumentKind::PlainText;
    QByteArray text;       // UTF-8; line ends as in the file; no byte order mark
    QList<SourceFile> files;
    Part outline;          // root covers all of text
    QList<LedgerEntry> ledger;
    QString ocrLanguages{};   // with which its scans were read, as Tesseract names them: "eng+deu"; empty: they were not

    int pages() const;          // of all its files; 0: they have none
    int scannedPages() const;   // of these, pictures that text recognition may read, and did not

    // 1-based line of a byte of the text form, within the original file it lies in.
    // 1 in a file that has a format: its lines are none of the original.
    int lineOf(qint64 byte) const;
    // Null where the text is the original's own.
    const PlaceMark* markAt(qint64 byte) const;
    const SourceFile* fileAt(qint64 byte) const;   // null in a heading line between files
    // The place in the original file: "p. xiv", "p. 47, by OCR", "00:12:31", "cell 4"; empty where there is nothing that a person could look up.
    QString markWords(qint64 byte) const;
    // Titles of the parts around a byte, outermost first, without the root.
    QList<const Part*> partsAt(qint64 byte) const;
};

// What the library list shows of one document.
struct DocumentSummary {
    enum class State { New, Reading, PartlyRead, Read, Missing };
    DocumentId id = 0;
    QString path;
    QString title;
    DocumentKind kind = DocumentKind::PlainText;
    State state = State::New;
    qint64 textBytes = 0;
    qint64 tokens = 0;
    qint64 readTokens = 0;
    qint64 kvBytes = 0;
    QString model;
    bool pinned = false;
    bool changed = false;  // on disk, since it was read
};

// A document of the library whose text has what was looked for.
struct DocumentHit {
    DocumentId document = 0;
    ByteRange bytes;       // the first place
    QString snippet;       // around it, in one line
};

} // namespace octavo::app

Q_DECLARE_METATYPE(octavo::app::Document)
Q_DECLARE_METATYPE(octavo::app::DocumentSummary)
