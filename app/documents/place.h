// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>

#include "octavo/app/document.h"

namespace octavo::app {

// A byte's place in words a person can look up: "Book I ▸ Miss Brooke ▸ Chapter IV" in a book, "Storms ▸ The barometer, p. 47" in one with pages,
// "engine/run/forward.cpp:120, ForwardPass::run" (file and line, and the function or class if it is in one) in code and in folders, and where a
// text has no chapters.
QString placeOf(const Document& document, qint64 byte);

int pageOf(const Document& document, qint64 byte);   // 1-based; 0: no pages

} // namespace octavo::app
