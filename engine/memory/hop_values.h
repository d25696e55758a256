// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "memory/kv_cache.h"
#include "octavo/engine/plan.h"

namespace octavo {

inline constexpr std::uint32_t kChunkTokens = 512; // new tokens that one forward pass reads at most

// All that a reading needs, beside its keys and values, to go on from `tokens`: per coarse hop the values of the last tokens, a stride at
// most, oldest first, [layer][head][token][headWidth].
struct HopSnapshot {
    std::uint64_t tokens = 0;
    std::vector<std::vector<Half>> values;
};

// The values v_n that the coarse hops wrote for the last tokens: hop n needs v_{n-1} as far back as one stride s_{n-1}. Where they are kept is the
// backend's affair. Half precision; after the first hop values belong to query heads.
// Threads: one at a time.
class HopValues {
public:
    HopValues(const ReadingPlan& plan, const ModelConfig& config);
    virtual ~HopValues() = default;

    std::uint32_t count() const { return static_cast<std::uint32_t>(m_strides.size()); }

    // Copies what reading on from `tokens` needs; `tokens` are read, and at most a chunk more has been written since.
    HopSnapshot snapshot(std::uint64_t tokens) const;
    // The values of one hop that such a copy would hold, in its order, without making it; and how many they are.
    virtual void forEachPiece(std::uint32_t hop, std::uint64_t tokens, const std::function<void(std::span<const Half>)>& piece) const = 0;
    std::uint64_t halves(std::uint32_t hop, std::uint64_t tokens) const
    {
        return std::uint64_t{m_layers} * m_heads * std::min(m_strides[hop], tokens) * m_headWidth;
    }
    virtual void restore(const HopSnapshot& snapshot) = 0;

    // Halves of one hop in a snapshot after `tokens`.
    static std::uint64_t snapshotSize(const ReadingPlan& plan, const ModelConfig& config, std::uint32_t hop, std::uint64_t tokens);
    static std::uint64_t snapshotBytes(const ReadingPlan& plan, const ModelConfig& config, std::uint64_t tokens);
    // Tokens between two snapshots along the way, a multiple of a chunk: so far apart that they take at most a twelfth of what keys and values take.
    static std::uint64_t snapshotInterval(const ReadingPlan& plan, const ModelConfig& config);
    // Bytes of them all.
    static std::uint64_t bytesFor(const ReadingPlan& plan, const ModelConfig& config);

protected:
    std::uint32_t m_layers;
    std::uint32_t m_heads;
    std::uint32_t m_headWidth;
    std::vector<std::uint64_t> m_strides; // of the coarse hops, in tokens
};

// In the host's memory: a ring per coarse hop, long enough that a chunk can be written, or dropped by a stop, without touching what is still needed.
// A slot is used by tokens t ≡ slot modulo the capacity, a multiple of 64, so that aligned blocks of 64 tokens are contiguous.
// Layout per hop: [layer][head][capacity][headWidth].
class HostHopValues final : public HopValues {
public:
    HostHopValues(const ReadingPlan& plan, const ModelConfig& config);

    // Values that coarse hop `hop` (0-based) gave token t.
    WritableKvSlots at(std::uint32_t hop, std::uint32_t layer, std::uint32_t head, std::uint64_t token)
    {
        return {KvType::F16, reinterpret_cast<std::byte*>(m_rings[hop].data.get() + place(hop, layer, head, token)), nullptr};
    }
    KvSlots at(std::uint32_t hop, std::uint32_t layer, std::uint32_t head, std::uint64_t token) const
    {
        return {KvType::F16, reinterpret_cast<const std::byte*>(m_rings[hop].data.get() + place(hop, layer, head, token)), nullptr};
    }

    void forEachPiece(std::uint32_t hop, std::uint64_t tokens, const std::function<void(std::span<const Half>)>& piece) const override;
    void restore(const HopSnapshot& snapshot) override;

private:
    struct Free {
        void operator()(Half* data) const { std::free(data); }
    };
    struct Ring {
        std::uint64_t capacity;
        std::unique_ptr<Half[], Free> data; // memory that the system zeroes when it is first written: a short text takes only its part
    };
    std::size_t place(std::uint32_t hop, std::uint32_t layer, std::uint32_t head, std::uint64_t token) const
    {
        const std::uint64_t capacity = m_rings[hop].capacity;
        return ((static_cast<std::size_t>(layer) * m_heads + head) * capacity + token % capacity) * m_headWidth;
    }
    template <class Copy>
    void forEachRun(std::uint32_t hop, std::uint64_t tokens, const Copy& copy) const;

    std::vector<Ring> m_rings;
};

} // namespace octavo
