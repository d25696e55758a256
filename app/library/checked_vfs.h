// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

struct sqlite3;

namespace octavo::app {

// Bytes at the end of each page of a library that hold its checksum: the page's size must leave them to SQLite's reserve
// (SQLITE_FCNTL_RESERVE_BYTES) before the first page is written.
inline constexpr int kPageChecksumBytes = 8;

// A layer under SQLite that writes a checksum (xxh3, of a page and its number) into every page of a database file and looks at it when
// the page is read: SQLite itself finds damage to its tables, but not to the texts in them. A wrong one is SQLITE_IOERR_DATA. Files
// without that reserve, journals and logs (which have SQLite's own checksums) pass through. The idea is that of SQLite's cksumvfs, which
// no distribution builds.
// `below`: the name of the layer under this one, empty for SQLite's default. With PageCheck::Rows, pages that only lead to others, and the
// first one, pass however damaged: what is read through them comes from sound pages all the same. Returns the name to open databases
// with; registered once for the life of the process. Threads: any.
enum class PageCheck { All, Rows };
std::string checkedVfs(const std::string& below = {}, PageCheck check = PageCheck::All);

// What has been met since the database was opened, however SQLite told it: a wrong checksum, a page that the disk could not read.
bool hasSeenDamage(sqlite3* database);
bool hasSeenReadError(sqlite3* database);

} // namespace octavo::app
