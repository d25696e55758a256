// SPDX-License-Identifier: Apache-2.0
#include "documents/rst_outline.h"

#include <algorithm>
#include <cctype>

#include <QRegularExpression>
#include <QStringList>

#include "documents/text_lines.h"

namespace octavo::app {

namespace {

constexpr qsizetype kSureAdornment = 4;    // characters; docutils takes shorter lines for text if the title is longer
constexpr size_t kAskStopEvery = 1 << 10;  // lines

struct Line {
    qint64 begin = 0;
    QByteArrayView content;   // without the white space at its end
    bool isIndented() const { return !content.isEmpty() && isBlankCharacter(content.front()); }

    // The punctuation mark that the whole line is made of; 0 for any other line.
    char adornment() const
    {
        if (content.isEmpty())
            return 0;
        const char mark = content.front();
        const bool isMark = mark > ' ' && mark < 0x7f && !std::isalnum(uchar(mark));
        return isMark && std::all_of(content.begin(), content.end(), [mark](char c) { return c == mark; }) ? mark : char(0);
    }
};

std::vector<Line> linesOf(QByteArrayView text, const std::stop_token& stop)
{
    std::vector<Line> lines;
    for (TextLine line; line.end < text.size();) {
        if (lines.size() % kAskStopEvery == 0 && stop.stop_requested())
            return {};
        line = lineFrom(text, line.end, text.size());
        QByteArrayView content = text.sliced(line.begin, line.end - line.begin);
        while (!content.isEmpty() && isBlankCharacter(content.back()))
            content.chop(1);
        lines.push_back({line.begin, content});
    }
    return lines;
}

// ":ref:`the *Odyssey*`" in plain words.
QString plainWords(QByteArrayView markup)
{
    static const QRegularExpression role(QStringLiteral(":[\\w:.-]+:`"));
    static const QRegularExpression target(QStringLiteral("\\s*<[^<>`]*>`_*"));
    static const QRegularExpression mark(QStringLiteral("`+_*|(?<!\\\\)\\*+|\\\\(?=\\S)"));
    return QString::fromUtf8(markup).replace(role, QStringLiteral("`")).replace(target, QStringLiteral("`")).remove(mark).simplified();
}

bool fits(const Line& adornment, const Line& title)
{
    const qsizetype columns = QString::fromUtf8(title.content.trimmed()).size();
    return adornment.adornment() && adornment.content.size() >= std::min(columns, kSureAdornment);
}

// Whether line `at` may begin a title: behind a line of a paragraph it goes on with that.
bool beginsBlock(const std::vector<Line>& lines, size_t at)
{
    if (at == 0)
        return true;
    const Line& before = lines[at - 1];
    return before.content.isEmpty() || before.isIndented() || before.content.startsWith(".. ");
}

bool isTitleText(const Line& line) { return !line.content.isEmpty() && !line.adornment(); }

} // namespace

TextOutline rstOutline(QByteArrayView text, const std::stop_token& stop)
{
    const std::vector<Line> lines = linesOf(text, stop);
    QStringList styles;   // a mark, twice if it stands above too, in the order met
    std::vector<Heading> headings;
    const auto add = [&](size_t at, const Line& title, const QString& style) {
        if (!styles.contains(style))
            styles.append(style);
        headings.push_back({unsigned(styles.indexOf(style)) + 1, lines[at].begin, plainWords(title.content)});
    };
    for (size_t at = 0; at + 1 < lines.size(); ++at) {
        if (!beginsBlock(lines, at))
            continue;
        const QChar mark = QLatin1Char(lines[at].adornment());
        const bool isOver = at + 2 < lines.size() && isTitleText(lines[at + 1]) && fits(lines[at], lines[at + 1])
                            && lines[at].content == lines[at + 2].content;
        if (isOver) {
            add(at, lines[at + 1], QString(2, mark));
            at += 2;
        } else if (isTitleText(lines[at]) && !lines[at].isIndented() && fits(lines[at + 1], lines[at])) {
            add(at, lines[at], QString(QLatin1Char(lines[at + 1].adornment())));
            ++at;
        }
    }
    return headingTree(std::move(headings), text.size());
}

} // namespace octavo::app
