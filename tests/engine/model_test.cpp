// SPDX-License-Identifier: Apache-2.0
// The default model against the facts of the reference (float32 on the same file).
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <numeric>

#include "octavo/engine/asking.h"
#include "support/paths.h"

namespace octavo {
namespace {

class DefaultModel : public ::testing::Test {
protected:
    void SetUp() override
    {
        const auto fixtures = std::filesystem::path(test::kSharedDir) / "reference/fixtures.json";
        if (!std::filesystem::exists(test::kModelFile))
            GTEST_SKIP() << "the default model is not there: " << test::kModelFile;
        if (!std::filesystem::exists(fixtures))
            GTEST_SKIP() << "the reference's facts are not there: " << fixtures;
        facts = nlohmann::json::parse(std::ifstream(fixtures));
        auto opened = Model::open(test::kModelFile, *Engine::create({.precision = Precision::Float32, .device = DeviceChoice::Cpu}));
        ASSERT_TRUE(opened.ok()) << opened.error().subject << ' ' << opened.error().detail;
        model = *opened;
    }

    // Logits after `ids`, read with `plan`.
    std::vector<float> logits(const std::vector<TokenId>& ids, const ReadingPlan& plan) const
    {
        auto reading = Reading::start(model, plan, ids.size());
        EXPECT_TRUE(reading.ok() && (*reading)->read(ids, {}, {}).ok());
        return *(*reading)->lastLogits();
    }

    static void expectTop(const std::vector<float>& logits, const nlohmann::json& top)
    {
        std::vector<TokenId> order(logits.size());
        std::iota(order.begin(), order.end(), 0);
        std::partial_sort(order.begin(), order.begin() + top.size(), order.end(), [&](TokenId a, TokenId b) { return logits[a] > logits[b]; });
        for (std::size_t n = 0; n < top.size(); ++n) {
            EXPECT_EQ(order[n], top[n][0].get<TokenId>()) << "place " << n;
            // The reference caches keys and values in float32, this engine in half precision.
            EXPECT_NEAR(logits[top[n][0].get<std::size_t>()], top[n][1].get<float>(), 0.05);
        }
    }

    nlohmann::json facts;
    std::shared_ptr<const Model> model;
};

TEST_F(DefaultModel, FullAttentionGivesTheReferencesLogits)
{
    for (const auto& fact : facts["logits"]) {
        const auto ids = model->tokenizer().encode(fact["prompt"].get<std::string>(), SpecialTokens::Parse).ids;
        const std::vector<float> row = logits(ids, ReadingPlan::full());
        expectTop(row, fact["top"]);
        const double mean = std::accumulate(row.begin(), row.end(), 0.0) / row.size();
        EXPECT_NEAR(mean, fact["mean"].get<double>(), 0.01);
    }
}

TEST_F(DefaultModel, TensorizedReadingGivesTheReferencesLogitsAndLikelihood)
{
    const auto& fact = facts["tensorized"];
    const ReadingPlan plan{fact["dims"].get<std::vector<std::uint32_t>>(), fact["gate"].get<float>(), fact["sinks"].get<std::uint32_t>(), 64, {}};
    const auto ids = fact["ids"].get<std::vector<TokenId>>();
    const std::vector<float> row = logits(ids, plan);
    std::vector<TokenId> best;
    for (const auto& entry : fact["top"]) {
        EXPECT_NEAR(row[entry[0].get<std::size_t>()], entry[1].get<float>(), 0.05);
        best.push_back(entry[0].get<TokenId>());
    }
    EXPECT_EQ(std::max_element(row.begin(), row.end()) - row.begin(), best.front());

    auto reading = Reading::start(model, plan, ids.size());
    ASSERT_TRUE(reading.ok());
    const auto scores = (*reading)->readAndScore(ids, 96, {});
    ASSERT_TRUE(scores.ok());
    ASSERT_EQ(scores->size(), 64u);
    double nll = 0;
    for (const TokenScore& score : *scores)
        nll += score.nll / 64;
    EXPECT_NEAR(nll, fact["nll_last_64"].get<double>(), 0.01);
}

TEST_F(DefaultModel, AskingContinuesAFullReadingExactly)
{
    // Reading all at once and reading a part, then asking the rest, are the same attention as long as the text is short.
    const auto ids = model->tokenizer().encode("Call me Ishmael. Some years ago, never mind how long precisely, having little money", SpecialTokens::Literal).ids;
    const std::vector<float> whole = logits(ids, ReadingPlan::full());
    for (const ReadingPlan& plan : {ReadingPlan::full(), ReadingPlan()}) {
        auto reading = Reading::start(model, plan, ids.size());
        ASSERT_TRUE((*reading)->read(std::span(ids).first(7), {}, {}).ok());
        const Reading* readings[] = {reading->get()};
        auto asking = Asking::over(readings, {});
        ASSERT_TRUE((*asking)->prefill(std::span(ids).subspan(7, 3), {}).ok());
        ASSERT_TRUE((*asking)->prefill(std::span(ids).subspan(10), {}).ok());
        const std::vector<float> parts = (*asking)->lastLogits();
        for (std::size_t n = 0; n < whole.size(); ++n)
            ASSERT_NEAR(parts[n], whole[n], 0.02);
    }
}

} // namespace
} // namespace octavo
