// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>

#include "compute/cuda/device.h"
#include "compute/cuda/reading_kernels.cuh"
#include "memory/hop_values.h"

namespace octavo::cuda {

// Hop values in the device's memory: per hop what stands after the tokens read so far, and what a chunk being read makes of it, so that a chunk may
// be dropped. Per hop and side [layer][head][stride][width], of which the last min(stride, tokens) are used; the chunk's own values pass through
// windows of the attention.
class DeviceHopValues final : public HopValues {
public:
    DeviceHopValues(Device& device, const ReadingPlan& plan, const ModelConfig& config);

    // A chunk [first, end) begins: what was made last counts if it ended at `first`, else it is dropped. Errors: asserts that one of both is so.
    void begin(std::uint64_t first, std::uint64_t end);

    // Copies the values before the chunk to the begin of the window, whose first token is the first that is kept; and those at the chunk's end out of it.
    void open(std::uint32_t hop, std::uint32_t layer, const Window& window);
    void keep(std::uint32_t hop, std::uint32_t layer, const Window& window);

    // Tokens before `tokens` that are kept of a hop.
    std::uint64_t kept(std::uint32_t hop, std::uint64_t tokens) const { return std::min(m_strides[hop], tokens); }

    void forEachPiece(std::uint32_t hop, std::uint64_t tokens, const std::function<void(std::span<const Half>)>& piece) const override;
    void restore(const HopSnapshot& snapshot) override;

private:
    struct Side {
        std::uint64_t tokens = 0;         // read up to here
        std::vector<DeviceArray<Half>> values; // [hop]
    };
    Half* place(const Side& side, std::uint32_t hop, std::uint32_t layer, std::uint32_t head, std::uint64_t token) const
    {
        const std::uint64_t column = m_strides[hop] - (side.tokens - token);
        return side.values[hop].data() + ((static_cast<std::size_t>(layer) * m_heads + head) * m_strides[hop] + column) * m_headWidth;
    }
    const Side& after(std::uint64_t tokens) const;

    Device& m_device;
    std::array<Side, 2> m_sides;
    int m_current = 0;                    // the other one is being made
};

} // namespace octavo::cuda
