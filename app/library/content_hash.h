// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QByteArray>
#include <QString>

namespace octavo::app {

// xxh3-128 in hexadecimal digits: what a document is known by in the library, and an entry in an archive.
QString contentHash(const QByteArray& bytes);

} // namespace octavo::app
