// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include <QString>
#include <SQLiteCpp/SQLiteCpp.h>

#include "octavo/app/failure.h"

namespace octavo::app {

// Versions of library.db, kept in its user_version; each is one file of resources/migrations. Numbers are never reused.
//   1  documents, readings, sessions, messages, citations, hop records, settings, search
inline constexpr int kLibraryVersion = 1;

// Opens <dataDir>/library.db, which is created or brought to kLibraryVersion as needed, with the promises that a library makes:
// WAL, foreign keys on, every commit on disk before it returns. A file that is no Octavo library, or one of a newer version, or
// one that cannot be written, is left as it is and gives a Failure.
Outcome<std::unique_ptr<SQLite::Database>> openDatabase(const QString& dataDir);

// What an exception of SQLite means to the person whose library it is.
Failure libraryFailure(const SQLite::Exception& exception, const QString& file);

} // namespace octavo::app
