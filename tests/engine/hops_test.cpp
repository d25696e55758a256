// SPDX-License-Identifier: Apache-2.0
// Where answers and readings looked: every number is a part of an exact softmax row or of a product of hop weights.
#include <gtest/gtest.h>

#include <numeric>

#include "support/tiny_model.h"

namespace octavo {
namespace {

class Hops : public test::TinyModel {
protected:
    std::unique_ptr<Asking> asked(const Reading& reading, AskingOptions options) const
    {
        const Reading* readings[] = {&reading};
        auto asking = Asking::over(readings, std::move(options));
        EXPECT_TRUE(asking.ok() && (*asking)->prefill(someIds(9, 2), {}).ok());
        return std::move(*asking);
    }
    static double sumOf(std::span<const float> values) { return std::accumulate(values.begin(), values.end(), 0.0); }
};

TEST_F(Hops, HeadsAddUpAndTheirMeanIsTheRecord)
{
    const auto reading = read(someIds(700), plan, 2000);
    const auto asking = asked(*reading, {.spans = {{2, 100}, {100, 400}, {450, 700}}, .topTokens = 5, .perHead = true});
    const HopRecord& record = asking->lastHops();
    const HeadHops& heads = asking->lastHeads();
    ASSERT_EQ(heads.layers, 2u);
    ASSERT_EQ(heads.heads, 4u);
    const HopRecord mean = heads.mean({});
    for (std::size_t n = 0; n < 3; ++n)
        EXPECT_NEAR(mean.spans[n], record.spans[n], 1e-6);
    EXPECT_NEAR(mean.sinks, record.sinks, 1e-6);
    EXPECT_NEAR(mean.outside, record.outside, 1e-6);
    EXPECT_GT(record.sinks, 0);
    for (std::uint32_t layer = 0; layer < 2; ++layer)
        for (std::uint32_t head = 0; head < 4; ++head) {
            const std::uint32_t row = layer * 4 + head;
            EXPECT_NEAR(sumOf(heads.spansOf(layer, head)) + heads.sinks[row] + heads.outside[row], 1.0, 1e-5);
            for (std::size_t n = 0; n + 1 < 5; ++n)
                EXPECT_GE(heads.topOf(layer, head)[n].weight, heads.topOf(layer, head)[n + 1].weight);
            EXPECT_GE(heads.topOf(layer, head)[4].token, 4u) << "the first tokens are sinks, though a span begins at 2";
            // The record of one head alone is that head.
            const HopRecord alone = asked(*reading, {.spans = {{2, 100}, {100, 400}, {450, 700}}, .topTokens = 5, .heads = {{layer}, {head}}})->lastHops();
            for (std::size_t n = 0; n < 3; ++n)
                EXPECT_NEAR(alone.spans[n], heads.spansOf(layer, head)[n], 1e-6);
            for (std::size_t n = 0; n < 5; ++n)
                EXPECT_EQ(alone.top[n], heads.topOf(layer, head)[n]);
        }
    const HopRecord rest = record.withoutSinks();
    EXPECT_NEAR(sumOf(rest.spans) + rest.outside, 1.0, 1e-5);
    EXPECT_EQ(rest.sinks, 0);
    const Reading* readings[] = {reading.get()};
    EXPECT_EQ(Asking::over(readings, {.heads = {{2}, {}}}).error().code, Errc::InvalidArgument);
}

TEST_F(Hops, FactorsMultiplyBackToTheExactSoftmaxRow)
{
    const auto reading = read(someIds(700), plan, 2000);
    AskingOptions options{.perHead = true}; // every token a span of its own: the whole row
    for (std::uint64_t t = 0; t < 700; ++t)
        options.spans.push_back({t, t + 1});
    const auto asking = asked(*reading, options);
    // Chapters of 200 tokens, sections of 50, blocks of 10.
    std::vector<std::vector<std::uint32_t>> parents(3);
    for (std::uint32_t n = 0; n < 14; ++n)
        parents[0].push_back(n / 4);
    for (std::uint32_t n = 0; n < 70; ++n)
        parents[1].push_back(n / 5);
    for (std::uint32_t n = 0; n < 700; ++n)
        parents[2].push_back(n / 10);
    for (std::uint32_t layer = 0; layer < 2; ++layer)
        for (std::uint32_t head = 0; head < 4; ++head) {
            const auto row = asking->lastHeads().spansOf(layer, head);
            const auto factors = factorize(row, parents, 4);
            for (std::uint32_t t = 0; t < 700; ++t) {
                const double product = factors[0][t / 200] * factors[1][t / 50] * factors[2][t / 10] * factors[3][t];
                ASSERT_NEAR(product, row[t], 1e-5);
            }
            for (std::uint32_t section = 0; section < 14; ++section)
                EXPECT_NEAR(std::accumulate(&factors[2][section * 5], &factors[2][section * 5] + 5, 0.0), 1.0, 1e-12);
            EXPECT_NEAR(std::accumulate(factors[0].begin(), factors[0].end(), 0.0), sumOf(row), 1e-9);
        }
}

TEST(Factorize, PartsWithoutWeightShareNothing)
{
    const std::vector<float> weights{0, 0, 0.25f, 0.5f};
    const std::vector<std::vector<std::uint32_t>> parents{{0, 0, 1, 1}};
    const auto factors = factorize(weights, parents, 2);
    EXPECT_EQ(factors[0], (std::vector<double>{0, 0.75}));
    EXPECT_EQ(factors[1][0], 0);
    EXPECT_DOUBLE_EQ(factors[1][3], 2.0 / 3);
}

TEST_F(Hops, EveryTokenOfAReadingCanSayWhereItLooked)
{
    const auto ids = someIds(1500);
    for (const ReadingPlan& how : {plan, ReadingPlan{{0, 4, 16}, 2, 3, 64, {}}, ReadingPlan{{0, 64}, 4, 4, 64, {KvType::Q8_0, KvType::Q8_0}},
                                   ReadingPlan{{0, 64}, 4, 4, 64, {}, {200, {1}}}, ReadingPlan::full()}) {
        const auto reading = read(ids, how, 2000);
        const std::vector<float> before = ask({reading.get()}, someIds(4, 3));
        for (const std::uint64_t token : {0u, 63u, 700u, 1499u}) {
            const auto hops = reading->hopsOf(token, {}, 8, {});
            ASSERT_TRUE(hops.ok());
            EXPECT_EQ(hops->token, token);
            ASSERT_EQ(hops->weights.size(), token + 1);
            EXPECT_NEAR(sumOf(hops->weights), 1.0, 1e-4);
            ASSERT_GE(hops->paths.size(), std::min<std::size_t>(8, token + 1)); // what a wide layer sees has two ways
            ASSERT_LE(hops->paths.size(), 8u);
            for (const HopPath& path : hops->paths) {
                ASSERT_TRUE(path.stations.size() == how.hops() || (path.stations.size() == 1 && (path.stations[0] < how.sinks || path.stations[0] + how.wide.reach > token)));
                std::uint64_t from = token;
                for (const std::uint64_t station : path.stations) {
                    EXPECT_LE(station, from);
                    from = station;
                }
                EXPECT_TRUE(std::is_sorted(path.weights.rbegin(), path.weights.rend())) << "a way cannot weigh more than its beginning";
                EXPECT_LE(path.weights.back(), hops->weights[path.stations.back()] + 1e-7f);
            }
        }
        EXPECT_EQ(ask({reading.get()}, someIds(4, 3)), before) << "looking changes nothing";

        // The mean of the layers is the mean.
        const auto mean = reading->hopsOf(900, {}, 1, {}), lower = reading->hopsOf(900, {{0}, {}}, 1, {}), upper = reading->hopsOf(900, {{1}, {}}, 1, {});
        for (std::size_t t = 0; t <= 900; ++t)
            ASSERT_NEAR(mean->weights[t], (lower->weights[t] + upper->weights[t]) / 2, 1e-6);

        // From disk the same numbers come.
        const auto file = folder / "kept.oct";
        ASSERT_TRUE(reading->save(file, {}).ok());
        const auto loaded = Reading::load(file, model, how, 2000, ids, {});
        EXPECT_EQ((*loaded)->hopsOf(900, {}, 1, {})->weights, mean->weights);
    }
    const auto reading = read(ids, plan, 2000);
    EXPECT_EQ(reading->hopsOf(1500, {}, 1, {}).error().code, Errc::InvalidArgument);
    EXPECT_EQ(reading->hopsOf(5, {{}, {4}}, 1, {}).error().code, Errc::InvalidArgument);
    std::stop_source stop;
    stop.request_stop();
    EXPECT_EQ(reading->hopsOf(5, {}, 1, stop.get_token()).error().code, Errc::Stopped);
}

} // namespace
} // namespace octavo
