// SPDX-License-Identifier: Apache-2.0
// The GPU's attention against the oracle. Built twice: for a GPU, and by g++ under the emulator (tests/support/cuda_emulator.h), where the same
// kernels run on the CPU.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "attention/oracle.h"
#include "compute/cuda/asking_attention.h"
#include "compute/cuda/wide_attention.h"
#include "engine/cuda/test_device.h"

namespace octavo::cuda {
namespace {

struct Case {
    ReadingPlan plan;
    std::uint64_t tokens;
    std::uint32_t heads, kvHeads, width;
    std::vector<std::uint32_t> chunks; // lengths in turn, repeated
    int device = 0;                    // which of the emulated ones
};

std::ostream& operator<<(std::ostream& out, const Case& c)
{
    return out << c.plan.toString() << ", " << c.tokens << " tokens, " << c.heads << "/" << c.kvHeads << " heads of " << c.width;
}

ReadingPlan folded(std::vector<std::uint32_t> dims, KvFormat kv = {}, std::uint32_t reachOfWide = 0)
{
    ReadingPlan plan;
    plan.dims = std::move(dims);
    plan.gate = 1.5f;
    plan.sinks = 3;
    plan.squeeze = 8;
    plan.kv = kv;
    if (reachOfWide > 0)
        plan.wide = {reachOfWide, {0}};
    return plan;
}

// Numbers that are halves already, so that only what is computed is rounded.
oracle::Input randomInput(const Case& c)
{
    std::mt19937 random(7);
    std::normal_distribution<float> normal;
    oracle::Input input;
    input.heads = c.heads;
    input.kvHeads = c.kvHeads;
    input.headWidth = c.width;
    input.tokens = input.plannedTokens = c.tokens;
    input.scoreFactor = 1.25;
    const auto fill = [&](std::vector<float>& data, std::size_t size) {
        data.resize(size);
        std::generate(data.begin(), data.end(), [&] { return __half2float(__float2half(normal(random))); });
    };
    fill(input.q, c.tokens * c.heads * c.width);
    fill(input.k, c.tokens * c.kvHeads * c.width);
    fill(input.v, c.tokens * c.kvHeads * c.width);
    return input;
}

ModelConfig oneLayer(const oracle::Input& input)
{
    ModelConfig config;
    config.layers = 1;
    config.heads = input.heads;
    config.kvHeads = input.kvHeads;
    config.headWidth = input.headWidth;
    config.context = static_cast<std::uint32_t>(input.context);
    return config;
}

class Layer {
public:
    Layer(Device& device, const oracle::Input& input, const ReadingPlan& plan)
        : m_device(device), m_input(input), m_rotary({.base = input.ropeBase}, input.headWidth), m_cache(oneLayer(input), plan.kv), m_own(oneLayer(input)),
          m_hopValues(device, plan, oneLayer(input)), m_row(plan.row(input.plannedTokens)), m_step(plan.rowStep(input.plannedTokens, input.context)),
          m_shape{input.heads, input.kvHeads, input.headWidth, static_cast<float>(input.scoreFactor)},
          m_out(input.q.size())
    {
        if (plan.wide.reach > 0)
            m_wide = std::make_unique<CudaWideReadingAttention>(device, m_shape, 1, plan, m_row, m_step, m_rotary, m_cache, m_hopValues);
        else
            m_rows = std::make_unique<CudaReadingAttention>(device, m_shape, 1, plan, m_row, m_step, m_rotary, m_cache, m_hopValues);
    }

    void read(std::uint64_t first, std::uint32_t count)
    {
        ASSERT_TRUE(m_cache.grow(first + count).ok());
        if (m_wide) {
            m_wide->begin(first, count);
            return attend(*m_wide, first, count);
        }
        m_rows->begin(first, count);
        attend(*m_rows, first, count);
    }

