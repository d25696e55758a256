// SPDX-License-Identifier: Apache-2.0
#include "documents/outline.h"

#include <QFileInfo>
#include <QStringList>

#include "documents/book_outline.h"
#include "documents/code_outline.h"
#include "documents/document_kind.h"
#include "documents/latex_outline.h"
#include "documents/markdown_outline.h"
#include "documents/marked_outline.h"
#include "documents/rst_outline.h"

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

TextOutline proseOutline(const QString& fileName, QByteArrayView text, const std::stop_token& stop)
{
    const QString suffix = fileName.section('.', -1).toLower();
    if (suffix == QLatin1String("tex") || suffix == QLatin1String("ltx"))
        return latexOutline(text, stop);
    if (suffix == QLatin1String("rst"))
        return rstOutline(text, stop);
    if (suffix == QLatin1String("adoc") || suffix == QLatin1String("asciidoc"))
        return asciidocOutline(text, stop);
    if (suffix == QLatin1String("org"))
        return orgOutline(text, stop);
    return {bookTitle(text), bookParts(text, stop)};
}

QList<Part> partsOfFile(const Document& document, qsizetype index, const FormattedParts& formatted, Ctags& ctags, const std::stop_token& stop)
{
    const SourceFile& file = document.files[index];
    const QByteArrayView content = QByteArrayView(document.text).sliced(file.bytes.begin, file.bytes.size());
    const QString name = file.relativePath.section('/', -1);
    QList<Part> parts = formatted.value(index);
    const DocumentKind kind = file.format.isEmpty() ? kindOfFile(name) : DocumentKind::Formatted;
    switch (kind) {
    case DocumentKind::PlainText: parts = proseOutline(name, content, stop).parts; break;
    case DocumentKind::Markdown: parts = markdownOutline(content, stop).parts; break;
    case DocumentKind::Code: parts = codeParts(content, ctags.tagsOf(name, content, stop)); break;
    case DocumentKind::Formatted:
        if (parts.isEmpty())
            parts = bookParts(content, stop);
        break;
    case DocumentKind::Folder: break;
    }
    shift(parts, file.bytes.begin);
    return parts;
}

// Files come grouped by folder, so the folder to put one into is always the last at its depth.
void outlineFolder(Document& document, const FormattedParts& formatted, const std::stop_token& stop)
{
    Ctags ctags;
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
        around->parts.append({names.back(), PartKind::File, {begin, file.bytes.end}, partsOfFile(document, index, formatted, ctags, stop)});
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
    case DocumentKind::Markdown: {
        const TextOutline outline = document.kind == DocumentKind::Markdown ? markdownOutline(document.text, stop)
                                                                            : proseOutline(info.fileName(), document.text, stop);
        document.outline.parts = outline.parts;
        document.title = outline.title;
        break;
    }
    case DocumentKind::Code:
        document.outline.kind = PartKind::File;
        document.outline.parts = codeParts(document.text, Ctags().tagsOf(info.fileName(), document.text, stop));
        break;
    case DocumentKind::Folder:
        outlineFolder(document, formatted, stop);
        break;
    case DocumentKind::Formatted: {
        Ctags none;
        document.outline.parts = partsOfFile(document, 0, formatted, none, stop);
        break;
    }
    }
    const bool isBook = document.kind == DocumentKind::PlainText || document.kind == DocumentKind::Formatted;
    if (document.title.isEmpty())
        document.title = isBook ? info.completeBaseName() : info.fileName();
    document.outline.title = document.title;
}

} // namespace octavo::app
