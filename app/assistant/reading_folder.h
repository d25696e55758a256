// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QDateTime>
#include <QList>
#include <QString>
#include <QStringList>

namespace octavo::app {

// One kept reading: a .oct file, with what belongs to it.
struct KeptReading {
    QString name;        // of the .oct file, without its folder
    qint64 bytes = 0;    // on disk, its checkpoint included
    QDateTime lastUse;
};

// How much of the disk readings may take.
struct ReadingLimits {
    qint64 quotaBytes = 0;   // of all together; 0: half of what they take and what else is free
    qint64 spareBytes = qint64{1} << 30;   // of the disk, that are left free for everything else
};

// The folder of kept readings as a cache: what was not used for longest goes when room is needed. A reading is only ever work that can be done again,
// so nothing here can lose a word of a session. Threads: one at a time; other programs may use the same folder.
class ReadingFolder {
public:
    explicit ReadingFolder(QString path) : m_path(std::move(path)) {}

    QList<KeptReading> readings() const;   // last used first
    qint64 bytes() const;                  // of everything in it
    qint64 quota(const ReadingLimits& limits) const;

    // Deletes readings, oldest use first, until `bytes` more fit; never those in `keep`, nor one that is being written. If that could not be enough,
    // nothing is deleted.
    struct Room {
        qint64 missingBytes = 0;           // 0: all fits
        QStringList evicted{};             // names
    };
    Room makeRoom(qint64 bytes, const ReadingLimits& limits, const QStringList& keep);

    bool remove(const QString& name);      // what there is of it; false if it is being written, or the system refuses
    void markUsed(const QString& name);
    // Deletes what crashes have left: files begun that nobody writes, checkpoints without a reading.
    void tidy();

private:
    QString pathOf(const QString& name) const { return m_path + QLatin1Char('/') + name; }

    QString m_path;
};

} // namespace octavo::app
