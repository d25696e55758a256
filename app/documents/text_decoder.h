// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stop_token>

#include <QByteArray>
#include <QByteArrayView>
#include <QString>

#include "octavo/base/expected.h"

namespace octavo::app {

// A file's bytes as UTF-8 text without byte order mark; line ends are untouched.
struct DecodedText {
    QByteArray text;             // shares its memory with the raw bytes where they are UTF-8
    QString encoding;            // "UTF-8" only if text is the file's bytes, but for the mark; else "UTF-16LE", "UTF-8, damaged", …
    bool byteOrderMark = false;  // one was cut off
    qint64 damagedBytes = 0;     // replaced by U+FFFD, because they were no text in an else sound file
};

enum class DecodeFault { Binary, Stopped };

// How many bytes at the head of a file decide whether it is binary.
inline constexpr qint64 kBinaryProbeBytes = 64 << 10;

// Whether the head of a file shows that it is no text: zero bytes, too many control characters, or a format's magic.
// UTF-16 and UTF-32 with a byte order mark are text.
bool looksBinary(QByteArrayView head);

// Strict UTF-8 first; else UTF-16 or UTF-32 by their mark; else the charset that the bytes look like. Text is never refused for
// its charset alone: ISO-8859-1 is the last resort. Threads: any. Answers a stop within a few milliseconds.
Expected<DecodedText, DecodeFault> decodeText(QByteArray raw, const std::stop_token& stop);

} // namespace octavo::app
