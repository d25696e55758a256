// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "octavo/parsers/block.h"

using PopplerPage = struct _PopplerPage;

namespace octavo::parsers {

// See PdfFile::pictureOf.
Expected<std::string, Fault> drawPage(PopplerPage* page, double dpi, bool inColor);

} // namespace octavo::parsers
