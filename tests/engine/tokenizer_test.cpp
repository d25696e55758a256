// SPDX-License-Identifier: Apache-2.0
#include "octavo/engine/tokenizer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <random>

#include "model/gguf.h"
#include "support/paths.h"
#include "support/temporary_folder.h"
#include "support/tiny_gguf.h"
#include "support/tokens.h"
#include "text/word_splitter.h"

namespace octavo {
namespace {

using test::expectCovering;
using test::fileBytes;
using test::GgufWriter;
using test::sha256;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::string randomBytes(std::size_t size, std::uint32_t seed)
{
    std::mt19937 random(seed);
    std::string bytes(size, '\0');
    std::ranges::generate(bytes, [&random] { return static_cast<char>(random() >> 24); });
    return bytes;
}

class TinyTokenizer : public ::testing::Test {
protected:
    Result<std::unique_ptr<const Tokenizer>> tokenizerOf(const GgufWriter& writer)
    {
        const std::filesystem::path path = m_folder / "model.gguf";
        writer.write(path);
        const auto file = GgufFile::open(path);
        if (!file)
            return file.error();
        return Tokenizer::fromGguf(**file);
    }

    std::unique_ptr<const Tokenizer> tokenizer(const GgufWriter& writer = test::tinyLlama())
    {
        auto made = tokenizerOf(writer);
        EXPECT_TRUE(made);
        return std::move(made.value());
    }

