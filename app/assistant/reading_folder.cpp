// SPDX-License-Identifier: Apache-2.0
#include "assistant/reading_folder.h"

#include <algorithm>
#include <filesystem>
#include <limits>
#include <system_error>

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QStorageInfo>

#include "octavo/engine/reading.h"

namespace octavo::app {

namespace {

const QString kEnding = QStringLiteral(".oct");

std::filesystem::path native(const QString& path) { return QFile::encodeName(path).toStdString(); }

// Of the disk that `folder`, which may not be there yet, is on; where the system does not tell, there is room.
qint64 freeBytes(const QString& folder)
{
    const QStorageInfo disk(QFileInfo::exists(folder) ? folder : QFileInfo(folder).path());
    return disk.isValid() && disk.bytesAvailable() >= 0 ? disk.bytesAvailable() : std::numeric_limits<qint64>::max() / 4;
}

} // namespace

QList<KeptReading> ReadingFolder::readings() const
{
    QList<KeptReading> readings;
    for (const QFileInfo& file : QDir(m_path).entryInfoList({QLatin1Char('*') + kEnding}, QDir::Files)) {
        KeptReading reading{file.fileName(), file.size(), file.lastModified()};
        for (const std::filesystem::path& beside : Reading::filesBeside(native(file.filePath()))) {
            std::error_code none;
            const auto size = std::filesystem::file_size(beside, none);
            reading.bytes += none ? 0 : static_cast<qint64>(size);
        }
        readings.append(reading);
    }
    std::sort(readings.begin(), readings.end(), [](const KeptReading& a, const KeptReading& b) {
        return a.lastUse != b.lastUse ? a.lastUse > b.lastUse : a.name < b.name;
    });
    return readings;
}

qint64 ReadingFolder::bytes() const
{
    qint64 bytes = 0;
    for (const QFileInfo& file : QDir(m_path).entryInfoList(QDir::Files))
        bytes += file.size();
    return bytes;
}

qint64 ReadingFolder::quota(const ReadingLimits& limits) const
{
    return limits.quotaBytes > 0 ? limits.quotaBytes : (bytes() + freeBytes(m_path)) / 2;
}

ReadingFolder::Room ReadingFolder::makeRoom(qint64 bytes, const ReadingLimits& limits, const QStringList& keep)
{
    qint64 missing = std::max(this->bytes() + bytes - quota(limits), bytes + limits.spareBytes - freeBytes(m_path));
    const QList<KeptReading> all = readings();
    QStringList chosen;
    for (auto reading = all.rbegin(); reading != all.rend() && missing > 0; ++reading) {
        if (keep.contains(reading->name) || Reading::isBeingKept(native(pathOf(reading->name))))
            continue;
        chosen.append(reading->name);
        missing -= reading->bytes;
    }
    if (missing > 0)
        return {missing};
    Room room;
    for (const QString& name : chosen)
        if (remove(name))
            room.evicted.append(name);
    return room;
}

bool ReadingFolder::remove(const QString& name)
{
    const std::filesystem::path file = native(pathOf(name));
    if (Reading::isBeingKept(file))
        return false;
    std::error_code failed;
    std::filesystem::remove(file, failed);
    std::error_code ignored;
    for (const std::filesystem::path& beside : Reading::filesBeside(file))
        std::filesystem::remove(beside, ignored);
    return !failed;
}

void ReadingFolder::markUsed(const QString& name)
{
    std::error_code ignored; // it only says in what order readings go
    std::filesystem::last_write_time(native(pathOf(name)), std::filesystem::file_time_type::clock::now(), ignored);
}

void ReadingFolder::tidy()
{
    for (const QFileInfo& file : QDir(m_path).entryInfoList({QLatin1Char('*') + kEnding + QStringLiteral(".*")}, QDir::Files)) {
        const QString name = file.fileName().section(kEnding, 0, 0) + kEnding;
        const bool isCheckpoint = native(file.filePath()) == Reading::filesBeside(native(pathOf(name))).front();
        const bool isOfUse = isCheckpoint && QFile::exists(pathOf(name));
        if (!isOfUse && !Reading::isBeingKept(native(pathOf(name))))
            QFile::remove(file.filePath());
    }
}

} // namespace octavo::app
