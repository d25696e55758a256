// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdexcept>

#include <QByteArray>

namespace octavo::app {

// A record of the library that is there but cannot be what was written; Library::read turns it into a Failure.
struct DamagedRecord : std::runtime_error {
    using std::runtime_error::runtime_error;
};

// One zstd frame that knows its size.
QByteArray compress(const QByteArray& bytes);
// Throws DamagedRecord; also for one that says it is larger than `mostBytes`, so that a damaged or hostile one cannot ask for all memory.
QByteArray decompress(const QByteArray& frame, qint64 mostBytes);

} // namespace octavo::app
