// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>

namespace octavo::app {

// From now on, a crash (SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, an exception that nobody caught) leaves a report in <dataDir>/crashes before the
// program ends as it would have without: version and build, the signal, where in the program it was, and the last events (event_log.h). Nothing is sent anywhere.
// All threads, but a stack that overflows is told of the calling thread's only: others have no second stack to write the report on.
// Of threads that crash together the first one is told.
// Once, in main(). Does nothing under sanitizers, which have handlers of their own.
void installCrashHandler(const QString& dataDir, const QString& version);

} // namespace octavo::app
