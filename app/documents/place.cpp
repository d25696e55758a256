// SPDX-License-Identifier: Apache-2.0
#include "documents/place.h"

#include <algorithm>

#include <QStringList>

namespace octavo::app {

namespace {

// The file a byte lies in; for a heading line between files, the file it announces.
const SourceFile* fileAround(const Document& document, qint64 byte)
{
    const auto file = std::upper_bound(document.files.cbegin(), document.files.cend(), byte,
                                       [](qint64 at, const SourceFile& candidate) { return at < candidate.bytes.end; });
    return file == document.files.cend() ? nullptr : &*file;
}

} // namespace

int pageOf(const Document& document, qint64 byte)
{
    const PlaceMark* mark = document.markAt(byte);
    return mark ? mark->page : 0;
}

QString placeOf(const Document& document, qint64 byte)
{
    const QString mark = document.markWords(byte);
    const auto withMark = [&](const QString& place) { return mark.isEmpty() ? place : place + QStringLiteral(", ") + mark; };
    if (document.kind == DocumentKind::PlainText || document.kind == DocumentKind::Markdown || document.kind == DocumentKind::Formatted) {
        QStringList titles;
        for (const Part* part : document.partsAt(byte))
            titles.append(part->title);
        if (!titles.isEmpty())
            return withMark(titles.join(QStringLiteral(" ▸ ")));
    }
    const SourceFile* file = fileAround(document, byte);
    if (!file)
        return document.title;
    if (!file->format.isEmpty())
        return withMark(file->relativePath);
    const QString place = QStringLiteral("%1:%2").arg(file->relativePath).arg(document.lineOf(byte));
    const QList<const Part*> parts = document.partsAt(byte);
    const bool isNamed = !parts.isEmpty() && (parts.last()->kind == PartKind::Function || parts.last()->kind == PartKind::Class);
    return isNamed ? place + QStringLiteral(", ") + parts.last()->title : place;
}

} // namespace octavo::app
