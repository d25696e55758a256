// SPDX-License-Identifier: Apache-2.0
// Token ids against Python sentencepiece and Hugging Face tokenizers: conformance/make_tokenizers.py made the facts.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "model/gguf.h"
#include "octavo/engine/tokenizer.h"
#include "support/paths.h"
#include "support/temporary_folder.h"
#include "support/tiny_gguf.h"
#include "support/tokens.h"

namespace octavo {
namespace {

using nlohmann::json;

json facts(const std::string& name)
{
    std::ifstream in(std::filesystem::path(test::kSourceDir) / "tests" / "engine" / "conformance" / "tokenizers" / (name + ".json"));
    return json::parse(in);
}

const std::vector<std::string>& strings()
{
    static const auto all = facts("strings").get<std::vector<std::string>>();
    return all;
}

// As the facts write ids: how many, and a hash of them (of strings only its first 8 digits).
std::string summaryOf(const std::vector<TokenId>& ids, std::size_t digits)
{
    return std::to_string(ids.size()) + ":" + test::sha256(ids).substr(0, digits);
}

std::unique_ptr<const Tokenizer> tokenizerOf(const test::GgufWriter& writer)
{
    const test::TemporaryFolder folder;
    writer.write(folder / "model.gguf");
    const auto file = GgufFile::open(folder / "model.gguf");
    EXPECT_TRUE(file);
    auto tokenizer = Tokenizer::fromGguf(**file);
    EXPECT_TRUE(tokenizer) << tokenizer.error().subject << " " << tokenizer.error().detail;
    return std::move(*tokenizer);
}

std::unique_ptr<const Tokenizer> spmTokenizer(const json& fact)
{
    const auto pieces = fact["pieces"].get<std::vector<std::string>>();
    std::vector<std::int32_t> types(pieces.size(), 1);
    for (const auto& [id, type] : fact["types"].items())
        types[std::stoul(id)] = type;
    std::vector<float> scores(pieces.size());
    float rank = 0;
    for (std::size_t id = 0; id < pieces.size(); ++id) {
        if (types[id] == 1 || types[id] == 5)
            scores[id] = -rank++;
    }
    for (const auto& [id, score] : fact["scores"].items())
        scores[std::stoul(id)] = score;
    test::GgufWriter writer;
    writer.set("tokenizer.ggml.model", "llama");
    writer.set("tokenizer.ggml.tokens", pieces);
    writer.set("tokenizer.ggml.token_type", types);
    writer.set("tokenizer.ggml.scores", scores);
    writer.set("tokenizer.ggml.bos_token_id", std::uint32_t { 1 });
    writer.set("tokenizer.ggml.eos_token_id", std::uint32_t { 2 });
    writer.set("tokenizer.ggml.add_space_prefix", fact["space_prefix"].get<bool>());
    return tokenizerOf(writer);
}

std::unique_ptr<const Tokenizer> bpeTokenizer(const json& fact)
{
    std::vector<std::string> letters;
    for (unsigned byte = 0; byte < 256; ++byte)
        letters.push_back(test::tinyByteLetter(byte));
    std::ranges::sort(letters);   // as UTF-8, which is the order of code points
    std::vector<std::string> tokens = letters;
    const auto merges = fact["merges"].get<std::vector<std::string>>();
    std::set<std::string> made(tokens.begin(), tokens.end());
    for (std::string merge : merges) {
        merge.erase(merge.find(' '), 1);
        if (made.insert(merge).second)
            tokens.push_back(merge);
    }
    for (const auto& word : fact["unmerged"])
        tokens.push_back(word);
    std::vector<std::int32_t> types(tokens.size(), 1);
    for (const auto& text : fact["added"])
        tokens.push_back(text);
    types.resize(tokens.size(), 3);
    test::GgufWriter writer;
    writer.set("tokenizer.ggml.model", "gpt2");
    writer.set("tokenizer.ggml.pre", fact["pre"].get<std::string>());
    writer.set("tokenizer.ggml.tokens", tokens);
    writer.set("tokenizer.ggml.token_type", types);
    writer.set("tokenizer.ggml.merges", merges);
    return tokenizerOf(writer);
}

class SentencePieceIds : public ::testing::TestWithParam<const char*> {
protected:
    // A vocabulary with a space prefix: as if the text had one space more.
    std::vector<TokenId> ids(std::string_view text) const
    {
        const bool hasPrefix = m_fact["space_prefix"] && !text.empty();
        const std::string prefixed = (hasPrefix ? " " : "") + std::string(text);
        const TokenizedText tokens = m_tokenizer->encode(prefixed, m_hasUserDefined ? SpecialTokens::Parse : SpecialTokens::Literal);
        test::expectCovering(*m_tokenizer, tokens, prefixed);
        return tokens.ids;
    }

