// SPDX-License-Identifier: Apache-2.0
// ggml's blocks of 256 elements. Compiled once per Highway target; quant_blocks-inl.h tells what a layout is.
// Quants stand in runs of 32 bytes; the lowest bits of a run are 32 elements, the next bits the next 32, and so on, unless a layout says otherwise.
#if defined(OCTAVO_QUANT_K_BLOCKS_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef OCTAVO_QUANT_K_BLOCKS_INL_H
#undef OCTAVO_QUANT_K_BLOCKS_INL_H
#else
#define OCTAVO_QUANT_K_BLOCKS_INL_H
#endif

#include <cassert>

#include "compute/cpu/quant_blocks-inl.h"
#include "model/ggml_type.h"

HWY_BEFORE_NAMESPACE();
namespace octavo::cpu::HWY_NAMESPACE {

// out[k] = d·(factors[k] − middle) for signed bytes; room for 16 on both sides.
template <std::size_t kCount>
HWY_INLINE void scaleFactors(hn::Vec<F> d, const void* factors, std::int32_t middle, float* out)
{
    for (std::size_t k = 0; k < kCount; k += hn::Lanes(F())) {
        const auto bytes = hn::LoadU(I8(), static_cast<const std::int8_t*>(factors) + k);
        const auto centred = hn::Sub(hn::PromoteTo(I32(), bytes), hn::Set(I32(), middle));
        hn::StoreU(hn::Mul(d, hn::ConvertTo(F(), centred)), F(), out + k);
    }
}

// Packed scales are taken apart eight at a time in general registers, since writing them byte by byte and reading them as a vector
// stalls on store forwarding.
HWY_INLINE std::uint64_t wordAt(const std::uint8_t* p)
{
    std::uint32_t word;
    std::memcpy(&word, p, sizeof word);
    return word;
}

// 16 bytes of scale | minimum << 4; 64 bytes of 2-bit quants; half d; half dmin
// x = d·scale·q − dmin·minimum, scale and minimum per 16 elements
struct Q2_K {
    static constexpr std::size_t kElements = 256;
    static constexpr std::size_t kGroup = 16;
    static constexpr std::size_t kBytes = 84;
    static constexpr bool kHasOffsets = true;

    static HWY_INLINE void unpack(const std::uint8_t* block, const BlockTarget& out)
    {
        const Bytes32 d;
        const auto three = hn::Set(d, 3);
        for (std::size_t i = 0; i < 32; i += hn::Lanes(d))
            for (std::size_t half = 0; half < 2; ++half) {
                auto quants = hn::LoadU(d, block + 16 + 32 * half + i);
                for (std::size_t n = 128 * half; n < 128 * half + 128; n += 32) {
                    storeQuants(d, hn::And(quants, three), out.quants + n + i);
                    quants = hn::ShiftRight<2>(quants);
                }
            }
        const Bytes16 d16;
        alignas(16) std::uint8_t scales[16];
        alignas(16) std::uint8_t minima[16];
        for (std::size_t i = 0; i < 16; i += hn::Lanes(d16)) {
            const auto packed = hn::LoadU(d16, block + i);
            hn::Store(hn::And(packed, hn::Set(d16, 0x0F)), d16, scales + i);
            hn::Store(hn::ShiftRight<4>(packed), d16, minima + i);
        }
        scaleFactors<16>(halfAt(block + 80), scales, 0, out.scales);
        scaleFactors<16>(hn::Neg(halfAt(block + 82)), minima, 0, out.offsets);
    }
};

// 32 bytes of third bits; 64 bytes of 2-bit quants; 12 bytes of 6-bit scales; half d
// x = d·(scale − 32)·(q − 4), scale per 16 elements
struct Q3_K {
    static constexpr std::size_t kElements = 256;
    static constexpr std::size_t kGroup = 16;
    static constexpr std::size_t kBytes = 110;
    static constexpr bool kHasOffsets = false;

