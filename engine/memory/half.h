// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <cstring>

namespace octavo {

// Bits of an IEEE 754 half-precision number. Arrays of them are converted by the backend's vector code; the scalar
// conversion here is for single values, in tests and slow paths.
using Half = std::uint16_t;

inline float toFloat(Half half)
{
    const std::uint32_t sign = static_cast<std::uint32_t>(half & 0x8000u) << 16;
    const std::uint32_t exponent = (half >> 10) & 0x1fu;
    const std::uint32_t fraction = half & 0x3ffu;
    if (exponent == 0) { // zero and subnormals: fraction · 2^-24, exact in float
        const float magnitude = static_cast<float>(fraction) * 5.9604644775390625e-8f;
        return sign ? -magnitude : magnitude;
    }
    const std::uint32_t bits = sign | (exponent == 31 ? 0x7f800000u | (fraction << 13) : ((exponent + 112) << 23) | (fraction << 13));
    float value;
    std::memcpy(&value, &bits, sizeof value);
    return value;
}

} // namespace octavo