    json m_fact = facts(GetParam());
    std::unique_ptr<const Tokenizer> m_tokenizer = spmTokenizer(m_fact);
    // sentencepiece finds user-defined pieces in any text, Octavo only where it parses.
    bool m_hasUserDefined = std::string_view(GetParam()) == "spm-types";
};

TEST_P(SentencePieceIds, OfStringsInManyScripts)
{
    ASSERT_EQ(strings().size(), 500u);
    ASSERT_EQ(m_fact["strings"].size(), 500u);
    for (std::size_t n = 0; n < strings().size(); ++n)
        EXPECT_EQ(summaryOf(ids(strings()[n]), 8), m_fact["strings"][n].get<std::string>()) << n << ": " << strings()[n];
}

TEST_P(SentencePieceIds, AfterASpecialToken)
{
    std::size_t compared = 0;
    for (std::size_t n = 0; n < strings().size(); ++n) {
        if (strings()[n].starts_with(' '))   // has its space already
            continue;
        std::vector<TokenId> parsed = m_tokenizer->encode("<s>" + strings()[n], SpecialTokens::Parse).ids;
        ASSERT_EQ(parsed.front(), 1);
        parsed.erase(parsed.begin());
        EXPECT_EQ(summaryOf(parsed, 8), m_fact["strings"][n].get<std::string>()) << n << ": " << strings()[n];
        ++compared;
    }
    EXPECT_GT(compared, 400u);
}

TEST_P(SentencePieceIds, OfBooks)
{
    for (const auto& [name, summary] : m_fact["books"].items()) {
        const auto path = std::filesystem::path(test::kSharedDir) / "books" / name;
        if (!std::filesystem::exists(path))
            GTEST_SKIP() << "needs " << path;
        EXPECT_EQ(summaryOf(ids(test::fileBytes(path)), 64), summary.get<std::string>()) << name;
    }
}

INSTANTIATE_TEST_SUITE_P(Vocabularies, SentencePieceIds, ::testing::Values("spm-llama", "spm-crossing", "spm-types"));

class HuggingFaceIds : public ::testing::TestWithParam<const char*> {
protected:
    std::vector<TokenId> ids(std::string_view text, SpecialTokens special) const
    {
        const TokenizedText tokens = m_tokenizer->encode(text, special);
        test::expectCovering(*m_tokenizer, tokens, text);
        return tokens.ids;
    }

    json m_fact = facts(GetParam());
    std::unique_ptr<const Tokenizer> m_tokenizer = bpeTokenizer(m_fact);
};

TEST_P(HuggingFaceIds, OfStringsInManyScripts)
{
    ASSERT_EQ(m_fact["strings"].size(), 500u);
    for (std::size_t n = 0; n < strings().size(); ++n)
        EXPECT_EQ(summaryOf(ids(strings()[n], SpecialTokens::Literal), 8), m_fact["strings"][n].get<std::string>()) << n << ": " << strings()[n];
}

TEST_P(HuggingFaceIds, OfAddedTokens)
{
    ASSERT_FALSE(m_fact["parsed"].empty());   // strings whose ids change where added tokens are parsed
    for (std::size_t n = 0; n < strings().size(); ++n) {
        const json& expected = m_fact["parsed"].contains(std::to_string(n)) ? m_fact["parsed"][std::to_string(n)] : m_fact["strings"][n];
        EXPECT_EQ(summaryOf(ids(strings()[n], SpecialTokens::Parse), 8), expected.get<std::string>()) << n << ": " << strings()[n];
    }
}

TEST_P(HuggingFaceIds, OfBooks)
{
    for (const auto& [name, summary] : m_fact["books"].items()) {
        const auto path = std::filesystem::path(test::kSharedDir) / "books" / name;
        if (!std::filesystem::exists(path))
            GTEST_SKIP() << "needs " << path;
        EXPECT_EQ(summaryOf(ids(test::fileBytes(path), SpecialTokens::Literal), 64), summary.get<std::string>()) << name;
    }
}

INSTANTIATE_TEST_SUITE_P(Splits, HuggingFaceIds, ::testing::Values("bpe-gpt-2", "bpe-smollm", "bpe-llama-bpe", "bpe-qwen2", "bpe-tekken"));

TEST(DefaultModelIds, OfStringsInManyScripts)
{
    const auto file = GgufFile::open(test::kModelFile);
    if (!file)
        GTEST_SKIP() << "needs the default model";
    const auto tokenizer = Tokenizer::fromGguf(**file);
    ASSERT_TRUE(tokenizer);
    const json expected = facts("smollm2")["strings"];
    ASSERT_EQ(expected.size(), strings().size());
    std::size_t lacking = 0;
    for (std::size_t n = 0; n < strings().size(); ++n) {
        const std::vector<TokenId> ids = (*tokenizer)->encode(strings()[n], SpecialTokens::Parse).ids;
        if (expected[n].is_null()) {   // bytes that the vocabulary lacks
            EXPECT_NE((*tokenizer)->decode(ids).find("\uFFFD"), std::string::npos) << n;
            ++lacking;
        } else {
            EXPECT_EQ(summaryOf(ids, 8), expected[n].get<std::string>()) << n << ": " << strings()[n];
        }
    }
    EXPECT_LT(lacking, 5u);
}

} // namespace
} // namespace octavo
