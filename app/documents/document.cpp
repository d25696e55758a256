// SPDX-License-Identifier: Apache-2.0
#include "octavo/app/document.h"

#include <algorithm>

namespace octavo::app {

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
    if (!file)
        return 1;
    return 1 + int(std::count(text.constData() + file->bytes.begin, text.constData() + byte, '\n'));
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