    AttentionRecord ask(std::uint64_t first, std::uint32_t runTokens, const AttentionRecordRequest* request)
    {
        const std::uint64_t count = m_input.tokens - first;
        EXPECT_TRUE(m_own.grow(count).ok());
        CudaAskingAttention asking(m_device, m_shape, 1, {m_row, m_step, m_input.context}, m_rotary, {&m_cache}, m_own);
        std::vector<CachedRun> runs;
        for (std::uint64_t t = 0; t < m_input.tokens;) {
            const std::uint64_t place = t < first ? t : t - first;
            const std::uint64_t end = std::min({t + runTokens, t + kPageTokens - place % kPageTokens, (t / m_row + 1) * m_row, t < first ? first : m_input.tokens});
            runs.push_back({t < first ? 0u : 1u, static_cast<std::uint32_t>(place / kPageTokens), static_cast<std::uint32_t>(place % kPageTokens),
                            static_cast<std::uint32_t>(end - t), t / m_row, t % m_row});
            t = end;
        }
        std::vector<AskedToken> asked;
        for (std::uint64_t t = first; t < m_input.tokens; ++t)
            asked.push_back({t / m_row, t % m_row, t + 1, t + 1});
        asking.begin(runs, asked, 0, request);
        attend(asking, first, static_cast<std::uint32_t>(count));
        return request ? asking.takeRecord() : AttentionRecord();
    }

    const std::vector<float>& result() const { return m_out; }
    KvCache& cache() { return m_cache; }
    DeviceHopValues& hopValues() { return m_hopValues; }

private:
    void attend(DeviceAttention& attention, std::uint64_t first, std::uint32_t count)
    {
        const std::size_t wide = static_cast<std::size_t>(m_shape.heads) * m_shape.headWidth, narrow = static_cast<std::size_t>(m_shape.kvHeads) * m_shape.headWidth;
        std::vector<__half> projected;
        const auto append = [&](const std::vector<float>& from, std::size_t begin, std::size_t size) {
            for (std::size_t n = begin; n < begin + size; ++n)
                projected.push_back(__float2half(from[n]));
        };
        for (std::uint64_t t = first; t < first + count; ++t) {
            append(m_input.q, t * wide, wide);
            append(m_input.k, t * narrow, narrow);
            append(m_input.v, t * narrow, narrow);
        }
        DeviceArray<__half> heads(m_device), out(m_device, count * wide);
        heads.fill(projected);
        attention.attend(0, {heads.data(), {}, {}, nullptr}, out.data());
        std::vector<__half> result(count * wide);
        m_device.download(result.data(), out.data(), result.size() * sizeof(__half));
        std::transform(result.begin(), result.end(), m_out.begin() + static_cast<std::ptrdiff_t>(first * wide), [](__half x) { return __half2float(x); });
    }

