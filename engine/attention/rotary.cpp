// SPDX-License-Identifier: Apache-2.0
#include "attention/rotary.h"

#include <algorithm>
#include <numbers>

namespace octavo {

namespace {

// The pair, as a real number, that turns `turns` times within the original context.
double pairThatTurns(double turns, const RopeSettings& settings, std::uint32_t headWidth)
{
    return headWidth * std::log(settings.originalContext / (turns * 2 * std::numbers::pi)) / (2 * std::log(settings.base));
}

// How much of the stretching each pair gets, 0…1. YaRN's ramp with its ends on whole pairs, as the paper's code and transformers have it.
std::vector<double> stretchedShares(const RopeSettings& settings, std::uint32_t headWidth)
{
    std::vector<double> shares(headWidth / 2, settings.scaling == RopeSettings::Scaling::None ? 0.0 : 1.0);
    if (settings.scaling != RopeSettings::Scaling::Yarn)
        return shares;
    const double first = std::max(0.0, std::floor(pairThatTurns(settings.betaFast, settings, headWidth)));
    const double last = std::min(headWidth - 1.0, std::ceil(pairThatTurns(settings.betaSlow, settings, headWidth)));
    const double width = first == last ? 0.001 : last - first;
    for (std::size_t pair = 0; pair < shares.size(); ++pair)
        shares[pair] = std::clamp((static_cast<double>(pair) - first) / width, 0.0, 1.0);
    return shares;
}

} // namespace

Rotary::Rotary(const RopeSettings& settings, std::uint32_t headWidth)
{
    const std::vector<double> stretched = stretchedShares(settings, headWidth);
    for (std::uint32_t pair = 0; pair < headWidth / 2; ++pair) {
        const double divisor = settings.pairDivisors.empty() ? 1.0 : static_cast<double>(settings.pairDivisors[pair]);
        const double frequency = std::pow(settings.base, -2.0 * pair / headWidth) / divisor;
        m_frequency.push_back(frequency * (1 - stretched[pair]) + frequency / settings.factor * stretched[pair]);
    }
}

} // namespace octavo
