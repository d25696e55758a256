// SPDX-License-Identifier: Apache-2.0
// Plain elements and ggml's blocks, unpacked 32 elements at a time by one thread. compute/cpu/quant_blocks-inl.h and
// quant_k_blocks-inl.h tell what stands where in a block; here only how to get at it in words of four.
//
// Element n of a group is scale·(q − kMiddle), plus the offset if kHasOffsets, where q is byte n of `quants`; the elements from 16 on have the
// second scale and offset if kScales is 2. kMiddle is not taken off each byte: a product takes it off the sum. As on the CPU every product
// beneath an offset is exact, so the floats are those of the CPU, fused or not.
#pragma once

#include <cmath>

#include "compute/cuda/device.cuh"
#include "model/ggml_type.h"

namespace octavo::cuda {

struct QuantGroup {
    int quants[8];
    float scales[2];
    float offsets[2];
};

constexpr int kGroup = 32; // elements

OCTAVO_DEVICE std::uint32_t halfBitsAt(const std::byte* p) { return *reinterpret_cast<const std::uint16_t*>(p); }
OCTAVO_DEVICE float halfAt(const std::byte* p) { return __half2float(*reinterpret_cast<const __half*>(p)); }

// Words from `p` on, each shifted right by `shift` (less than 16), so that the bits wanted of every byte come to stand lowest; what stands
// above them is of no use. Blocks whose size is no multiple of four begin in the middle of a word: there whole words are read and put together
// by the same shift. No word is read that has no byte of those wanted.
template <int kAlignment, int kWords>
OCTAVO_DEVICE void loadWords(const std::byte* p, unsigned shift, std::uint32_t (&words)[kWords])
{
    static_assert(kWords % 4 == 0);
    if constexpr (kAlignment >= 16) {
        for (int n = 0; n < kWords; n += 4) {
            const uint4 four = *reinterpret_cast<const uint4*>(p + 4 * n);
            words[n] = four.x >> shift;
            words[n + 1] = four.y >> shift;
            words[n + 2] = four.z >> shift;
            words[n + 3] = four.w >> shift;
        }
    } else if constexpr (kAlignment == 8) {
        for (int n = 0; n < kWords; n += 2) {
            const uint2 two = *reinterpret_cast<const uint2*>(p + 4 * n);
            words[n] = two.x >> shift;
            words[n + 1] = two.y >> shift;
        }
    } else if constexpr (kAlignment == 4) {
        for (int n = 0; n < kWords; ++n)
            words[n] = reinterpret_cast<const std::uint32_t*>(p)[n] >> shift;
    } else {
        const unsigned odd = static_cast<unsigned>(reinterpret_cast<std::uintptr_t>(p) >> 1 & 1);
        const auto* whole = reinterpret_cast<const std::uint32_t*>(p - 2 * odd);
        const unsigned both = 16 * odd + shift;
        std::uint32_t low = whole[0];
        for (int n = 0; n < kWords; ++n) {
            const std::uint32_t high = whole[n + 1 < kWords ? n + 1 : kWords - 1 + static_cast<int>(odd)];
            words[n] = static_cast<std::uint32_t>((static_cast<std::uint64_t>(high) << 32 | low) >> both);
            low = high;
        }
    }
}

// A word that lies at a multiple of two.
OCTAVO_DEVICE std::uint32_t wordAtHalf(const std::byte* p) { return halfBitsAt(p) | halfBitsAt(p + 2) << 16; }

template <int kBytes>
constexpr int kAlignmentOf = kBytes % 16 == 0 ? 16 : kBytes % 8 == 0 ? 8 : kBytes % 4 == 0 ? 4 : 2;

struct F32 {
    static constexpr int kElements = 1;
    static constexpr int kBytes = 4;
    static OCTAVO_DEVICE float load(const std::byte* p) { return *reinterpret_cast<const float*>(p); }
    // Eight of them, at a multiple of 16 bytes; for the others too.
    static OCTAVO_DEVICE void loadEight(const std::byte* p, float (&out)[8])
    {
        for (int n = 0; n < 8; n += 4) {
            const float4 four = *reinterpret_cast<const float4*>(p + 4 * n);
            out[n] = four.x;
            out[n + 1] = four.y;
            out[n + 2] = four.z;
            out[n + 3] = four.w;
        }
    }
};

struct F16 {
    static constexpr int kElements = 1;
    static constexpr int kBytes = 2;
    static OCTAVO_DEVICE float load(const std::byte* p) { return halfAt(p); }
    static OCTAVO_DEVICE void loadEight(const std::byte* p, float (&out)[8])
    {
        const uint4 bits = *reinterpret_cast<const uint4*>(p);
        const std::uint32_t words[4] = {bits.x, bits.y, bits.z, bits.w};
        for (int n = 0; n < 4; ++n) {
            const float2 two = unpackHalves(words[n]);
            out[2 * n] = two.x;
            out[2 * n + 1] = two.y;
        }
    }
};

// The upper half of a float.
struct BF16 {
    static constexpr int kElements = 1;
    static constexpr int kBytes = 2;
    static OCTAVO_DEVICE float floatOf(std::uint32_t bits) { return bitsAs<float>(bits); }
    static OCTAVO_DEVICE float load(const std::byte* p) { return floatOf(halfBitsAt(p) << 16); }
    static OCTAVO_DEVICE void loadEight(const std::byte* p, float (&out)[8])
    {
        const uint4 bits = *reinterpret_cast<const uint4*>(p);
        const std::uint32_t words[4] = {bits.x, bits.y, bits.z, bits.w};
        for (int n = 0; n < 4; ++n) {
            out[2 * n] = floatOf(words[n] << 16);
            out[2 * n + 1] = floatOf(words[n] & 0xFFFF0000u);
        }
    }
};

template <bool kFifthBit, bool kMinimum>
struct NibbleBlock {
    static constexpr int kElements = 32;
    static constexpr int kScales = 1;
    static constexpr bool kHasOffsets = kMinimum;
    static constexpr int kMiddle = kMinimum ? 0 : kFifthBit ? 16 : 8;
    static constexpr int kBitsAt = kMinimum ? 4 : 2;
    static constexpr int kNibblesAt = kBitsAt + (kFifthBit ? 4 : 0);
    static constexpr int kBytes = kNibblesAt + 16;

