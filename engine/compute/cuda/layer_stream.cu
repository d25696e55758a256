// SPDX-License-Identifier: Apache-2.0
#include "compute/cuda/layer_stream.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <numeric>
#include <ranges>

namespace octavo::cuda {

LayerStream::LayerStream(Device& device, std::size_t layers, std::uint64_t slotBytes)
    : m_device(device), m_slotBytes(slotBytes), m_homes(layers), m_copies(device, kSlots)
{
    for (std::uint32_t n = 0; n < kSlots; ++n)
        m_slots.push_back({DeviceArray<std::byte>(device), {}});
}

void LayerStream::take(std::size_t layer, std::unique_ptr<StagingBuffer> home)
{
    assert(!has(layer));
    m_homes[layer] = std::move(home);
    ++m_count;
}

std::unique_ptr<StagingBuffer> LayerStream::giveBack(std::size_t layer)
{
    assert(has(layer) && !m_entered);
    m_copies.wait(); // it may be on the way
    for (Slot& slot : m_slots)
        if (slot.layer == layer)
            slot.layer.reset();
    if (--m_count == 0)
        for (Slot& slot : m_slots)
            slot.place = DeviceArray<std::byte>(m_device);
    return std::move(m_homes[layer]);
}

void LayerStream::openSlots()
{
    for (Slot& slot : m_slots)
        slot.place.reserve(m_slotBytes);
}

void LayerStream::bring(std::size_t layer, std::size_t slot)
{
    m_copies.copy(slot, m_slots[slot].place.data(), m_homes[layer]->data(), m_homes[layer]->size());
    m_slots[slot].layer = layer;
}

std::size_t LayerStream::following(std::size_t layer) const
{
    do
        layer = (layer + 1) % m_homes.size();
    while (!has(layer));
    return layer;
}

std::byte* LayerStream::enter(std::size_t layer)
{
    leave();
    openSlots();
    const auto found = std::ranges::find(m_slots, std::optional(layer), &Slot::layer);
    const std::size_t slot = found != m_slots.end() ? static_cast<std::size_t>(found - m_slots.begin()) : (m_slot + 1) % kSlots;
    if (m_slots[slot].layer != layer)
        bring(layer, slot);
    m_copies.await(slot);
    m_slot = slot;
    m_entered = true;
    const std::size_t next = following(layer), other = (slot + 1) % kSlots;
    if (m_slots[other].layer != next)
        bring(next, other);
    return m_slots[slot].place.data();
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

std::vector<std::uint32_t> streamingOrder(std::uint32_t layers)
{
    const std::uint32_t size = std::bit_ceil(layers), bits = static_cast<std::uint32_t>(std::countr_zero(size));
    std::vector<std::uint32_t> order;
    for (std::uint32_t n = 0; n < size; ++n) {
        std::uint32_t reversed = 0;
        for (std::uint32_t bit = 0; bit < bits; ++bit)
            reversed |= (n >> bit & 1) << (bits - 1 - bit);
        if (reversed < layers)
            order.push_back(reversed);
    }
    return order;
}

std::vector<bool> streamedLayers(std::uint32_t layers, std::uint32_t resident)
{
    std::vector<bool> streamed(layers);
    const std::uint32_t count = layers - std::min(resident, layers);
    if (count > LayerStream::kSlots)
        for (const std::uint32_t layer : streamingOrder(layers) | std::views::take(count))
            streamed[layer] = true;
    return streamed;
}

} // namespace octavo::cuda
