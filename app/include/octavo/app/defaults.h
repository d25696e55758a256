// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>

namespace octavo::app {

// Where Octavo keeps its library unless told otherwise: octavo/ in the person's data folder (XDG_DATA_HOME).
QString defaultDataDir();

// $OCTAVO_MODEL, else the SmolLM2 file that set-up puts into models/ of the default data folder. It may be absent.
QString defaultModelFile();

} // namespace octavo::app
