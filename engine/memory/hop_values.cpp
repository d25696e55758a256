// SPDX-License-Identifier: Apache-2.0
#include "memory/hop_values.h"

#include <algorithm>
#include <new>

namespace octavo {

namespace {
constexpr std::uint64_t kSnapshotShare = 12;

std::uint64_t capacityFor(const ReadingPlan& plan, std::uint32_t hop) { return (plan.stride(hop) + kChunkTokens + 63) / 64 * 64; }

} // namespace

HopValues::HopValues(const ReadingPlan& plan, const ModelConfig& config)
    : m_layers(config.layers), m_heads(config.heads), m_headWidth(config.headWidth)
{
    for (std::uint32_t hop = 0; hop + 1 < plan.hops(); ++hop)
        m_strides.push_back(plan.stride(hop));
}

HostHopValues::HostHopValues(const ReadingPlan& plan, const ModelConfig& config) : HopValues(plan, config)
{
    for (std::uint32_t hop = 0; hop < count(); ++hop) {
        const std::uint64_t capacity = capacityFor(plan, hop);
        auto* data = static_cast<Half*>(std::calloc(static_cast<std::size_t>(m_layers) * m_heads * capacity * m_headWidth, sizeof(Half)));
        if (!data)
            throw std::bad_alloc();
        m_rings.push_back({capacity, std::unique_ptr<Half[], Free>(data)});
    }
}

std::uint64_t HopValues::bytesFor(const ReadingPlan& plan, const ModelConfig& config)
{
    std::uint64_t sum = 0;
    for (std::uint32_t hop = 0; hop + 1 < plan.hops(); ++hop)
        sum += sizeof(Half) * config.layers * config.heads * capacityFor(plan, hop) * config.headWidth;
    return sum;
}

std::uint64_t HopValues::snapshotSize(const ReadingPlan& plan, const ModelConfig& config, std::uint32_t hop, std::uint64_t tokens)
{
    return std::uint64_t{config.layers} * config.heads * std::min(plan.stride(hop), tokens) * config.headWidth;
}

std::uint64_t HopValues::snapshotBytes(const ReadingPlan& plan, const ModelConfig& config, std::uint64_t tokens)
{
    std::uint64_t sum = 0;
    for (std::uint32_t hop = 0; hop + 1 < plan.hops(); ++hop)
        sum += sizeof(Half) * snapshotSize(plan, config, hop, tokens);
    return sum;
}

std::uint64_t HopValues::snapshotInterval(const ReadingPlan& plan, const ModelConfig& config)
{
    const std::uint64_t one = snapshotBytes(plan, config, plan.stride(0)) * kSnapshotShare;
    const std::uint64_t chunk = config.kvBytesPerToken(plan.kv) * kChunkTokens;
    return (one + chunk - 1) / chunk * kChunkTokens;
}

// Calls copy(place in the ring, place in the snapshot, halves) for each piece that lies in one stretch in both.
template <class Copy>
void HostHopValues::forEachRun(std::uint32_t hop, std::uint64_t tokens, const Copy& copy) const
{
    const Ring& ring = m_rings[hop];
    const std::uint64_t kept = std::min(m_strides[hop], tokens);
    for (std::uint32_t layer = 0; layer < m_layers; ++layer)
        for (std::uint32_t head = 0; head < m_heads; ++head)
            for (std::uint64_t n = 0; n < kept;) {
                const std::uint64_t token = tokens - kept + n;
                const std::uint64_t count = std::min(kept - n, ring.capacity - token % ring.capacity);
                copy(place(hop, layer, head, token), ((std::size_t{layer} * m_heads + head) * kept + n) * m_headWidth, count * m_headWidth);
                n += count;
            }
}

void HostHopValues::forEachPiece(std::uint32_t hop, std::uint64_t tokens, const std::function<void(std::span<const Half>)>& piece) const
{
    const Half* data = m_rings[hop].data.get();
    forEachRun(hop, tokens, [&](std::size_t from, std::size_t, std::size_t size) { piece({&data[from], size}); });
}

HopSnapshot HopValues::snapshot(std::uint64_t tokens) const
{
    HopSnapshot snapshot{tokens, {}};
    for (std::uint32_t hop = 0; hop < count(); ++hop) {
        std::vector<Half>& values = snapshot.values.emplace_back();
        values.reserve(halves(hop, tokens));
        forEachPiece(hop, tokens, [&](std::span<const Half> piece) { values.insert(values.end(), piece.begin(), piece.end()); });
    }
    return snapshot;
}

void HostHopValues::restore(const HopSnapshot& snapshot)
{
    for (std::uint32_t hop = 0; hop < count(); ++hop) {
        Half* data = m_rings[hop].data.get();
        const std::vector<Half>& values = snapshot.values[hop];
        forEachRun(hop, snapshot.tokens, [&](std::size_t to, std::size_t from, std::size_t size) { std::copy_n(&values[from], size, &data[to]); });
    }
}

} // namespace octavo
