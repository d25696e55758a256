// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "reader/reader_text.h"
#include "theme.h"

namespace octavo::ui {

class WindowSettings;

// What the settings mean for the window's colours and for the page.
ThemeKind themeOf(const WindowSettings& settings, bool desktopIsDark);
bool followsDesktop(const WindowSettings& settings);
PageLook pageLookOf(const WindowSettings& settings);

} // namespace octavo::ui
