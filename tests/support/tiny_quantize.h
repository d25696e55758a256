// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>

#include "support/tiny_gguf_writer.h"

namespace octavo::test {

// Plain encoders of some of ggml's tensor types, as ggml's reference quantizers round; of the others there are random blocks
// (random_blocks.h).

inline constexpr std::size_t kBlock = 32;   // elements of one block of the quantized types

// IEEE binary16, to nearest, ties to even; beyond its range infinity.
inline std::uint16_t halfBits(float value)
{
    const auto bits = std::bit_cast<std::uint32_t>(value);
    const auto sign = static_cast<std::uint16_t>(bits >> 16 & 0x8000);
    const float magnitude = std::fabs(value);
    if (!(magnitude < 65520.0f))
        return static_cast<std::uint16_t>(sign | (std::isnan(value) ? 0x7E00 : 0x7C00));
    // Below 2^-14 halves are multiples of 2^-24; nearbyint rounds ties to even.
    if (magnitude < 0x1p-14f)
        return static_cast<std::uint16_t>(sign | static_cast<std::uint16_t>(std::nearbyint(magnitude * 0x1p24f)));
    const std::uint32_t rounded = (bits & 0x7FFFFFFF) + 0xFFF + (bits >> 13 & 1);
    return static_cast<std::uint16_t>(sign | (rounded - (112u << 23)) >> 13);
}

inline std::string encodeF32(std::span<const float> values)
{
    return { reinterpret_cast<const char*>(values.data()), values.size_bytes() };
}

inline std::string encodeF16(std::span<const float> values)
{
    std::string out;
    for (float value : values)
        GgufWriter::append(out, halfBits(value));
    return out;
}

inline std::string encodeQ8_0(std::span<const float> values)
{
    std::string out;
    for (; values.size() >= kBlock; values = values.subspan(kBlock)) {
        float largest = 0;
        for (float value : values.first(kBlock))
            largest = std::max(largest, std::fabs(value));
        const float scale = largest / 127;
        GgufWriter::append(out, halfBits(scale));
        for (float value : values.first(kBlock))
            GgufWriter::append(out, static_cast<std::int8_t>(scale == 0 ? 0 : std::round(value / scale)));
    }
    return out;
}

// Two elements a byte: the block's first half in the low nibbles, its second half in the high ones.
inline void appendNibbles(std::string& out, std::span<const float> block, float offset, float scale, float rounding)
{
    const auto nibble = [&](float value) {
        return scale == 0 ? 0u : static_cast<unsigned>(std::clamp((value - offset) / scale + rounding, 0.0f, 15.0f));
    };
    for (std::size_t n = 0; n < kBlock / 2; ++n)
        out.push_back(static_cast<char>(nibble(block[n]) | nibble(block[n + kBlock / 2]) << 4));
}

inline std::string encodeQ4_0(std::span<const float> values)
{
    std::string out;
    for (; values.size() >= kBlock; values = values.subspan(kBlock)) {
        const auto block = values.first(kBlock);
        const float extreme = *std::ranges::max_element(block, {}, [](float value) { return std::fabs(value); });
        const float scale = extreme / -8;
        GgufWriter::append(out, halfBits(scale));
        appendNibbles(out, block, 0, scale, 8.5f);
    }
    return out;
}

inline std::string encodeQ4_1(std::span<const float> values)
{
    std::string out;
    for (; values.size() >= kBlock; values = values.subspan(kBlock)) {
        const auto block = values.first(kBlock);
        const auto [least, most] = std::ranges::minmax(block);
        const float scale = (most - least) / 15;
        GgufWriter::append(out, halfBits(scale));
        GgufWriter::append(out, halfBits(least));
        appendNibbles(out, block, least, scale, 0.5f);
    }
    return out;
}

// Rows are to be whole blocks.
inline std::string encode(TensorType type, std::span<const float> values)
{
    switch (type) {
    case TensorType::F32: return encodeF32(values);
    case TensorType::F16: return encodeF16(values);
    case TensorType::Q8_0: return encodeQ8_0(values);
    case TensorType::Q4_0: return encodeQ4_0(values);
    case TensorType::Q4_1: return encodeQ4_1(values);
    default: throw std::invalid_argument("no encoder for this tensor type");
    }
}

} // namespace octavo::test
