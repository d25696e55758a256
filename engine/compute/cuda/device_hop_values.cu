// SPDX-License-Identifier: Apache-2.0
#include "compute/cuda/device_hop_values.h"

#include <cassert>

namespace octavo::cuda {

DeviceHopValues::DeviceHopValues(Device& device, const ReadingPlan& plan, const ModelConfig& config) : HopValues(plan, config), m_device(device)
{
    for (Side& side : m_sides)
        for (const std::uint64_t stride : m_strides)
            side.values.emplace_back(device, static_cast<std::size_t>(m_layers) * m_heads * stride * m_headWidth);
}

void DeviceHopValues::begin(std::uint64_t first, std::uint64_t end)
{
    if (m_sides[m_current].tokens != first)
        m_current ^= 1;
    assert(m_sides[m_current].tokens == first && "a chunk begins where another ended");
    m_sides[m_current ^ 1].tokens = end;
}

void DeviceHopValues::open(std::uint32_t hop, std::uint32_t layer, const Window& window)
{
    const Side& side = m_sides[m_current];
    const std::uint64_t count = kept(hop, side.tokens);
    m_device.copyRows(window.data, window.head * sizeof(Half), place(side, hop, layer, 0, side.tokens - count), m_strides[hop] * m_headWidth * sizeof(Half),
                      count * m_headWidth * sizeof(Half), m_heads);
}

void DeviceHopValues::keep(std::uint32_t hop, std::uint32_t layer, const Window& window)
{
    const Side& side = m_sides[m_current ^ 1];
    const std::uint64_t count = kept(hop, side.tokens);
    m_device.copyRows(place(side, hop, layer, 0, side.tokens - count), m_strides[hop] * m_headWidth * sizeof(Half), window.at(0, side.tokens - count),
                      window.head * sizeof(Half), count * m_headWidth * sizeof(Half), m_heads);
}

const DeviceHopValues::Side& DeviceHopValues::after(std::uint64_t tokens) const
{
    const Side& side = m_sides[m_current].tokens == tokens ? m_sides[m_current] : m_sides[m_current ^ 1];
    assert(side.tokens == tokens);
    return side;
}

void DeviceHopValues::forEachPiece(std::uint32_t hop, std::uint64_t tokens, const std::function<void(std::span<const Half>)>& piece) const
{
    const Side& side = after(tokens);
    const std::uint64_t count = kept(hop, tokens);
    DeviceArray<Half> together(m_device, m_heads * count * m_headWidth);
    std::vector<Half> values(m_heads * count * m_headWidth);
    for (std::uint32_t layer = 0; layer < m_layers && count > 0; ++layer) {
        const std::size_t bytes = count * m_headWidth * sizeof(Half);
        m_device.copyRows(together.data(), bytes, place(side, hop, layer, 0, tokens - count), m_strides[hop] * m_headWidth * sizeof(Half), bytes, m_heads);
        m_device.download(values.data(), together.data(), values.size() * sizeof(Half));
        piece(values);
    }
}

void DeviceHopValues::restore(const HopSnapshot& snapshot)
{
    Side& side = m_sides[m_current];
    side.tokens = snapshot.tokens;
    m_sides[m_current ^ 1].tokens = 0;
    for (std::uint32_t hop = 0; hop < count(); ++hop) {
        DeviceArray<Half> together(m_device);
        const Half* from = together.fill(snapshot.values[hop]);
        const std::size_t bytes = kept(hop, snapshot.tokens) * m_headWidth * sizeof(Half);
        m_device.copyRows(place(side, hop, 0, 0, snapshot.tokens - kept(hop, snapshot.tokens)), m_strides[hop] * m_headWidth * sizeof(Half), from, bytes,
                          bytes, static_cast<std::size_t>(m_layers) * m_heads);
    }
}

} // namespace octavo::cuda
