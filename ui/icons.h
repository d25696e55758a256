// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QIcon>

class QLatin1String;

namespace octavo::ui {

// An icon of resources/icons, drawn in the ink of the application's palette whenever it is painted, so that it follows the theme.
QIcon icon(QLatin1String name);

// Octavo's own mark, in its own colours.
QIcon programIcon();

} // namespace octavo::ui
