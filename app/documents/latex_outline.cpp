// SPDX-License-Identifier: Apache-2.0
#include "documents/latex_outline.h"

#include <algorithm>
#include <array>
#include <optional>

#include <QRegularExpression>

#include "documents/text_lines.h"

namespace octavo::app {

namespace {

constexpr qint64 kLongestArgument = 2000;   // bytes; a brace that was never closed must not eat the text
constexpr size_t kAskStopEvery = 1 << 10;   // commands

struct HeadingCommand {
    QByteArrayView name;
    unsigned level;
    PartKind kind;
};

constexpr unsigned kChapterLevel = 2;

const std::array<HeadingCommand, 5>& headingCommands()
{
    static const std::array<HeadingCommand, 5> commands{{{"part", 1, PartKind::Book},
                                                         {"chapter", kChapterLevel, PartKind::Chapter},
                                                         {"section", 3, PartKind::Section},
                                                         {"subsection", 4, PartKind::Section},
                                                         {"subsubsection", 5, PartKind::Section}}};
    return commands;
}

bool isVerbatim(QByteArrayView environment)
{
    static const std::array<QByteArrayView, 8> names{"verbatim", "verbatim*", "Verbatim", "Verbatim*", "lstlisting", "minted", "comment", "alltt"};
    return std::find(names.begin(), names.end(), environment) != names.end();
}

bool isLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// \"o, \"{o} → ö
QString withAccents(QString latex)
{
    static const QRegularExpression accent(QStringLiteral("\\\\([`'^\"~])(?:([A-Za-z])|\\{([A-Za-z])\\})"));
    static const QString marks(QStringLiteral("`'^\"~"));
    static const std::array<char16_t, 5> combining{0x300, 0x301, 0x302, 0x308, 0x303};
    for (auto match = accent.match(latex); match.hasMatch(); match = accent.match(latex, match.capturedStart())) {
        const QChar mark(combining[size_t(marks.indexOf(match.captured(1)))]);
        latex.replace(match.capturedStart(), match.capturedLength(), match.captured(2) + match.captured(3) + mark);
    }
    return latex.normalized(QString::NormalizationForm_C);
}

// "The \emph{Odyssey} \& more\\" in plain words: commands go, what they are given stays.
QString plainWords(QByteArrayView latex)
{
    static const QRegularExpression comment(QStringLiteral("(?<!\\\\)%[^\\n]*\\n\\s*"));
    static const QRegularExpression aside(QStringLiteral("\\\\(label|thanks|footnote|index)\\s*\\{[^{}]*\\}"));
    static const QRegularExpression name(QStringLiteral("\\\\((La)?TeX)\\b(\\{\\}|\\\\ )?"));
    static const QRegularExpression space(QStringLiteral("\\\\\\\\(\\[[^\\]]*\\])?|~|\\\\[ ,;:!]"));
    static const QRegularExpression command(QStringLiteral("\\\\[A-Za-z]+\\*?\\s*"));
    static const QRegularExpression escape(QStringLiteral("\\\\(.)"));
    static const QRegularExpression brace(QStringLiteral("(?<!\\\\)[{}]"));
    QString words = withAccents(QString::fromUtf8(latex));
    words.remove(comment).remove(aside).replace(name, QStringLiteral("\\1")).replace(space, QStringLiteral(" "));
    words.remove(command).remove(brace).replace(escape, QStringLiteral("\\1"));
    return words.replace(QStringLiteral("---"), QStringLiteral("—")).replace(QStringLiteral("--"), QStringLiteral("–")).simplified();
}

class LatexScanner {
public:
    LatexScanner(QByteArrayView text, std::stop_token stop) : m_text(text), m_stop(std::move(stop)) {}

    void scan()
    {
        for (size_t commands = 0; m_at < m_text.size(); ++commands) {
            if (commands % kAskStopEvery == 0 && m_stop.stop_requested())
                return;
            const char* found = std::find_if(m_text.data() + m_at, m_text.data() + m_text.size(), [](char c) { return c == '\\' || c == '%'; });
            m_at = found - m_text.data();
            if (m_at == m_text.size())
                return;
            if (m_text[m_at] == '%')
                m_at = lineFrom(m_text, m_at, m_text.size()).end;
            else
                takeCommand();
        }
    }

