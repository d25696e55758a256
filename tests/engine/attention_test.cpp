// SPDX-License-Identifier: Apache-2.0
// The fast attention against the oracle, and what must hold whatever the numbers.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <span>

#include "attention/oracle.h"
#include "compute/cpu/cpu_backend.h"
#include "compute/cpu/host_attention.h"
#include "memory/hop_values.h"
#include "memory/kv_cache.h"
#include "support/tiny_quantize.h"

namespace octavo {
namespace {

struct Case {
    ReadingPlan plan;
    std::uint64_t tokens;
    std::uint64_t planned;
    std::uint32_t heads, kvHeads, width;
    std::vector<std::uint32_t> chunks; // lengths in turn, repeated
};

std::ostream& operator<<(std::ostream& out, const Case& c)
{
    return out << c.plan.toString() << ", " << c.tokens << " tokens, " << c.heads << "/" << c.kvHeads << " heads of " << c.width;
}

oracle::Input randomInput(const Case& c, std::uint64_t seed = 1)
{
    std::mt19937 random(static_cast<std::uint32_t>(seed));
    std::normal_distribution<float> normal;
    oracle::Input input;
    input.heads = c.heads;
    input.kvHeads = c.kvHeads;
    input.headWidth = c.width;
    input.tokens = c.tokens;
    input.plannedTokens = c.planned;
    const auto fill = [&](std::vector<float>& data, std::size_t size) {
        data.resize(size);
        std::generate(data.begin(), data.end(), [&] { return normal(random); });
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

HostAttention& host(LayerAttention& attention) { return dynamic_cast<HostAttention&>(attention); }

// One attention layer, as a reading and a conversation drive it.
class Layer {
public:
    Layer(const oracle::Input& input, const ReadingPlan& plan, int threads = 2, Precision precision = Precision::Float32)
        : m_input(input), m_plan(plan), m_backend(makeCpuBackend(threads, precision)), m_rotary({.base = input.ropeBase}, input.headWidth), m_cache(oneLayer(input), plan.kv),
          m_own(oneLayer(input)), m_hopValues(m_backend->hopValues(plan, oneLayer(input))),
          m_row(plan.row(input.plannedTokens)), m_step(plan.rowStep(input.plannedTokens, input.context)), m_out(input.q.size())
    {
        m_reading = m_backend->readingAttention(shape(), plan, m_row, m_step, m_rotary, m_cache, *m_hopValues);
    }

    void read(std::uint64_t first, std::uint32_t count)
    {
        ASSERT_TRUE(m_cache.grow(first + count).ok());
        m_reading->begin(first, count);
        host(*m_reading).attend(0, q(first), k(first), v(first), out(first), {});
    }

    // Tokens [first, end) ask; those before were read.
    AttentionRecord ask(std::uint64_t first, const AttentionRecordRequest& request)
    {
        const std::uint64_t count = m_input.tokens - first;
        EXPECT_TRUE(m_own.grow(count).ok());
        auto asking = m_backend->askingAttention(shape(), 1, {m_row, m_step, m_input.context}, m_rotary, {&m_cache}, m_own);
        std::vector<CachedRun> runs;
        for (std::uint64_t t = 0; t < m_input.tokens; ++t) { // the shortest runs there are
            const std::uint64_t place = t < first ? t : t - first;
            runs.push_back({t < first ? 0u : 1u, static_cast<std::uint32_t>(place / kPageTokens), static_cast<std::uint32_t>(place % kPageTokens), 1,
                            t / m_row, t % m_row});
        }
        std::vector<AskedToken> asked;
        for (std::uint64_t t = first; t < m_input.tokens; ++t)
            asked.push_back({t / m_row, t % m_row, t + 1, t + 1});
        asking->begin(runs, asked, 0, &request);
        host(*asking).attend(0, q(first), k(first), v(first), out(first), {});
        return asking->takeRecord();
    }

    // Of a token in the last chunk that was read.
    PathShares paths(std::uint64_t token, std::uint32_t head)
    {
        PathShares shares;
        dynamic_cast<HostReadingAttention&>(*m_reading).addPathShares(0, {{}, {head}}, token, q(token + 1 - std::min(m_plan.stride(0), token + 1)), shares);
        return shares;
    }

    const std::vector<float>& result() const { return m_out; }
    std::uint64_t pairsScored() const { return m_reading->pairsScored(); }

private:
    AttentionShape shape() const { return {m_input.heads, m_input.kvHeads, m_input.headWidth}; }
    const float* q(std::uint64_t t) const { return &m_input.q[t * m_input.heads * m_input.headWidth]; }
    const float* k(std::uint64_t t) const { return &m_input.k[t * m_input.kvHeads * m_input.headWidth]; }
    const float* v(std::uint64_t t) const { return &m_input.v[t * m_input.kvHeads * m_input.headWidth]; }
    float* out(std::uint64_t t) { return &m_out[t * m_input.heads * m_input.headWidth]; }

    const oracle::Input& m_input;
    ReadingPlan m_plan;
    std::unique_ptr<cpu::CpuBackend> m_backend;
    Rotary m_rotary;
    KvCache m_cache, m_own;
    std::unique_ptr<HopValues> m_hopValues;
    std::uint64_t m_row, m_step;
    std::vector<float> m_out;
    std::unique_ptr<ReadingAttention> m_reading;
};

std::vector<float> readAll(const oracle::Input& input, const Case& c, int threads = 2, Precision precision = Precision::Float32)
{
    Layer layer(input, c.plan, threads, precision);
    std::uint64_t first = 0;
    for (std::size_t n = 0; first < input.tokens; ++n) {
        const std::uint32_t count = static_cast<std::uint32_t>(std::min<std::uint64_t>(c.chunks[n % c.chunks.size()], input.tokens - first));
        layer.read(first, count);
        first += count;
    }
    return layer.result();
}

double largestNorm(const std::vector<float>& data, std::size_t width)
{
    double most = 0;
    for (std::size_t begin = 0; begin < data.size(); begin += width) {
        double square = 0;
        for (std::size_t d = 0; d < width; ++d)
            square += static_cast<double>(data[begin + d]) * data[begin + d];
        most = std::max(most, square);
    }
    return std::sqrt(most);
}

// Keys and values are stored with relative error h = 2^-11. A score is off by at most δ = ‖q‖‖k‖/√D·(h + D·2^-23), so a weight by
// a factor e^{2δ} at most and a weighted mean of values by 2(e^{2δ} − 1)·max|v|; storing the result adds h·max|v|. Each hop adds that.
//
// In whole numbers, each element of a query and a key is off by half a step of largest/√(2^31/D), so a score by ‖q‖‖k‖/√D·D·2^-15.5 more. Weights of a
// tile of 64 keys are off by half a step of largest/16383, which 64 times is 64/32766 of the sum at most; values by half of largest/2047.
double bound(const oracle::Input& input, const ReadingPlan& plan, Precision precision = Precision::Float32)
{
    const double h = std::ldexp(1.0, -11);
    const double width = input.headWidth;
    const auto largest = [](const std::vector<float>& data) {
        double most = 0;
        for (const float value : data)
            most = std::max(most, std::abs(static_cast<double>(value)));
        return most;
    };
    double delta = largestNorm(input.q, input.headWidth) * largestNorm(input.k, input.headWidth) / std::sqrt(width) * (h + width * std::ldexp(1.0, -23));
    const double most = largest(input.v);
    double stored = h * most;
    if (precision == Precision::Int8) {
        delta += largestNorm(input.q, input.headWidth) * largestNorm(input.k, input.headWidth) / std::sqrt(width) * width * std::exp2(-15.5);
        stored += most * (64.0 / 32766 + 0.5 / 2047);
    }
    // Against numbers that were quantized alike, Q8_0 is exact, but where two ways of rounding differ: allow a step in two elements of a key, in one of a value.
    if (plan.kv.keys == KvType::Q8_0)
        delta += 2 * largest(input.q) * largest(input.k) / 127 / std::sqrt(width);
    if (plan.kv.values == KvType::Q8_0)
        stored += most / 127;
    return plan.hops() * (stored + 2 * most * std::expm1(2 * delta));
}

// The numbers that a cache in Q8_0 holds, in place of those that were put into it: what the oracle is to work with.
void quantize(float* x, std::size_t width)
{
    for (std::size_t begin = 0; begin < width; begin += kKvBlock) {
        const auto block = std::span(x, width).subspan(begin, std::min<std::size_t>(kKvBlock, width - begin));
        float most = 0;
        for (const float value : block)
            most = std::max(most, std::abs(value));
        const float scale = toFloat(test::halfBits(most * (1.0f / 127.0f)));
        for (float& value : block)
            value = scale * std::clamp(std::nearbyint(value * (1.0f / scale)), -127.0f, 127.0f);
    }
}

oracle::Input asStored(oracle::Input input, const ReadingPlan& plan)
{
    const Rotary rotary({.base = input.ropeBase}, input.headWidth);
    const std::size_t width = input.headWidth;
    std::vector<float> cosines(width / 2), sines(width / 2);
    const auto turn = [&](float* x, double position) {
        rotary.turn(position, cosines.data(), sines.data());
        for (std::size_t pair = 0; pair < width / 2; ++pair) {
            const float even = x[2 * pair], odd = x[2 * pair + 1];
            x[2 * pair] = even * cosines[pair] - odd * sines[pair];
            x[2 * pair + 1] = even * sines[pair] + odd * cosines[pair];
        }
    };
    for (std::size_t n = 0; n < input.tokens * input.kvHeads; ++n) {
        const double place = static_cast<double>(n / input.kvHeads % plan.row(input.plannedTokens)); // keys are kept turned to their place in their row
        if (plan.kv.keys == KvType::Q8_0) {
            turn(&input.k[n * width], place);
            quantize(&input.k[n * width], width);
            turn(&input.k[n * width], -place);
        }
        if (plan.kv.values == KvType::Q8_0)
            quantize(&input.v[n * width], width);
    }
    return input;
}

void expectClose(const std::vector<float>& fast, const std::vector<double>& slow, double tolerance)
{
    ASSERT_EQ(fast.size(), slow.size());
    double worst = 0;
    std::size_t where = 0;
    for (std::size_t n = 0; n < fast.size(); ++n)
        if (!(std::abs(fast[n] - slow[n]) <= worst)) {
            worst = std::abs(fast[n] - slow[n]);
            where = n;
        }
    EXPECT_LE(worst, tolerance) << "at " << where << ": " << fast[where] << " for " << slow[where];
}

ReadingPlan folded(std::vector<std::uint32_t> dims, float gate = 4, std::uint32_t sinks = 4, KvFormat kv = {})
{
    return {std::move(dims), gate, sinks, 64, kv};
}

constexpr KvFormat kQ8{KvType::Q8_0, KvType::Q8_0};

const Case kCases[] = {
    {ReadingPlan::full(), 1, 1, 1, 1, 16, {512}},
    {ReadingPlan::full(), 300, 400, 4, 2, 32, {512}},
    {ReadingPlan::full(), 333, 333, 3, 1, 64, {100, 1, 64}},
    {folded({0, 16}), 257, 300, 2, 1, 16, {512}},
    {folded({0, 16}, 0, 0), 130, 200, 2, 2, 48, {7, 50, 1}},
    {folded({0, 64}), 700, 1000, 3, 3, 64, {512, 100}},
    {folded({0, 256}), 900, 5000, 4, 1, 32, {128}},
    {folded({3, 64}), 600, 600, 2, 1, 80, {512}},
    {folded({0, 4, 16}), 400, 400, 2, 1, 96, {160, 33}},
    {folded({0, 4, 8}, 2, 0), 300, 5000, 4, 2, 16, {512}},
    {folded({2, 5, 10}), 250, 250, 2, 1, 16, {90}},
    {folded({0, 2, 4, 8}, 1, 2), 500, 500, 2, 2, 128, {256, 3}},
    {folded({0, 1}, 4, 1), 80, 80, 1, 1, 16, {512}},
    {{{0}, 0, 0, 64, kQ8}, 333, 333, 3, 1, 64, {100, 1, 64}},
    {folded({0, 64}, 4, 4, kQ8), 700, 1000, 6, 2, 64, {512, 100}},
    {folded({0, 4, 16}, 4, 3, kQ8), 400, 400, 2, 1, 80, {160, 33}},
    {folded({0, 32}, 4, 32, {KvType::Q8_0, KvType::F16}), 300, 400, 4, 2, 16, {70}},
    {folded({0, 32}, 4, 4, {KvType::F16, KvType::Q8_0}), 300, 400, 4, 2, 96, {70}},
};

class Reading : public ::testing::TestWithParam<Case> {};

TEST_P(Reading, EqualsTheOracle)
{
    const Case& c = GetParam();
    const oracle::Input input = randomInput(c);
    const std::vector<double> expected = oracle::read(asStored(input, c.plan), c.plan);
    for (const Precision precision : {Precision::Float32, Precision::Int8})
        expectClose(readAll(input, c, 2, precision), expected, bound(input, c.plan, precision));
}

TEST_P(Reading, IsTheSameWithAnyNumberOfThreads)
{
    const Case& c = GetParam();
    const oracle::Input input = randomInput(c);
    for (const Precision precision : {Precision::Float32, Precision::Int8})
        EXPECT_EQ(readAll(input, c, 1, precision), readAll(input, c, 3, precision));
}

TEST_P(Reading, WeightsOfTheUniquePathsAddUpToOne)
{
    const Case& c = GetParam();
    oracle::Input input = randomInput(c);
    std::fill(input.v.begin(), input.v.end(), 1.0f);
    for (const float sum : readAll(input, c))
        ASSERT_NEAR(sum, 1.0f, c.plan.hops() * std::ldexp(1.0, -11) + (c.plan.kv.values == KvType::Q8_0 ? 4e-3 : 1e-5));
}

TEST_P(Reading, NothingLeaksFromTheFuture)
{
    const Case& c = GetParam();
    const oracle::Input input = randomInput(c);
    oracle::Input changed = input;
    const std::uint64_t from = c.tokens / 2;
    const oracle::Input other = randomInput(c, 2);
    for (auto member : {&oracle::Input::q, &oracle::Input::k, &oracle::Input::v}) {
        const std::size_t perToken = (input.*member).size() / c.tokens;
        std::copy((other.*member).begin() + from * perToken, (other.*member).end(), (changed.*member).begin() + from * perToken);
    }
    for (const Precision precision : {Precision::Float32, Precision::Int8}) {
        const std::vector<float> before = readAll(input, c, 2, precision), after = readAll(changed, c, 2, precision);
        const std::size_t same = from * c.heads * c.width;
        EXPECT_TRUE(std::equal(before.begin(), before.begin() + same, after.begin()));
        if (c.tokens > 1) {
            EXPECT_FALSE(std::equal(before.begin() + same, before.end(), after.begin() + same));
        }
    }
}

TEST_P(Reading, AskingEqualsTheOracle)
{
    const Case& c = GetParam();
    const oracle::Input input = randomInput(c);
    const std::uint64_t asked = std::min<std::uint64_t>(c.tokens, 19);
    const std::uint64_t first = c.tokens - asked;
    const std::vector<double> expected = oracle::ask(asStored(input, c.plan), c.plan, first);
    for (const Precision precision : {Precision::Float32, Precision::Int8}) {
        Layer layer(input, c.plan, 2, precision);
        for (std::uint64_t t = 0; t < first; t += 512)
            layer.read(t, static_cast<std::uint32_t>(std::min<std::uint64_t>(512, first - t)));
        const std::vector<float> weights = layer.ask(first, {}).mean;
        const std::size_t skip = first * c.heads * c.width;
        expectClose({layer.result().begin() + skip, layer.result().end()}, {expected.begin() + skip, expected.end()}, bound(input, c.plan, precision));

        ASSERT_EQ(weights.size(), c.tokens);
        double sum = 0;
        for (const float weight : weights)
            sum += weight;
        EXPECT_NEAR(sum, 1.0, 1e-5);
    }
}

// Counted, not timed: four times the text costs four times the pairs with a bounded row, sixteen times with full attention.
TEST(ReadingCost, GrowsWithTheTextWhereRowsAreBounded)
{
    const auto pairs = [](const ReadingPlan& plan, std::uint64_t tokens) {
        const Case c{plan, tokens, tokens, 2, 1, 16, {512}};
        const oracle::Input input = randomInput(c);
        Layer layer(input, plan);
        for (std::uint64_t first = 0; first < tokens; first += 512)
            layer.read(first, static_cast<std::uint32_t>(std::min<std::uint64_t>(512, tokens - first)));
        return static_cast<double>(layer.pairsScored());
    };
    EXPECT_NEAR(pairs(ReadingPlan::full(), 4096) / pairs(ReadingPlan::full(), 1024), 16, 2);
    for (const ReadingPlan& plan : {folded({0, 256}), folded({0, 16, 64})}) {
        EXPECT_LT(pairs(plan, 4096) / pairs(plan, 1024), 4.8) << plan.toString();
        EXPECT_LT(pairs(plan, 8192) / pairs(plan, 4096), 2.2) << plan.toString();
    }
}

INSTANTIATE_TEST_SUITE_P(Plans, Reading, ::testing::ValuesIn(kCases));

TEST(Attention, ShortTextIsFullAttention)
{
    const Case c{folded({0, 128}), 96, 96, 4, 2, 32, {512}};
    const oracle::Input input = randomInput(c);
    const std::vector<float> folded = readAll(input, c);
    const std::vector<double> full = oracle::read(input, ReadingPlan::full());
    expectClose(folded, full, bound(input, c.plan));
}

TEST(Attention, RecordedWeightsAreTheSoftmaxOfTheLastToken)
{
    // With one-hot values the attention's output is its weights.
    Case c{folded({0, 16}), 64, 64, 2, 1, 64, {512}};
    oracle::Input input = randomInput(c);
    std::fill(input.v.begin(), input.v.end(), 0.0f);
    for (std::uint64_t t = 0; t < c.tokens; ++t)
        input.v[t * c.width + t] = 1.0f;
    Layer layer(input, c.plan);
    layer.read(0, 60);
    const AttentionRecord record = layer.ask(60, {{}, true, {{{2, 2}}, {{3, 11}}, {{11, 12}, false}, {{40, 64}}}, 5});
    const auto exact = [&](std::size_t head, std::uint64_t t) { return layer.result()[(63 * 2 + head) * 64 + t]; };
    for (std::uint64_t t = 0; t < c.tokens; ++t)
        EXPECT_NEAR(record.mean[t], (exact(0, t) + exact(1, t)) / 2, 1e-6);
    for (std::size_t head = 0; head < 2; ++head) {
        const auto between = [&](std::uint64_t begin, std::uint64_t end) {
            double sum = 0;
            for (std::uint64_t t = begin; t < end; ++t)
                sum += exact(head, t);
            return sum;
        };
        const float* spans = &record.spans[head * 4];
        EXPECT_EQ(spans[0], 0);
        EXPECT_NEAR(spans[1], between(3, 11), 1e-6);
        EXPECT_NEAR(spans[2], between(11, 12), 1e-6);
        EXPECT_NEAR(spans[3], between(40, 64), 1e-6);
        std::vector<std::pair<float, std::uint64_t>> heaviest;
        for (std::uint64_t t = 3; t < 64; ++t)
            if (t < 11 || t >= 40)
                heaviest.push_back({-exact(head, t), t});
        std::sort(heaviest.begin(), heaviest.end());
        for (std::size_t n = 0; n < 5; ++n) {
            EXPECT_EQ(record.top[head * 5 + n].token, heaviest[n].second);
            EXPECT_NEAR(record.top[head * 5 + n].weight, -heaviest[n].first, 1e-6);
        }
    }
    layer.read(0, 60);
    EXPECT_FLOAT_EQ(layer.ask(60, {{{}, {1}}, false, {}, 0}).mean[50], exact(1, 50)) << "the mean of one head is that head";
}

// With one-hot values the oracle's result is the weight of every path, key by key.
TEST(Attention, TracedPathsAreTheOraclesWeights)
{
    for (const ReadingPlan& plan : {folded({0, 4, 8}), folded({0, 16}, 1, 6), folded({3, 20}, 4, 0), folded({0, 2, 3, 5}, 0, 2), ReadingPlan::full()}) {
        Case c{plan, 120, 150, 4, 2, 128, {50, 33}};
        oracle::Input input = randomInput(c);
        std::fill(input.v.begin(), input.v.end(), 0.0f);
        for (std::uint64_t t = 0; t < c.tokens; ++t)
            for (std::uint32_t g = 0; g < c.kvHeads; ++g)
                input.v[(t * c.kvHeads + g) * c.width + t] = 1.0f;
        const std::vector<double> exact = oracle::read(input, plan);
        Layer layer(input, plan);
        for (const auto& [first, count] : {std::pair{0u, 50u}, {50u, 33u}, {83u, 37u}})
            layer.read(first, count);
        for (const std::uint64_t token : {83, 99, 119})
            for (std::uint32_t head = 0; head < c.heads; ++head) {
                const PathShares shares = layer.paths(token, head);
                ASSERT_EQ(shares.reached.size(), plan.hops());
                double direct = 0;
                for (const double share : shares.direct)
                    direct += share;
                for (const std::vector<double>& reached : shares.reached) {
                    double sum = direct;
                    for (const double share : reached)
                        sum += share;
                    EXPECT_NEAR(sum, 1.0, 1e-5) << plan.toString();
                }
                for (std::uint64_t t = 0; t <= token; ++t) {
                    const double weight = shares.reached.back()[t] + (t < shares.direct.size() ? shares.direct[t] : 0.0);
                    ASSERT_NEAR(weight, exact[(token * c.heads + head) * c.width + t], bound(input, plan)) << plan.toString() << ", " << token << " to " << t;
                }
            }
    }
}

TEST(ReadingPlan, RowStepStaysInsideTheTrainedContext)
{
    const ReadingPlan plan;
    EXPECT_EQ(plan.rowStep(16384, 8192), 16u);      // as the reference counts
    EXPECT_EQ(plan.rowStep(600'000, 8192), 10u);
    EXPECT_EQ(plan.rowStep(1'000'000'000, 8192), 1u);
    EXPECT_EQ(plan.rowStep(5000, 1024), 1u);
    EXPECT_EQ(plan.keysPerToken(131072), 1152u);
    EXPECT_EQ(folded({0, 64, 64}).stride(0), 4096u);
}

TEST(ReadingPlan, RefusesWhatMakesNoSense)
{
    for (const ReadingPlan& wrong : {folded({}), folded({0, 0}), folded({4, 0, 8}), folded({0, 1u << 21}), folded({0, 8}, NAN), folded({0, 2}, 4, 4),
                                     ReadingPlan{{0, 8}, 4, 4, 0, {}}}) {
        const auto checked = wrong.check();
        ASSERT_FALSE(checked.ok());
        EXPECT_EQ(checked.error().code, Errc::InvalidArgument);
    }
    EXPECT_TRUE(ReadingPlan().check().ok());
    EXPECT_TRUE(ReadingPlan::full().check().ok());
}

} // namespace
} // namespace octavo
