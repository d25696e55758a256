// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>

namespace octavo::ui {

// Whether each word of `searched`, or its beginning as it is typed, is somewhere in `text`; nothing searched for is everywhere.
bool hasAllWords(const QString& text, const QString& searched);

} // namespace octavo::ui
