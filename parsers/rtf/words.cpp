// SPDX-License-Identifier: Apache-2.0
#include "rtf/words.h"

#include <unordered_map>

namespace octavo::parsers::rtf {

namespace {

using Words = std::unordered_map<std::string_view, Word>;

void addCharacters(Words& words)
{
    const std::pair<std::string_view, std::string_view> characters[] = {
        {"tab", "\t"},      {"line", "\n"},     {"lbr", "\n"},       {"emdash", "—"},    {"endash", "–"},      {"lquote", "‘"},
        {"rquote", "’"},    {"ldblquote", "“"}, {"rdblquote", "”"},  {"bullet", "•"},    {"emspace", " "},     {"enspace", " "},
        {"qmspace", " "},   {"nestcell", " "},  {"nestrow", " "},
    };
    for (const auto& [name, text] : characters)
        words[name] = {Meaning::Character, text};
}

void addMeanings(Words& words)
{
    const std::pair<std::string_view, Meaning> meanings[] = {
        {"u", Meaning::Unicode}, {"uc", Meaning::UnicodeSkip},
        {"par", Meaning::Paragraph}, {"sect", Meaning::Section}, {"page", Meaning::Section},
        {"cell", Meaning::Cell}, {"row", Meaning::Row},
        {"pard", Meaning::ParagraphDefaults}, {"intbl", Meaning::TableParagraph}, {"s", Meaning::Style},
        {"outlinelevel", Meaning::OutlineLevel}, {"ilvl", Meaning::ListLevel}, {"li", Meaning::Indent}, {"fi", Meaning::FirstIndent},
        {"plain", Meaning::CharacterDefaults}, {"f", Meaning::Font}, {"fcharset", Meaning::FontCharset},
        {"deleted", Meaning::Deleted}, {"v", Meaning::Hidden},
        {"ansicpg", Meaning::AnsiPage}, {"mac", Meaning::MacintoshSet}, {"pc", Meaning::DosSet}, {"deff", Meaning::DefaultFont},
        {"fonttbl", Meaning::FontTable}, {"stylesheet", Meaning::StyleSheet}, {"title", Meaning::Title},
        {"listtext", Meaning::Bullet}, {"pntext", Meaning::Bullet}, {"footnote", Meaning::Note},
        {"info", Meaning::Around}, {"shppict", Meaning::Around}, {"shpinst", Meaning::Around}, {"shptxt", Meaning::Box},
        {"upr", Meaning::Around}, {"ud", Meaning::UnicodeTwin},
    };
    for (const auto& [name, meaning] : meanings)
        words[name] = {meaning};
}

void addSkipped(Words& words)
{
    for (const std::string_view name : {
             "colortbl", "filetbl", "listtable", "listoverridetable", "revtbl", "rsidtbl", "fldinst", "nonshppict", "nonesttables",
             "shprslt", "ftnsep", "ftnsepc", "ftncn", "aftnsep", "aftnsepc", "aftncn", "xe", "tc", "tcn", "rxe", "bkmkstart", "bkmkend",
             "pntxta", "pntxtb", "private", "template", "atnid", "atnauthor", "mmathPict",
         })
        words[name] = {Meaning::Skipped};
}

void addLeftOut(Words& words)
{
    for (const std::string_view name : {"header", "headerl", "headerr", "headerf", "footer", "footerl", "footerr", "footerf"})
        words[name] = {Meaning::LeftOut, {}, "running heads", false};
    words["pict"] = {Meaning::LeftOut, {}, "picture"};
    words["object"] = {Meaning::LeftOut, {}, "embedded object"};
    words["annotation"] = {Meaning::LeftOut, {}, "comment"};
    for (const std::string_view name : {"mmath", "moMath", "moMathPara"})
        words[name] = {Meaning::LeftOut, {}, "formula"};
}

Words allWords()
{
    Words words;
    addCharacters(words);
    addMeanings(words);
    addSkipped(words);
    addLeftOut(words);
    return words;
}

} // namespace

Word wordCalled(std::string_view name)
{
    static const Words words = allWords();
    const auto found = words.find(name);
    return found == words.end() ? Word{} : found->second;
}

} // namespace octavo::parsers::rtf
