// SPDX-License-Identifier: Apache-2.0
#include "documents/marked_outline.h"

#include <algorithm>

#include <QRegularExpression>

#include "documents/text_lines.h"

namespace octavo::app {

namespace {

constexpr qsizetype kDeepestAsciidoc = 6;

// How many marks a heading line begins with; 0 for any other line.
unsigned levelOf(QByteArrayView line, char mark)
{
    const auto marks = std::find_if_not(line.begin(), line.end(), [mark](char c) { return c == mark; }) - line.begin();
    return marks > 0 && marks < line.size() && isBlankCharacter(line[marks]) && !line.sliced(marks).trimmed().isEmpty() ? unsigned(marks) : 0;
}

template <class Take>
void eachLine(QByteArrayView text, const std::stop_token& stop, const Take& take)
{
    for (TextLine line; line.end < text.size() && !stop.stop_requested();) {
        line = lineFrom(text, line.end, text.size());
        QByteArrayView content = text.sliced(line.begin, line.end - line.begin);
        while (!content.isEmpty() && isBlankCharacter(content.back()))
            content.chop(1);
        take(content, line.begin);
    }
}

// Lines that open a block which only the same line closes, and in which "== x" is no heading.
bool isFence(QByteArrayView line)
{
    if (line.startsWith("```"))
        return true;
    constexpr qsizetype shortest = 4;
    return line.size() >= shortest && QByteArrayView("-./+").contains(line.front())
           && std::all_of(line.begin(), line.end(), [&](char c) { return c == line.front(); });
}

bool beginsWith(QByteArrayView line, QByteArrayView mark)
{
    return line.trimmed().first(std::min(line.trimmed().size(), mark.size())).compare(mark, Qt::CaseInsensitive) == 0;
}

QString orgTitle(QByteArrayView marked)
{
    static const QRegularExpression before(QStringLiteral("^(TODO|DONE)?\\s*(\\[#\\w\\])?\\s*"));
    static const QRegularExpression tags(QStringLiteral("\\s+:[\\w@#%:]+:$"));
    const QString whole = QString::fromUtf8(marked).simplified();
    return QString(whole).remove(before).remove(tags);
}

} // namespace

TextOutline asciidocOutline(QByteArrayView text, const std::stop_token& stop)
{
    std::vector<Heading> headings;
    QByteArrayView open;   // the fence around
    eachLine(text, stop, [&](QByteArrayView line, qint64 begin) {
        if (!open.isEmpty()) {
            open = line == open ? QByteArrayView() : open;
        } else if (isFence(line)) {
            open = line.startsWith("```") ? line.first(3) : line;
        } else if (const unsigned level = levelOf(line, '='); level > 0 && level <= kDeepestAsciidoc) {
            headings.push_back({level, begin, QString::fromUtf8(line.sliced(level))});
        }
    });
    return headingTree(std::move(headings), text.size());
}

TextOutline orgOutline(QByteArrayView text, const std::stop_token& stop)
{
    constexpr QByteArrayView titleMark("#+title:");
    std::vector<Heading> headings;
    QString title;
    bool inBlock = false;
    eachLine(text, stop, [&](QByteArrayView line, qint64 begin) {
        if (beginsWith(line, "#+begin_") || beginsWith(line, "#+end_"))
            inBlock = beginsWith(line, "#+begin_");
        else if (beginsWith(line, titleMark) && title.isEmpty())
            title = QString::fromUtf8(line.trimmed().sliced(titleMark.size())).simplified();
        else if (const unsigned level = inBlock ? 0 : levelOf(line, '*'); level > 0)
            headings.push_back({level, begin, orgTitle(line.sliced(level))});
    });
    TextOutline outline = headingTree(std::move(headings), text.size());
    if (!title.isEmpty())
        outline.title = title;
    return outline;
}

} // namespace octavo::app
