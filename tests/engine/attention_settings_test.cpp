// SPDX-License-Identifier: Apache-2.0
// What a model may change in attention, against the oracle: gates per layer and head, the factor of its scores, how its heads are paired.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "attention/oracle.h"
#include "compute/cpu/cpu_backend.h"
#include "compute/cpu/host_attention.h"
#include "memory/hop_values.h"
#include "memory/kv_cache.h"

namespace octavo {
namespace {

constexpr std::uint32_t kLayers = 3;

oracle::Input randomInput()
{
    std::mt19937 random(7);
    std::normal_distribution<float> normal;
    oracle::Input input;
    input.heads = 4;
    input.kvHeads = 2;
    input.headWidth = 16;
    input.tokens = 90;
    input.plannedTokens = 90;
    const auto fill = [&](std::vector<float>& data, std::uint32_t heads) {
        data.resize(input.tokens * heads * input.headWidth);
        std::generate(data.begin(), data.end(), [&] { return normal(random); });
    };
    fill(input.q, input.heads);
    fill(input.k, input.kvHeads);
    fill(input.v, input.kvHeads);
    return input;
}

class AttentionSettings : public ::testing::Test {
protected:
    // Every layer reads the same queries, keys and values; and asks those after the first `read`. [layer][tokens][heads·width]
    std::vector<std::vector<float>> run(const ReadingPlan& plan, const AttentionShape& shape, std::uint64_t read)
    {
        ModelConfig config;
        config.layers = kLayers;
        config.heads = input.heads;
        config.kvHeads = input.kvHeads;
        config.headWidth = input.headWidth;
        config.context = static_cast<std::uint32_t>(input.context);
        const Rotary rotary({}, input.headWidth);
        const std::uint64_t row = plan.row(input.plannedTokens), step = plan.rowStep(input.plannedTokens, input.context);
        KvCache cache(config), own(config);
        const auto backend = makeCpuBackend(2);
        const auto hopValues = backend->hopValues(plan, config);
        const auto reading = backend->readingAttention(shape, plan, row, step, rotary, cache, *hopValues);
        EXPECT_TRUE(cache.grow(read).ok());
        reading->begin(0, static_cast<std::uint32_t>(read));
        std::vector<std::vector<float>> out(kLayers, std::vector<float>(input.q.size()));
        for (std::uint32_t layer = 0; layer < kLayers; ++layer)
            dynamic_cast<HostAttention&>(*reading).attend(layer, input.q.data(), input.k.data(), input.v.data(), out[layer].data(), {});
        const std::uint64_t asked = input.tokens - read;
        if (asked == 0)
            return out;
        EXPECT_TRUE(own.grow(asked).ok());
        const auto asking = backend->askingAttention(shape, kLayers, {row, step, input.context}, rotary, {&cache}, own);
        std::vector<CachedRun> runs;
        std::vector<AskedToken> tokens;
        for (std::uint64_t t = 0; t < input.tokens; ++t)
            runs.push_back({t < read ? 0u : 1u, 0, static_cast<std::uint32_t>(t < read ? t : t - read), 1, t / row, t % row});
        for (std::uint64_t t = read; t < input.tokens; ++t)
            tokens.push_back({t / row, t % row, t + 1});
        asking->begin(runs, tokens, 0, nullptr);
        const std::size_t skipQ = read * input.heads * input.headWidth, skipK = read * input.kvHeads * input.headWidth;
        for (std::uint32_t layer = 0; layer < kLayers; ++layer)
            dynamic_cast<HostAttention&>(*asking).attend(layer, &input.q[skipQ], &input.k[skipK], &input.v[skipK], &out[layer][skipQ], {});
        return out;
    }

    AttentionShape shape() const { return {input.heads, input.kvHeads, input.headWidth}; }

    static void expectClose(const std::vector<float>& fast, const std::vector<double>& slow)
    {
        // Keys and values in half precision: at most 2^-11 of |q·k|/√D < 16 in a score, so about 0.8 % of a weight. Hops add up.
        double worst = 0;
        for (std::size_t n = 0; n < fast.size(); ++n)
            worst = std::max(worst, std::abs(fast[n] - slow[n]));
        EXPECT_LE(worst, 0.02);
    }

