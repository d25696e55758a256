// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>

namespace octavo::app {

inline constexpr int kKeptCrashReports = 10;

// The newest report of a crash that nobody was told of yet; its path, or empty. It counts as told from now on, as do all older ones, and of those
// only the newest kKeptCrashReports stay.
QString takeUnseenCrashReport(const QString& dataDir);

// A report as text; empty if it cannot be read.
QString crashReportText(const QString& file);

} // namespace octavo::app
