// SPDX-License-Identifier: Apache-2.0
#include "documents/text_search.h"

#include <algorithm>

#include <QStringList>

namespace octavo::app {

namespace {

bool isInsideCharacter(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) == 0x80; }

} // namespace

std::optional<ByteRange> findWords(const QByteArray& text, const QString& words)
{
    const QByteArray phrase = words.simplified().toUtf8().toLower(), low = text.toLower();   // of bytes: A to Z alone
    if (phrase.isEmpty())
        return std::nullopt;
    if (const qsizetype at = low.indexOf(phrase); at >= 0)
        return ByteRange{at, at + phrase.size()};
    std::optional<ByteRange> first;
    for (const QByteArray& word : phrase.split(' ')) {
        const qsizetype at = low.indexOf(word);
        if (at < 0)
            return std::nullopt;
        if (!first)
            first = ByteRange{at, at + word.size()};
    }
    return first;
}

QString snippetAround(const QByteArray& text, const ByteRange& place, qint64 bytes)
{
    qint64 begin = std::max<qint64>(0, place.begin - bytes), end = std::min<qint64>(text.size(), place.end + bytes);
    while (begin > 0 && isInsideCharacter(text[begin]))
        --begin;
    while (end < text.size() && isInsideCharacter(text[end]))
        ++end;
    const QString middle = QString::fromUtf8(text.mid(begin, end - begin)).simplified();
    return (begin > 0 ? QStringLiteral("…") : QString()) + middle + (end < text.size() ? QStringLiteral("…") : QString());
}

} // namespace octavo::app
