// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "documents/parser_process.h"
#include "octavo/app/page_picture.h"

namespace octavo::app {

// Pages of a PDF file that is open for reading at `descriptor`, drawn by octavo-parse. Very large ones are drawn at fewer dots an inch than asked for
// (kMostPixels in octavo/parsers/protocol.h). Threads: any, blocking; a stop is answered within 200 ms.
Expected<PagePicture, ParseFault> pagePicture(int descriptor, int page, double dpi, const std::stop_token& stop);
Expected<QList<QSizeF>, ParseFault> pageSizes(int descriptor, const std::stop_token& stop);

// In grey and as a PGM file, as text recognition takes it.
Expected<QByteArray, ParseFault> greyPage(int descriptor, int page, double dpi, const std::stop_token& stop);

} // namespace octavo::app
