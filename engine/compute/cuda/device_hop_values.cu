// SPDX-License-Identifier: Apache-2.0
#include "compute/cuda/device_hop_values.h"

#include <algorithm>
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
    constexpr std::size_t kStaged = 16 << 20; // bytes: heads of a layer are gathered and copied together as far as they fit, or one by one
    const Side& side = after(tokens);
    const std::uint64_t count = kept(hop, tokens);
    const std::size_t headBytes = count * m_headWidth * sizeof(Half), all = std::size_t{m_layers} * m_heads;
    if (headBytes == 0)
        return;
    const std::size_t together = std::clamp<std::size_t>(kStaged / headBytes, 1, all);
    DeviceArray<Half> gathered(m_device, together * count * m_headWidth);
    StagingBuffer staged(m_device, together * headBytes);
    for (std::size_t begin = 0; begin < all; begin += together) {
        const std::size_t heads = std::min(together, all - begin);
        m_device.copyRows(gathered.data(), headBytes, place(side, hop, 0, 0, tokens - count) + begin * m_strides[hop] * m_headWidth,
                          m_strides[hop] * m_headWidth * sizeof(Half), headBytes, heads);
        m_device.download(staged.data(), gathered.data(), heads * headBytes);
        piece({reinterpret_cast<const Half*>(staged.data()), heads * count * m_headWidth});
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
