// SPDX-License-Identifier: Apache-2.0
#include "documents/soundness.h"

#include <QUtf8StringView>
#include <algorithm>

namespace octavo::app {

namespace {

bool liesIn(const ByteRange& range, const ByteRange& all)
{
    return all.begin <= range.begin && range.begin <= range.end && range.end <= all.end;
}

bool marksFit(const QList<PlaceMark>& marks, const ByteRange& file)
{
    const auto ascend = [](const PlaceMark& a, const PlaceMark& b) { return a.byte < b.byte; };
    const auto outside = [&](const PlaceMark& mark) { return mark.byte < file.begin || mark.byte > file.end; };
    return std::is_sorted(marks.begin(), marks.end(), ascend) && std::none_of(marks.begin(), marks.end(), outside);
}

bool partFits(const Part& part, const ByteRange& room, int depth)
{
    if (depth > kDeepestPart || !liesIn(part.bytes, room))
        return false;
    qint64 before = part.bytes.begin;
    return std::all_of(part.parts.begin(), part.parts.end(), [&](const Part& child) {
        const bool fits = partFits(child, {before, part.bytes.end}, depth + 1);
        before = child.bytes.end;
        return fits;
    });
}

} // namespace

bool isUtf8(const QByteArray& text) { return QUtf8StringView(text).isValidUtf8(); }

bool filesFit(const QList<SourceFile>& files, qint64 textBytes)
{
    qint64 before = 0;
    return std::all_of(files.begin(), files.end(), [&](const SourceFile& file) {
        const bool fits = liesIn(file.bytes, {before, textBytes}) && marksFit(file.places, file.bytes);
        before = file.bytes.end;
        return fits;
    });
}

bool outlineFits(const Part& root, qint64 textBytes) { return partFits(root, {0, textBytes}, 0); }

} // namespace octavo::app
