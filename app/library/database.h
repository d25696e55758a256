// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include <QString>
#include <SQLiteCpp/SQLiteCpp.h>

#include "library/folder_lock.h"
#include "octavo/app/failure.h"

namespace octavo::app {

// Versions of library.db, kept in its user_version; each is one file of resources/migrations. Numbers are never reused.
//   1  documents, readings, sessions, messages, citations, hop records, settings, search
//   2  where readings are kept, jobs; a checksum in every page (checked_vfs.h)
//   3  what answers were made with
//   4  formats of files, places in their originals, pages; how files were when they were read
inline constexpr int kLibraryVersion = 7;

struct OpenedDatabase {
    FolderLock lock;    // shared, while the library is open
    std::unique_ptr<SQLite::Database> database;
    QString notice{};   // one sentence, if the file was damaged and what could be read of it was saved into a new one
};

// Opens <dataDir>/library.db, which is created or brought to kLibraryVersion as needed (after a backup beside it), with the promises
// that a library makes: WAL, foreign keys on, every commit on disk before it returns, nobody else's eyes. All of it is read and checked
// once; a damaged file is set aside and salvaged (salvage.h). A file that is no Octavo library, or one of a newer version, or one that
// cannot be written, is left as it is and gives a Failure. `vfs`: SQLite's layer to the disk, empty for the default.
Outcome<OpenedDatabase> openDatabase(const QString& dataDir, const std::string& vfs = {});

// A new database at `file`, of kLibraryVersion and empty. Throws SQLite::Exception.
std::unique_ptr<SQLite::Database> makeDatabase(const QString& file, const std::string& vfs);

// Everything of a database: one line that says what is wrong, empty if nothing is. Throws SQLite::Exception.
QString checkDatabase(SQLite::Database& database);

// Whether it says that the file is damaged: SQLite's tables, or a page's checksum.
bool isDamage(const SQLite::Exception& exception);

// What an exception of SQLite means to the person whose library it is.
Failure libraryFailure(const SQLite::Exception& exception, const QString& file);

} // namespace octavo::app
