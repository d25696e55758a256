// SPDX-License-Identifier: Apache-2.0
#include "documents/heading_line.h"

#include <algorithm>

#include <QRegularExpression>
#include <QSet>
#include <QStringList>

#include "documents/text_lines.h"

namespace octavo::app {

namespace {

constexpr qsizetype kLongestHeading = 200;
constexpr qsizetype kLongestCapitalTitle = 60;

const QSet<QString>& containerKeywords()
{
    static const QSet<QString> words{"volume", "book", "part", "act"};
    return words;
}

const QSet<QString>& numberedKeywords()
{
    static const QSet<QString> words = containerKeywords() + QSet<QString>{"chapter", "letter", "scene", "canto", "stave", "section"};
    return words;
}

const QSet<QString>& namedKeywords()
{
    static const QSet<QString> words{"etymology", "extracts",  "prelude",    "prologue",  "preface",   "introduction",
                                      "foreword",  "interlude", "epilogue",   "finale",    "afterword", "conclusion",
                                      "appendix",  "glossary",  "dedication", "postscript"};
    return words;
}

const QString& numberPattern()
{
    static const QString pattern = [] {
        const QString ones
            = QStringLiteral("one|two|three|four|five|six|seven|eight|nine|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth");
        const QString more = QStringLiteral("ten(?:th)?|eleven(?:th)?|twelve|twelfth|(?:thir|four|fif|six|seven|eigh|nine)teen(?:th)?|last|"
                                            "(?:twent|thirt|fort|fift|sixt|sevent|eight|ninet)(?:y|ieth)");
        return QStringLiteral("\\d{1,4}|[IVXLCDM]{1,10}|(?i:(?:the )?(?:%2)(?:[- ](?:%1))?|(?:the )?(?:%1))").arg(ones, more);
    }();
    return pattern;
}

bool hasLower(const QString& text) { return std::any_of(text.cbegin(), text.cend(), [](QChar c) { return c.isLower(); }); }

bool isRoman(const QString& word)
{
    static const QRegularExpression roman(QStringLiteral("^(?=.)M{0,3}(CM|CD|D?C{0,3})(XC|XL|L?X{0,3})(IX|IV|V?I{0,3})$"));
    return roman.match(word).hasMatch();
}

QString titleCased(const QString& capitals)
{
    static const QSet<QString> small{"a", "an", "and", "at", "by", "for", "from", "in", "of", "on", "or", "the", "to", "with"};
    QStringList words = capitals.split(' ');
    for (QString& word : words) {
        if (isRoman(word))
            continue;
        word = word.toLower();
        if (&word != &words.front() && small.contains(word))
            continue;
        bool wordBegins = true;
        for (QChar& c : word) {
            if (wordBegins && c.isLetter())
                c = c.toUpper();
            wordBegins = !c.isLetter() && c != '\'' && c != QChar(0x2019);
        }
    }
    return words.join(' ');
}

QString tidyTitle(QString title)
{
    title = title.trimmed();
    if (title.endsWith('.') && !title.endsWith(QLatin1String("..")))
        title.chop(1);
    return hasLower(title) ? title : titleCased(title);
}

std::optional<BookHeading> numberedHeading(const QString& keyword, const QString& paragraph)
{
    static const QRegularExpression form(
        QStringLiteral("^\\w+ (?<number>%1)(?<rest>$|[ .:;,\\x{2013}\\x{2014}-].*$)").arg(numberPattern()));
    const QRegularExpressionMatch match = form.match(paragraph);
    if (!match.hasMatch())
        return std::nullopt;
    static const QRegularExpression lead(QStringLiteral("^[ .:;,\\x{2013}\\x{2014}-]+"));
    const QString title = match.captured(QStringLiteral("rest")).remove(lead);
    if (!title.isEmpty() && title[0].isLower())
        return std::nullopt;   // a sentence
    if (title.contains(keyword, Qt::CaseInsensitive)) {
        const QRegularExpression again(QStringLiteral("(?i:\\b%1 )(?:%2)\\b").arg(keyword, numberPattern()));
        if (again.match(title).hasMatch())
            return std::nullopt;
    }
    return BookHeading{keyword, match.captured(QStringLiteral("number")), tidyTitle(title)};
}

std::optional<BookHeading> namedHeading(const QString& keyword, const QString& paragraph)
{
    static const QRegularExpression form(
        QStringLiteral("^\\w+(?: (?<number>\\d{1,3}|[IVXLC]{1,7}|[A-Z]))?[.:]?(?: ?\\(.*\\)\\.?)?(?<rest>$|[ \\x{2014}].*$)"));
    const QRegularExpressionMatch match = form.match(paragraph);
    const QString rest = match.captured(QStringLiteral("rest"));
    if (!match.hasMatch() || hasLower(rest))
        return std::nullopt;
    return BookHeading{keyword, match.captured(QStringLiteral("number")), tidyTitle(rest)};
}

} // namespace

QString BookHeading::name() const
{
    const QString word = titleCased(keyword);
    return number.isEmpty() ? word : word + ' ' + (isRoman(number) ? number : titleCased(number));
}

QString BookHeading::shown() const { return title.isEmpty() ? name() : name() + QStringLiteral(" ▸ ") + title; }

bool BookHeading::isContainer() const { return containerKeywords().contains(keyword); }

bool BookHeading::isFirst() const
{
    static const QSet<QString> ones{"1", "i", "one", "first", "the first"};
    return ones.contains(number.toLower());
}

bool BookHeading::sameAs(const BookHeading& other) const
{
    return keyword == other.keyword && number.compare(other.number, Qt::CaseInsensitive) == 0;
}

bool mayBeHeading(QByteArrayView line)
{
    const auto begin = std::find_if_not(line.begin(), line.end(), isBlankCharacter);
    const auto end = std::find_if(begin, line.end(), [](char c) { return (c < 'a' || c > 'z') && (c < 'A' || c > 'Z'); });
    constexpr auto shortest = 3;   // act
    constexpr auto longest = 12;   // introduction
    if (end - begin < shortest || end - begin > longest || *begin >= 'a')
        return false;
    const QString word = QString::fromLatin1(begin, end - begin).toLower();
    return numberedKeywords().contains(word) || namedKeywords().contains(word);
}

std::optional<BookHeading> bookHeading(const QString& paragraph)
{
    if (paragraph.size() > kLongestHeading)
        return std::nullopt;
    const auto wordEnd = std::find_if_not(paragraph.cbegin(), paragraph.cend(), [](QChar c) { return c.isLetter(); });
    const QString word = paragraph.left(wordEnd - paragraph.cbegin());
    if (word.isEmpty() || !word[0].isUpper())
        return std::nullopt;   // "chapter" is a word in a sentence
    const QString keyword = word.toLower();
    if (numberedKeywords().contains(keyword))
        return numberedHeading(keyword, paragraph);
    return namedKeywords().contains(keyword) ? namedHeading(keyword, paragraph) : std::nullopt;
}

std::optional<QString> capitalTitle(const QString& paragraph)
{
    const auto letters = std::count_if(paragraph.cbegin(), paragraph.cend(), [](QChar c) { return c.isLetter(); });
    if (letters < 3 || paragraph.size() > kLongestCapitalTitle || hasLower(paragraph) || isRoman(paragraph) || bookHeading(paragraph))
        return std::nullopt;
    return tidyTitle(paragraph);
}

} // namespace octavo::app
