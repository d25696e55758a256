// SPDX-License-Identifier: Apache-2.0
#include "text/spm_tokenizer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <limits>
#include <random>

#include "model/gguf.h"
#include "support/temporary_folder.h"
#include "support/tiny_gguf.h"
#include "support/tokens.h"
#include "text/utf8.h"

namespace octavo {
namespace {

using test::expectCovering;
using test::GgufWriter;
using ::testing::ElementsAre;

// Ids: 0 <unk>, 1 <s>, 2 </s>, then the 256 bytes in order, then pieces.
constexpr TokenId kFirstByte = 3;

struct SpmVocabulary {
    std::vector<std::string> tokens = { "<unk>", "<s>", "</s>" };
    std::vector<std::int32_t> types = { 2, 3, 3 };
    std::vector<float> scores = { 0, 0, 0 };

    SpmVocabulary()
    {
        char name[8];
        for (unsigned byte = 0; byte < 256; ++byte) {
            std::snprintf(name, sizeof name, "<0x%02X>", byte);
            add(name, 6, 0);
        }
        float rank = 0;
        for (const char* piece : { "▁t", "he", "▁the", "aa", "aaaa", "wh", "al", "whal", "whale", "▁▁", "▁whale", "▁", "t", "h", "e", "w", "a", "l", "é" })
            add(piece, 1, --rank);
    }

    void add(const std::string& token, std::int32_t type, float score)
    {
        tokens.push_back(token);
        types.push_back(type);
        scores.push_back(score);
    }

    GgufWriter writer() const
    {
        GgufWriter writer;
        writer.set("tokenizer.ggml.model", "llama");
        writer.set("tokenizer.ggml.tokens", tokens);
        writer.set("tokenizer.ggml.token_type", types);
        writer.set("tokenizer.ggml.scores", scores);
        writer.set("tokenizer.ggml.bos_token_id", std::uint32_t { 1 });
        writer.set("tokenizer.ggml.eos_token_id", std::uint32_t { 2 });
        return writer;
    }
};

class TinySpm : public ::testing::Test {
protected:
    Result<std::unique_ptr<const Tokenizer>> tokenizerOf(const GgufWriter& writer)
    {
        writer.write(m_folder / "model.gguf");
        const auto file = GgufFile::open(m_folder / "model.gguf");
        if (!file)
            return file.error();
        return Tokenizer::fromGguf(**file);
    }

    std::unique_ptr<const Tokenizer> tokenizer(const SpmVocabulary& vocabulary = {})
    {
        auto made = tokenizerOf(vocabulary.writer());
        EXPECT_TRUE(made) << made.error().detail;
        return std::move(*made);
    }

    static std::vector<std::string> pieces(const Tokenizer& of, std::string_view text, SpecialTokens special)
    {
        std::vector<std::string> pieces;
        for (TokenId id : of.encode(text, special).ids)
            pieces.emplace_back(of.bytes(id));
        return pieces;
    }

