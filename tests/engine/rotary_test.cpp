// SPDX-License-Identifier: Apache-2.0
// Frequencies of stretched positions against transformers 5.23 (LlamaRotaryEmbedding.inv_freq and attention_scaling).
#include <gtest/gtest.h>

#include "attention/rotary.h"

namespace octavo {
namespace {

using Scaling = RopeSettings::Scaling;

std::vector<double> frequencies(const RopeSettings& settings, std::uint32_t headWidth)
{
    const Rotary rotary(settings, headWidth);
    std::vector<float> cosines(rotary.pairs()), sines(rotary.pairs());
    rotary.turn(1, cosines.data(), sines.data());
    std::vector<double> angles;
    for (std::size_t pair = 0; pair < rotary.pairs(); ++pair)
        angles.push_back(std::atan2(sines[pair], cosines[pair])); // at most 1 radian per position
    return angles;
}

struct Known {
    RopeSettings settings;
    std::uint32_t headWidth;
    std::vector<std::pair<std::size_t, double>> frequencies; // [pair]
};

class Frequencies : public ::testing::TestWithParam<Known> {};

TEST_P(Frequencies, AreThoseOfTransformers)
{
    const auto& [settings, headWidth, expected] = GetParam();
    const std::vector<double> angles = frequencies(settings, headWidth);
    for (const auto& [pair, frequency] : expected)
        EXPECT_NEAR(angles[pair] / frequency, 1.0, 4e-7) << "pair " << pair; // floats on both sides
}

RopeSettings yarn(double base, double factor, double originalContext)
{
    RopeSettings settings;
    settings.base = base;
    settings.scaling = Scaling::Yarn;
    settings.factor = factor;
    settings.originalContext = originalContext;
    return settings;
}

RopeSettings linear(double factor)
{
    RopeSettings settings;
    settings.scaling = Scaling::Linear;
    settings.factor = factor;
    return settings;
}

INSTANTIATE_TEST_SUITE_P(
    Scalings, Frequencies,
    ::testing::Values(
        // Qwen 2.5 stretched to 131072 tokens
        Known{yarn(1e6, 4, 32768), 128,
              {{0, 1}, {8, 0.177827939}, {16, 0.0316227786}, {24, 0.00537532149}, {32, 0.000602941145}, {40, 4.44569851e-05},
               {48, 7.90569356e-06}, {56, 1.40585337e-06}, {63, 3.10234441e-07}}},
        Known{yarn(1e4, 16, 4096), 64,
              {{0, 1}, {4, 0.316227764}, {8, 0.100000001}, {12, 0.0270618014}, {16, 0.00567307696}, {20, 0.000881788961}, {24, 6.2500003e-05},
               {28, 1.97642366e-05}, {31, 8.3345094e-06}}},
        Known{linear(2.5), 64,
              {{0, 0.4}, {4, 0.1264911}, {8, 0.04}, {12, 0.0126491114}, {16, 0.004}, {20, 0.00126491114}, {24, 0.0004}, {28, 0.000126491112},
               {31, 5.33408602e-05}}}));

TEST(Rotary, DivisorsSlowSinglePairs)
{
    RopeSettings settings;
    settings.pairDivisors = {1, 1, 2.5f, 8, 1, 1, 1, 4};
    const std::vector<double> plain = frequencies({}, 16), divided = frequencies(settings, 16);
    for (std::size_t pair = 0; pair < plain.size(); ++pair)
        EXPECT_NEAR(plain[pair] / divided[pair], static_cast<double>(settings.pairDivisors[pair]), 1e-6);
}

TEST(Rotary, ScoresTakeTheAttentionFactorTwice)
{
    RopeSettings settings;
    EXPECT_EQ(settings.scoreFactor(), 1.0);
    settings.attentionFactor = 1.5; // of queries and of keys
    EXPECT_EQ(settings.scoreFactor(), 2.25);
}

} // namespace
} // namespace octavo
