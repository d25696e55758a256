// SPDX-License-Identifier: Apache-2.0
// What is text and what is none, and in which order lines are read, by their places on made-up pages of 400 by 600 points.
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "pdf/pdf_columns.h"
#include "pdf/pdf_furniture.h"
#include "pdf/pdf_rows.h"

namespace octavo::parsers {
namespace {

constexpr double kLeading = 12;
constexpr double kTop = 40, kFirst = 80, kFoot = 570;
constexpr int kFullPage = 44;   // lines

PdfLine line(int page, double y, const std::string& text, double x = 50, double width = 300, double size = 10)
{
    PdfLine made;
    made.text = text;
    made.box = {x, y, width, size};
    made.size = size;
    made.page = page;
    return made;
}

// Lines of text, none like another.
PdfPage pageOf(int number, double first = kFirst, int lines = 30)
{
    PdfPage page{{}, 400, 600, {}, 0};
    for (int row = 0; row < lines; ++row)
        page.lines.push_back(line(number, first + row * kLeading, "line " + std::to_string(row) + " of page no. " + std::to_string(number * number) + "."));
    return page;
}

std::vector<PdfPage> pagesOf(int count)
{
    std::vector<PdfPage> pages;
    for (int number = 1; number <= count; ++number)
        pages.push_back(pageOf(number));
    return pages;
}

std::size_t removedFrom(std::vector<PdfPage> pages, const std::vector<PdfBookmark>& bookmarks = {}) { return removeFurniture(pages, bookmarks).lines; }

TEST(PdfFurniture, PageNumbersGo)
{
    for (const auto& [count, foot] : std::vector<std::pair<int, std::vector<std::string>>>{
             {2, {"1", "2"}}, {2, {"i", "ii"}}, {2, {"1/2", "2/2"}}, {3, {"- 7 -", "- 8 -", "- 9 -"}}, {3, {"Page 1 of 3", "Page 2 of 3", "Page 3 of 3"}}}) {
        std::vector<PdfPage> pages = pagesOf(count);
        for (int at = 0; at < count; ++at)
            pages[std::size_t(at)].lines.push_back(line(at + 1, kFoot, foot[std::size_t(at)], 190, 20));
        EXPECT_EQ(removedFrom(pages), std::size_t(count)) << foot[0];
    }
    std::vector<PdfPage> labelled = pagesOf(1);
    labelled[0].label = "A-1";
    labelled[0].lines.push_back(line(1, kFoot, "A-1", 190, 20));
    EXPECT_EQ(removedFrom(labelled), 1u);
}

TEST(PdfFurniture, RunningHeadsGoWithAShortChaptersThatComesOnce)
{
    std::vector<PdfPage> pages = pagesOf(12);
    for (int number = 1; number <= 12; ++number) {
        const bool left = number % 2 == 0;
        std::vector<PdfLine>& lines = pages[std::size_t(number - 1)].lines;
        lines.insert(lines.begin(), line(number, kTop, left ? "The Book" : number == 5 ? "A Short Chapter" : "The Chapter", 100, 200));
        lines.insert(lines.begin(), line(number, kTop, std::to_string(number + 30), left ? 50 : 340, 10));
    }
    EXPECT_EQ(removedFrom(pages), 24u);
}

TEST(PdfFurniture, AChaptersNameGoesWhereItStandsElsewhereAsAHeading)
{
    std::vector<PdfPage> pages = pagesOf(2);
    pages[0].lines.insert(pages[0].lines.begin(), line(1, kTop, "The Storm", 50, 80, 16));
    pages[1].lines.insert(pages[1].lines.begin(), line(2, kTop, "The Storm", 50, 60));
    EXPECT_EQ(removedFrom(pages, {{"The Storm", 1, 1, kTop}}), 1u);
    EXPECT_EQ(removedFrom(pages), 0u);
    pages.erase(pages.begin());
    EXPECT_EQ(removedFrom(pages, {{"The Storm", 1, 2, kTop}}), 0u) << "it is the heading itself";
}

TEST(PdfFurniture, TextThatComesAgainStays)
{
    std::vector<PdfPage> verse = pagesOf(8);   // a refrain at the foot and at the head of each page
    for (PdfPage& page : verse) {
        page = pageOf(page.lines[0].page, kTop, kFullPage);
        page.lines[0].text = page.lines.back().text = "And the lamp burns on.";
    }
    EXPECT_EQ(removedFrom(verse), 0u);

    std::vector<PdfPage> table = pagesOf(5);
    for (PdfPage& page : table) {
        page = pageOf(page.lines[0].page, kTop, kFullPage);
        page.lines[0].text = "Item Ordered Received";
    }
    EXPECT_EQ(removedFrom(table), 0u);

    std::vector<PdfPage> letter = pagesOf(2);   // a letterhead: twice is not enough
    for (PdfPage& page : letter)
        page.lines.insert(page.lines.begin(), line(page.lines[0].page, kTop, "The Society of Keepers, 7 Lighthouse Road"));
    EXPECT_EQ(removedFrom(letter), 0u);

    std::vector<PdfPage> book = pagesOf(90);   // a sentence that happens to come again, apart from the text
    for (const std::size_t at : {3u, 20u, 41u, 77u})
        book[at].lines.insert(book[at].lines.begin(), line(int(at) + 1, kTop, "He wound the clock."));
    EXPECT_EQ(removedFrom(book), 0u);

    std::vector<PdfPage> poems = pagesOf(6);   // numbered, a poem a page
    for (PdfPage& page : poems)
        page.lines.insert(page.lines.begin(), line(page.lines[0].page, kTop, std::to_string(page.lines[0].page), 190, 20, 15));
    EXPECT_EQ(removedFrom(poems), 0u);
}

// What poppler makes of two columns: a paragraph of the one, a paragraph of the other.
std::vector<PdfLine> twoColumns(double width)
{
    std::vector<PdfLine> lines{line(1, 40, "title", 50, 300)};
    for (int paragraph = 0; paragraph < 4; ++paragraph) {
        for (const bool right : {true, false}) {
            for (int row = 0; row < 4; ++row) {
                const double y = 60 + (paragraph * 4 + row) * kLeading;
                lines.push_back(line(1, y, (right ? "r" : "l") + std::to_string(paragraph * 4 + row), right ? 210 : 50, width));
            }
        }
    }
    lines.push_back(line(1, 300, "whole", 50, 300));
    lines.push_back(line(1, 320, "below", 50, 140));
    return lines;
}

std::string orderOf(std::vector<PdfLine> lines)
{
    orderColumns(lines);
    std::string order;
    for (const PdfLine& each : lines)
        order += each.text + ' ';
    return order;
}

TEST(PdfColumns, AreReadOneAfterTheOther)
{
    const std::string left = "l0 l1 l2 l3 l4 l5 l6 l7 l8 l9 l10 l11 l12 l13 l14 l15 ", right = "r0 r1 r2 r3 r4 r5 r6 r7 r8 r9 r10 r11 r12 r13 r14 r15 ";
    EXPECT_EQ(orderOf(twoColumns(140)), "title " + left + right + "whole below ");
    std::vector<PdfLine> hebrew = twoColumns(140);
    for (PdfLine& each : hebrew)
        each.rightToLeft = true;
    EXPECT_EQ(orderOf(hebrew), "title " + right + left + "whole below ");
}

TEST(PdfColumns, CellsOfATableStayInTheirRows)
{
    std::vector<PdfLine> cells;
    for (int row = 0; row < 12; ++row) {
        cells.push_back(line(1, 60 + row * kLeading, "name" + std::to_string(row), 50, row % 3 == 0 ? 120 : 30));
        cells.push_back(line(1, 60 + row * kLeading, "value" + std::to_string(row), 210, row % 4 == 0 ? 110 : 20));
    }
    std::string rows;
    for (const PdfLine& each : cells)
        rows += each.text + ' ';
    EXPECT_EQ(orderOf(cells), rows);
}

// Letters of 6 points each, from `x` on; a place of -1 is a space.
PdfLine lineOf(const std::u32string& letters, const std::vector<double>& places)
{
    PdfLineMaker maker(1);
    for (std::size_t at = 0; at < letters.size(); ++at) {
        maker.write(letters[at]);
        if (places[at] >= 0)
            maker.meet({places[at], 100, 6, 10}, nullptr);
    }
    maker.end();
    return std::move(maker).lines().at(0);
}

TEST(PdfRows, WhatStandsInAGapIsPutIntoIt)
{
    const auto joined = [](PdfLine part) {
        std::vector<PdfLine> lines{lineOf(U"I 12", {50, -1, 350, 356}), std::move(part), line(1, 120, "below")};
        joinRows(lines);
        std::string all;
        for (const PdfLine& found : lines)
            all += found.text + '/';
        return all;
    };
    EXPECT_EQ(joined(line(1, 100, "Floating", 90, 60)), "I Floating 12/below/");
    EXPECT_EQ(joined(line(1, 100, "Floating", 340, 60)), "I 12/Floating/below/") << "it reaches over the end of the gap";
    EXPECT_EQ(joined(line(1, 106, "Floating", 90, 60)), "I 12/Floating/below/") << "it stands lower";
    std::vector<PdfLine> three{line(1, 100, "a", 90, 20), lineOf(U"I 12", {50, -1, 350, 356}), line(1, 100, "b", 200, 20)};
    joinRows(three);
    ASSERT_EQ(three.size(), 1u);
    EXPECT_EQ(three[0].text, "I a b 12");
}

TEST(PdfRows, PageNumbersEndTheirRowsOnPagesOfContents)
{
    const auto joined = [](const std::string& second) {
        std::vector<PdfLine> lines{line(1, 100, "1 Can and Nun", 50, 80), line(1, 112, "1.1 Colour \u2026", 70, 250), line(1, 124, second, 70, 250),
                                   line(1, 100, "3", 360, 6), line(1, 112, "4", 360, 6), line(1, 124, "xii", 354, 12), line(1, 136, "7", 360, 6)};
        joinRows(lines);
        std::string all;
        for (const PdfLine& found : lines)
            all += found.text + '/';
        return all;
    };
    EXPECT_EQ(joined("1.2 Number \u2026"), "1 Can and Nun 3/1.1 Colour \u2026 4/1.2 Number \u2026 xii/7/");
    EXPECT_EQ(joined("is text"), "1 Can and Nun/1.1 Colour \u2026/is text/3/4/xii/7/") << "no page of contents";
}

} // namespace
} // namespace octavo::parsers
