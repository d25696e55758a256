// SPDX-License-Identifier: Apache-2.0
// The default model on real books: facts hidden in two readings are found in each when both are asked together, in either format of keys and values.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iostream>

#include "octavo/engine/asking.h"
#include "support/paths.h"

namespace octavo {
namespace {

struct Needle {
    const char* book;
    std::size_t at;      // byte of the excerpt
    const char* city;
    const char* key;
};

constexpr Needle kNeedles[] = {{"moby-dick.txt", 4000, "Lisbon", "48213"}, {"middlemarch.txt", 9000, "Helsinki", "13864"}};
constexpr std::size_t kExcerptBegin = 60'000, kExcerptSize = 14'000; // bytes: about 3,500 tokens
constexpr std::uint64_t kPlanned = 8000;

class TwoBooks : public ::testing::TestWithParam<KvFormat> {
protected:
    void SetUp() override
    {
        if (!std::filesystem::exists(test::kModelFile))
            GTEST_SKIP() << "the default model is not there: " << test::kModelFile;
        for (const Needle& needle : kNeedles)
            if (!std::filesystem::exists(bookPath(needle)))
                GTEST_SKIP() << "a test novel is not there: " << bookPath(needle);
        model = *Model::open(test::kModelFile, *Engine::create({.precision = Precision::Float32, .device = DeviceChoice::Cpu}));
    }

    static std::filesystem::path bookPath(const Needle& needle) { return std::filesystem::path(test::kSharedDir) / "books" / needle.book; }

    std::vector<TokenId> encode(const std::string& text) const { return model->tokenizer().encode(text, SpecialTokens::Parse).ids; }

    // An excerpt with a fact in it, as a document of its own.
    std::unique_ptr<Reading> read(const Needle& needle) const
    {
        std::ifstream file(bookPath(needle), std::ios::binary);
        file.seekg(kExcerptBegin);
        std::string text(kExcerptSize, '\0');
        file.read(text.data(), static_cast<std::streamsize>(text.size()));
        const std::string city = needle.city, key = needle.key;
        text.insert(text.find(' ', needle.at), "\n\nThe secret number of " + city + " is " + key + ". Remember it. " + key + " is the secret number of " + city + ".\n\n");
        ReadingPlan plan;
        plan.kv = GetParam();
        auto reading = Reading::start(model, plan, kPlanned);
        EXPECT_TRUE((*reading)->read(intro(), {}, {}).ok() && (*reading)->read(encode(text), {}, {}).ok());
        return std::move(*reading);
    }

    std::vector<TokenId> intro() const { return encode(model->chat().documentIntro("You are a helpful assistant.")); }

    // Mean negative log likelihood of the right digits.
    double ask(std::vector<const Reading*> readings, const Needle& needle) const
    {
        const std::string city = needle.city;
        const auto question = encode("\n\nWhat is the secret number of " + city + "?" + model->chat().answerIntro() + "The secret number of " + city + " is");
        const auto answer = encode(" " + std::string(needle.key));
        AskingOptions options;
        std::uint64_t begin = 0;
        for (const Reading* reading : readings) { // one introduction is enough: the first tokens of another would draw attention away from both texts
            if (begin > 0)
                options.hidden.push_back({begin, begin + intro().size()});
            begin += reading->tokens();
        }
        auto asking = Asking::over(readings, options);
        EXPECT_TRUE((*asking)->prefill(question, {}).ok());
        const auto scores = (*asking)->prefillAndScore(answer, 0, {});
        double sum = 0;
        for (const TokenScore& score : *scores)
            sum += score.nll;
        return sum / static_cast<double>(answer.size());
    }

    std::shared_ptr<const Model> model;
};

TEST_P(TwoBooks, AskedTogetherAnswerLikeEachAlone)
{
    const auto first = read(kNeedles[0]), second = read(kNeedles[1]);
    const double alone = (ask({first.get()}, kNeedles[0]) + ask({second.get()}, kNeedles[1])) / 2;
    const double together = (ask({first.get(), second.get()}, kNeedles[0]) + ask({first.get(), second.get()}, kNeedles[1])) / 2;
    std::cout << "mean NLL of the right digits with " << GetParam().toString() << " keys and values: alone " << alone << ", together " << together << '\n';
    EXPECT_LT(alone, 1.0); // found at all: a digit by chance is 2.3
    EXPECT_LE(together, alone + 0.2);
}

INSTANTIATE_TEST_SUITE_P(Formats, TwoBooks, ::testing::Values(KvFormat{}, KvFormat{KvType::Q8_0, KvType::Q8_0}));

} // namespace
} // namespace octavo