    // Bits n to n + 3 as the fifth bits of four bytes.
    static OCTAVO_DEVICE std::uint32_t fifthBits(std::uint32_t bits, int n) { return (bits >> n & 0x0F) * 0x02040810u & 0x10101010u; }

    static OCTAVO_DEVICE void unpack(const std::byte* block, int, QuantGroup& out)
    {
        std::uint32_t nibbles[4];
        loadWords<kAlignmentOf<kBytes>>(block + kNibblesAt, 0, nibbles);
        [[maybe_unused]] std::uint32_t bits = 0;
        if constexpr (kFifthBit)
            bits = wordAtHalf(block + kBitsAt);
        for (int n = 0; n < 4; ++n) {
            std::uint32_t low = nibbles[n] & 0x0F0F0F0Fu;
            std::uint32_t high = nibbles[n] >> 4 & 0x0F0F0F0Fu;
            if constexpr (kFifthBit) {
                low |= fifthBits(bits, 4 * n);
                high |= fifthBits(bits, 16 + 4 * n);
            }
            out.quants[n] = static_cast<int>(low);
            out.quants[n + 4] = static_cast<int>(high);
        }
        out.scales[0] = halfAt(block);
        if constexpr (kMinimum)
            out.offsets[0] = halfAt(block + 2);
    }
};

using Q4_0 = NibbleBlock<false, false>;
using Q4_1 = NibbleBlock<false, true>;
using Q5_0 = NibbleBlock<true, false>;
using Q5_1 = NibbleBlock<true, true>;

struct Q8_0 {
    static constexpr int kElements = 32;
    static constexpr int kScales = 1;
    static constexpr bool kHasOffsets = false;
    static constexpr int kMiddle = 0;
    static constexpr int kBytes = 34;

    static OCTAVO_DEVICE void unpack(const std::byte* block, int, QuantGroup& out)
    {
        std::uint32_t words[8];
        loadWords<2>(block + 2, 0, words);
        for (int n = 0; n < 8; ++n)
            out.quants[n] = static_cast<int>(words[n]);
        out.scales[0] = halfAt(block);
    }
};

// The 16 values of IQ4_NL, four to a word, for the low and the high nibbles of a word.
OCTAVO_DEVICE void valuesOf(std::uint32_t indices, int& low, int& high)
{
    constexpr std::uint32_t kValues[4] = {0xBFAD9881u, 0xF6EADDCFu, 0x26190D01u, 0x71594535u};
    const std::uint32_t upper = (indices & 0x88888888u) >> 1 | 0x32103210u; // of each index: its byte, of the second word if the index is 8 or more
    const std::uint32_t first = pickBytes(pickBytes(kValues[0], kValues[1], indices), pickBytes(kValues[2], kValues[3], indices), upper);
    const std::uint32_t second
        = pickBytes(pickBytes(kValues[0], kValues[1], indices >> 16), pickBytes(kValues[2], kValues[3], indices >> 16), upper >> 16);
    low = static_cast<int>(pickBytes(first, second, 0x6420));
    high = static_cast<int>(pickBytes(first, second, 0x7531));
}

template <int kAlignment>
OCTAVO_DEVICE void unpackIndices(const std::byte* indices, QuantGroup& out)
{
    std::uint32_t words[4];
    loadWords<kAlignment>(indices, 0, words);
    for (int n = 0; n < 4; ++n)
        valuesOf(words[n], out.quants[n], out.quants[n + 4]);
}

struct IQ4_NL {
    static constexpr int kElements = 32;
    static constexpr int kScales = 1;
    static constexpr bool kHasOffsets = false;
    static constexpr int kMiddle = 0;
    static constexpr int kBytes = 18;

