// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>

namespace octavo::app {

// Gives a file another name in its folder, whatever had that name before, and has the folder on the disk when it returns: after a power cut no later
// change is there without this one. False with errno set; then the file may have either name.
bool renameDurably(const QString& from, const QString& to);

} // namespace octavo::app