    test::TemporaryFolder m_folder;
};

TEST_F(TinySpm, LiteralTextGainsNoSpace)
{
    const auto tiny = tokenizer();
    EXPECT_THAT(pieces(*tiny, "the whale", SpecialTokens::Literal), ElementsAre("t", "he", " whale"));
    EXPECT_THAT(pieces(*tiny, "the", SpecialTokens::Parse), ElementsAre("t", "he"));   // a part of a prompt, not its begin
    EXPECT_TRUE(tiny->encode("", SpecialTokens::Literal).ids.empty());
}

TEST_F(TinySpm, TextAfterASpecialTokenHasItsSpace)
{
    const auto tiny = tokenizer();
    const TokenizedText tokens = tiny->encode("<s>the</s> the</s></s>\xFF<s>\n<s>▁<s>", SpecialTokens::Parse);
    std::vector<std::string> spelled;
    for (TokenId id : tokens.ids)
        spelled.emplace_back(tiny->bytes(id));
    EXPECT_THAT(spelled, ElementsAre("<s>", " the", "</s>", " the", "</s>", "</s>", " ", "\xFF", "<s>", " ", "\n", "<s>", " ", "\xE2", "\x96", "\x81", "<s>"));
    EXPECT_THAT(tokens.begins, ElementsAre(0, 3, 6, 10, 14, 18, 22, 22, 23, 26, 26, 27, 30, 30, 31, 32, 33));

    GgufWriter writer = SpmVocabulary().writer();
    writer.set("tokenizer.ggml.add_space_prefix", false);
    EXPECT_THAT(pieces(**tokenizerOf(writer), "<s>the", SpecialTokens::Parse), ElementsAre("<s>", "t", "he"));
}

TEST_F(TinySpm, LiteralTextSpellsNoSpecialToken)
{
    SpmVocabulary vocabulary;
    vocabulary.add("<|im_end|>", 4, 0);   // user-defined: sentencepiece itself would find it anywhere
    const auto tiny = tokenizer(vocabulary);
    const std::string text = "<s>the</s><unk><|im_end|><0x41>";
    const TokenizedText literal = tiny->encode(text, SpecialTokens::Literal);
    EXPECT_TRUE(std::ranges::none_of(literal.ids, [&](TokenId id) { return tiny->isSpecial(id) || tiny->endsTurn(id); }));
    EXPECT_NE(literal.ids.back(), kFirstByte + 0x41);
    expectCovering(*tiny, literal, text);
    EXPECT_EQ(tiny->encode("<|im_end|>", SpecialTokens::Parse).ids, std::vector<TokenId> { static_cast<TokenId>(vocabulary.tokens.size() - 1) });
    EXPECT_TRUE(tiny->endsTurn(2));
    EXPECT_FALSE(tiny->endsTurn(1));
}

TEST_F(TinySpm, KeepsEveryByteAndItsPlace)
{
    const auto tiny = tokenizer();
    std::mt19937 random(3);
    std::string noise(20000, '\0');
    std::ranges::generate(noise, [&random] { return static_cast<char>(random() >> 24); });
    std::string mixed;
    for (int n = 0; n < 5000; ++n)
        mixed += std::array { "the", " ", "whale", "é", "\xC3", "▁", "\xFF", "a", "北", "🚀", "\n", "<s>" }[random() % 12];
    const std::string texts[] = { noise, mixed, "the  whale\r\n\r\n", "naïve 北京 🚀", "half \xE5\x8C", "\xED\xA0\x80\xC0\x80\xF4\x90\x80\x80", std::string(3, '\0'), "▁a▁▁b ▁" };
    for (const std::string& text : texts) {
        const TokenizedText tokens = tiny->encode(text, SpecialTokens::Literal);
        EXPECT_EQ(tiny->decode(tokens.ids), text);
        expectCovering(*tiny, tokens, text);
    }
}

TEST_F(TinySpm, TokensAreTheSameWhereverTheTextIsCut)
{
    // Between characters that no piece has side by side, and where a long run has no such place.
    const auto tiny = tokenizer();
    constexpr std::size_t kSize = 3 << 20;
    for (const auto& [letter, expected] : { std::pair('a', kSize / 4), std::pair(' ', kSize / 2), std::pair('q', kSize), std::pair('\xFF', kSize) }) {
        const std::string word(kSize, letter);
        const TokenizedText tokens = tiny->encode(word, SpecialTokens::Literal);
        EXPECT_EQ(tokens.ids.size(), expected);
        EXPECT_EQ(tiny->decode(tokens.ids), word);
    }
}

TEST_F(TinySpm, RefusesHostileVocabularies)
{
    using Change = void (*)(SpmVocabulary&);
    const struct {
        const char* what;
        Change change;
    } rows[] = {
        { "no byte tokens", [](SpmVocabulary& v) { std::ranges::replace(v.types, 6, 1); } },
        { "a byte is missing", [](SpmVocabulary& v) { v.types[kFirstByte + 7] = 5; } },
        { "a byte twice", [](SpmVocabulary& v) { v.tokens[kFirstByte + 7] = "<0x08>"; } },
        { "a byte spelled in words", [](SpmVocabulary& v) { v.tokens[kFirstByte + 7] = "seven"; } },
        { "a byte past 255", [](SpmVocabulary& v) { v.tokens[kFirstByte + 7] = "<0x1FF>"; } },
        { "a byte that is a piece too", [](SpmVocabulary& v) { v.add("<0x41>", 1, -90); } },
        { "no space", [](SpmVocabulary& v) { std::ranges::replace(v.tokens, "▁", "_"); } },
        { "a space that is special", [](SpmVocabulary& v) { v.types[std::ranges::find(v.tokens, "▁") - v.tokens.begin()] = 3; } },
        { "a piece twice", [](SpmVocabulary& v) { v.add("he", 1, -90); } },
        { "an empty piece", [](SpmVocabulary& v) { v.add("", 1, -90); } },
        { "fewer scores", [](SpmVocabulary& v) { v.scores.pop_back(); } },
        { "no scores", [](SpmVocabulary& v) { v.scores.clear(); } },
        { "a score that is no number", [](SpmVocabulary& v) { v.scores.back() = std::nanf(""); } },
        { "fewer types", [](SpmVocabulary& v) { v.types.pop_back(); } },
        { "no tokens", [](SpmVocabulary& v) { v = {}; v.tokens.clear(); } },
    };
    for (const auto& row : rows) {
        SpmVocabulary vocabulary;
        row.change(vocabulary);
        const auto refused = tokenizerOf(vocabulary.writer());
        ASSERT_FALSE(refused) << row.what;
        EXPECT_EQ(refused.error().code, Errc::BadMetadata) << row.what;
        EXPECT_FALSE(refused.error().subject.empty()) << row.what;
        EXPECT_FALSE(refused.error().detail.empty()) << row.what;
    }
    GgufWriter writer = SpmVocabulary().writer();
    writer.remove("tokenizer.ggml.scores");
    EXPECT_EQ(tokenizerOf(writer).error().code, Errc::BadMetadata);
}

TEST_F(TinySpm, LivesWithStrangeVocabularies)
{
    SpmVocabulary vocabulary;
    vocabulary.add("\xFF\xFE", 1, -90);                    // not UTF-8: matches nothing
    vocabulary.add(std::string("a\0l", 3), 1, -91);
    vocabulary.add("", 3, 0);                              // special ones may be spelled as nothing or as others
    vocabulary.add("<s>", 3, 0);
    vocabulary.add("<unk>", 2, 0);
    vocabulary.add(std::string(100000, 'a'), 1, -92);
    vocabulary.add("é▁", 99, std::numeric_limits<float>::infinity());
    vocabulary.add("le", 1, -std::numeric_limits<float>::infinity());
    const auto tiny = tokenizer(vocabulary);
    std::string text = "the whale é le \xFF\xFE <s><unk>" + std::string("a\0l", 3) + std::string(200000, 'a');
    const TokenizedText tokens = tiny->encode(text, SpecialTokens::Literal);
    expectCovering(*tiny, tokens, text);
    EXPECT_TRUE(std::ranges::none_of(tokens.ids, [&](TokenId id) { return tiny->isSpecial(id); }));
}

TEST(Utf8, ReadsOneCharacter)
{
    const struct {
        std::string_view text;
        char32_t code;
        std::size_t size;   // 0: none
    } rows[] = {
        { "", 0, 0 }, { "a", U'a', 1 }, { { "\0", 1 }, 0, 1 }, { "\x7F", 0x7F, 1 }, { "é", U'é', 2 }, { "\xC2\x80", 0x80, 2 }, { "\xDF\xBF", 0x7FF, 2 },
        { "\xE0\xA0\x80", 0x800, 3 }, { "▁x", 0x2581, 3 }, { "\xED\x9F\xBF", 0xD7FF, 3 }, { "\xEE\x80\x80", 0xE000, 3 }, { "🚀", U'🚀', 4 }, { "\xF4\x8F\xBF\xBF", 0x10FFFF, 4 },
        { "\x80", 0, 0 }, { "\xBF", 0, 0 }, { "\xC3", 0, 0 }, { "\xC3x", 0, 0 }, { "\xE2\x96", 0, 0 }, { "\xF0\x9F\x9A", 0, 0 }, { "\xC0\x80", 0, 0 }, { "\xC1\xBF", 0, 0 },
        { "\xE0\x9F\xBF", 0, 0 }, { "\xF0\x8F\xBF\xBF", 0, 0 }, { "\xED\xA0\x80", 0, 0 }, { "\xED\xBF\xBF", 0, 0 }, { "\xF4\x90\x80\x80", 0, 0 }, { "\xF8\x88\x80\x80\x80", 0, 0 },
        { "\xFE", 0, 0 }, { "\xFF", 0, 0 },
    };
    for (const auto& row : rows) {
        const auto character = firstCharacter(row.text);
        ASSERT_EQ(character ? character->size : 0, row.size) << ::testing::PrintToString(std::string(row.text));
        if (character) {
            EXPECT_EQ(character->code, row.code);
        }
    }
}

} // namespace
} // namespace octavo
