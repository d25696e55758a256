// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "documents/text_decoder.h"

namespace octavo::app {
namespace {

struct Row {
    const char* name;
    std::string raw;
    std::string text;
    const char* encoding;
    bool mark;
    qint64 damaged;
};

std::string times(const std::string& piece, int count)
{
    std::string all;
    for (int i = 0; i < count; ++i)
        all += piece;
    return all;
}

const std::string kFrenchUtf8
    = "Où est-ce que l'été déjà passé a mené les élèves, près de la forêt où l'âne brait ? À la fenêtre, là-bas.\n";
const std::string kFrenchLatin
    = "O\xF9 est-ce que l'\xE9t\xE9 d\xE9j\xE0 pass\xE9 a men\xE9 les \xE9l\xE8ves, pr\xE8s de la for\xEAt o\xF9 l'\xE2ne brait ? "
      "\xC0 la fen\xEAtre, l\xE0-bas.\n";

TEST(TextDecoder, ReadsTextInAnyCharset)
{
    const std::vector<Row> rows{
        {"ascii", "plain\r\ntext\n", "plain\r\ntext\n", "UTF-8", false, 0},
        {"utf-8", kFrenchUtf8, kFrenchUtf8, "UTF-8", false, 0},
        {"utf-8 with mark", "\xEF\xBB\xBFtext", "text", "UTF-8", true, 0},
        {"utf-16le", std::string("\xFF\xFEt\0\xE9\0\n\0", 8), "t\xC3\xA9\n", "UTF-16LE", true, 0},
        {"utf-16be", std::string("\xFE\xFF\0t\0\xE9", 6), "t\xC3\xA9", "UTF-16BE", true, 0},
        {"utf-16le, beyond the first plane", std::string("\xFF\xFE\x3D\xD8\x0A\xDC", 6), "\xF0\x9F\x90\x8A", "UTF-16LE", true, 0},
        {"utf-32le", std::string("\xFF\xFE\0\0t\0\0\0", 8), "t", "UTF-32LE", true, 0},
        {"coloured log", "\x1B[1mbold\x1B[0m\n", "\x1B[1mbold\x1B[0m\n", "UTF-8", false, 0},
        {"damaged utf-8", kFrenchUtf8 + "\xFF", kFrenchUtf8 + "\xEF\xBF\xBD", "UTF-8, damaged", false, 1},
        {"damaged utf-8 with mark", "\xEF\xBB\xBF" "a\xFF" "b", "a\xEF\xBF\xBD" "b", "UTF-8, damaged", true, 1},
        {"empty", "", "", "UTF-8", false, 0},
    };
    for (const Row& row : rows) {
        SCOPED_TRACE(row.name);
        const auto decoded = decodeText(QByteArray::fromStdString(row.raw), {});
        ASSERT_TRUE(decoded.ok());
        EXPECT_EQ(decoded->text.toStdString(), row.text);
        EXPECT_EQ(decoded->encoding.toStdString(), row.encoding);
        EXPECT_EQ(decoded->byteOrderMark, row.mark);
        EXPECT_EQ(decoded->damagedBytes, row.damaged);
    }
}

TEST(TextDecoder, FindsALegacyCharset)
{
    const auto french = decodeText(QByteArray::fromStdString(times(kFrenchLatin, 3)), {});
    ASSERT_TRUE(french.ok());
    EXPECT_EQ(french->text.toStdString(), times(kFrenchUtf8, 3));
    EXPECT_NE(french->encoding, QStringLiteral("UTF-8"));   // offsets are not the file's

    // "Все счастливые семьи похожи друг на друга" in KOI8-R
    const auto russian
        = decodeText(QByteArray::fromStdString(
                         times("\xF7\xD3\xC5 \xD3\xDE\xC1\xD3\xD4\xCC\xC9\xD7\xD9\xC5 \xD3\xC5\xCD\xD8\xC9 \xD0\xCF\xC8\xCF\xD6\xC9 "
                               "\xC4\xD2\xD5\xC7 \xCE\xC1 \xC4\xD2\xD5\xC7\xC1. ",
                               4)),
                     {});
    ASSERT_TRUE(russian.ok());
    EXPECT_TRUE(russian->text.startsWith("Все счастливые семьи"));
}

TEST(TextDecoder, RefusesWhatIsNoText)
{
    std::string noise;
    for (unsigned i = 1, seed = 7; i < 2000; ++i, seed = seed * 1103515245u + 12345u)
        noise += char(1 + (seed >> 16) % 255);   // as compressed data, but without a zero byte
    const std::vector<std::pair<const char*, std::string>> rows{
        {"zero byte", std::string("MZ\0\1", 4)},
        {"png", std::string("\x89PNG\r\n\x1A\n\0\0\0\rIHDR", 16)},
        {"pdf", "%PDF-1.4\n1 0 obj\n"},
        {"noise", noise},
        {"utf-16 that breaks off", std::string("\xFF\xFE" "a\0" "b", 5)},
        {"lone surrogate", std::string("\xFF\xFE\x3D\xD8" "a\0", 6)},
    };
    for (const auto& [name, raw] : rows) {
        SCOPED_TRACE(name);
        const auto decoded = decodeText(QByteArray::fromStdString(raw), {});
        ASSERT_FALSE(decoded.ok());
        EXPECT_EQ(decoded.error(), DecodeFault::Binary);
    }
}

TEST(TextDecoder, SharesMemoryOfPlainUtf8)
{
    const QByteArray raw("no copy is made");
    const auto decoded = decodeText(raw, {});
    ASSERT_TRUE(decoded.ok());
    EXPECT_EQ(decoded->text.constData(), raw.constData());
}

TEST(TextDecoder, StopsInEveryCharset)
{
    std::stop_source source;
    source.request_stop();
    for (const std::string& raw : {std::string("plain"), kFrenchLatin, std::string("\xFF\xFE" "a\0", 4)}) {
        const auto decoded = decodeText(QByteArray::fromStdString(raw), source.get_token());
        ASSERT_FALSE(decoded.ok());
        EXPECT_EQ(decoded.error(), DecodeFault::Stopped);
    }
}

} // namespace
} // namespace octavo::app