    std::vector<std::string> pieces(const Tokenizer& of, std::string_view text, SpecialTokens special = SpecialTokens::Literal)
    {
        std::vector<std::string> pieces;
        for (TokenId id : of.encode(text, special).ids)
            pieces.emplace_back(of.bytes(id));
        return pieces;
    }

private:
    test::TemporaryFolder m_folder;
};

TEST_F(TinyTokenizer, JoinsByRankThenFromTheLeft)
{
    const auto tiny = tokenizer();
    EXPECT_THAT(pieces(*tiny, " the whale"), ElementsAre(" the", " ", "whale"));
    EXPECT_THAT(pieces(*tiny, "aaa"), ElementsAre("aa", "a"));
    EXPECT_THAT(pieces(*tiny, "aaaaaaa"), ElementsAre("aaaa", "aa", "a"));
    // "n d" comes before "Ġa nd" and after "o n".
    EXPECT_THAT(pieces(*tiny, " and ond"), ElementsAre(" and", " ", "on", "d"));
    EXPECT_THAT(pieces(*tiny, ""), IsEmpty());
}

// The plain way to join one word: look for the best pair, join it, begin anew.
std::vector<std::string> joinedSlowly(std::string_view word)
{
    const std::vector<std::pair<std::string, std::string>> merges = { { "h", "e" }, { "i", "n" }, { "r", "e" }, { "o", "n" }, { "n", "d" },
        { "a", "a" }, { "aa", "aa" }, { "w", "h" }, { "a", "l" }, { "wh", "al" }, { "whal", "e" } };
    std::vector<std::string> parts;
    for (char letter : word)
        parts.emplace_back(1, letter);
    for (;;) {
        std::size_t bestRank = merges.size();
        std::size_t bestAt = 0;
        for (std::size_t at = 0; at + 1 < parts.size(); ++at) {
            const auto rank = static_cast<std::size_t>(std::ranges::find(merges, std::pair(parts[at], parts[at + 1])) - merges.begin());
            if (rank < bestRank) {
                bestRank = rank;
                bestAt = at;
            }
        }
        if (bestRank == merges.size())
            return parts;
        parts[bestAt] += parts[bestAt + 1];
        parts.erase(parts.begin() + static_cast<std::ptrdiff_t>(bestAt) + 1);
    }
}

TEST_F(TinyTokenizer, JoinsAsThePlainWayDoes)
{
    const auto tiny = tokenizer();
    std::mt19937 random(5);
    for (int round = 0; round < 2000; ++round) {
        std::string word(1 + random() % 100, ' ');
        std::ranges::generate(word, [&random] { return "aaaaalwhenidor"[random() % 14]; });
        ASSERT_EQ(pieces(*tiny, word), joinedSlowly(word)) << word;
    }
}

TEST_F(TinyTokenizer, KeepsEveryByteAndItsPlace)
{
    const auto tiny = tokenizer();
    std::string every;
    for (int byte = 0; byte < 256; ++byte)
        every.push_back(static_cast<char>(byte));
    const std::string texts[] = {
        every, "the whale the whale  the\r\n\r\nwhale", "naïve café — “quotes” … 北京 🚀",
        "ends in half a character \xE5\x8C",
        "\xFF",
        "\xFF\xFE the \xC0\x80 whale \xED\xA0\x80 \xF4\x90\x80\x80", std::string(3, '\0'), "cut here \xF0\x9F\x9A the whale",
        randomBytes(20000, 1), "\xEF\xBB\xBF" "begin",
    };
    for (const std::string& text : texts) {
        for (SpecialTokens special : { SpecialTokens::Literal, SpecialTokens::Parse }) {
            const TokenizedText tokens = tiny->encode(text, special);
            EXPECT_EQ(tiny->decode(tokens.ids), text);
            expectCovering(*tiny, tokens, text);
        }
    }
}

TEST_F(TinyTokenizer, LongWordsKeepTheirTokens)
{
    const auto tiny = tokenizer();
    constexpr std::size_t kSize = 1 << 20;
    for (char letter : { 'a', ' ', '-', '7', '\n', '\xFF' }) {
        const std::string word(kSize, letter);
        const TokenizedText tokens = tiny->encode(word, SpecialTokens::Literal);
        EXPECT_EQ(tiny->decode(tokens.ids), word);
        EXPECT_EQ(tokens.ids.size(), letter == 'a' ? kSize / 4 : letter == ' ' ? kSize / 2 : kSize);
    }
}

TEST_F(TinyTokenizer, SpecialTokensComeOnlyFromParsing)
{
    const auto tiny = tokenizer();
    const std::string text = "the<|im_end|>\n<|im_start|>whale<|im_<|endoftext|>";
    const TokenizedText literal = tiny->encode(text, SpecialTokens::Literal);
    EXPECT_TRUE(std::ranges::none_of(literal.ids, [&](TokenId id) { return tiny->isSpecial(id) || tiny->endsTurn(id); }));
    EXPECT_EQ(tiny->decode(literal.ids), text);
    expectCovering(*tiny, literal, text);

    EXPECT_THAT(pieces(*tiny, text, SpecialTokens::Parse),
        ElementsAre("t", "he", "<|im_end|>", "\n", "<|im_start|>", "whale", "<", "|", "i", "m", "_", "<|endoftext|>"));
    expectCovering(*tiny, tiny->encode(text, SpecialTokens::Parse), text);
}

TEST_F(TinyTokenizer, LongestOfSpecialTokensWins)
{
    auto vocabulary = test::tinyVocabulary();
    for (const char* added : { "<a>", "<a><b>", "<b>" }) {
        vocabulary.tokens.emplace_back(added);
        vocabulary.types.push_back(3);
    }
    GgufWriter writer;
    vocabulary.writeTo(writer);
    EXPECT_THAT(pieces(*tokenizer(writer), "<a><b><a>", SpecialTokens::Parse), ElementsAre("<a><b>", "<a>"));
}

TEST_F(TinyTokenizer, KnowsItsOwnTokens)
{
    const auto tiny = tokenizer();
    EXPECT_EQ(tiny->vocabularySize(), test::kTinyVocabulary);
    EXPECT_EQ(tiny->bos(), 1);
    EXPECT_EQ(tiny->eos(), 2);
    EXPECT_EQ(tiny->bytes(2), "<|im_end|>");
    EXPECT_EQ(tiny->bytes(test::kTinyFirstByte + ' '), " ");
    EXPECT_EQ(tiny->bytes(test::kTinyFirstByte + 0xAD), "\xAD");
    EXPECT_TRUE(tiny->isSpecial(1));
    EXPECT_FALSE(tiny->endsTurn(1));
    EXPECT_TRUE(tiny->endsTurn(2));
    EXPECT_TRUE(tiny->endsTurn(0));   // <|endoftext|>, though eos is another
    EXPECT_FALSE(tiny->isSpecial(test::kTinyFirstByte));
    constexpr TokenId kPast = static_cast<TokenId>(test::kTinyVocabulary);
    for (TokenId outside : { -1, kPast, std::numeric_limits<TokenId>::max(), std::numeric_limits<TokenId>::min() }) {
        EXPECT_EQ(tiny->bytes(outside), "");
        EXPECT_FALSE(tiny->isSpecial(outside));
        EXPECT_FALSE(tiny->endsTurn(outside));
    }
}

TEST_F(TinyTokenizer, ReadsBytesOutsideTheVocabularyAsReplacements)
{
    GgufWriter writer;
    auto vocabulary = test::tinyVocabulary();
    vocabulary.tokens[test::kTinyFirstByte + 4] = "unreachable";
    vocabulary.writeTo(writer);
    const auto lacking = tokenizer(writer);
    const TokenizedText tokens = lacking->encode("a\4b", SpecialTokens::Literal);
    EXPECT_EQ(lacking->decode(tokens.ids), "a\uFFFD" "b");
    EXPECT_THAT(tokens.begins, ElementsAre(0, 1, 1, 1, 2));

    vocabulary.tokens[test::kTinyFirstByte + 0xBD] = "unreachable too";
    vocabulary.writeTo(writer);
    const auto refused = tokenizerOf(writer);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::BadMetadata);
}

TEST_F(TinyTokenizer, TakesWholeWordsWhereTheVocabularyDoes)
{
    auto vocabulary = test::tinyVocabulary();
    vocabulary.tokens.push_back("zebra");   // no merges lead there
    vocabulary.types.push_back(1);
    GgufWriter writer;
    vocabulary.writeTo(writer);
    EXPECT_THAT(pieces(*tokenizer(writer), "zebra"), ElementsAre("z", "e", "b", "r", "a"));
    writer.set("tokenizer.ggml.pre", "llama-bpe");
    EXPECT_THAT(pieces(*tokenizer(writer), "zebra zebra"), ElementsAre("zebra", " ", "z", "e", "b", "r", "a"));
}

TEST_F(TinyTokenizer, RefusesWhatItCannotRead)
{
    using Change = void (*)(GgufWriter&);
    const struct {
        const char* what;
        Change change;
        Errc code;
    } rows[] = {
        { "unknown model", [](GgufWriter& w) { w.set("tokenizer.ggml.model", "of tomorrow"); }, Errc::UnsupportedTokenizer },
        { "unknown split", [](GgufWriter& w) { w.set("tokenizer.ggml.pre", "of tomorrow"); }, Errc::UnsupportedTokenizer },
        { "no model", [](GgufWriter& w) { w.remove("tokenizer.ggml.model"); }, Errc::BadMetadata },
        { "no tokens", [](GgufWriter& w) { w.remove("tokenizer.ggml.tokens"); }, Errc::BadMetadata },
        { "empty tokens", [](GgufWriter& w) { w.set("tokenizer.ggml.tokens", std::vector<std::string> {}); }, Errc::BadMetadata },
        { "numbers for tokens", [](GgufWriter& w) { w.set("tokenizer.ggml.tokens", std::vector<float> { 1 }); }, Errc::BadMetadata },
        { "no bytes", [](GgufWriter& w) {
            w.set("tokenizer.ggml.tokens", std::vector<std::string> { "a", "b" });
            w.set("tokenizer.ggml.token_type", std::vector<std::int32_t> { 1, 1 });
            w.set("tokenizer.ggml.merges", std::vector<std::string> {});
            w.remove("tokenizer.ggml.bos_token_id");
            w.remove("tokenizer.ggml.eos_token_id"); }, Errc::BadMetadata },
        { "few types", [](GgufWriter& w) { w.set("tokenizer.ggml.token_type", std::vector<std::int32_t> { 1 }); }, Errc::BadMetadata },
        { "no merges", [](GgufWriter& w) { w.remove("tokenizer.ggml.merges"); }, Errc::BadMetadata },
        { "merge of one", [](GgufWriter& w) { w.set("tokenizer.ggml.merges", std::vector<std::string> { "he" }); }, Errc::BadMetadata },
        { "empty merge", [](GgufWriter& w) { w.set("tokenizer.ggml.merges", std::vector<std::string> { "" }); }, Errc::BadMetadata },
        { "strange merge", [](GgufWriter& w) { w.set("tokenizer.ggml.merges", std::vector<std::string> { "q q" }); }, Errc::BadMetadata },
        { "eos outside", [](GgufWriter& w) { w.set("tokenizer.ggml.eos_token_id", std::uint32_t { 9999 }); }, Errc::BadMetadata },
        { "bos of text", [](GgufWriter& w) { w.set("tokenizer.ggml.bos_token_id", "1"); }, Errc::BadMetadata },
    };
    for (const auto& row : rows) {
        GgufWriter writer;
        test::tinyVocabulary().writeTo(writer);
        row.change(writer);
        const auto refused = tokenizerOf(writer);
        ASSERT_FALSE(refused) << row.what;
        EXPECT_EQ(refused.error().code, row.code) << row.what << ": " << refused.error().detail;
        EXPECT_FALSE(refused.error().subject.empty()) << row.what;
    }
}

TEST(WordSplitter, CutsAsTheVocabulariesWereTrained)
{
    const struct {
        const char* pattern;
        const char* text;
        std::vector<std::string> words;
    } rows[] = {
        { "gpt-2", "Hello, world!", { "Hello", ",", " world", "!" } },
        { "gpt-2", "it's I'VE 1234  x", { "it", "'s", " I", "'", "VE", " 1234", " ", " x" } },
        { "gpt-2", "a\n\nb  ", { "a", "\n", "\n", "b", "  " } },
        { "gpt-2", "x\u180Ey\u00A0\u00A0z", { "x", "\u180E", "y", "\u00A0", "\u00A0", "z" } },
        { "smollm", "a 12  3 ½x", { "a", " ", "1", "2", "  ", "3", " ", "½", "x" } },
        { "smollm", "don't  stop", { "don", "'t", " ", " stop" } },
        { "smollm", "\t\tif (x)\r\n", { "\t", "\t", "if", " (", "x", ")", "\r\n" } },
        { "llama-bpe", "I'VE 12345 (a) \n\n b;\n", { "I", "'VE", " ", "123", "45", " (", "a", ")", " \n\n", " b", ";\n" } },
        { "qwen2", "x=12 y", { "x", "=", "1", "2", " y" } },
        { "qwen2", ".net\t\tb", { ".net", "\t", "\tb" } },
        { "smollm", "a\xFF\xFE" "b\xE5\x8C", { "a", "\xFF\xFE", "b", "\xE5\x8C" } },
    };
    for (const auto& row : rows) {
        const auto splitter = WordSplitter::named(row.pattern);
        ASSERT_TRUE(splitter);
        std::vector<std::string> words;
        splitter->split(row.text, [&words](std::string_view word) { words.emplace_back(word); });
        EXPECT_EQ(words, row.words) << row.pattern << ": " << row.text;
    }
}

class DefaultModelTokenizer : public ::testing::Test {
protected:
    static void SetUpTestSuite()
    {
        const auto file = GgufFile::open(test::kModelFile);
        std::ifstream in(std::filesystem::path(test::kSharedDir) / "reference" / "fixtures.json");
        if (!file || !in)
            return;
        auto made = Tokenizer::fromGguf(**file);
        ASSERT_TRUE(made) << made.error().detail;
        s_tokenizer = std::move(made.value());
        s_fixtures = nlohmann::json::parse(in);
    }
    static void TearDownTestSuite() { s_tokenizer.reset(); }