    oracle::Input input = randomInput();
};

TEST_F(AttentionSettings, GatesPerLayerAndHeadEqualTheOracle)
{
    const std::vector<float> gates = {4, 0, 1, -3, /* layer 1 */ 0.5f, 2, 8, 1, /* layer 2 */ -1, -1, 3, 0};
    for (const ReadingPlan& plan : {ReadingPlan{{0, 16}, 4, 2, 64}, ReadingPlan{{0, 3, 8}, 4, 0, 64}}) {
        AttentionShape gated = shape();
        gated.gates = gates;
        const auto layers = run(plan, gated, input.tokens);
        for (std::uint32_t layer = 0; layer < kLayers; ++layer) {
            input.gates.assign(gates.begin() + layer * input.heads, gates.begin() + (layer + 1) * input.heads);
            expectClose(layers[layer], oracle::read(input, plan));
        }
    }
}

TEST_F(AttentionSettings, WideLayersSeeTheirReachAndTheOthersTheirRows)
{
    for (const std::uint32_t reach : {16u, 40u, 64u, 1000u}) {
        const ReadingPlan plan{{0, 16}, 4, 2, 64, {}, {reach, {0, 2}}};
        const auto layers = run(plan, shape(), input.tokens);
        for (const std::uint32_t layer : {0u, 2u})
            expectClose(layers[layer], oracle::read(input, plan.ofWideLayers()));
        expectClose(layers[1], oracle::read(input, plan));
        EXPECT_NE(layers[0], layers[1]);
    }
}

TEST_F(AttentionSettings, GatesAsThePlanHasThemChangeNothing)
{
    const ReadingPlan plan{{0, 16}, 4, 2, 64};
    const std::vector<float> gates(kLayers * input.heads, plan.gate);
    AttentionShape gated = shape();
    gated.gates = gates;
    EXPECT_EQ(run(plan, gated, input.tokens), run(plan, shape(), input.tokens));
}

TEST_F(AttentionSettings, ScoreFactorEqualsTheOracleReadingAndAsking)
{
    const ReadingPlan plan{{0, 16}, 1, 2, 64};
    AttentionShape warmer = shape();
    warmer.scoreFactor = 1.7f;
    input.scoreFactor = 1.7;
    expectClose(run(plan, warmer, 80)[0], oracle::ask(input, plan, 80));
}

TEST(Heads, AreNormedAndInterleavedAsWrittenDown)
{
    const auto backend = makeCpuBackend(2);
    std::mt19937 random(3);
    std::normal_distribution<float> normal;
    for (const std::size_t width : {16u, 48u, 64u, 128u})
        for (const std::size_t heads : {1u, 3u})
            for (const std::size_t count : {1u, 5u, 700u}) { // 700 · 3 · 128 elements are several tasks
                std::vector<float> x(count * heads * width), norm(width);
                std::generate(x.begin(), x.end(), [&] { return normal(random); });
                std::generate(norm.begin(), norm.end(), [&] { return normal(random); });
                for (const HeadArrangement& how : {HeadArrangement{norm.data(), 1e-6f, true}, {norm.data(), 1e-6f, false}, {nullptr, 0, true}}) {
                    std::vector<float> arranged = x;
                    backend->arrangeHeads(arranged.data(), count, heads, width, how);
                    for (std::size_t head = 0; head < count * heads; ++head) {
                        const float* before = &x[head * width];
                        double squares = 0;
                        for (std::size_t d = 0; d < width; ++d)
                            squares += static_cast<double>(before[d]) * before[d];
                        const double factor = how.norm ? 1 / std::sqrt(squares / static_cast<double>(width) + 1e-6) : 1.0;
                        for (std::size_t d = 0; d < width; ++d) {
                            const double expected = before[d] * factor * (how.norm ? norm[d] : 1.0);
                            const std::size_t to = !how.interleave ? d : d < width / 2 ? 2 * d : 2 * (d - width / 2) + 1;
                            ASSERT_NEAR(arranged[head * width + to], expected, std::abs(expected) * 1e-5) << width << ' ' << head << ' ' << d;
                        }
                    }
                }
            }
}

TEST(Heads, BiasIsAddedToEveryRow)
{
    const auto backend = makeCpuBackend(2);
    for (const std::size_t width : {1u, 17u, 300u}) {
        std::vector<float> bias(width), y(200 * width);
        for (std::size_t n = 0; n < width; ++n)
            bias[n] = static_cast<float>(n);
        for (std::size_t n = 0; n < y.size(); ++n)
            y[n] = static_cast<float>(n * 1000);
        backend->addBias(bias.data(), 200, width, y.data());
        for (std::size_t n = 0; n < y.size(); ++n)
            ASSERT_EQ(y[n], static_cast<float>(n * 1000) + bias[n % width]);
    }
}

} // namespace
} // namespace octavo