    TextOutline outline()
    {
        placeAppendix();
        TextOutline outline = headingTree(std::move(m_headings), m_text.size());
        if (!m_title.isEmpty())
            outline.title = m_title;
        return outline;
    }

private:
    void takeCommand()
    {
        const qint64 begin = m_at++;
        const qint64 nameBegin = m_at;
        while (m_at < m_text.size() && isLetter(m_text[m_at]))
            ++m_at;
        const QByteArrayView name = m_text.sliced(nameBegin, m_at - nameBegin);
        if (name.isEmpty()) {   // an escaped character, \% among them
            m_at = std::min<qint64>(m_at + 1, m_text.size());
        } else if (name == "verb") {
            skipVerb();
        } else if (name == "begin") {
            enterEnvironment(begin);
        } else if (name == "title") {
            if (const auto words = argument(); words && m_title.isEmpty())
                m_title = plainWords(*words);
        } else if (name == "appendix") {
            addAppendix(begin);
        } else {
            takeHeading(name, begin);
        }
    }

    void takeHeading(QByteArrayView name, qint64 begin)
    {
        const auto command
            = std::find_if(headingCommands().begin(), headingCommands().end(), [name](const HeadingCommand& one) { return one.name == name; });
        if (command == headingCommands().end())
            return;
        if (m_at < m_text.size() && m_text[m_at] == '*')
            ++m_at;
        const auto words = argument();
        if (words && !words->contains('#'))   // a macro's own parameter
            m_headings.push_back({command->level, placeOf(begin), plainWords(*words), command->kind});
    }

    void addAppendix(qint64 begin)
    {
        if (m_appendix)
            return;
        m_appendix = m_headings.size();
        m_headings.push_back({1, placeOf(begin), QStringLiteral("Appendix"), PartKind::Book});
    }

    // An appendix holds what the text's outermost headings are, chapters or sections.
    void placeAppendix()
    {
        if (!m_appendix)
            return;
        unsigned outermost = kChapterLevel + 1;
        for (size_t i = 0; i < m_headings.size(); ++i) {
            if (i != *m_appendix)
                outermost = std::min(outermost, m_headings[i].level);
        }
        m_headings[*m_appendix].level = std::max(1U, outermost - 1);
    }

    // From the beginning of its line, unless something stands before it there.
    qint64 placeOf(qint64 command) const
    {
        qint64 line = command;
        while (line > 0 && m_text[line - 1] != '\n' && isBlankCharacter(m_text[line - 1]))
            --line;
        return line == 0 || m_text[line - 1] == '\n' ? line : command;
    }

    void skipBlank()
    {
        while (m_at < m_text.size() && isBlankCharacter(m_text[m_at]))
            ++m_at;
    }

    // What stands between an opening character here and its partner; m_at goes behind it.
    std::optional<QByteArrayView> enclosed(char open, char close)
    {
        if (m_at >= m_text.size() || m_text[m_at] != open)
            return std::nullopt;
        int depth = 0;
        const qint64 end = std::min<qint64>(m_text.size(), m_at + kLongestArgument);
        for (qint64 at = m_at; at < end; ++at) {
            if (m_text[at] == '\\') {
                ++at;
                continue;
            }
            depth += (m_text[at] == open) - (m_text[at] == close);
            if (depth == 0) {
                const QByteArrayView inside = m_text.sliced(m_at + 1, at - m_at - 1);
                m_at = at + 1;
                return inside;
            }
        }
        return std::nullopt;
    }

    // {…}, perhaps behind [a short form].
    std::optional<QByteArrayView> argument()
    {
        skipBlank();
        if (enclosed('[', ']'))
            skipBlank();
        return enclosed('{', '}');
    }

    void skipVerb()
    {
        if (m_at < m_text.size() && m_text[m_at] == '*')
            ++m_at;
        if (m_at >= m_text.size())
            return;
        const qint64 line = lineFrom(m_text, m_at, m_text.size()).end;
        const qint64 close = m_text.first(line).indexOf(m_text[m_at], m_at + 1);
        m_at = close < 0 ? m_at : close + 1;
    }

    void enterEnvironment(qint64 begin)
    {
        const auto name = enclosed('{', '}');
        if (name && *name == "appendices")
            addAppendix(begin);
        if (!name || !isVerbatim(*name))
            return;
        const QByteArray close = QByteArray("\\end{").append(*name).append('}');
        const qint64 end = m_text.indexOf(close, m_at);
        m_at = end < 0 ? m_text.size() : end + close.size();
    }

    QByteArrayView m_text;
    std::stop_token m_stop;
    qint64 m_at = 0;
    QString m_title;
    std::vector<Heading> m_headings;
    std::optional<size_t> m_appendix;   // its place among the headings
};

} // namespace

TextOutline latexOutline(QByteArrayView text, const std::stop_token& stop)
{
    LatexScanner scanner(text, stop);
    scanner.scan();
    return scanner.outline();
}

} // namespace octavo::app
