// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>

#include "octavo/app/document.h"

namespace octavo::app {

// What a file's text is to be read as, told by its name alone: PlainText, Markdown or Code.
DocumentKind kindOfFile(const QString& fileName);

} // namespace octavo::app
