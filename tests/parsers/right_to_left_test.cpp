// SPDX-License-Identifier: Apache-2.0
#include "pdf/right_to_left.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace octavo::parsers {
namespace {

constexpr char32_t kHebrew = 0x5D0, kArabic = 0x628;

// As papers on this matter write it: capital letters run from right to left.
std::u32string lettersOf(const std::string& text, char32_t first)
{
    std::u32string letters;
    for (const char c : text)
        letters += c >= 'A' && c <= 'Z' ? first + char32_t(c - 'A') : char32_t(c);
    return letters;
}

std::string readAs(const std::string& shown, bool rightToLeft, char32_t first = kHebrew)
{
    std::string text;
    for (const std::size_t place : readingOrder(lettersOf(shown, first), rightToLeft).places)
        text += shown[place];
    return text;
}

TEST(RightToLeft, WordsAndNumbersKeepTheirOrder)
{
    struct Row {
        const char* shown;
        const char* read;
    };
    for (const Row& row : std::vector<Row>{
             {"", ""},
             {"FED CBA", "ABC DEF"},
             {".FED 196 CBA", "ABC 196 DEF."},
             {".1891", "1891."},
             {"FED ,lighthouse keeper CBA", "ABC lighthouse keeper, DEF"},
             {".gull 2 CBA", "ABC gull 2."},
             {".gull ,perseverance CBA", "ABC perseverance, gull."},
             {"FED 12:45-C 9:30 BA", "AB 9:30 C-12:45 DEF"},
             {"FED 15/3/1891 CBA", "ABC 15/3/1891 DEF"},
             {"FED $1,250.50 CBA", "ABC $1,250.50 DEF"},
             {"FED 50% CBA", "ABC 50% DEF"},
             {".)12-14 FE( CBA", "ABC (EF 12-14)."},
             {"FED lighthouse (old) CBA", "ABC lighthouse (old) DEF"},
             {"FED lighthouse )12( CBA", "ABC (12) lighthouse DEF"},
             {"good\t48\tCBA", "ABC\t48\tgood"},
         }) {
        EXPECT_EQ(readAs(row.shown, true), row.read) << row.shown;
    }
}

TEST(RightToLeft, ArabicHasSignsOnTheOtherSideOfNumbers)
{
    EXPECT_EQ(readAs("FED %50 CBA", true, kArabic), "ABC 50% DEF");
    EXPECT_EQ(readAs("FED 14-12 CBA", true, kArabic), "ABC 12-14 DEF");
    EXPECT_EQ(readAs("FED 1,250.5 CBA", true, kArabic), "ABC 1,250.5 DEF");
}

TEST(RightToLeft, InALineOfTheOtherDirectionOnlyItsWordsAreTurned)
{
    EXPECT_EQ(readAs("the word FED CBA, he said", false), "the word ABC DEF, he said");
    EXPECT_EQ(readAs("one is )1891( FED CBA, as", false), "one is ABC DEF (1891), as");
    EXPECT_EQ(readAs("in FED 12 CBA and 7", false), "in ABC 12 DEF and 7");
    EXPECT_EQ(readAs("two: BA and DC.", false), "two: AB and CD.");
}

TEST(RightToLeft, AWholeLineRunsAsMostOfItsWords)
{
    const auto runs = [](const char* shown, bool page) { return runsRightToLeft(lettersOf(shown, kHebrew), page); };
    EXPECT_TRUE(runs("FED lighthouse CBA", false));
    EXPECT_FALSE(runs("a lighthouse CBA keeper", true));
    EXPECT_TRUE(runs("1891", true));
    EXPECT_FALSE(runs("1891", false));
    EXPECT_TRUE(runs(".sea gull CBA", true));   // the last line of a paragraph
}

TEST(RightToLeft, ShapesOfBracketsAreToldFromMeanings)
{
    EXPECT_FALSE(areMirrored(U"()()"));
    EXPECT_TRUE(areMirrored(U")()("));
    EXPECT_FALSE(areMirrored(U")()"));   // the first was opened on the page before
    EXPECT_EQ(mirrored(U'('), U')');
    EXPECT_EQ(mirrored(U'a'), U'a');
}

} // namespace
} // namespace octavo::parsers
