// SPDX-License-Identifier: Apache-2.0
#include "documents/outline.h"

#include <QFileInfo>
#include <QStringList>

#include "documents/book_outline.h"
#include "documents/document_kind.h"
#include "documents/markdown_outline.h"

namespace octavo::app {

namespace {

void shift(QList<Part>& parts, qint64 bytes)
{
    for (Part& part : parts) {
        part.bytes.begin += bytes;
        part.bytes.end += bytes;
        shift(part.parts, bytes);
    }
}

QList<Part> partsInText(const QString& fileName, QByteArrayView content, const std::stop_token& stop)
{
    switch (kindOfFile(fileName)) {
    case DocumentKind::PlainText: return bookParts(content, stop);
    case DocumentKind::Markdown: return markdownOutline(content, stop).parts;
    default: return {};
    }
}

QList<Part> partsOfFile(const Document& document, qsizetype index, const FormattedParts& formatted, const std::stop_token& stop)
{
    const SourceFile& file = document.files[index];
    const QByteArrayView content = QByteArrayView(document.text).sliced(file.bytes.begin, file.bytes.size());
    QList<Part> parts = formatted.value(index);
    if (parts.isEmpty())
        parts = file.format.isEmpty() ? partsInText(file.relativePath.section('/', -1), content, stop) : bookParts(content, stop);
    shift(parts, file.bytes.begin);
    return parts;
}

// Files come grouped by folder, so the folder to put one into is always the last at its depth.
void outlineFolder(Document& document, const FormattedParts& formatted, const std::stop_token& stop)
{
    qint64 begin = 0;   // a file's part includes the heading line before its content
    for (qsizetype index = 0; index < document.files.size(); ++index) {
        const SourceFile& file = document.files[index];
        if (stop.stop_requested())
            return;
        Part* around = &document.outline;
        const QStringList names = file.relativePath.split('/');
        for (const QString& name : names.first(names.size() - 1)) {
            if (around->parts.isEmpty() || around->parts.back().kind != PartKind::Folder || around->parts.back().title != name)
                around->parts.append({name, PartKind::Folder, {begin, begin}, {}});
            around = &around->parts.back();
            around->bytes.end = file.bytes.end;
        }
        around->parts.append({names.back(), PartKind::File, {begin, file.bytes.end}, partsOfFile(document, index, formatted, stop)});
        begin = file.bytes.end;
    }
}

} // namespace

void outlineDocument(Document& document, const FormattedParts& formatted, const std::stop_token& stop)
{
    const QFileInfo info(document.path);
    document.outline = {{}, document.kind == DocumentKind::Folder ? PartKind::Folder : PartKind::Book, {0, document.text.size()}, {}};
    switch (document.kind) {
    case DocumentKind::PlainText:
        document.outline.parts = bookParts(document.text, stop);
        document.title = bookTitle(document.text);
        break;
    case DocumentKind::Markdown: {
        const HeadingTree outline = markdownOutline(document.text, stop);
        document.outline.parts = outline.parts;
        document.title = outline.title;
        break;
    }
    case DocumentKind::Code:
        document.outline.kind = PartKind::File;
        break;
    case DocumentKind::Folder:
        outlineFolder(document, formatted, stop);
        break;
    case DocumentKind::Formatted:
        document.outline.parts = partsOfFile(document, 0, formatted, stop);
        break;
    }
    const bool isBook = document.kind == DocumentKind::PlainText || document.kind == DocumentKind::Formatted;
    if (document.title.isEmpty())
        document.title = isBook ? info.completeBaseName() : info.fileName();
    document.outline.title = document.title;
}

} // namespace octavo::app
