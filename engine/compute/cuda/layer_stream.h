// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "compute/cuda/device.h"

namespace octavo::cuda {

// Layers whose weights have no place of their own on the device: they lie in the host's memory as the device wants them and are brought in turn, each
// while the layers before it work, into one of two slots. A chunk of a reading works on a layer for longer than that takes; a single token does not, and
// waits for the bus.
// Threads: one at a time. Lifetime: the device outlives it.
class LayerStream {
public:
    static constexpr std::uint32_t kSlots = 2;

    // None yet of `layers` layers, of which none has more than `slotBytes`.
    LayerStream(Device& device, std::size_t layers, std::uint64_t slotBytes);

    bool has(std::size_t layer) const { return m_homes[layer] != nullptr; }
    std::uint32_t count() const { return m_count; }

    // From now on `layer` is brought from `home`. A layer that is entered may not be taken.
    void take(std::size_t layer, std::unique_ptr<StagingBuffer> home);
    // Not any more.
    std::unique_ptr<StagingBuffer> giveBack(std::size_t layer);
    // The slots' memory; without a call it is had when a layer is entered, and given back with the last layer. Errors: OutOfDeviceMemory.
    void openSlots();

    // Where a layer that it has lies for work that is queued until leave(). One layer at a time; whoever enters without having left leaves.
    // Errors: OutOfDeviceMemory.
    std::byte* enter(std::size_t layer);
    void leave();

private:
    struct Slot {
        DeviceArray<std::byte> place;
        std::optional<std::size_t> layer;      // that is there, or on the way
    };

    void bring(std::size_t layer, std::size_t slot);
    std::size_t following(std::size_t layer) const;

    Device& m_device;
    std::uint64_t m_slotBytes;
    std::vector<std::unique_ptr<StagingBuffer>> m_homes; // [layer]; null: it stays on the device
    std::uint32_t m_count = 0;
    std::vector<Slot> m_slots;
    std::size_t m_slot = 0;                              // last entered
    bool m_entered = false;
    SideCopies m_copies;
};

// How many layers stay on the device, where `layerBytes` have these sizes and everything else takes `otherBytes`: all, if there is room, else as many as leave
// room for the two slots. Fewer than three that are streamed would save nothing. Nothing: there is no room even for none. `room` in bytes.
std::optional<std::uint32_t> residentLayers(const std::vector<std::uint64_t>& layerBytes, std::uint64_t otherBytes, std::uint64_t room);

// Layers in the order in which they give up their place, so that those which are brought stand apart: each is copied while those between work.
// Bits reversed (0, 16, 8, 24, … of 32): any first few are spread.
std::vector<std::uint32_t> streamingOrder(std::uint32_t layers);

// Which layers are brought where `resident` of them are to stay: the first in that order; none where the slots would take as much as they do.
std::vector<bool> streamedLayers(std::uint32_t layers, std::uint32_t resident);

} // namespace octavo::cuda