    static OCTAVO_DEVICE void unpack(const std::byte* block, int, QuantGroup& out)
    {
        unpackIndices<2>(block + 2, out);
        out.scales[0] = halfAt(block);
    }
};

struct Q2_K {
    static constexpr int kElements = 256;
    static constexpr int kScales = 2;
    static constexpr bool kHasOffsets = true;
    static constexpr int kMiddle = 0;
    static constexpr int kBytes = 84;

    static OCTAVO_DEVICE void unpack(const std::byte* block, int group, QuantGroup& out)
    {
        std::uint32_t words[8];
        loadWords<4>(block + 16 + 32 * (group / 4), static_cast<unsigned>(2 * (group % 4)), words);
        for (int n = 0; n < 8; ++n)
            out.quants[n] = static_cast<int>(words[n] & 0x03030303u);
        const std::uint32_t factors = halfBitsAt(block + 2 * group);
        const float2 d = unpackHalves(*reinterpret_cast<const std::uint32_t*>(block + 80));
        for (int n = 0; n < 2; ++n) {
            out.scales[n] = d.x * static_cast<float>(factors >> 8 * n & 0x0F);
            out.offsets[n] = -d.y * static_cast<float>(factors >> (8 * n + 4) & 0x0F);
        }
    }
};

struct Q3_K {
    static constexpr int kElements = 256;
    static constexpr int kScales = 2;
    static constexpr bool kHasOffsets = false;
    static constexpr int kMiddle = 4;
    static constexpr int kBytes = 110;

    static OCTAVO_DEVICE void unpack(const std::byte* block, int group, QuantGroup& out)
    {
        std::uint32_t words[8], thirds[8];
        loadWords<2>(block + 32 + 32 * (group / 4), static_cast<unsigned>(2 * (group % 4)), words);
        loadWords<2>(block, static_cast<unsigned>(group), thirds);
        for (int n = 0; n < 8; ++n)
            out.quants[n] = static_cast<int>((words[n] & 0x03030303u) + (thirds[n] & 0x01010101u) * 4);
        const std::uint32_t lows = halfBitsAt(block + 96 + (2 * group & 7)) >> (group & 4) & 0x0F0F;
        const std::uint32_t highs = halfBitsAt(block + 104 + (2 * group & 3)) >> (group & 6) & 0x0303;
        const std::uint32_t factors = lows | highs << 4;
        const float d = halfAt(block + 108);
        out.scales[0] = d * static_cast<float>(static_cast<int>(factors & 0xFF) - 32);
        out.scales[1] = d * static_cast<float>(static_cast<int>(factors >> 8) - 32);
    }
};

// Scale and minimum of a group of Q4_K and Q5_K.
OCTAVO_DEVICE void unpackScaleMinimum(const std::byte* block, int group, QuantGroup& out)
{
    const uint4 header = *reinterpret_cast<const uint4*>(block);
    const int shift = 8 * (group & 3);
    const std::uint32_t scales = header.y >> shift, minima = header.z >> shift, others = header.w >> shift;
    const std::uint32_t scale = group < 4 ? scales & 0x3F : (others & 0x0F) | (scales >> 2 & 0x30);
    const std::uint32_t minimum = group < 4 ? minima & 0x3F : (others >> 4 & 0x0F) | (minima >> 2 & 0x30);
    const float2 d = unpackHalves(header.x);
    out.scales[0] = d.x * static_cast<float>(scale);
    out.offsets[0] = -d.y * static_cast<float>(minimum);
}

struct Q4_K {
    static constexpr int kElements = 256;
    static constexpr int kScales = 1;
    static constexpr bool kHasOffsets = true;
    static constexpr int kMiddle = 0;
    static constexpr int kBytes = 144;

    static OCTAVO_DEVICE void unpack(const std::byte* block, int group, QuantGroup& out)
    {
        std::uint32_t words[8];
        loadWords<16>(block + 16 + 32 * (group / 2), static_cast<unsigned>(4 * (group % 2)), words);
        for (int n = 0; n < 8; ++n)
            out.quants[n] = static_cast<int>(words[n] & 0x0F0F0F0Fu);
        unpackScaleMinimum(block, group, out);
    }
};

struct Q5_K {
    static constexpr int kElements = 256;
    static constexpr int kScales = 1;
    static constexpr bool kHasOffsets = true;
    static constexpr int kMiddle = 0;
    static constexpr int kBytes = 176;

