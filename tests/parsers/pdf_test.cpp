// SPDX-License-Identifier: Apache-2.0
// Files written by hand, byte by byte; what real programs write is in the corpus (tests/app/documents_formats_test.cpp).
#include <cstdio>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "recorded.h"

namespace octavo::parsers {
namespace {

// A file of these objects, numbered from 1; object 1 is the catalogue.
std::string fileOf(const std::vector<std::string>& objects, long tableAt = -1)
{
    std::string file = "%PDF-1.4\n";
    std::string table = "xref\n0 " + std::to_string(objects.size() + 1) + "\n0000000000 65535 f \n";
    for (std::size_t at = 0; at < objects.size(); ++at) {
        char row[24];
        std::snprintf(row, sizeof row, "%010zu 00000 n \n", file.size());
        table += row;
        file += std::to_string(at + 1) + " 0 obj\n" + objects[at] + "\nendobj\n";
    }
    const std::string place = std::to_string(tableAt < 0 ? long(file.size()) : tableAt);
    return file + table + "trailer\n<< /Size " + std::to_string(objects.size() + 1) + " /Root 1 0 R >>\nstartxref\n" + place + "\n%%EOF\n";
}

std::string streamOf(const std::string& bytes) { return "<< /Length " + std::to_string(bytes.size()) + " >>\nstream\n" + bytes + "\nendstream"; }

// Two pages, objects 6 and 7; `more` are objects from 10 on.
std::string twoPages(const std::string& catalogue, const std::string& page = "/MediaBox [0 0 400 200]", const std::vector<std::string>& more = {},
    const std::string& matrix = "1 0 0 1 40 140", long tableAt = -1)
{
    const auto pageSaying = [&](int content) {
        return "<< /Type /Page /Parent 2 0 R " + page + " /Contents " + std::to_string(content) + " 0 R /Resources << /Font << /F1 3 0 R >> >> >>";
    };
    const auto saying = [&](const std::string& words) { return streamOf("BT /F1 14 Tf " + matrix + " Tm (" + words + ") Tj ET"); };
    std::vector<std::string> objects{"<< /Type /Catalog /Pages 2 0 R " + catalogue + " >>", "<< /Type /Pages /Kids [6 0 R 7 0 R] /Count 2 >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>", saying("First words."), saying("Second words."), pageSaying(4), pageSaying(5),
        "null", "null"};
    objects.insert(objects.end(), more.begin(), more.end());
    return fileOf(objects, tableAt);
}

const std::string kBoth = "paragraph: First words.\nparagraph: Second words.\n";

TEST(Pdf, PagesOfAnySizeAndTurn)
{
    for (const char* page : {"/MediaBox [0 0 400 200]", "/MediaBox [0 0 400 200] /Rotate 90", "/MediaBox [0 0 400 200] /Rotate 180", "/MediaBox [0 0 400 200] /Rotate 270",
             "/MediaBox [0 0 1e9 1e9]", "/MediaBox [0 0 0 0]", "/MediaBox [400 200 0 0]", "/MediaBox [0 0 400 200] /Rotate 45", "/MediaBox [0 0 400 200] /UserUnit 1000", ""}) {
        EXPECT_EQ(recorded(parsePdf, twoPages("", page)), "pages: 2\n" + kBoth) << page;
    }
    EXPECT_EQ(recorded(parsePdf, twoPages("", "/MediaBox [0 0 400 200]", {}, "0 1 -1 0 100 20")), "pages: 2\n" + kBoth) << "written upwards";
    EXPECT_EQ(recorded(parsePdf, twoPages("", "/MediaBox [0 0 400 200]", {}, "-1 0 0 -1 200 100")), "pages: 2\n" + kBoth) << "written upside down";
}

TEST(Pdf, AnOutlineMayNameItsPlaces)
{
    const std::vector<std::string> more{"<< /Type /Outlines /First 11 0 R /Last 14 0 R /Count 4 >>",
        "<< /Title (One) /Parent 10 0 R /Next 12 0 R /Dest (one) >>",
        "<< /Title (Two) /Parent 10 0 R /Prev 11 0 R /Next 13 0 R /A << /S /GoTo /D /two >> >>",
        "<< /Title (Nowhere) /Parent 10 0 R /Prev 12 0 R /Next 14 0 R /Dest (no such name) >>",
        "<< /Title (Beyond) /Parent 10 0 R /Prev 13 0 R /Dest [99 /Fit] >>",
        "<< /Names [(one) [6 0 R /XYZ 0 190 0] (two) << /D [7 0 R /Fit] >>] >>"};
    const std::string parts = "pages: 2\npart 1: One\nparagraph: First words.\npart 1: Two\nparagraph: Second words.\n";
    EXPECT_EQ(recorded(parsePdf, twoPages("/Outlines 10 0 R /Names << /Dests 15 0 R >>", "/MediaBox [0 0 400 200]", more)), parts);
    EXPECT_EQ(recorded(parsePdf, twoPages("/Outlines 10 0 R /Dests << /one [6 0 R /Fit] /two [7 0 R /Fit] >>", "/MediaBox [0 0 400 200]", more)), parts);
}

TEST(Pdf, LabelsStandInTheMarks)
{
    EXPECT_EQ(recorded(parsePdf, twoPages("/PageLabels << /Nums [0 << /S /r >> 1 << /P (A-) /S /D >>] >>"), Recorded::Marks::Shown),
        "pages: 2\nparagraph: @[i]First words.\nparagraph: @[A-1]Second words.\n");
}

TEST(Pdf, ATableOfPlacesMayBeWrong)
{
    for (const long place : {0L, 17L, 1L << 40})
        EXPECT_EQ(recorded(parsePdf, twoPages("", "/MediaBox [0 0 400 200]", {}, "1 0 0 1 40 140", place)), "pages: 2\n" + kBoth) << place;
}

TEST(Pdf, BrokenFilesEndInAValue)
{
    const std::string empty = "<< /Type /Pages /Kids [] /Count 0 >>";
    EXPECT_EQ(recorded(parsePdf, fileOf({"<< /Type /Catalog /Pages 2 0 R >>", empty})), "pages: 0\n");
    EXPECT_EQ(recorded(parsePdf, fileOf({"<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R 4 0 R] /Count 1000000 >>", "null", "(no page)"})), "pages: 0\n");
    EXPECT_EQ(recorded(parsePdf, fileOf({"<< /Type /Catalog >>"})), "pages: 0\n");
    EXPECT_EQ(recorded(parsePdf, "%PDF-1.7\nnothing else"), "fault: damaged\n");
    for (unsigned seed = 0; seed < 100; ++seed)
        recorded(parsePdf, damaged(twoPages("", "/MediaBox [0 0 400 200]"), seed));
}

} // namespace
} // namespace octavo::parsers
