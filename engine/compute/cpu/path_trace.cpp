// SPDX-License-Identifier: Apache-2.0
// CpuReadingAttention::addPathShares: by what ways one token looked at earlier ones, from the same scores that reading makes.
#include <algorithm>
#include <cmath>
#include <functional>
#include <span>

#include "compute/cpu/reading_attention.h"

namespace octavo::cpu {

namespace {
constexpr std::size_t kTile = 64;
}

void CpuReadingAttention::addPathShares(std::uint32_t layer, const HeadChoice& heads, std::uint64_t token, const float* queries, PathShares& shares)
{
    shares.reached.resize(m_plan.hops());
    for (std::vector<double>& reached : shares.reached)
        reached.resize(token + 1);
    shares.direct.resize(std::max(shares.direct.size(), m_sinks));

    const std::uint64_t window = std::min(m_plan.stride(0), token + 1);
    Turns turns;
    turns.clear(m_rotary);
    for (std::uint64_t n = token + 1 - window; n <= token; ++n)
        turns.add(m_rotary, static_cast<double>(n % m_row));
    std::vector<std::uint32_t> chosen;
    for (std::uint32_t head = 0; head < m_shape.heads; ++head)
        if (heads.contains(layer, head))
            chosen.push_back(head);
    // Heads are traced side by side and added up in their order, so that the sum does not depend on the threads.
    std::vector<PathShares> ofHead(chosen.size());
    m_pool.forEach(chosen.size(), {}, [&](std::size_t n, std::size_t worker) {
        tracePaths(layer, chosen[n], token, queries, turns, ofHead[n], m_scratch[worker]);
    });
    for (const PathShares& one : ofHead) {
        for (std::size_t hop = 0; hop < one.reached.size(); ++hop)
            std::transform(one.reached[hop].begin(), one.reached[hop].end(), shares.reached[hop].begin(), shares.reached[hop].begin(), std::plus());
        std::transform(one.direct.begin(), one.direct.end(), shares.direct.begin(), shares.direct.begin(), std::plus());
    }
}

void CpuReadingAttention::tracePaths(std::uint32_t layer, std::uint32_t head, std::uint64_t token, const float* queries, const Turns& turns,
                                     PathShares& shares, std::vector<float>& scratch) const
{
    const std::size_t group = m_shape.group();
    const std::size_t leading = static_cast<std::size_t>(m_shape.heads) * m_shape.headWidth;
    const std::uint64_t window = turns.size();
    const std::uint64_t windowFirst = token + 1 - window;
    shares.reached.assign(m_plan.hops(), std::vector<double>(token + 1));
    shares.direct.assign(m_sinks, 0.0);
    traceFinest(head, token, queries + (window - 1) * leading + head * m_shape.headWidth, shares);

    // From each token that the hops so far reached, a fine hop's whole stretch, the next coarser hop goes on.
    for (std::uint32_t hop = m_plan.hops() - 1; hop-- > 0;) {
        const std::vector<double>& from = shares.reached[m_plan.hops() - 2 - hop];
        std::vector<double>& to = shares.reached[m_plan.hops() - 1 - hop];
        const std::uint64_t stride = m_plan.stride(hop);
        for (std::uint64_t first = token + 1 - std::min(stride, token + 1); first <= token;) {
            const std::size_t columns = std::min<std::uint64_t>(token + 1 - first, kTile - first % kTile);
            const std::size_t keys = hopKeys(hop, first + columns - 1);
            const std::size_t inWindow = first - windowFirst;
            const float* weights = coarseWeights(hop, layer, static_cast<std::uint32_t>(head / group), first, columns, queries + inWindow * leading,
                                                 turns, inWindow, scratch) + head % group * keys * kTile;
            for (std::size_t n = 0; n < columns; ++n)
                for (std::size_t a = 0; a < hopKeys(hop, first + n); ++a)
                    to[first + n - a * stride] += from[first + n] * weights[a * kTile + n];
            first += columns;
        }
    }
}

// The finest hop of a token of the chunk at hand: from the tiles that were unpacked for it.
void CpuReadingAttention::traceFinest(std::uint32_t head, std::uint64_t token, const float* query, PathShares& shares) const
{
    const std::size_t width = m_shape.headWidth;
    const std::uint32_t kvHead = static_cast<std::uint32_t>(head / m_shape.group());
    const std::uint64_t reach = m_reach ? std::min(m_reach, token + 1) : token + 1;
    const std::uint64_t oldest = token + 1 - reach;
    std::vector<float> turned(width), weights(m_tiles * kTile), sinks(roundUp(std::max<std::size_t>(m_sinks, 1))), sums(width);

    float maximum = 0, sum = 0;
    startWithSinks(kvHead, token, query, maximum, sum, sums.data(), sinks.data()); // weights relative to `maximum`
    rotate(query, m_nearTurns.cosines(token - m_first), m_nearTurns.sines(token - m_first), width / 2, turned.data());
    scale(turned.data(), m_scale, width);
    for (std::size_t tile = (oldest - m_windowFirst) / kTile; tile <= (token - m_windowFirst) / kTile; ++tile)
        multiply(turned.data(), width, keyTile(kvHead, tile), kTile, weights.data() + tile * kTile, 0, 1, kTile, width, false);

    const auto near = std::span(weights).subspan(oldest - m_windowFirst, reach);
    const std::size_t sinkCount = sum > 0 ? std::min<std::uint64_t>(m_sinks, token - m_reach + 1) : 0;
    double most = *std::max_element(near.begin(), near.end());
    if (sinkCount > 0)
        most = std::max<double>(most, maximum);
    double total = 0;
    for (std::uint64_t n = 0; n < reach; ++n)
        total += shares.reached[0][oldest + n] = std::exp(near[n] - most);
    for (std::size_t n = 0; n < sinkCount; ++n)
        total += shares.direct[n] = sinks[n] * std::exp(maximum - most);
    for (std::uint64_t n = 0; n < reach; ++n)
        shares.reached[0][oldest + n] /= total;
    for (std::size_t n = 0; n < sinkCount; ++n)
        shares.direct[n] /= total;
}

} // namespace octavo::cpu
