// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>

namespace octavo::app {

// Text on one line in which Markdown finds nothing of its own.
QString literalMarkdown(const QString& text);

} // namespace octavo::app
