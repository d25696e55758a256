// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace octavo::ui {

// Tells screen readers what the widgets are that Octavo paints itself. May be called again.
void installRoles();

} // namespace octavo::ui