    static HWY_INLINE void unpack(const std::uint8_t* block, const BlockTarget& out)
    {
        const Bytes32 d;
        const auto three = hn::Set(d, 3);
        const auto four = hn::Set(d, 4);
        for (std::size_t i = 0; i < 32; i += hn::Lanes(d)) {
            const auto bits = hn::LoadU(d, block + i);
            auto thirds = hn::Or(hn::ShiftLeft<2>(bits), hn::ShiftRight<6>(bits));   // turned so that bit 2 is the one wanted
            for (std::size_t half = 0; half < 2; ++half) {
                auto quants = hn::LoadU(d, block + 32 + 32 * half + i);
                for (std::size_t n = 128 * half; n < 128 * half + 128; n += 32) {
                    storeQuants(d, hn::Sub(hn::Or(hn::And(quants, three), hn::And(thirds, four)), four), out.quants + n + i);
                    quants = hn::ShiftRight<2>(quants);
                    thirds = hn::Or(hn::ShiftRight<1>(thirds), hn::ShiftLeft<7>(thirds));
                }
            }
        }
        // Scale k: four low bits in nibbles, of byte k or of the high half of byte k − 8; two high bits in byte 8 + k mod 4.
        const std::uint64_t lows = wordAt(block + 96) | wordAt(block + 100) << 32;
        const std::uint64_t highs = wordAt(block + 104) | wordAt(block + 104) << 30;
        constexpr std::uint64_t kLow = 0x0F0F0F0F0F0F0F0F;
        constexpr std::uint64_t kHigh = 0x0303030303030303;
        const std::uint64_t factors[2] = { (lows & kLow) | (highs & kHigh) << 4, (lows >> 4 & kLow) | (highs >> 4 & kHigh) << 4 };
        scaleFactors<16>(halfAt(block + 108), factors, 32, out.scales);
    }
};

// The eight 6-bit scales and minima of Q4_K and Q5_K, in 12 bytes: the first four of each fill six bits of a byte; the others have
// their four low bits in the last four bytes and their two high bits above the first four.
HWY_INLINE void unpackScalesMinima(const std::uint8_t* block, const BlockTarget& out)
{
    const std::uint64_t scales = wordAt(block + 4);
    const std::uint64_t minima = wordAt(block + 8);
    const std::uint64_t others = wordAt(block + 12);
    std::uint64_t factors[2] = { (scales & 0x3F3F3F3F) | ((others & 0x0F0F0F0F) | (scales >> 2 & 0x30303030)) << 32 };
    scaleFactors<8>(halfAt(block), factors, 0, out.scales);
    factors[0] = (minima & 0x3F3F3F3F) | ((others >> 4 & 0x0F0F0F0F) | (minima >> 2 & 0x30303030)) << 32;
    scaleFactors<8>(hn::Neg(halfAt(block + 2)), factors, 0, out.offsets);
}

// half d; half dmin; 12 bytes of scales and minima; 128 bytes of nibbles
// x = d·scale·q − dmin·minimum, scale and minimum per 32 elements
struct Q4_K {
    static constexpr std::size_t kElements = 256;
    static constexpr std::size_t kGroup = 32;
    static constexpr std::size_t kBytes = 144;
    static constexpr bool kHasOffsets = true;

    static HWY_INLINE void unpack(const std::uint8_t* block, const BlockTarget& out)
    {
        const Bytes32 d;
        for (std::size_t i = 0; i < 128; i += hn::Lanes(d)) {
            const auto nibbles = hn::LoadU(d, block + 16 + i);
            std::int8_t* quants = out.quants + 64 * (i / 32) + i % 32;
            storeQuants(d, hn::And(nibbles, hn::Set(d, 0x0F)), quants);
            storeQuants(d, hn::ShiftRight<4>(nibbles), quants + 32);
        }
        unpackScalesMinima(block, out);
    }
};

// half d; half dmin; 12 bytes of scales and minima; 32 bytes of fifth bits; 128 bytes of nibbles
// x as in Q4_K
struct Q5_K {
    static constexpr std::size_t kElements = 256;
    static constexpr std::size_t kGroup = 32;
    static constexpr std::size_t kBytes = 176;
    static constexpr bool kHasOffsets = true;

