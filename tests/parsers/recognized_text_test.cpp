// SPDX-License-Identifier: Apache-2.0
#include "ocr/recognized_text.h"

#include "ocr/turned_box.h"
#include "recorded.h"

namespace octavo::parsers {
namespace {

// Words of one line, from left to right or, `down`, from the top down; as Tesseract tells them.
std::string line(int x, int y, const std::vector<std::string>& words, bool down = false, double confidence = 96.5)
{
    const std::string place = y > 100 ? "\t1\t1\t1\t2\t0\t" : "\t1\t1\t1\t1\t0\t";   // the first line is the paragraph's first
    const auto row = [&](int level, int left, int top, int width, int height, const std::string& rest) {
        return std::to_string(level) + place + std::to_string(left) + '\t' + std::to_string(top) + '\t' + std::to_string(width) + '\t' + std::to_string(height) + '\t' + rest + '\n';
    };
    const int length = 100 * int(words.size());
    std::string rows = row(4, x, y, down ? 40 : length, down ? length : 40, "-1\t");
    for (const std::string& word : words) {
        rows += row(5, x, y, down ? 40 : 90, down ? 90 : 40, std::to_string(confidence) + '\t' + word);
        (down ? y : x) += 100;
    }
    return rows;
}

std::string page(int number, const std::string& lines)
{
    return "page\t" + std::to_string(number) + "\nlevel\tpage_num\tblock_num\n1\t1\t0\t0\t0\t0\t0\t0\t2000\t3000\t-1\t\n" + lines;
}

const std::string kProgram = "program\tTesseract 5.3.0, eng\n";

std::string recordedImage(const std::string& tsv)
{
    Recorded sink;
    EXPECT_TRUE(parseRecognizedImage("not looked at", tsv, sink).ok());
    return sink.text();
}

TEST(RecognizedText, LinesMakeParagraphsAndDoubtIsCounted)
{
    const std::string tsv = kProgram + page(1, line(100, 100, {"The", "keeper", "wrote", "it"}) + line(100, 150, {"down", "care-"}) + line(100, 200, {"fully."}, false, 40));
    EXPECT_EQ(recordedImage(tsv), "remark: 1 page read by OCR (Tesseract 5.3.0, eng, mean confidence 88 %, 1 of 7 words doubtful)\n"
                                  "pages: 1\n"
                                  "paragraph: The keeper wrote it down carefully.\n");
}

TEST(RecognizedText, BoxesAreInPointsOfThePage)
{
    const RecognizedText text = recognizedTextOf(kProgram + page(7, line(300, 600, {"one", "two"})), 300);
    ASSERT_TRUE(text.pages.contains(7));
    PdfPage drawnAtHalf;
    drawnAtHalf.width = 960;   // the picture is 2000 pixels wide, which are 480 points at 300 dpi
    RecognizedPage read = text.pages.at(7);
    std::move(read).putInto(drawnAtHalf, 7);
    ASSERT_EQ(drawnAtHalf.lines.size(), 1U);
    const Box box = drawnAtHalf.lines[0].box;
    EXPECT_DOUBLE_EQ(box.x, 144);
    EXPECT_DOUBLE_EQ(box.y, 288);
    EXPECT_DOUBLE_EQ(box.width, 96);
    EXPECT_EQ(drawnAtHalf.lines[0].page, 7);
}

TEST(RecognizedText, APageOnItsSideIsReadUpright)
{
    // Lines run from the top down, the first at the right: turned clockwise.
    const RecognizedText text = recognizedTextOf(page(1, line(1900, 100, {"first", "line"}, true) + line(1800, 100, {"second", "line"}, true)), 72);
    const RecognizedPage& read = text.pages.at(1);
    EXPECT_EQ(read.turned, 3);
    EXPECT_DOUBLE_EQ(read.width, 3000);
    ASSERT_EQ(read.lines.size(), 2U);
    EXPECT_DOUBLE_EQ(read.lines[0].box.x, 100);
    EXPECT_LT(read.lines[0].box.y, read.lines[1].box.y);
    EXPECT_GT(read.lines[0].box.width, read.lines[0].box.height);
    const Box back = turnedBox(read.lines[0].box, read.width, read.height, 4 - read.turned);
    EXPECT_DOUBLE_EQ(back.x, 1900);
    EXPECT_DOUBLE_EQ(back.y, 100);
    EXPECT_DOUBLE_EQ(back.width, 40);
}

TEST(RecognizedText, PagesThatWereNotReadSayWhy)
{
    EXPECT_EQ(recordedImage(kProgram + "failed\t1\tit took too long\n"), "remark: page 1 not read by OCR (it took too long)\n"
                                                                         "pages: 1\n"
                                                                         "remark: page 1 (scan without text)\n");
    EXPECT_NE(recordedImage(kProgram + page(1, "")).find("remark: page 1 (OCR found no text on it)"), std::string::npos);
}

TEST(RecognizedText, NonsenseIsPassedOver)
{
    for (const char* tsv : {"", "page\n", "page\t-3\n5\t1\t1\t1\t1\t1\t0\t0\t1\t1\t96\tword\n", "page\t99999999999\n", "5\t1\t1\t1\t1\t1\t0\t0\t1\t1\t96\tword\n",
                            "page\t1\n5\t1\t1\t1\t1\t1\t0\t0\t1\t1\t96\tno line before it\n", "failed\n", "failed\tx\ty\n"}) {
        EXPECT_TRUE(recognizedTextOf(tsv, 300).pages.empty() || recognizedTextOf(tsv, 300).pages.begin()->second.lines.empty()) << tsv;
    }
    const std::string whole = kProgram + page(1, line(100, 100, {"a", "b"}));
    for (unsigned seed = 0; seed < 200; ++seed) {
        Recorded sink;
        EXPECT_TRUE(parseRecognizedImage({}, damaged(whole, seed), sink).ok());
    }
}

} // namespace
} // namespace octavo::parsers
