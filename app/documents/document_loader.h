// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <stop_token>

#include <QString>

#include "documents/page_recognition.h"
#include "octavo/app/document.h"
#include "octavo/app/failure.h"

namespace octavo::app {

struct LoadProgress {
    qint64 files = 0;   // met so far
    qint64 bytes = 0;   // read so far
    int scans = 0;      // pages of the file at hand that text recognition has read, of
    int allScans = 0;   // so many; 0: none is at work
};
using LoadProgressed = std::function<void(const LoadProgress&)>;

// No text form may be larger: beyond, a folder's files are left out with a word in the ledger, and a single file is refused.
inline constexpr qint64 kMaxTextBytes = 256 << 20;

// Reads a file of any format that Octavo knows (file_format.h), or all of a folder's text, with outline and ledger. An archive is unpacked into
// a temporary folder and read like one. Formats other than text are parsed in a process apart (parser_process.h).
// A folder's text form holds, for each file, a heading line "==== relative/path ====" between blank lines and then its content.
// Threads: any, blocking; `progress` is called on the calling thread with numbers that never fall. A stop is answered
// within 200 ms with Failure::Kind::Stopped. Other failures are File or Folder, each one sentence that names the file.
// Scans are read where `recognition` says how. A file that has nothing else, and was not asked for so, is Failure::Kind::OnlyScans.
Outcome<Document> loadDocument(const QString& path, const LoadProgressed& progress, const std::stop_token& stop, const Recognition* recognition = nullptr);

} // namespace octavo::app
