// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "compute/backend.h"
#include "compute/cuda/device.h"
#include "compute/cuda/token_kernels.cuh"

namespace octavo::cuda {

// Heads as they come out of one product: of each token queries, keys, values.
struct ProjectedHeads {
    const __half* data = nullptr;         // [count][(heads + 2·kvHeads)·width]
    Arrangement queries, keys;            // with their biases
    const float* valueBias = nullptr;
};

// Attention of one layer inside a forward pass on the device. Calls queue.
class DeviceAttention {
public:
    virtual ~DeviceAttention() = default;
    virtual void attend(std::uint32_t layer, const ProjectedHeads& heads, __half* out) = 0; // out [count][heads·width]

    // Two passes with the same key launch the same, so that launches may be kept; 0: they may not.
    virtual std::uint64_t launchKey() const { return 0; }
};

// Whether there are kernels for heads so wide.
inline bool hasHeadWidth(std::uint32_t width) { return width == 64 || width == 80 || width == 96 || width == 128; }

inline unsigned blocksOf(std::uint64_t count, unsigned each) { return static_cast<unsigned>((count + each - 1) / each); }

// A warp per token and head.
inline void launchPlaceKeysValues(Device& device, const PlaceKeysValues& p)
{
    launch(device, p.width > 64 ? placeKeysValues<2> : placeKeysValues<1>, dim3(blocksOf(std::uint64_t{p.count} * 2 * p.kvHeads, kTokenWarps)), kTokenWarps * kWarp, 0, p);
}
inline void launchOpenWindow(Device& device, const OpenWindow& p)
{
    launch(device, p.width > 64 ? openWindow<2> : openWindow<1>, dim3(blocksOf(std::uint64_t{p.count} * 2 * p.kvHeads, kTokenWarps)), kTokenWarps * kWarp, 0, p);
}
inline void launchPlaceQueries(Device& device, const PlaceQueries& p)
{
    launch(device, p.width > 64 ? placeQueries<2> : placeQueries<1>, dim3(blocksOf(std::uint64_t{p.count} * p.heads, kTokenWarps)), kTokenWarps * kWarp, 0, p);
}

// Calls kernel.template operator()<width>() for one of the widths there are kernels for.
template <class Kernel>
void withHeadWidth(std::uint32_t width, const Kernel& kernel)
{
    switch (width) {
    case 64: return kernel.template operator()<64>();
    case 80: return kernel.template operator()<80>();
    case 96: return kernel.template operator()<96>();
    default: return kernel.template operator()<128>(); // hasHeadWidth() was asked when the model was opened
    }
}

inline void launchScoreSinks(Device& device, std::uint32_t width, const ScoreSinks& p)
{
    const dim3 grid(blocksOf(std::uint64_t{p.count} * (p.heads / p.kvHeads), 16 * kTokenWarps), p.kvHeads);
    withHeadWidth(width, [&]<int kWidth>() { launch(device, scoreSinks<kWidth>, grid, kTokenWarps * kWarp, 0, p); });
}

// cos and sin of positions, on the device. Positions of one list at a time.
class DeviceTurns {
public:
    DeviceTurns(Device& device, const std::vector<double>& frequencies) : m_device(device), m_frequencies(device), m_positions(device), m_turns(device)
    {
        m_frequencies.fill(frequencies);
        m_pairs = static_cast<std::uint32_t>(frequencies.size());
    }

    void fill(std::span<const double> positions)
    {
        m_positions.fill(positions);
        m_turns.reserveRoomy(positions.size() * m_pairs);
        launch(m_device, fillTurns, dim3(static_cast<unsigned>(positions.size())), (m_pairs + 31) / 32 * 32, 0, m_positions.data(), m_frequencies.data(), m_pairs,
               m_turns.data());
    }
    const float2* data() const { return m_turns.data(); } // [position][pair]

private:
    Device& m_device;
    std::uint32_t m_pairs;
    DeviceArray<double> m_frequencies;
    DeviceArray<double> m_positions;
    DeviceArray<float2> m_turns;
};

} // namespace octavo::cuda
