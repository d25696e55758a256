// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "compute/cuda/device.h"

namespace octavo::cuda {

// Layers whose weights have no place of their own on the device: they lie in the host's memory as the device wants them and are brought in turn, each
// while the one before it works, into one of two slots. A chunk of a reading works on a layer for longer than that takes; a single token does not, and
// waits for the bus.
// Threads: one at a time. Lifetime: the device outlives it.
class LayerStream {
public:
    static constexpr std::uint32_t kSlots = 2;

    // Of so many bytes each. Errors: OutOfDeviceMemory; std::bad_alloc where the host has not enough memory that a GPU copies from.
    LayerStream(Device& device, const std::vector<std::uint64_t>& bytes);

    std::byte* home(std::size_t n) const { return m_homes[n]->data(); }  // to be filled before layer n is entered
    std::byte* place() const { return m_place.data(); }                 // of a layer in the first slot

    // Bytes behind place() where layer n lies for work that is queued until leave(). One layer at a time; whoever enters without having left leaves.
    std::size_t enter(std::size_t n);
    void leave();

private:
    void bring(std::size_t n, std::size_t slot);

    std::vector<std::unique_ptr<StagingBuffer>> m_homes;
    std::size_t m_slotBytes = 0;
    DeviceArray<std::byte> m_place;                         // [slot]
    std::optional<std::size_t> m_layers[kSlots];            // that are there, or on the way
    std::size_t m_slot = 0;                                 // last entered
    bool m_entered = false;
    SideCopies m_copies;
};

// How many layers stay on the device, where `layerBytes` have these sizes and everything else takes `otherBytes`: all, if there is room, else as many as leave
// room for the two slots. Fewer than three that are streamed would save nothing. Nothing: there is no room even for none. `room` in bytes.
std::optional<std::uint32_t> residentLayers(const std::vector<std::uint64_t>& layerBytes, std::uint64_t otherBytes, std::uint64_t room);

// Whether layer n of `layers` is one of the `streamed`, which stand as far apart as they can: each is brought while those between work.
inline bool isStreamed(std::uint32_t n, std::uint32_t layers, std::uint32_t streamed)
{
    return std::uint64_t{n + 1} * streamed / layers > std::uint64_t{n} * streamed / layers;
}

} // namespace octavo::cuda
