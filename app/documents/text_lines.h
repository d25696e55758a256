// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstring>

#include <QByteArrayView>

namespace octavo::app {

// A line of a text: [begin, end), the line break ("\n" or "\r\n") included.
struct TextLine {
    qint64 begin = 0;
    qint64 end = 0;
    bool blank = true;   // nothing but white space
};

inline bool isBlankCharacter(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

// The line that begins at `begin`, cut off at `limit`.
inline TextLine lineFrom(QByteArrayView text, qint64 begin, qint64 limit)
{
    const void* found = std::memchr(text.data() + begin, '\n', size_t(limit - begin));
    const qint64 end = found ? static_cast<const char*>(found) - text.data() + 1 : limit;
    return {begin, end, std::all_of(text.data() + begin, text.data() + end, isBlankCharacter)};
}

} // namespace octavo::app
