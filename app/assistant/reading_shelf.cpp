// SPDX-License-Identifier: Apache-2.0
#include "assistant/reading_shelf.h"

#include <algorithm>

namespace octavo::app {

namespace {

const QString kQuotaKey = QStringLiteral("readings.quota_bytes");

} // namespace

ReadingShelf::ReadingShelf(Library& library, const QString& folder) : m_library(library), m_folder(folder) { m_folder.tidy(); }

Outcome<ReadingLimits> ReadingShelf::limits()
{
    const Outcome<QString> quota = m_library.read([](Library& in) { return in.settings().value(kQuotaKey); });
    if (!quota)
        return quota.error();
    return ReadingLimits{quota->toLongLong()};
}

Outcome<ReadingShelf::Contents> ReadingShelf::contents()
{
    const Outcome<ReadingLimits> allowed = limits();
    if (!allowed)
        return allowed.error();
    return Contents{m_folder.readings(), m_folder.bytes(), m_folder.quota(*allowed)};
}

Outcome<void> ReadingShelf::setQuota(qint64 bytes)
{
    return m_library.write([&](Library& in) { in.settings().set(kQuotaKey, QString::number(bytes)); });
}

Outcome<qint64> ReadingShelf::makeRoom(qint64 bytes, QStringList keep)
{
    const Outcome<ReadingLimits> allowed = limits();
    if (!allowed)
        return allowed.error();
    const Outcome<QStringList> pinned = m_library.read([](Library& in) { return in.documents().pinnedReadingFiles(); });
    if (!pinned)
        return pinned.error();
    const ReadingFolder::Room room = m_folder.makeRoom(bytes, *allowed, keep + *pinned);
    if (!room.evicted.isEmpty()) {
        const Outcome<void> forgotten = m_library.write([&](Library& in) { in.documents().forgetReadings(room.evicted); });
        if (!forgotten)
            return forgotten.error();
    }
    return room.missingBytes;
}

Outcome<bool> ReadingShelf::forget(const QString& file)
{
    if (!has(file) || !m_folder.remove(file))
        return false;
    const Outcome<void> forgotten = m_library.write([&](Library& in) { in.documents().forgetReadings({file}); });
    if (!forgotten)
        return forgotten.error();
    return true;
}

bool ReadingShelf::has(const QString& file) const
{
    const QList<KeptReading> all = m_folder.readings();
    return std::any_of(all.begin(), all.end(), [&](const KeptReading& reading) { return reading.name == file; });
}

} // namespace octavo::app
