// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "octavo/app/document.h"

namespace octavo::app {

// What every document that was loaded holds, for those that come from a file instead, which a stranger or a broken disk may have written.
// Ranges lie in the text, files one after the other, their marks in them and ascending, parts inside their parent and one after the other, and no part is nested deeper
// than kDeepestPart.
inline constexpr int kDeepestPart = 64;
bool isUtf8(const QByteArray& text);
bool filesFit(const QList<SourceFile>& files, qint64 textBytes);
bool outlineFits(const Part& root, qint64 textBytes);

} // namespace octavo::app