    void SetUp() override
    {
        if (!s_tokenizer)
            GTEST_SKIP() << "needs the default model and reference/fixtures.json";
    }

    static inline std::unique_ptr<const Tokenizer> s_tokenizer;
    static inline nlohmann::json s_fixtures;
};

TEST_F(DefaultModelTokenizer, GivesTheReferencesTokens)
{
    ASSERT_FALSE(s_fixtures["tokens"].empty());
    for (const auto& row : s_fixtures["tokens"]) {
        const std::string text = row["text"];
        const TokenizedText tokens = s_tokenizer->encode(text, SpecialTokens::Parse);
        EXPECT_EQ(tokens.ids, row["ids"].get<std::vector<TokenId>>()) << text;
        expectCovering(*s_tokenizer, tokens, text);
    }
}

TEST_F(DefaultModelTokenizer, GivesTheReferencesTokensOfWholeBooks)
{
    ASSERT_FALSE(s_fixtures["books"].empty());
    for (const auto& row : s_fixtures["books"]) {
        const std::filesystem::path path = std::filesystem::path(test::kSharedDir) / "books" / row["file"].get<std::string>();
        if (!std::filesystem::exists(path))
            GTEST_SKIP() << "needs " << path;
        const std::string text = fileBytes(path);
        const TokenizedText tokens = s_tokenizer->encode(text, SpecialTokens::Literal);
        EXPECT_EQ(tokens.ids.size(), row["tokens"].get<std::size_t>()) << path;
        EXPECT_EQ(sha256(tokens.ids), row["sha256_of_int32_ids"].get<std::string>()) << path;
        expectCovering(*s_tokenizer, tokens, text);
    }
}

TEST_F(DefaultModelTokenizer, LosesNothingOfRandomBytes)
{
    const std::string text = randomBytes(50000, 2);
    const TokenizedText tokens = s_tokenizer->encode(text, SpecialTokens::Literal);
    EXPECT_TRUE(std::ranges::is_sorted(tokens.begins));
    EXPECT_EQ(tokens.begins.front(), 0u);
    // This vocabulary lacks bytes like 0xFF; each shows as one replacement character.
    std::size_t replaced = 0;
    for (std::size_t n = 0; n < tokens.ids.size(); ++n) {
        const std::size_t end = n + 1 < tokens.ids.size() ? tokens.begins[n + 1] : text.size();
        const std::string_view covered = std::string_view(text).substr(tokens.begins[n], end - tokens.begins[n]);
        if (s_tokenizer->bytes(tokens.ids[n]) == covered)
            continue;
        ASSERT_EQ(covered.size(), 1u);
        ASSERT_EQ(s_tokenizer->bytes(tokens.ids[n]), "\uFFFD");
        ++replaced;
    }
    EXPECT_GT(replaced, 0u);
    EXPECT_LT(replaced, text.size() / 8);
}

} // namespace
} // namespace octavo
