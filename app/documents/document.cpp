// SPDX-License-Identifier: Apache-2.0
#include "octavo/app/document.h"

#include <algorithm>
#include <numeric>

namespace octavo::app {

int Document::pages() const
{
    return std::accumulate(ledger.begin(), ledger.end(), 0, [](int sum, const LedgerEntry& entry) { return sum + entry.pages; });
}

int Document::scannedPages() const
{
    return std::accumulate(ledger.begin(), ledger.end(), 0, [](int sum, const LedgerEntry& entry) { return sum + (entry.areScans ? entry.pages : 0); });
}

const SourceFile* Document::fileAt(qint64 byte) const
{
    const auto after
        = std::upper_bound(files.cbegin(), files.cend(), byte, [](qint64 at, const SourceFile& file) { return at < file.bytes.begin; });
    if (after == files.cbegin())
        return nullptr;
    const SourceFile& file = *std::prev(after);
    return byte < file.bytes.end ? &file : nullptr;
}

int Document::lineOf(qint64 byte) const
{
    const SourceFile* file = fileAt(byte);
    if (!file || !file->format.isEmpty())
        return 1;
    return 1 + int(std::count(text.constData() + file->bytes.begin, text.constData() + byte, '\n'));
}

const PlaceMark* Document::markAt(qint64 byte) const
{
    const SourceFile* file = fileAt(byte);
    if (!file)
        return nullptr;
    const QList<PlaceMark>& places = file->places;
    const auto after
        = std::upper_bound(places.cbegin(), places.cend(), byte, [](qint64 at, const PlaceMark& mark) { return at < mark.byte; });
    return after == places.cbegin() ? nullptr : &*std::prev(after);
}

QString Document::markWords(qint64 byte) const
{
    const PlaceMark* mark = markAt(byte);
    const SourceFile* file = fileAt(byte);
    if (!mark || file->format == QLatin1String("EPUB"))   // its marks name files inside the book
        return {};
    if (mark->page == 0)
        return mark->name;
    const QString page = mark->name.isEmpty() ? QString::number(mark->page) : mark->name;
    return QStringLiteral("p. ") + page + (mark->recognized ? QStringLiteral(", by OCR") : QString());
}

QList<const Part*> Document::partsAt(qint64 byte) const
{
    QList<const Part*> found;
    const Part* around = &outline;
    while (around) {
        const QList<Part>& parts = around->parts;
        const auto after
            = std::upper_bound(parts.cbegin(), parts.cend(), byte, [](qint64 at, const Part& part) { return at < part.bytes.begin; });
        around = after != parts.cbegin() && byte < std::prev(after)->bytes.end ? &*std::prev(after) : nullptr;
        if (around)
            found.append(around);
    }
    return found;
}

} // namespace octavo::app
