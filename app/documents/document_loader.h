// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <stop_token>

#include <QString>

#include "octavo/app/document.h"
#include "octavo/app/failure.h"

namespace octavo::app {

// No text form may be larger: beyond, a folder's files are left out with a word in the ledger, and a single file is refused.
inline constexpr qint64 kMaxTextBytes = 256 << 20;

// Reads a plain text, Markdown or source file, or all of a folder's text, with outline and ledger.
// A folder's text form holds, for each file, a heading line "==== relative/path ====" between blank lines and then its content.
// Threads: any, blocking; `progress` is called on the calling thread with the bytes read so far, ascending. A stop is answered
// within 200 ms with Failure::Kind::Stopped. Other failures are File or Folder, each one sentence that names the file.
Outcome<Document> loadDocument(const QString& path, const std::function<void(qint64 bytesSoFar)>& progress, const std::stop_token& stop);

} // namespace octavo::app
