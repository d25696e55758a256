// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>

namespace octavo::app {

// Where crash reports lie, and how their names end before and after a person was told of them.
inline QString crashFolder(const QString& dataDir) { return dataDir + QStringLiteral("/crashes"); }
inline const QString kUnseenReport = QStringLiteral(".new");
inline const QString kSeenReport = QStringLiteral(".txt");

} // namespace octavo::app
