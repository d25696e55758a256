// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "recorded.h"

namespace octavo::parsers {
namespace {

struct Row {
    const char* name;
    std::string file;
    std::string lines;
};

void expectAll(const std::vector<Row>& rows, Recorded::Marks marks = Recorded::Marks::Hidden)
{
    for (const Row& row : rows) {
        SCOPED_TRACE(row.name);
        EXPECT_EQ(recorded(parseSubtitles, row.file, marks), row.lines);
    }
}

std::string srt(const std::string& text) { return "1\n00:00:01,000 --> 00:00:02,000\n" + text + "\n\n"; }
std::string vtt(const std::string& text) { return "WEBVTT\n\n00:01.000 --> 00:02.000\n" + text + "\n\n"; }

const std::string kSample = "1\n00:00:01,000 --> 00:00:03,500\nHello there,\nold <i>friend</i>.\n\n"
                            "2\n00:12:31,250 --> 00:12:33,000 X1:1 X2:2\n- Who is it?\n- Me.\n\n"
                            "3\n00:12:34,000 --> 00:12:36,000\n{\\an8}Come in.\n";

TEST(Subtitles, CuesBecomeParagraphs)
{
    expectAll({
            {"SRT", kSample, "paragraph: @[00:00:01]Hello there, old friend.\nparagraph: @[00:12:31]- Who is it?\\n- Me. @[00:12:34]Come"
                " in.\n"},
            {"WebVTT", "WEBVTT - Film\nKind: captions\n\nSTYLE\n::cue { color: red }\n\nREGION\nid:a\n\nNOTE by\nsomebody\n\nNOTE\n\nid 1\n"
                       "00:01.000 --> 00:02.000 align:start line:0\nHello.\n\n101:00:03.000 --> 101:00:04.000\nBye.\n",
                "paragraph: @[00:00:01]Hello.\nparagraph: @[101:00:03]Bye.\nremark: 2 comments (not part of what is said)\n"},
        },
        Recorded::Marks::Shown);
}

TEST(Subtitles, Markup)
{
    expectAll({
        {"tags", srt("<font color=\"#fff\"><b>a</b></font> {\\an8}{\\i1}b <3 c < d > e <"), "paragraph: a b <3 c < d > e <\n"},
        {"entities", srt("Q&amp;A &lt;x&gt; &#39;&#x41;&#228;&nbsp;&bogus; & &#0;"), "paragraph: Q&A <x> 'Aä &bogus; & &#0;\n"},
        {"voices", vtt("<v Mary Ann>Hi!\nYou?</v>\n<v.loud Bob>Me.</v> <v Cy>No."), "paragraph: Mary Ann: Hi! You?\\nBob: Me.\\nCy: No.\n"},
        {"classes and times", vtt("<c.yellow.bg>One</c> <00:00:01.500><c>two</c>"), "paragraph: One two\n"},
        {"empty cues", srt("<i></i>") + srt("a"), "paragraph: a\n"},
    });
}

TEST(Subtitles, ParagraphsEndAtPausesAndLongSentences)
{
    std::string file;
    std::string expected = "paragraph: ";
    for (int i = 0; i < 12; ++i) {
        file += "00:00:" + std::to_string(10 + i) + ",000 --> 00:00:" + std::to_string(11 + i) + ",000\n" + std::string(49,
            'x') + (i == 5 ? "." : "") + "\n\n";
        expected += std::string(49, 'x') + (i == 5 ? ".\nparagraph: " : i < 11 ? " " : "\n");
    }
    EXPECT_EQ(recorded(parseSubtitles, file), expected);
    EXPECT_EQ(recorded(parseSubtitles, srt("a") + "2\n00:00:06,000 --> 00:00:07,000\nb\n\n3\n00:00:11,001 --> 00:00:12,000\nc"),
        "paragraph: a b\nparagraph: c\n");
}

TEST(Subtitles, NoFullStopAnywhere)
{
    std::string file;
    for (int i = 0; i < 200; ++i)
        file += srt("and then he said that");
    Recorded sink;
    ASSERT_TRUE(parseSubtitles(file, sink).ok());
    EXPECT_EQ(sink.lines().size(), 4U);
}

TEST(Subtitles, RollingCaptionsAreReadOnce)
{
    const std::string file = "WEBVTT\nKind: captions\n\n00:00.000 --> 00:02.000 align:start\n \nhello<00:00:00.500><c> there</c>\n\n"
                             "00:02.000 --> 00:02.010\nhello there\n \n\n00:02.010 --> 00:04.000\nhello there\nmy<00:00:03.000><c>"
                                 " friends</c>\n\n";
    EXPECT_EQ(recorded(parseSubtitles, file, Recorded::Marks::Shown), "paragraph: @[00:00:00]hello there @[00:00:02]my friends\n");
    EXPECT_EQ(recorded(parseSubtitles, srt("No!") + srt("No!")), "paragraph: No! No!\n");
}

TEST(Subtitles, LooseFiles)
{
    expectAll({
        {"no blank line between cues", "1\n00:00:01,000 --> 00:00:02,000\na\n2\n00:00:02,000 --> 00:00:03,000\nb", "paragraph: a b\n"},
        {"blank line in a cue", srt("a\n\nb"), "paragraph: a b\n"},
        {"a number is said", srt("In\n1984"), "paragraph: In 1984\n"},
        {"no numbers, points for commas", "00:00:01.0 --> 00:00:02.0\na", "paragraph: a\n"},
        {"Windows' line ends", "1\r\n00:00:01,000 --> 00:00:02,000\r\na\r\nb\r\n", "paragraph: a b\n"},
        {"Macintosh's line ends", "1\r00:00:01,000 --> 00:00:02,000\ra\rb\r", "paragraph: a b\n"},
        {"times out of order", "9:00:01 --> 9:00:02\na\n\n0:01 --> 0:02\nb", "paragraph: a\nparagraph: b\n"},
        {"arrow in the text", srt("a --> b"), "paragraph: a --> b\n"},
        {"cut in the times", srt("a") + "2\n00:00:03,000 --> 00", "paragraph: a\nremark: the end (the file is cut off)\n"},
        {"cut in the first time", srt("a") + "2\n00:0", "paragraph: a\nremark: the end (the file is cut off)\n"},
        {"cut in a tag", "1\n00:00:01,000 --> 00:00:02,000\na <font colo", "paragraph: a\nremark: the end (the file is cut off)\n"},
        {"cut in a tag's name", "1\n00:00:01,000 --> 00:00:02,000\na</fo", "paragraph: a\nremark: the end (the file is cut off)\n"},
        {"no tag", "1\n00:00:01,000 --> 00:00:02,000\na <3", "paragraph: a <3\n"},
        {"numbers are said", srt("a\n7\n12:30"), "paragraph: a 7 12:30\n"},
    });
}

TEST(Subtitles, Charsets)
{
    const std::string ascii = srt("x");
    std::string little = "\xFF\xFE";
    std::string big = "\xFE\xFF";
    for (const char c : ascii) {
        little += std::string{c, '\0'};
        big += std::string{'\0', c};
    }
    expectAll({
        {"UTF-8", srt("é…"), "paragraph: é…\n"},
        {"UTF-8 with its mark", "\xEF\xBB\xBF" + srt("é"), "paragraph: é\n"},
        {"Windows-1252", srt("caf\xE9\x85"), "paragraph: café…\n"},
        {"UTF-16LE", little, "paragraph: x\n"},
        {"UTF-16BE", big, "paragraph: x\n"},
        {"UTF-16LE, surrogates", little + std::string("y\0\x3D\xD8\0\xDE\x3D\xD8\0z", 10), "paragraph: x y😀\xEF\xBF\xBD\xE7\xA8\x80\n"},
    });
}

TEST(Subtitles, MalformedFiles)
{
    for (const char* file : {"", "\n\n", "just text\n", "1\n00:00 -> 00:01\na\n", "a --> b", "1:2:3:4 --> 1:2:3:5\nx"})
        EXPECT_EQ(recorded(parseSubtitles, file), "fault: damaged\n") << file;
    EXPECT_EQ(recorded(parseSubtitles, "WEBVTT"), "");
    readEveryPrefix(parseSubtitles, kSample);
    readEveryPrefix(parseSubtitles, vtt("<v Mary>Q&amp;A {\\an8}<c.x>é</c>") + "NOTE x\n");
    for (unsigned seed = 0; seed < 300; ++seed) {
        recorded(parseSubtitles, damaged(kSample, seed));
        recorded(parseSubtitles, srt(noise(2000, seed)));
        recorded(parseSubtitles, vtt(noise(2000, seed)));
        recorded(parseSubtitles, "\xFF\xFE" + noise(501, seed));
    }
}

TEST(Subtitles, LongLinesTakeNoLongerThanTheyMust)
{
    std::string tags;
    std::string entities;
    std::string arrows;
    for (int i = 0; i < 300'000; ++i) {
        tags += "<a{\\";
        entities += "&a";
        arrows += "-->";
    }
    for (const std::string& line : {tags, entities, arrows})
        EXPECT_EQ(recorded(parseSubtitles, srt(line)), "paragraph: " + line + '\n');
}

} // namespace
} // namespace octavo::parsers
