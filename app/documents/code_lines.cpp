// SPDX-License-Identifier: Apache-2.0
#include "documents/code_lines.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "documents/text_lines.h"

namespace octavo::app {

namespace {

constexpr qint64 kLongestLead = 200;   // lines above a definition that are looked at

bool startsWithAny(QByteArrayView line, std::initializer_list<QByteArrayView> heads)
{
    return std::any_of(heads.begin(), heads.end(), [line](QByteArrayView head) { return line.startsWith(head); });
}

bool isComment(QByteArrayView line, bool cLike)
{
    return startsWithAny(line, {"//", "/*", "--", ";;", "%%"}) || (!cLike && line.startsWith('#'));
}

bool isAttribute(QByteArrayView line)
{
    return startsWithAny(line, {"@", "#[", "[[", "template<", "template <", "requires ", "requires("})
           || (line.startsWith('[') && line.endsWith(']'));   // C#
}

// "static const char *"
bool isTypeAlone(QByteArrayView line)
{
    return !line.isEmpty() && std::all_of(line.begin(), line.end(), [](char c) {
        return std::isalnum(uchar(c)) || c == '_' || c == '*' || c == '&' || c == ' ' || c == ':' || c == '<' || c == '>';
    }) && !line.endsWith(':');
}

bool isCloser(QByteArrayView line)
{
    return startsWithAny(line, {"}", ")", "]"}) || line == "end" || line == "END" || startsWithAny(line, {"end ", "end;", "end.", "end)", "END "});
}

// "): Promise<T> {" and "} else {" go on with the block.
bool opensAgain(QByteArrayView line) { return line.endsWith('{') || line.endsWith(':') || line.endsWith('('); }

} // namespace

CodeLines::CodeLines(QByteArrayView text) : m_text(text), m_begins{0}
{
    for (TextLine line; line.end < text.size();) {
        line = lineFrom(text, line.end, text.size());
        m_begins.push_back(line.end);
    }
}

QByteArrayView CodeLines::at(qint64 line) const { return m_text.sliced(begin(line), begin(line + 1) - begin(line)).trimmed(); }

qint64 CodeLines::indentation(qint64 line) const
{
    qint64 at = begin(line);
    while (at < begin(line + 1) && isBlankCharacter(m_text[at]))
        ++at;
    return at - begin(line);
}

// The first line of a block comment that ends above `line`; `line` if none does.
qint64 CodeLines::commentAbove(qint64 line) const
{
    if (line == 0 || !at(line - 1).endsWith("*/"))
        return line;
    for (qint64 above = line - 1; above >= std::max<qint64>(0, line - kLongestLead); --above) {
        if (at(above).startsWith("/*"))
            return above;
        if (at(above).contains("/*"))
            break;   // code with a remark behind it
    }
    return line;
}

qint64 CodeLines::firstOf(qint64 line, bool cLike) const
{
    const qint64 farthest = std::max<qint64>(0, line - kLongestLead);
    for (qint64 first = line; first > farthest;) {
        const QByteArrayView above = at(first - 1);
        if (const qint64 comment = commentAbove(first); comment < first)
            first = comment;
        else if (isComment(above, cLike) || isAttribute(above) || (cLike && isTypeAlone(above)))
            --first;
        else
            return first;
    }
    return farthest;
}

qint64 CodeLines::behindBlockAt(qint64 line) const
{
    const qint64 own = indentation(line);
    bool inside = false;
    qint64 behind = line + 1;   // of the last line that surely belongs to it
    for (qint64 next = line + 1; next < count(); ++next) {
        const QByteArrayView content = at(next);
        if (content.isEmpty())
            continue;
        const qint64 indented = indentation(next);
        if (indented < own)
            break;
        if (indented > own) {
            inside = true;
        } else if (isCloser(content)) {
            if (!opensAgain(content))
                return next + 1;
        } else if (content != "{" && (inside || !startsWithAny(content, {"{", "where", "begin", "BEGIN"}))) {
            break;
        }
        behind = next + 1;
    }
    return behind;
}

qint64 CodeLines::behindBlank(qint64 line) const
{
    while (line < count() && at(line).isEmpty())
        ++line;
    return line;
}

} // namespace octavo::app
