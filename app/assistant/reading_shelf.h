// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "assistant/reading_folder.h"
#include "library/library.h"

namespace octavo::app {

// The kept readings of a library: files in its folder, and what the library knows of them, which must not drift apart. Which readings go when room is
// needed follows the quota, what is pinned, and when each was last used. Sessions are never touched.
// Blocking; threads: one at a time. Lifetime: the library outlives it.
class ReadingShelf {
public:
    ReadingShelf(Library& library, const QString& folder);   // deletes what crashes have left there

    struct Contents {
        QList<KeptReading> readings;   // last used first
        qint64 bytes = 0;              // of all together
        qint64 quotaBytes = 0;
    };
    Outcome<Contents> contents();
    Outcome<void> setQuota(qint64 bytes);   // 0: half of what they take and what else is free

    // Room for `bytes` more, if need be by deleting readings: not pinned ones, nor those in `keep`. What is missing, 0 if all fits; then nothing was deleted.
    Outcome<qint64> makeRoom(qint64 bytes, QStringList keep);
    Outcome<bool> forget(const QString& file);   // deletes it; false if it is being written, or not there
    bool has(const QString& file) const;
    void markUsed(const QString& file) { m_folder.markUsed(file); }

private:
    Outcome<ReadingLimits> limits();

    Library& m_library;
    ReadingFolder m_folder;
};

} // namespace octavo::app
