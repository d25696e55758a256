// SPDX-License-Identifier: Apache-2.0
#include "memory/hop_values.h"

namespace octavo {

std::uint64_t HopValues::capacityFor(const ReadingPlan& plan, std::uint32_t hop)
{
    return (plan.stride(hop) + kChunkTokens + 63) / 64 * 64;
}

HopValues::HopValues(const ReadingPlan& plan, std::uint32_t layers, std::uint32_t heads, std::uint32_t headWidth)
    : m_heads(heads), m_headWidth(headWidth)
{
    for (std::uint32_t hop = 0; hop + 1 < plan.hops(); ++hop) {
        const std::uint64_t capacity = capacityFor(plan, hop);
        m_rings.push_back({capacity, std::vector<Half>(static_cast<std::size_t>(layers) * heads * capacity * headWidth)});
    }
}

std::uint64_t HopValues::bytesFor(const ReadingPlan& plan, std::uint32_t layers, std::uint32_t heads, std::uint32_t headWidth)
{
    std::uint64_t sum = 0;
    for (std::uint32_t hop = 0; hop + 1 < plan.hops(); ++hop)
        sum += sizeof(Half) * layers * heads * capacityFor(plan, hop) * headWidth;
    return sum;
}

} // namespace octavo
