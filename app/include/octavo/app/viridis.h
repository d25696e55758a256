// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

namespace octavo::app {

// The perceptually even colour scale of every heat map, on screen and exported: 0 → dark violet … 1 → yellow, as 0xRRGGBB.
// Values outside are clamped. Ten samples of matplotlib's viridis, linear in between (within 3 of 255 of the original).
inline std::uint32_t viridis(double value)
{
    constexpr std::array<std::uint32_t, 10> samples{
        0x440154, 0x482878, 0x3e4989, 0x31688e, 0x26828e, 0x1f9e89, 0x35b779, 0x6ece58, 0xb5de2b, 0xfde725};
    const double place = std::clamp(value, 0.0, 1.0) * (samples.size() - 1);
    const std::size_t below = std::min(static_cast<std::size_t>(place), samples.size() - 2);
    const double part = place - static_cast<double>(below);
    std::uint32_t colour = 0;
    for (const int shift : {16, 8, 0}) {
        const double low = (samples[below] >> shift) & 0xff;
        const double high = (samples[below + 1] >> shift) & 0xff;
        colour |= static_cast<std::uint32_t>(low + (high - low) * part + 0.5) << shift;
    }
    return colour;
}

} // namespace octavo::app
