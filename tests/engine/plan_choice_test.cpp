// SPDX-License-Identifier: Apache-2.0
// Which plan is chosen for which text and model, and that what it is said to cost is what the formula of the hops costs.
#include "octavo/engine/plan_choice.h"

#include <gtest/gtest.h>

namespace octavo {
namespace {

using Reason = PlanChoice::Reason;
using Dims = std::vector<std::uint32_t>;

constexpr std::uint64_t kMiB = 1024 * 1024;

ModelConfig config(std::uint32_t layers, std::uint32_t hidden, std::uint32_t heads, std::uint32_t kvHeads, std::uint32_t feedForward, std::uint32_t context)
{
    ModelConfig config;
    config.layers = layers;
    config.hidden = hidden;
    config.heads = heads;
    config.kvHeads = kvHeads;
    config.headWidth = hidden / heads;
    config.feedForward = feedForward;
    config.context = context;
    return config;
}

const ModelConfig kSmol = config(30, 576, 9, 3, 1536, 8192);
const ModelConfig kLlama8B = config(32, 4096, 32, 8, 14336, 131072);
const ModelConfig kTinyLlama = config(22, 2048, 32, 4, 5632, 2048);
const ModelConfig kShort = config(2, 64, 4, 2, 128, 100);
const ModelConfig* const kModels[] = {&kSmol, &kLlama8B, &kTinyLlama, &kShort};
constexpr std::uint64_t kLengths[] = {0,     1,     63,    64,     65,      1000,      1024,      1025,          2048,      4095,
                                      4096,  4097,  8192,  32'768, 262'144, 262'145,   1'000'000, 1'048'576,     1'048'577, 5'000'000,
                                      33'000'000};

TEST(PlanChoice, LengthModelAndMemoryDecide)
{
    struct Row {
        const ModelConfig& model;
        std::uint64_t tokens;
        std::uint64_t memory;
        Dims dims;
        Reason reason;
    };
    const Row rows[] = {
        {kSmol, 0, 0, {0, 1024}, Reason::OneRow},
        {kSmol, 1024, 0, {0, 1024}, Reason::OneRow},
        {kSmol, 1025, 0, {0, 1024}, Reason::Rows},
        {kSmol, 100'000, 1, {0, 1024}, Reason::Rows}, // too little for any plan: starting the reading says so
        {kSmol, 1'048'576, 0, {0, 1024}, Reason::Rows},
        {kSmol, 1'048'577, 0, {0, 32, 1024}, Reason::ThirdDimension},
        {kSmol, 1'048'577, 30'000 * kMiB, {0, 32, 1024}, Reason::ThirdDimension},
        {kSmol, 1'048'577, 24'000 * kMiB, {0, 1024}, Reason::NoRoomForThird},
        {kLlama8B, 2000, 0, {0, 1024}, Reason::Rows},
        {kLlama8B, 2'000'000, 0, {0, 32, 1024}, Reason::ThirdDimension},
        {kTinyLlama, 512, 0, {0, 512}, Reason::OneRow},
        {kTinyLlama, 1024, 0, {0, 512}, Reason::Rows},
        {kTinyLlama, 262'145, 0, {0, 32, 512}, Reason::ThirdDimension},
        {kShort, 65, 0, {0, 64}, Reason::Rows},
        {kShort, 4097, 0, {0, 8, 64}, Reason::ThirdDimension},
    };
    for (const Row& row : rows) {
        SCOPED_TRACE(std::to_string(row.tokens) + " tokens, context " + std::to_string(row.model.context));
        const PlanChoice choice = choosePlan(row.model, row.tokens, 8192, row.memory);
        EXPECT_EQ(choice.plan.dims, row.dims);
        EXPECT_EQ(choice.reason, row.reason);
    }
}

TEST(PlanChoice, EveryChoiceIsAPlanWhoseCostStaysNearOrBelowFullAttention)
{
    for (const ModelConfig* model : kModels) {
        PlanChoice before;
        for (const std::uint64_t tokens : kLengths) {
            SCOPED_TRACE(std::to_string(tokens) + " tokens, context " + std::to_string(model->context));
            const PlanChoice choice = choosePlan(*model, tokens, 8192, 0);
            EXPECT_TRUE(choice.plan.check().ok());
            // A coarse hop looks at the token itself once more; apart from that no key is looked at twice.
            EXPECT_LE(choice.keysPerToken, choice.fullKeysPerToken + choice.plan.hops() - 1);
            if (tokens >= 2 * choice.plan.dims.back()) {
                EXPECT_LT(choice.flopPerToken(), choice.fullFlopPerToken());
            }
            // At the length where the third dimension begins keys per token fall; apart from that all costs grow with the text.
            if (choice.plan == before.plan) {
                EXPECT_GE(choice.keysPerToken, before.keysPerToken);
            }
            EXPECT_GE(choice.kvBytes, before.kvBytes);
            EXPECT_GE(choice.hopBytes, before.hopBytes);
            EXPECT_EQ(choice.kvBytes, (tokens + 8192 + 255) / 256 * 256 * model->kvBytesPerToken()) << "whole pages";
            before = choice;
        }
    }
}

TEST(PlanChoice, AllReadingsOfAModelHaveRowsOfOneLength)
{
    for (const ModelConfig* model : kModels)
        for (const std::uint64_t tokens : kLengths)
            for (const std::uint64_t memory : {0ull, 1ull, 1ull << 40})
                EXPECT_EQ(choosePlan(*model, tokens, 8192, memory).plan.dims.back(), rowFor(*model));
}

TEST(PlanChoice, PositionsStayInsideTheContextAsLongAsTwoDimensionsDo)
{
    for (std::uint32_t context = 192; context <= 140'000; context = context * 5 / 4) {
        const std::uint64_t row = rowFor(config(2, 64, 4, 2, 128, context));
        const ReadingPlan plan{{0, static_cast<std::uint32_t>(row)}, 4, 4, 64};
        const std::uint64_t farRows = row - 2; // of row² tokens, beyond the row at hand and the one before
        EXPECT_LE(2 * row + farRows * plan.rowStep(row * row, context), context) << context;
    }
}

TEST(PlanChoice, MeanKeysAreTheSumOverTokensAndHops)
{
    for (const Dims& dims : {Dims{0}, Dims{0, 8}, Dims{0, 3, 8}, Dims{5, 4}, Dims{0, 2, 3, 4}}) {
        ReadingPlan plan;
        plan.dims = dims;
        for (const std::uint64_t tokens : {1u, 7u, 8u, 9u, 24u, 25u, 100u, 577u}) {
            std::uint64_t keys = 0;
            for (std::uint64_t t = 0; t < tokens; ++t)
                for (std::uint32_t hop = 0; hop < plan.hops(); ++hop)
                    for (std::uint64_t a = 0; (dims[hop] == 0 || a < dims[hop]) && a * plan.stride(hop) <= t; ++a)
                        ++keys;
            EXPECT_DOUBLE_EQ(costOf(plan, kSmol, tokens, 0).keysPerToken, static_cast<double>(keys) / static_cast<double>(tokens))
                << plan.toString() << ", " << tokens << " tokens";
        }
    }
}

TEST(PlanChoice, WideLayersCountByTheirShare)
{
    ReadingPlan plan;
    plan.wide = {4096, {17, 18, 20, 23}};
    const double rows = costOf({}, kSmol, 20'000, 0).keysPerToken, window = costOf(plan.ofWideLayers(), kSmol, 20'000, 0).keysPerToken;
    EXPECT_DOUBLE_EQ(costOf(plan, kSmol, 20'000, 0).keysPerToken, (26 * rows + 4 * window) / 30);
    EXPECT_EQ(costOf(plan, kSmol, 20'000, 0).hopBytes, costOf({}, kSmol, 20'000, 0).hopBytes) << "they keep nothing beside keys and values";
}

TEST(PlanChoice, WideLayersAreOfTheModelThatWasMeasuredAndOfNoAdapter)
{
    ModelConfig smol = kSmol;
    EXPECT_EQ(wideLayersFor(smol), WideLayers{});
    smol.name = "Smollm2 135M 8k Lc100K Mix1 Ep2";
    const WideLayers wide = wideLayersFor(smol);
    EXPECT_EQ(choosePlan(smol, 20'000, 0, 0).plan.wide, wide);
    EXPECT_TRUE(choosePlan(smol, 2'000'000, 0, 0).plan.check().ok());
    EXPECT_FALSE(wide.layers.empty());
    smol.wideLayers = WideLayers{2048, {3, 5}};
    EXPECT_EQ(choosePlan(smol, 20'000, 0, 0).plan.wide, *smol.wideLayers) << "whoever measured knows better";
    smol.wideLayers = WideLayers{};
    EXPECT_EQ(choosePlan(smol, 20'000, 0, 0).plan.wide, WideLayers{});
    smol.wideLayers = WideLayers{2048, {3, 5}};
    smol.gates.assign(270, 4.0f);
    EXPECT_EQ(wideLayersFor(smol), WideLayers{});
}

TEST(WideLayers, ComeBackFromTheirTextAndRefuseOthers)
{
    for (const WideLayers& wide : {WideLayers{4096, {17, 18, 20, 23}}, WideLayers{1024, {0}}})
        EXPECT_EQ(*WideLayers::parse(wide.toString()), wide);
    EXPECT_EQ(WideLayers{}.toString(), "");
    for (const char* text : {"", "4096", "4096@", "@1", "4096@1,", "4096,1", "4096@1@2", "4096@x", "4096@-1", "4096@1 ", "99999999999@1", "4096@1,,2"})
        EXPECT_EQ(WideLayers::parse(text).error().code, Errc::InvalidArgument) << text;
}

TEST(PlanChoice, FlopAndBytesAreThoseOfTheDefaultModel)
{
    const PlanChoice choice = costOf({}, kSmol, 65'536, 8192);
    EXPECT_DOUBLE_EQ(choice.matrixFlopPerToken, 212'336'640.0); // two per weight of the layers: SmolLM2-135M has 106,168,320
    EXPECT_DOUBLE_EQ(choice.attentionFlopPerToken, 69'120.0 * choice.keysPerToken);
    EXPECT_DOUBLE_EQ(choice.fullAttentionFlopPerToken, 69'120.0 * 32'768.5);
    EXPECT_EQ(choice.hopBytes, 2u * 30 * 9 * 64 * (1024 + 512 + 4 * 1024)); // the ring, and a row kept every 18,432 tokens
    EXPECT_EQ(choice.reason, Reason::AsAskedFor);
}

} // namespace
} // namespace octavo