    Device& m_device;
    const oracle::Input& m_input;
    Rotary m_rotary;
    KvCache m_cache, m_own;
    DeviceHopValues m_hopValues;
    std::uint64_t m_row, m_step;
    AttentionShape m_shape;
    std::unique_ptr<CudaReadingAttention> m_rows;
    std::unique_ptr<CudaWideReadingAttention> m_wide; // of one layer, which is wide
    std::vector<float> m_out;
};

struct Deviation {
    double worst = 0, square = 0;
};

Deviation deviation(std::span<const float> result, std::span<const double> expected)
{
    Deviation d;
    for (std::size_t n = 0; n < result.size(); ++n) {
        const double off = std::abs(result[n] - expected[n]);
        d.worst = std::isfinite(off) ? std::max(d.worst, off) : std::numeric_limits<double>::infinity();
        d.square += off * off;
    }
    d.square /= static_cast<double>(result.size());
    return d;
}

// Queries and keys are rounded when they are turned and kept: halves by 2^-12 of themselves as a root mean square, whole numbers by a share √3 of half a
// step, of which 127 reach the largest of 32, about 3. Over the width these are independent, so that a score moves by √2·1.25 times as much, and a
// weighted mean of values about 1 large by no more; each hop adds its own.
double squareRootAllowed(const Case& c)
{
    const bool whole = c.plan.kv.keys == KvType::Q8_0 || c.plan.kv.values == KvType::Q8_0;
    return c.plan.hops() * std::sqrt(2) * 1.25 * (whole ? 3.0 / 254 / std::sqrt(3) : 1.0 / 4096);
}

void expectNear(const Case& c, const Deviation& d)
{
    EXPECT_LT(std::sqrt(d.square), squareRootAllowed(c));
    EXPECT_LT(d.worst, 12 * squareRootAllowed(c));
}

class CudaAttention : public ::testing::TestWithParam<Case> {};

TEST_P(CudaAttention, ReadsAsTheFormulaSays)
{
    OCTAVO_NEEDS_DEVICE(device, GetParam().device);
    const Case& c = GetParam();
    const oracle::Input input = randomInput(c);
    Layer layer(device, input, c.plan);
    std::uint64_t first = 0;
    for (std::size_t n = 0; first < c.tokens; ++n) {
        const std::uint32_t count = static_cast<std::uint32_t>(std::min<std::uint64_t>(c.chunks[n % c.chunks.size()], c.tokens - first));
        layer.read(first, count);
        first += count;
    }
    const Deviation d = deviation(layer.result(), oracle::read(input, c.plan.wide.reach > 0 ? c.plan.ofWideLayers() : c.plan));
    expectNear(c, d);
}

TEST_P(CudaAttention, AsksAsTheFormulaSays)
{
    OCTAVO_NEEDS_DEVICE(device, GetParam().device);
    const Case& c = GetParam();
    const oracle::Input input = randomInput(c);
    const std::uint64_t firstAsked = c.tokens - 21;
    Layer layer(device, input, c.plan);
    for (std::uint64_t first = 0; first < firstAsked;) {
        const std::uint32_t count = static_cast<std::uint32_t>(std::min<std::uint64_t>(200, firstAsked - first));
        layer.read(first, count);
        first += count;
    }
    AttentionRecordRequest request;
    request.spans = {{{5, firstAsked / 2}, true}};
    request.perHead = true;
    request.topTokens = 4;
    const AttentionRecord record = layer.ask(firstAsked, 37, &request);
    const std::size_t begin = firstAsked * c.heads * c.width;
    const std::vector<double> expected = oracle::ask(input, c.plan, firstAsked);
    const Deviation d = deviation(std::span(layer.result()).subspan(begin), std::span(expected).subspan(begin));
    expectNear(c, d);

    double sum = 0, inside = 0, heads = 0;
    for (std::size_t token = 0; token < record.mean.size(); ++token) {
        sum += record.mean[token];
        inside += token >= 5 && token < firstAsked / 2 ? record.mean[token] : 0;
    }
    EXPECT_NEAR(sum, 1, 2e-3);
    for (const float head : record.spans)
        heads += head / static_cast<double>(c.heads);
    EXPECT_NEAR(heads, inside, 2e-3);
    for (std::uint32_t head = 0; head < c.heads; ++head)
        for (std::uint32_t n = 1; n < 4; ++n)
            EXPECT_GE(record.top[head * 4 + n - 1].weight, record.top[head * 4 + n].weight);
}

const KvFormat kWholeKv{KvType::Q8_0, KvType::Q8_0};

INSTANTIATE_TEST_SUITE_P(Plans, CudaAttention,
                         ::testing::Values(Case{ReadingPlan::full(), 300, 2, 1, 64, {130, 1, 77}}, Case{folded({0, 64}), 400, 4, 2, 64, {200, 3, 65}},
                                           Case{folded({0, 100}), 350, 3, 1, 128, {350}}, Case{folded({0, 10, 24}), 500, 2, 1, 80, {111, 260}},
                                           Case{folded({3, 64}), 420, 4, 1, 96, {129}}, Case{folded({0, 64}, kWholeKv), 330, 2, 2, 128, {90}},
                                           Case{folded({0, 50}, {KvType::Q8_0, KvType::F16}), 260, 2, 1, 80, {70}},
                                           Case{folded({0, 256}, {KvType::F16, KvType::Q8_0}), 300, 2, 1, 96, {300}},
                                           Case{ReadingPlan::full(), 420, 2, 1, 64, {150, 1, 90}, 1}, Case{folded({0, 64}), 400, 4, 2, 64, {200, 3, 65}, 1},
                                           Case{folded({0, 200}), 450, 3, 1, 128, {450}, 1}, Case{folded({0, 10, 24}, kWholeKv), 500, 2, 1, 128, {111, 260}, 1},
                                           Case{folded({0, 64}, {}, 200), 500, 4, 2, 64, {210, 3, 65}}, Case{folded({0, 24}, {}, 96), 330, 2, 1, 80, {330}},
                                           Case{folded({0, 64}, kWholeKv, 128), 400, 2, 1, 128, {111, 260}}, Case{folded({0, 64}, {}, 200), 500, 4, 1, 128, {210, 3, 65}, 1}));

// What the device wrote comes home in the host's layout: the CPU can read on from it, and other way round.
TEST(CudaPages, ComeHomeAndGoBack)
{
    OCTAVO_NEEDS_DEVICE(device, 0);
    for (const KvFormat& format : {KvFormat{}, kWholeKv}) {
        const Case c{folded({0, 64}, format), 300, 4, 2, 80, {300}};
        const oracle::Input input = randomInput(c);
        Layer layer(device, input, c.plan);
        layer.read(0, 300);
        const KvPage& page = layer.cache().page(0);
        page.bytes();
        for (std::uint32_t token : {0u, 63u, 64u, 255u})
            for (std::uint32_t d : {0u, 31u, 32u, 79u}) {
                const KvSlots values = page.values(0, 1, token);
                const float expected = input.v[(token * 2 + 1) * 80 + d];
                const float got = format == KvFormat{} ? toFloat(reinterpret_cast<const Half*>(values.data)[d])
                                                       : static_cast<float>(static_cast<std::int8_t>(values.data[d])) * toFloat(values.scales[d / 32 * kPageTokens]);
                EXPECT_NEAR(got, expected, format == KvFormat{} ? 0 : 5.0 / 254) << token << " " << d;
                const KvSlots keys = page.keys(0, 1, token);
                const float key = format == KvFormat{} ? toFloat(reinterpret_cast<const Half*>(keys.data)[d * kPageTokens])
                                                       : static_cast<float>(static_cast<std::int8_t>(keys.data[d * kPageTokens])) * toFloat(keys.scales[d / 32 * kPageTokens]);
                if (token % 64 == 0) { // not turned
                    EXPECT_NEAR(key, input.k[(token * 2 + 1) * 80 + d], format == KvFormat{} ? 2e-3 : 5.0 / 254) << token << " " << d;
                }
            }
        const std::vector<std::byte> home(page.bytes(), page.bytes() + layer.cache().pageBytes());
        DevicePage back(device, PageLayout(oneLayer(input), format), page, false);
        back.written();
        std::vector<std::byte> again(home.size());
        back.bringHome(again.data());
        EXPECT_EQ(home, again);
    }
}

// A fork goes on from the copied values as the reading itself does.
TEST(CudaHopValues, GoOnFromASnapshot)
{
    OCTAVO_NEEDS_DEVICE(device, 0);
    const Case c{folded({0, 10, 24}), 500, 2, 1, 64, {}};
    const oracle::Input input = randomInput(c);
    Layer layer(device, input, c.plan);
    layer.read(0, 300);
    const HopSnapshot snapshot = layer.hopValues().snapshot(300);
    layer.read(300, 200);
    const std::vector<float> whole = layer.result();
    layer.hopValues().restore(snapshot);
    layer.read(300, 200);
    EXPECT_EQ(whole, layer.result());
}

TEST(CudaTiles, CoverEveryTokenOnceAndNeverTwoRows)
{
    for (const std::uint64_t row : {1u, 7u, 64u, 100u, 1024u})
        for (const std::uint64_t first : {0u, 1u, 63u, 100u, 1023u, 5000u})
            for (const std::uint32_t count : {1u, 5u, 64u, 129u, 1000u, 4096u}) {
                std::uint64_t next = 0;
                for (std::uint32_t n = 0; n < queryTiles(first, count, row, 64); ++n) {
                    const QueryTile tile = queryTile(first, count, row, 64, n);
                    ASSERT_EQ(tile.begin, next);
                    ASSERT_GT(tile.count, 0u);
                    ASSERT_LE(tile.count, 64u);
                    ASSERT_EQ((first + tile.begin) / row, (first + tile.begin + tile.count - 1) / row);
                    next += tile.count;
                }
                ASSERT_EQ(next, count) << row << " " << first;
            }
}

} // namespace
} // namespace octavo::cuda
