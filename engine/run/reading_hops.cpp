// SPDX-License-Identifier: Apache-2.0
#include "octavo/engine/reading_hops.h"

#include <algorithm>
#include <new>
#include <numeric>

#include "compute/cpu/host_attention.h"
#include "octavo/engine/reading.h"
#include "run/reading_state.h"
#include "run/work_queue.h"

namespace octavo {

namespace {

// Reads on as `attention` does, and keeps the queries of the last tokens up to one, to trace where that one looked.
class PathKeeper final : public LayerAttention, public HostAttention {
public:
    PathKeeper(HostReadingAttention& attention, const ModelConfig& config, const ReadingPlan& plan, const HeadChoice& heads, std::uint64_t token)
        : m_attention(attention), m_heads(heads), m_token(token), m_windowFirst(token + 1 - std::min(plan.stride(0), token + 1)),
          m_leading(static_cast<std::size_t>(config.heads) * config.headWidth), m_queries(config.layers)
    {
    }

    void begin(std::uint64_t first, std::uint32_t count)
    {
        m_first = first;
        m_count = count;
        m_attention.begin(first, count);
    }

    void attend(std::uint32_t layer, const float* q, const float* k, const float* v, float* out, std::stop_token stop) override
    {
        m_attention.attend(layer, q, k, v, out, stop);
        const bool chosen = m_heads.layers.empty() || std::find(m_heads.layers.begin(), m_heads.layers.end(), layer) != m_heads.layers.end();
        const std::uint64_t from = std::max(m_first, m_windowFirst), end = m_first + m_count;
        if (!chosen || from >= end || stop.stop_requested())
            return;
        std::vector<float>& kept = m_queries[layer];
        kept.insert(kept.end(), q + (from - m_first) * m_leading, q + (end - m_first) * m_leading);
        if (end == m_token + 1) {
            m_attention.addPathShares(layer, m_heads, m_token, kept.data(), m_shares);
            kept = {};
        }
    }

    const PathShares& shares() const { return m_shares; }

private:
    HostReadingAttention& m_attention;
    const HeadChoice& m_heads;
    std::uint64_t m_token;
    std::uint64_t m_windowFirst;
    std::size_t m_leading;                       // H·D
    std::uint64_t m_first = 0;
    std::uint32_t m_count = 0;
    std::vector<std::vector<float>> m_queries;   // [layer][window token][H·D], of chosen layers
    PathShares m_shares;
};

std::size_t countOf(const HeadChoice& choice, const ModelConfig& config)
{
    return (choice.layers.empty() ? config.layers : choice.layers.size()) * (choice.heads.empty() ? config.heads : choice.heads.size());
}

// The way to `reached`: mixed-radix digits of the distance, the finest first.
HopPath pathTo(std::uint64_t token, std::uint64_t reached, const ReadingPlan& plan, const PathShares& shares, double share)
{
    HopPath path;
    for (std::uint32_t hop = 0; hop < plan.hops(); ++hop) {
        const bool last = hop + 1 == plan.hops();
        const std::uint64_t back = last ? token - reached : (token - reached) % plan.stride(plan.hops() - 2 - hop);
        path.stations.push_back(token - back);
        path.weights.push_back(static_cast<float>(shares.reached[hop][token - back] * share));
    }
    return path;
}

ReadingHops hopsFrom(const PathShares& shares, std::uint64_t token, const ReadingPlan& plan, std::size_t headCount, std::uint32_t topPaths)
{
    const double share = 1.0 / static_cast<double>(headCount);
    ReadingHops hops;
    hops.token = token;
    for (const double sum : shares.reached.back())
        hops.weights.push_back(static_cast<float>(sum * share));
    std::vector<std::uint64_t> reached(token + 1);
    std::iota(reached.begin(), reached.end(), std::uint64_t{0});
    const std::size_t count = std::min<std::size_t>(topPaths, reached.size());
    std::partial_sort(reached.begin(), reached.begin() + static_cast<std::ptrdiff_t>(count), reached.end(),
                      [&](std::uint64_t a, std::uint64_t b) { return std::pair(-hops.weights[a], a) < std::pair(-hops.weights[b], b); });
    for (std::size_t n = 0; n < count; ++n)
        hops.paths.push_back(pathTo(token, reached[n], plan, shares, share));
    for (std::size_t seen = 0; seen < shares.direct.size(); ++seen) {
        const float weight = static_cast<float>(shares.direct[seen] * share);
        hops.weights[seen] += weight;
        if (weight > 0)
            hops.paths.push_back({{seen}, {weight}});
    }
    std::stable_sort(hops.paths.begin(), hops.paths.end(), [](const HopPath& a, const HopPath& b) { return a.weights.back() > b.weights.back(); });
    hops.paths.resize(std::min<std::size_t>(hops.paths.size(), topPaths));
    return hops;
}

} // namespace

Result<ReadingHops> Reading::hopsOf(std::uint64_t token, const HeadChoice& heads, std::uint32_t topPaths, std::stop_token stop) const
{
    if (const auto wrong = unchecked())
        return *wrong;
    const ModelConfig& config = m_model->config();
    if (token >= m_ids.size())
        return Error{Errc::InvalidArgument, "token", "has not been read"};
    if (!heads.fits(config.layers, config.heads))
        return Error{Errc::InvalidArgument, "heads", "of layers and heads that the model has"};
    // On the CPU, whatever device read it: a row at most, and the queries are kept here.
    Backend& backend = m_model->engine().cpu();
    const auto again = forkOn(backend, token + 1 - std::min(m_plan.stride(0), token + 1), m_plannedTokens);
    if (!again)
        return again.error();
    ReadingState& state = *(*again)->m_state;
    PathKeeper keeper(dynamic_cast<HostReadingAttention&>(*state.attention), config, m_plan, heads, token);
    for (std::uint64_t at = (*again)->tokens(); at <= token;) {
        const std::uint64_t count = std::min<std::uint64_t>(kChunkTokens - at % kChunkTokens, token + 1 - at);
        if (const auto grown = (*again)->m_cache->grow(at + count); !grown)
            return grown.error();
        const auto turn = m_model->engine().queue().take(WorkQueue::Kind::Asking, stop);
        if (!turn)
            return Error{Errc::Stopped, "hops", {}};
        keeper.begin(at, static_cast<std::uint32_t>(count));
        if (!state.forward.run(std::span(m_ids).subspan(at, count), keeper, stop))
            return Error{Errc::Stopped, "hops", {}};
        at += count;
    }
    return hopsFrom(keeper.shares(), token, m_plan, countOf(heads, config), topPaths);
}

} // namespace octavo
