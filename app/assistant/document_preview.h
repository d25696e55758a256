// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "assistant/book_engine.h"
#include "octavo/app/preview.h"

namespace octavo::app {

// What can be read of a document and what not, by folders and files, or by chapters where it is a single file; with the tokens of each in the
// engine's model. Files and chapters begin at lines of their own, where tokens do too, so the numbers add up to those of the whole text, give or take
// one at a place where a file of more than 128 KiB is cut. `leftOut`: what the person left out before.
// Blocking; `counted` gets the bytes of text done so far, from the first file on. A stop is answered within 200 ms with Failure::Kind::Stopped.
Outcome<PreviewItem> previewOf(const Document& document, const QStringList& leftOut, BookEngine& engine,
                               const std::function<void(qint64 bytes)>& counted, const std::stop_token& stop);

qint64 tokensLeftOut(const PreviewItem& item);   // by the person before

} // namespace octavo::app