    static HWY_INLINE void unpack(const std::uint8_t* block, const BlockTarget& out)
    {
        const Bytes32 d;
        const auto sixteen = hn::Set(d, 0x10);
        for (std::size_t i = 0; i < 32; i += hn::Lanes(d)) {
            const auto bits = hn::LoadU(d, block + 16 + i);
            auto fifths = hn::Or(hn::ShiftLeft<4>(bits), hn::ShiftRight<4>(bits));   // turned so that bit 4 is the one wanted
            for (std::size_t run = 0; run < 4; ++run) {
                const auto nibbles = hn::LoadU(d, block + 48 + 32 * run + i);
                std::int8_t* quants = out.quants + 64 * run + i;
                const auto next = hn::Or(hn::ShiftRight<1>(fifths), hn::ShiftLeft<7>(fifths));
                storeQuants(d, hn::Or(hn::And(nibbles, hn::Set(d, 0x0F)), hn::And(fifths, sixteen)), quants);
                storeQuants(d, hn::Or(hn::ShiftRight<4>(nibbles), hn::And(next, sixteen)), quants + 32);
                fifths = hn::Or(hn::ShiftRight<1>(next), hn::ShiftLeft<7>(next));
            }
        }
        unpackScalesMinima(block, out);
    }
};

// 128 bytes of nibbles; 64 bytes of two high bits; 16 signed scales; half d
// x = d·scale·(q − 32), scale per 16 elements. Of each 64 bytes of nibbles all low ones come before all high ones.
struct Q6_K {
    static constexpr std::size_t kElements = 256;
    static constexpr std::size_t kGroup = 16;
    static constexpr std::size_t kBytes = 210;
    static constexpr bool kHasOffsets = false;

    static HWY_INLINE void unpack(const std::uint8_t* block, const BlockTarget& out)
    {
        const Bytes32 d;
        const auto nibble = hn::Set(d, 0x0F);
        const auto upper = hn::Set(d, 0x30);
        const auto middle = hn::Set(d, 32);
        for (std::size_t half = 0; half < 2; ++half)
            for (std::size_t i = 0; i < 32; i += hn::Lanes(d)) {
                const auto first = hn::LoadU(d, block + 64 * half + i);
                const auto second = hn::LoadU(d, block + 64 * half + 32 + i);
                const auto bits = hn::LoadU(d, block + 128 + 32 * half + i);
                std::int8_t* quants = out.quants + 128 * half + i;
                const auto store = [&](auto low, auto high, std::int8_t* to) {
                    storeQuants(d, hn::Sub(hn::Or(low, hn::And(high, upper)), middle), to);
                };
                store(hn::And(first, nibble), hn::ShiftLeft<4>(bits), quants);
                store(hn::And(second, nibble), hn::ShiftLeft<2>(bits), quants + 32);
                store(hn::ShiftRight<4>(first), bits, quants + 64);
                store(hn::ShiftRight<4>(second), hn::ShiftRight<2>(bits), quants + 96);
            }
        scaleFactors<16>(halfAt(block + 208), block + 192, 0, out.scales);
    }
};

// half d; 16 bits: two high bits of each scale; 4 bytes: their four low bits; 128 bytes of indices
// x = d·(scale − 32)·value, scale per 32 elements, which are 16 bytes of indices as in IQ4_NL
struct IQ4_XS {
    static constexpr std::size_t kElements = 256;
    static constexpr std::size_t kGroup = 32;
    static constexpr std::size_t kBytes = 136;
    static constexpr bool kHasOffsets = false;

    static HWY_INLINE void unpack(const std::uint8_t* block, const BlockTarget& out)
    {
        for (std::size_t n = 0; n < kElements; n += 32)
            unpackIndices(block + 8 + n / 2, out.quants + n);
        const std::uint64_t highs = block[2] | block[3] << 8;
        const std::uint64_t lows = wordAt(block + 4);
        std::uint64_t factors[2] = {};
        for (std::size_t k = 0; k < 8; ++k)
            factors[0] |= ((lows >> 4 * k & 0x0F) | (highs >> 2 * k & 0x03) << 4) << 8 * k;
        scaleFactors<8>(halfAt(block), factors, 32, out.scales);
    }
};

// Calls `kernel` with the layout of `type`, one of those that have blocks.
template <class Kernel>
auto withBlocks(GgmlType type, const Kernel& kernel)
{
    switch (type) {
    case GgmlType::Q4_0: return kernel(Q4_0());
    case GgmlType::Q4_1: return kernel(Q4_1());
    case GgmlType::Q5_0: return kernel(Q5_0());
    case GgmlType::Q5_1: return kernel(Q5_1());
    case GgmlType::Q8_0: return kernel(Q8_0());
    case GgmlType::Q2_K: return kernel(Q2_K());
    case GgmlType::Q3_K: return kernel(Q3_K());
    case GgmlType::Q4_K: return kernel(Q4_K());
    case GgmlType::Q5_K: return kernel(Q5_K());
    case GgmlType::Q6_K: return kernel(Q6_K());
    case GgmlType::IQ4_NL: return kernel(IQ4_NL());
    default: assert(type == GgmlType::IQ4_XS && "Model::open refuses types without kernels"); return kernel(IQ4_XS());
    }
}

} // namespace octavo::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
