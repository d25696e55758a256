// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QByteArray>

namespace octavo::app {

// The hexadecimal id that the linker gave to this very program, as `readelf -n` tells it: offsets in a report mean something only in the build they come
// from, and many have the same version. Empty if it has none.
QByteArray buildId();

} // namespace octavo::app
