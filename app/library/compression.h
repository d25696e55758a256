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
// Throws DamagedRecord.
QByteArray decompress(const QByteArray& frame);

} // namespace octavo::app
