// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "memory/half.h"
#include "octavo/engine/plan.h"

namespace octavo {

inline constexpr std::uint32_t kChunkTokens = 512; // new tokens that one forward pass reads at most

// The values v_n that the coarse hops wrote for the last tokens: hop n needs v_{n-1} as far back as one stride s_{n-1}.
// A ring per coarse hop, long enough that a chunk can be written, or dropped by a stop, without touching what is still needed.
// A slot is used by tokens t ≡ slot modulo the capacity, a multiple of 64, so that aligned blocks of 64 tokens are contiguous.
// Layout per hop: [layer][head][capacity][headWidth], half precision. After the first hop values belong to query heads.
class HopValues {
public:
    HopValues(const ReadingPlan& plan, std::uint32_t layers, std::uint32_t heads, std::uint32_t headWidth);

    // Values that coarse hop `hop` (0-based) gave token t.
    Half* at(std::uint32_t hop, std::uint32_t layer, std::uint32_t head, std::uint64_t token)
    {
        Ring& ring = m_rings[hop];
        return ring.data.data()
            + ((static_cast<std::size_t>(layer) * m_heads + head) * ring.capacity + token % ring.capacity) * m_headWidth;
    }
    std::vector<Half>& data(std::uint32_t hop) { return m_rings[hop].data; }
    const std::vector<Half>& data(std::uint32_t hop) const { return m_rings[hop].data; }
    std::uint32_t count() const { return static_cast<std::uint32_t>(m_rings.size()); }
    static std::uint64_t bytesFor(const ReadingPlan& plan, std::uint32_t layers, std::uint32_t heads, std::uint32_t headWidth);

private:
    struct Ring {
        std::uint64_t capacity;
        std::vector<Half> data;
    };
    static std::uint64_t capacityFor(const ReadingPlan& plan, std::uint32_t hop);
    std::uint32_t m_heads;
    std::uint32_t m_headWidth;
    std::vector<Ring> m_rings;
};

} // namespace octavo