    static OCTAVO_DEVICE void unpack(const std::byte* block, int group, QuantGroup& out)
    {
        std::uint32_t words[8], fifths[8];
        loadWords<16>(block + 48 + 32 * (group / 2), static_cast<unsigned>(4 * (group % 2)), words);
        loadWords<16>(block + 16, static_cast<unsigned>(group), fifths);
        for (int n = 0; n < 8; ++n)
            out.quants[n] = static_cast<int>((words[n] & 0x0F0F0F0Fu) + (fifths[n] & 0x01010101u) * 16);
        unpackScaleMinimum(block, group, out);
    }
};

struct Q6_K {
    static constexpr int kElements = 256;
    static constexpr int kScales = 2;
    static constexpr bool kHasOffsets = false;
    static constexpr int kMiddle = 32;
    static constexpr int kBytes = 210;

    static OCTAVO_DEVICE void unpack(const std::byte* block, int group, QuantGroup& out)
    {
        std::uint32_t words[8], bits[8];
        loadWords<2>(block + 64 * (group / 4) + 32 * (group % 2), static_cast<unsigned>(2 * (group & 2)), words);
        loadWords<2>(block + 128 + 32 * (group / 4), static_cast<unsigned>(2 * (group % 4)), bits);
        for (int n = 0; n < 8; ++n)
            out.quants[n] = static_cast<int>((words[n] & 0x0F0F0F0Fu) + (bits[n] & 0x03030303u) * 16);
        const std::uint32_t factors = halfBitsAt(block + 192 + 2 * group);
        const float d = halfAt(block + 208);
        out.scales[0] = d * static_cast<float>(static_cast<signed char>(factors & 0xFF));
        out.scales[1] = d * static_cast<float>(static_cast<signed char>(factors >> 8));
    }
};

struct IQ4_XS {
    static constexpr int kElements = 256;
    static constexpr int kScales = 1;
    static constexpr bool kHasOffsets = false;
    static constexpr int kMiddle = 0;
    static constexpr int kBytes = 136;

    static OCTAVO_DEVICE void unpack(const std::byte* block, int group, QuantGroup& out)
    {
        unpackIndices<8>(block + 8 + 16 * group, out);
        const uint2 header = *reinterpret_cast<const uint2*>(block);
        const std::uint32_t factor = (header.y >> 4 * group & 0x0F) | (header.x >> (16 + 2 * group) & 0x03) << 4;
        out.scales[0] = unpackHalves(header.x).x * static_cast<float>(static_cast<int>(factor) - 32);
    }
};

// Element n of a group as the CPU has it.
template <class Block>
OCTAVO_DEVICE float elementOf(const QuantGroup& group, int n)
{
    const int part = Block::kScales == 2 ? n / 16 : 0;
    const int quant = static_cast<signed char>(group.quants[n / 4] >> 8 * (n % 4)) - Block::kMiddle;
    if constexpr (Block::kHasOffsets)
        return fmaf(static_cast<float>(quant), group.scales[part], group.offsets[part]);
    else
        return static_cast<float>(quant) * group.scales[part];
}

// Calls `kernel` with the layout of `type`, one of those that have kernels; false for the others.
template <class Kernel>
bool withLayout(GgmlType type, const Kernel& kernel)
{
    switch (type) {
    case GgmlType::F32: kernel(F32()); return true;
    case GgmlType::F16: kernel(F16()); return true;
    case GgmlType::BF16: kernel(BF16()); return true;
    case GgmlType::Q4_0: kernel(Q4_0()); return true;
    case GgmlType::Q4_1: kernel(Q4_1()); return true;
    case GgmlType::Q5_0: kernel(Q5_0()); return true;
    case GgmlType::Q5_1: kernel(Q5_1()); return true;
    case GgmlType::Q8_0: kernel(Q8_0()); return true;
    case GgmlType::Q2_K: kernel(Q2_K()); return true;
    case GgmlType::Q3_K: kernel(Q3_K()); return true;
    case GgmlType::Q4_K: kernel(Q4_K()); return true;
    case GgmlType::Q5_K: kernel(Q5_K()); return true;
    case GgmlType::Q6_K: kernel(Q6_K()); return true;
    case GgmlType::IQ4_NL: kernel(IQ4_NL()); return true;
    case GgmlType::IQ4_XS: kernel(IQ4_XS()); return true;
    default: return false;
    }
}

} // namespace octavo::cuda
