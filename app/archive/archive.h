// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <stop_token>

#include "library/library.h"

namespace octavo::app {

// What went into an archive, or came out of one.
struct ArchiveCounts {
    int documents = 0;
    int sessions = 0;
    int messages = 0;
    int damagedHops = 0;               // hop records that could not be read, and are missing
    int alreadyHere = 0;               // sessions of the archive that the library has as they are
    std::optional<SessionId> session{};   // the one session of an archive with one
};

// Writes an archive (archive_file.h): everything of the library but what each machine makes anew (readings, jobs, settings), or one session with its
// documents, of which the names are told then but not the folders they lie in. `file` is replaced if it is there.
// A session in an archive can be replayed: with each answer are the model's hash, the settings and the seed it was made with.
Outcome<ArchiveCounts> exportLibrary(Library& library, const QString& file, std::stop_token stop);
Outcome<ArchiveCounts> exportSession(Library& library, SessionId session, const QString& file);

// Takes all of an archive into the library, or nothing: one transaction. What is there already stays as it is and is not doubled.
Outcome<ArchiveCounts> importArchive(Library& library, const QString& file, std::stop_token stop);

// Whether a path names an archive: a file, by its ending.
bool isArchive(const QString& path);

// One sentence or two for people.
QString importSentence(const ArchiveCounts& imported);
QString exportSentence(const ArchiveCounts& exported, const QString& file);

} // namespace octavo::app
