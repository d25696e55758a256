// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "recorded.h"

namespace octavo::parsers {
namespace {

std::string rtf(const std::string& body) { return recorded(parseRtf, "{\\rtf1\\ansi\\ansicpg1252\\deff0 " + body + "}"); }

std::string times(const std::string& piece, int count)
{
    std::string all;
    for (int i = 0; i < count; ++i)
        all += piece;
    return all;
}

struct Row {
    const char* name;
    std::string body;
    std::string lines;
};

void expectAll(const std::vector<Row>& rows)
{
    for (const Row& row : rows) {
        SCOPED_TRACE(row.name);
        EXPECT_EQ(rtf(row.body), row.lines);
    }
}

TEST(Rtf, Text)
{
    expectAll({
        {"two paragraphs", "One.\\par Two.", "paragraph: One.\nparagraph: Two.\n"},
        {"line ends in the file mean nothing", "O\r\nne.\\par\r\nTwo.\\par\r\n", "paragraph: One.\nparagraph: Two.\n"},
        {"empty paragraphs", "\\par\\par  \\par One.\\par\\par", "paragraph: One.\n"},
        {"backslash at a line's end", "One.\\\nTwo.\\\r\nThree.", "paragraph: One.\nparagraph: Two.\nparagraph: Three.\n"},
        {"lines that are meant", "Roses are red,\\line    violets  are blue.\\par", "paragraph: Roses are red,\\n   violets are blue.\n"},
        {"escapes", "\\{a\\} \\\\ b\\~c\\-d\\_e", "paragraph: {a} \\ b cd-e\n"},
        {"named characters", "\\ldblquote x\\rdblquote\\emdash\\endash\\lquote y\\rquote\\bullet", "paragraph: “x”—–‘y’•\n"},
        {"a space ends a word, another is text", "a\\b  b\\b0  c", "paragraph: a b c\n"},
        {"tabs", "a\\tab b\tc", "paragraph: a b c\n"},
        {"pages and sections", "a\\page b\\sect c", "paragraph: a\nparagraph: b\nparagraph: c\n"},
        {"groups", "a{\\b b{\\i c}}d", "paragraph: abcd\n"},
        {"binary data", "a{\\*\\x\\bin5 }}}}}}b\\bin3 {{{c", "paragraph: abc\n"},
        {"unknown words", "a\\frobnicate12 b{\\*\\frobnicate c}{\\frob d}", "paragraph: abd\n"},
    });
}

TEST(Rtf, Charsets)
{
    const std::string fonts = "{\\fonttbl{\\f0\\fcharset0 A;}{\\f1\\fcharset204 B;}{\\f2\\fcharset128 C{\\*\\falt D};}{\\f3\\fcharset2"
        " Symbol;}"
                              "{\\f4\\fcharset238 E;}{\\f5\\fcharset1 F;}}";
    expectAll({
        {"western", "caf\\'e9 \\'93x\\'94", "paragraph: café “x”\n"},
        {"plain bytes", "caf\xE9", "paragraph: café\n"},
        {"UTF-8 where it should not be", "caf\xC3\xA9", "paragraph: café\n"},
        {"cyrillic font", fonts + "\\f1 \\'cf\\'f0\\'e8 {\\f0 \\'e9} \\'cc", "paragraph: При é М\n"},
        {"japanese, trail bytes written in any way", fonts + "\\f2 \\'82\\'a0\\'83A\\'83\\b\\'40", "paragraph: あアァ\n"},
        {"cut in a character", fonts + "\\f2 \\'82\\f0 x", "paragraph: \uFFFDx\n"},
        {"not of the charset", fonts + "\\f4 a\\'81b", "paragraph: a\uFFFDb\n"},
        {"symbols", fonts + "{\\f3 \\'b7 \\u-3913 ?}x", "paragraph: • •x\n"},
        {"font without charset", fonts + "\\f5 \\'e9", "paragraph: é\n"},
        {"file's code page", "\\ansicpg1251 \\'cf", "paragraph: П\n"},
        {"macintosh", "\\mac \\'8e", "paragraph: é\n"},
        {"UTF-8", "\\ansicpg65001 \\'c3\\'a9\\'c3", "paragraph: é\uFFFD\n"},
        {"no such code page", "\\ansicpg4711 \\'e9", "paragraph: é\n"},
        {"broken hexadecimal", "a\\'zzb\\'4", "paragraph: azzb4\n"},
    });
}

TEST(Rtf, Unicode)
{
    expectAll({
        {"one to skip", "\\u8217?s", "paragraph: ’s\n"},
        {"none to skip", "\\uc0\\u8217 s", "paragraph: ’s\n"},
        {"two to skip", "\\uc2\\u12354\\'82\\'a0x", "paragraph: あx\n"},
        {"skipping ends with the group", "{\\uc2\\u233 a}bc", "paragraph: ébc\n"},
        {"the count is the group's", "{\\uc0\\u233}\\u233 ab", "paragraph: ééb\n"},
        {"a word is skipped as one", "\\u8212\\emdash x", "paragraph: —x\n"},
        {"nothing stands in", "a\\u8226 \\tab b\\u8226\\par c\\u8226 {d}", "paragraph: a• b•\nparagraph: c•d\n"},
        {"negative", "\\u-4 ?", "paragraph: \uFFFC\n"},
        {"surrogates", "\\u-10179?\\u-8704?", "paragraph: 😀\n"},
        {"surrogates, unsigned, by LibreOffice", "\\u55357\\'3f\\u56832\\'3f", "paragraph: 😀\n"},
        {"half a pair", "a\\u-10179?b\\u-8704?c", "paragraph: a\uFFFDb\uFFFDc\n"},
        {"beyond", "\\u128512?", "paragraph: 😀\n"},
        {"absurd", "\\u99999999999999?x\\u-99999999999?y", "paragraph: \uFFFDx\uFFFDy\n"},
    });
}

TEST(Rtf, Headings)
{
    const std::string styles = "{\\stylesheet{\\s0 Normal;}{\\s1\\sbasedon0\\b\\snext0 heading 1;}{\\s2 Heading"
        " 2{\\*\\soutlvl};}{\\*\\cs3 heading 3;}"
                               "{\\s4\\outlinelevel2 \\'dcberschrift;}{\\s5 Title;}{\\s6 heading one;}}";
    expectAll({
        {"styles", styles + "\\pard\\s1 One\\par\\pard\\s2 Two\\par\\pard\\s5 Name\\par\\pard x\\par",
            "heading 1: One\nheading 2: Two\nheading 1: Name\nparagraph: x\n"},
        {"style with an outline level", styles + "\\pard\\s4 Three\\par\\pard\\s6 x", "heading 3: Three\nparagraph: x\n"},
        {"level in the paragraph", "\\pard\\outlinelevel1 Two\\par\\pard\\outlinelevel9 x", "heading 2: Two\nparagraph: x\n"},
        {"in a group", "{\\pard\\outlinelevel0 One\\par}{\\pard x\\par}", "heading 1: One\nparagraph: x\n"},
        {"two lines", "\\pard\\outlinelevel0 One\\line and a half\\par", "heading 1: One and a half\n"},
        {"number", "\\pard\\outlinelevel0{\\listtext 1.2\\tab}One\\par", "heading 1: 1.2 One\n"},
        {"too long", "\\pard\\outlinelevel0 " + std::string(500, 'x'), "paragraph: " + std::string(500, 'x') + '\n'},
    });
}

TEST(Rtf, Lists)
{
    expectAll({
        {"Word 97", "{\\listtext\\f3\\'95\\tab}a\\par{\\listtext 2.\\tab}\\ilvl1 b\\par c", "item 1: • a\nitem 2: 2. b\nparagraph: c\n"},
        {"Word 95", "{\\pntext\\'95\\tab}{\\*\\pn\\pnlvlblt{\\pntxtb\\'95}}a\\par", "item 1: • a\n"},
        {"TextEdit", "\\ls1\\ilvl0{\\listtext\t\\uc0\\u8226\t}a\\\n", "item 1: • a\n"},
        {"pandoc", "{\\pard\\li360\\fi-360\\bullet\\tx360\\tab a\\par}{\\pard\\li720\\fi-360\\endash\\tx360\\tab"
            " b\\par}{\\pard\\li360\\fi-360 3.\\tx360\\tab c\\par}",
            "item 1: • a\nitem 2: – b\nitem 1: 3. c\n"},
        {"a hanging indent alone is none", "\\pard\\li360\\fi-360 Smith\\tab 1999\\par", "paragraph: Smith 1999\n"},
        {"a bullet alone", "{\\listtext\\'95\\tab}\\par a", "paragraph: a\n"},
    });
}

TEST(Rtf, Tables)
{
    const std::string row = "\\trowd\\cellx100\\cellx200\\pard\\intbl ";
    expectAll({
        {"rows", row + "a\\cell b\\cell\\row c\\cell\\cell\\row\\pard d", "row: a | b\nrow: c |\nparagraph: d\n"},
        {"paragraphs in a cell", row + "a\\par b\\line c\\cell d\\cell\\row", "row: a b c | d\n"},
        {"bullets in a cell", row + "{\\listtext -\\tab}a\\par{\\listtext -\\tab}b\\cell\\row", "row: - a - b\n"},
        {"empty first cell", row + "\\cell a\\cell\\row", "row: | a\n"},
        {"empty", row + "\\cell\\cell\\row", ""},
        {"pandoc", "{\\trowd\\cellx9\\trkeep\\intbl{{\\pard\\intbl a\\par}\\cell}{{\\pard\\intbl b\\par}\\cell}\\intbl\\row}",
            "row: a | b\n"},
        {"no end of the row", row + "a\\cell b\\cell\\pard c\\par d", "row: a | b\nparagraph: c\nparagraph: d\n"},
        {"within one another", row + "a{\\intbl\\itap2 b\\nestcell"
            " c\\nestcell{\\*\\nesttableprops\\trowd\\nestrow}{\\nonesttables\\par}}\\cell d\\cell\\row",
            "row: ab c | d\n"},
    });
}

TEST(Rtf, Notes)
{
    expectAll({
        {"Word", "Text{\\super\\chftn{\\footnote\\pard\\plain{\\super\\chftn} A note.\\par}} goes on.\\par Next.",
            "paragraph: Text[1] goes on.\nnote: [1] A note.\nparagraph: Next.\n"},
        {"pandoc and LibreOffice", "a{\\super\\chftn}{\\*\\footnote\\chftn\\~\\plain\\pard N.}, b{\\*\\footnote M.\\par O.}.\\par",
            "paragraph: a[1], b[2].\nnote: [1] N.\nnote: [2] M. O.\n"},
        {"in a row", "\\trowd\\pard\\intbl a{\\footnote N.}\\cell b\\cell\\row", "row: a[1] | b\nnote: [1] N.\n"},
        {"in a heading", "\\pard\\outlinelevel0 a{\\footnote N.}\\par", "heading 1: a[1]\nnote: [1] N.\n"},
        {"in a note", "a{\\footnote N{\\footnote M.}.}", "paragraph: a[1]\nnote: [1] N[2]. [2] M.\n"},
        {"not closed", "a{\\footnote N.", "paragraph: a[1]\nnote: [1] N.\nremark: the end (the file is cut off)\n"},
        {"deleted", "a{\\deleted b{\\footnote N.}}", "paragraph: a\nremark: deleted text (left out)\n"},
        {"text box", "a{\\shp{\\*\\shpinst\\x1{\\sp{\\sn n}{\\sv v}}{\\shptxt\\pard In the box.\\par Two.\\par}}{\\shprslt x}}b\\par c",
            "paragraph: ab\nparagraph: In the box.\nparagraph: Two.\nparagraph: c\n"},
    });
}

TEST(Rtf, LeavesOut)
{
    expectAll({
        {"tables and pictures", "{\\colortbl;\\red0;}{\\*\\generator x;}{\\pict 0f}a{\\*\\shppict{\\pict 00}}{\\nonshppict{\\pict 00}}",
            "paragraph: a\nremark: 2 pictures (left out)\n"},
        {"running heads", "{\\header H\\par}{\\footerr F\\par}a", "paragraph: a\nremark: running heads (left out)\n"},
        {"objects and comments", "a{\\object{\\*\\objdata 00}{\\result{\\pict 00}}}{\\*\\annotation x}",
            "paragraph: a\nremark: 1 embedded object (left out)\nremark: 1 comment (left out)\n"},
        {"formulas", "a{\\mmath{\\*\\moMath{\\mr x}}}", "paragraph: a\nremark: 1 formula (left out)\n"},
        {"deleted and hidden", "a\\deleted b\\deleted0 c{\\v d}e\\v f\\plain g",
            "paragraph: aceg\nremark: deleted text (left out)\nremark: hidden text (left out)\n"},
        {"fields", "{\\field{\\*\\fldinst HYPERLINK \"x\"}{\\fldrslt link}}", "paragraph: link\n"},
        {"index entries", "a{\\xe{\\v b}}{\\*\\bkmkstart c}", "paragraph: a\n"},
    });
}

TEST(Rtf, Title)
{
    expectAll({
        {"title", "{\\info{\\title A\\'e9  b}{\\author C}{\\creatim\\yr2000}}x", "title: Aé b\nparagraph: x\n"},
        {"empty", "{\\info{\\title }}x", "paragraph: x\n"},
        {"twice", "{\\info{\\title a}{\\title b}}{\\title c}x", "title: b\nparagraph: x\n"},
        {"in two charsets", "{\\info{\\upr{\\title ?}{\\*\\ud{\\title\\uc0\\u916}}}}x", "title: Δ\nparagraph: x\n"},
        {"text in two charsets", "a{\\upr{b}{\\*\\ud{\\uc0\\u916}}}c", "paragraph: aΔc\n"},
    });
}

TEST(Rtf, MarksCountParagraphs)
{
    EXPECT_EQ(recorded(parseRtf, "{\\rtf1 a\\par\\par b{\\footnote N}\\par\\intbl c\\cell\\row\\pard d}", Recorded::Marks::Shown),
        "paragraph: @[¶ 1]a\nparagraph: @[¶ 2]b[1]\nnote: [1] N\nrow: @[¶ 3]c\nparagraph: @[¶ 4]d\n");
}

const std::string kSample
    = "{\\rtf1\\ansi\\ansicpg1252{\\fonttbl{\\f0\\fcharset0 A;}{\\f2\\fcharset128 C;}}{\\stylesheet{\\s1 heading 1;}}{\\info{\\title T}}"
      "\\pard\\s1 Caf\\'e9\\par\\pard{\\listtext\\bullet\\tab}a\\u-10179?\\u-8704?{\\f2\\'82\\'a0}\\par\\trowd\\intbl b\\cell c\\cell\\row"
      "\\pard d{\\*\\footnote N\\par}{\\v h}{\\*\\shppict{\\pict\\bin4 \\{}}}{\\shp{\\*\\shpinst{\\shptxt e\\par}}}\\~\\par}";

TEST(Rtf, MalformedFiles)
{
    for (const char* file : {"", "{", "{\\rt", "\\rtf1 x", "PK\3\4", "plain text"})
        EXPECT_EQ(recorded(parseRtf, file), "fault: damaged\n") << file;
    EXPECT_EQ(recorded(parseRtf, "\xEF\xBB\xBF \n{\\rtf1 x}"), "paragraph: x\n");
    EXPECT_EQ(recorded(parseRtf, "{\\rtf1 x}}}}y"), "paragraph: x\n");
    EXPECT_EQ(recorded(parseRtf, std::string_view("{\\rtf1 x}\0\0", 11)), "paragraph: x\n");
    EXPECT_EQ(recorded(parseRtf, "{\\rtf1 x"), "paragraph: x\nremark: the end (the file is cut off)\n");
    readEveryPrefix(parseRtf, kSample);
    for (unsigned seed = 0; seed < 300; ++seed) {
        recorded(parseRtf, damaged(kSample, seed));
        recorded(parseRtf, "{\\rtf1 " + noise(2000, seed));
    }
}

TEST(Rtf, DeepAndLongFiles)
{
    const int deep = 100'000;
    EXPECT_EQ(rtf(times("{", deep) + "x" + times("}", deep) + "y"), "paragraph: xy\n");
    EXPECT_EQ(recorded(parseRtf, "{\\rtf1" + times("{", deep) + "x"), "paragraph: x\nremark: the end (the file is cut off)\n");
    EXPECT_NE(recorded(parseRtf, "{\\rtf1" + times("{\\footnote x", deep)), "");
    EXPECT_NE(recorded(parseRtf, "{\\rtf1" + times("{\\shptxt x\\par ", deep)), "");
    EXPECT_NE(rtf("\\intbl " + times("x\\par", deep) + times("x\\cell", deep)), "");
    EXPECT_NE(rtf(times("\\line", deep) + "x" + times("{\\f1\\'e9}", deep)), "");
}

} // namespace
} // namespace octavo::parsers
