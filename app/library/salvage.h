// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <QString>

#include "octavo/app/failure.h"

namespace octavo::app {

// Saves what can be read of a damaged <dataDir>/library.db into a new one. The damaged file is never deleted: it becomes
// library.damaged-<time>.db. A message on a damaged page is saved as it stands there, with a note that says so; what cannot be read at
// all is counted. Returns one sentence for the person. Nobody else may have the library open. Throws SQLite::Exception if the new one
// cannot be written; then nothing has changed.
Outcome<QString> salvage(const QString& dataDir, const std::string& vfs);

// Puts a new library in its place whose making was complete when the program was cut off. Does nothing otherwise.
void finishSalvage(const QString& dataDir);

} // namespace octavo::app
