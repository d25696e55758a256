// SPDX-License-Identifier: Apache-2.0
#include "compute/cuda/layer_stream.h"

#include <algorithm>
#include <numeric>

namespace octavo::cuda {

LayerStream::LayerStream(Device& device, const std::vector<std::uint64_t>& bytes)
    : m_slotBytes(*std::ranges::max_element(bytes)), m_place(device, kSlots * m_slotBytes), m_copies(device, kSlots)
{
    for (const std::uint64_t each : bytes)
        m_homes.push_back(std::make_unique<StagingBuffer>(device, each));
}

void LayerStream::bring(std::size_t n, std::size_t slot)
{
    m_copies.copy(slot, m_place.data() + slot * m_slotBytes, home(n), m_homes[n]->size());
    m_layers[slot] = n;
}

std::size_t LayerStream::enter(std::size_t n)
{
    leave();
    const auto* found = std::ranges::find(m_layers, std::optional(n));
    const std::size_t slot = found != std::end(m_layers) ? static_cast<std::size_t>(found - m_layers) : (m_slot + 1) % kSlots;
    if (m_layers[slot] != n)
        bring(n, slot);
    m_copies.await(slot);
    m_slot = slot;
    m_entered = true;
    const std::size_t next = (n + 1) % m_homes.size(), other = (slot + 1) % kSlots;
    if (m_layers[other] != next)
        bring(next, other);
    return slot * m_slotBytes;
}

void LayerStream::leave()
{
    if (m_entered)
        m_copies.release(m_slot);
    m_entered = false;
}

std::optional<std::uint32_t> residentLayers(const std::vector<std::uint64_t>& layerBytes, std::uint64_t otherBytes, std::uint64_t room)
{
    if (std::accumulate(layerBytes.begin(), layerBytes.end(), otherBytes) <= room)
        return static_cast<std::uint32_t>(layerBytes.size());
    const std::uint64_t largest = *std::ranges::max_element(layerBytes);
    const std::uint64_t least = otherBytes + LayerStream::kSlots * largest;
    if (layerBytes.size() <= LayerStream::kSlots || least > room)
        return std::nullopt;
    return static_cast<std::uint32_t>(std::min<std::uint64_t>((room - least) / largest, layerBytes.size() - LayerStream::kSlots - 1));
}

} // namespace octavo::cuda
