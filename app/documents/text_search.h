// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include <QByteArray>
#include <QString>

#include "octavo/app/document.h"

namespace octavo::app {

// Where a text has what somebody looks for: the words as they stand, or else the first of them, if all are somewhere in it; capital and small letters
// from A to Z are one, others as they are written. Nothing where a word is missing, or there are none. Linear in the text.
std::optional<ByteRange> findWords(const QByteArray& text, const QString& words);

// The text around a place, in one line: about so many bytes on each side, cut between characters.
QString snippetAround(const QByteArray& text, const ByteRange& place, qint64 bytes);

} // namespace octavo::app
