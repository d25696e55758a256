// SPDX-License-Identifier: Apache-2.0
// Plain elements and ggml's blocks of 32. Compiled once per Highway target.
//
// A layout of single elements loads a vector of them as floats. A layout of blocks unpacks one block: element n of it is
// scales[n / kGroup]·quants[n], plus offsets[n / kGroup] if kHasOffsets. Wherever an offset follows, that product has no more than
// 11 + 6 + 5 significant bits, so it is exact in float and the sum is rounded once, fused or not: the floats are those of gguf-py on every target.
#if defined(OCTAVO_QUANT_BLOCKS_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef OCTAVO_QUANT_BLOCKS_INL_H
#undef OCTAVO_QUANT_BLOCKS_INL_H
#else
#define OCTAVO_QUANT_BLOCKS_INL_H
#endif

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace octavo::cpu::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

using F = hn::CappedTag<float, 16>;
using I32 = hn::RebindToSigned<F>;
using I8 = hn::Rebind<std::int8_t, F>;
using U16 = hn::Rebind<std::uint16_t, F>;
using Halves = hn::Rebind<hwy::float16_t, F>;

// The two widths in which quants are unpacked, as many bytes as the neighbours in a layout allow.
using Bytes16 = hn::CappedTag<std::uint8_t, 16>;
using Bytes32 = hn::CappedTag<std::uint8_t, 32>;

// Room for 256 elements in the smallest groups, whatever the block.
struct UnpackedBlock {
    alignas(64) std::int8_t quants[256];
    alignas(64) float scales[16];
    alignas(64) float offsets[16];
};

// Where a block is unpacked to: all of an UnpackedBlock, the part of it from element `n` on, which begins a group, or anywhere with as much room behind.
struct BlockTarget {
    explicit BlockTarget(UnpackedBlock& out, std::size_t n = 0, std::size_t group = 32)
        : quants(out.quants + n), scales(out.scales + n / group), offsets(out.offsets + n / group)
    {
    }
    BlockTarget(std::int8_t* quantsAt, float* scalesAt, float* offsetsAt) : quants(quantsAt), scales(scalesAt), offsets(offsetsAt) {}
    std::int8_t* quants;
    float* scales;
    float* offsets;
};

// Highway 1.0.3 converts halves in software where the processor has no F16C, and there takes infinities and NaNs for large numbers.
HWY_INLINE hn::Vec<F> promote(hn::Vec<Halves> halves)
{
    const F d;
    const auto floats = hn::PromoteTo(d, halves);
    if constexpr (HWY_TARGET == HWY_SSE4 || HWY_TARGET == HWY_SSSE3 || HWY_TARGET == HWY_EMU128 || HWY_TARGET == HWY_SCALAR) {
        const auto infinity = hn::BitCast(d, hn::Set(I32(), 0x7F800000));
        return hn::IfThenElse(hn::Ge(hn::Abs(floats), hn::Set(d, 65536.0f)), hn::Or(floats, infinity), floats);
    } else {
        return floats;
    }
}

// One half in all lanes. Its bits go by a general register: two bytes stored and then loaded as part of a vector stall on store
// forwarding, which made decoding four times slower.
HWY_INLINE hn::Vec<F> halfAt(const std::uint8_t* p)
{
    std::uint16_t bits;
    std::memcpy(&bits, p, sizeof bits);
    return promote(hn::BitCast(Halves(), hn::Set(U16(), bits)));
}

struct F32 {
    static constexpr std::size_t kElements = 1;
    static constexpr std::size_t kBytes = 4;
    static HWY_INLINE hn::Vec<F> load(const std::uint8_t* p) { return hn::LoadU(F(), reinterpret_cast<const float*>(p)); }
};

struct F16 {
    static constexpr std::size_t kElements = 1;
    static constexpr std::size_t kBytes = 2;
    static HWY_INLINE hn::Vec<F> load(const std::uint8_t* p) { return promote(hn::LoadU(Halves(), reinterpret_cast<const hwy::float16_t*>(p))); }
};

// The upper half of a float.
struct BF16 {
    static constexpr std::size_t kElements = 1;
    static constexpr std::size_t kBytes = 2;
    static HWY_INLINE hn::Vec<F> load(const std::uint8_t* p)
    {
        const auto bits = hn::PromoteTo(I32(), hn::LoadU(U16(), reinterpret_cast<const std::uint16_t*>(p)));
        return hn::BitCast(F(), hn::ShiftLeft<16>(bits));
    }
};

template <class D>
HWY_INLINE void storeQuants(D d, hn::Vec<D> bytes, std::int8_t* quants)
{
    hn::StoreU(bytes, d, reinterpret_cast<std::uint8_t*>(quants));
}

// Fifth bits of the elements from `i` on, one bit each at `p`, as bytes 16 or 0; and table[index] of 16 bytes.
#if HWY_TARGET == HWY_SCALAR   // one lane, and no TableLookupBytes
HWY_INLINE hn::Vec<Bytes16> fifthBits(const std::uint8_t* p, std::size_t i) { return hn::Set(Bytes16(), (p[i / 8] >> i % 8 & 1) << 4); }
HWY_INLINE hn::Vec<Bytes16> lookUp(const std::uint8_t* table, hn::Vec<Bytes16> indices) { return hn::Set(Bytes16(), table[hn::GetLane(indices)]); }
#else
HWY_INLINE hn::Vec<Bytes16> fifthBits(const std::uint8_t* p, std::size_t i)
{
    alignas(16) static constexpr std::uint8_t kByteOfLane[16] = { 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1 };
    alignas(16) static constexpr std::uint8_t kBitOfLane[16] = { 1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128 };
    const Bytes16 d;
    std::uint16_t bits;
    std::memcpy(&bits, p + i / 8, sizeof bits);
    const auto pairs = hn::BitCast(d, hn::Set(hn::Repartition<std::uint16_t, Bytes16>(), bits));
    const auto mask = hn::Load(d, kBitOfLane);
    const auto isSet = hn::Eq(hn::And(hn::TableLookupBytes(pairs, hn::Load(d, kByteOfLane)), mask), mask);
    return hn::IfThenElseZero(isSet, hn::Set(d, 16));
}

HWY_INLINE hn::Vec<Bytes16> lookUp(const std::uint8_t* table, hn::Vec<Bytes16> indices)
{
    return hn::TableLookupBytes(hn::Load(Bytes16(), table), indices);
}
#endif

// Q4_0  half d; 16 bytes of nibbles                   x = d·(q − 8)
// Q4_1  half d; half m; 16 bytes of nibbles           x = d·q + m
// Q5_0  half d; 32 fifth bits; 16 bytes of nibbles    x = d·(q − 16)
// Q5_1  half d; half m; 32 fifth bits; 16 of nibbles  x = d·q + m
// The low nibble n is element n, the high one element n + 16.
template <bool kFifthBit, bool kMinimum>
struct NibbleBlock {
    static constexpr std::size_t kElements = 32;
    static constexpr std::size_t kGroup = 32;
    static constexpr bool kHasOffsets = kMinimum;
    static constexpr std::size_t kBitsAt = kMinimum ? 4 : 2;
    static constexpr std::size_t kNibblesAt = kBitsAt + (kFifthBit ? 4 : 0);
    static constexpr std::size_t kBytes = kNibblesAt + 16;

    static HWY_INLINE void unpack(const std::uint8_t* block, const BlockTarget& out)
    {
        const Bytes16 d;
        const auto middle = hn::Set(d, kMinimum ? 0 : kFifthBit ? 16 : 8);
        for (std::size_t i = 0; i < 16; i += hn::Lanes(d)) {
            const auto nibbles = hn::LoadU(d, block + kNibblesAt + i);
            auto low = hn::And(nibbles, hn::Set(d, 0x0F));
            auto high = hn::ShiftRight<4>(nibbles);
            if constexpr (kFifthBit) {
                low = hn::Or(low, fifthBits(block + kBitsAt, i));
                high = hn::Or(high, fifthBits(block + kBitsAt, 16 + i));
            }
            storeQuants(d, hn::Sub(low, middle), out.quants + i);
            storeQuants(d, hn::Sub(high, middle), out.quants + 16 + i);
        }
        out.scales[0] = hn::GetLane(halfAt(block));
        if constexpr (kMinimum)
            out.offsets[0] = hn::GetLane(halfAt(block + 2));
    }
};

using Q4_0 = NibbleBlock<false, false>;
using Q4_1 = NibbleBlock<false, true>;
using Q5_0 = NibbleBlock<true, false>;
using Q5_1 = NibbleBlock<true, true>;

// half d; 32 signed bytes  x = d·q
struct Q8_0 {
    static constexpr std::size_t kElements = 32;
    static constexpr std::size_t kGroup = 32;
    static constexpr std::size_t kBytes = 34;
    static constexpr bool kHasOffsets = false;

    static HWY_INLINE void unpack(const std::uint8_t* block, const BlockTarget& out)
    {
        std::memcpy(out.quants, block + 2, kElements);
        out.scales[0] = hn::GetLane(halfAt(block));
    }
};

// 16 bytes of nibbles, each an index into 16 unevenly spaced values; the low nibble n is element n, the high one element n + 16.
HWY_INLINE void unpackIndices(const std::uint8_t* nibbles, std::int8_t* quants)
{
    alignas(16) static constexpr std::int8_t kValues[16] = { -127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113 };
    const auto* values = reinterpret_cast<const std::uint8_t*>(kValues);
    const Bytes16 d;
    for (std::size_t i = 0; i < 16; i += hn::Lanes(d)) {
        const auto indices = hn::LoadU(d, nibbles + i);
        storeQuants(d, lookUp(values, hn::And(indices, hn::Set(d, 0x0F))), quants + i);
        storeQuants(d, lookUp(values, hn::ShiftRight<4>(indices)), quants + 16 + i);
    }
}

// half d; 16 bytes of indices  x = d·value
struct IQ4_NL {
    static constexpr std::size_t kElements = 32;
    static constexpr std::size_t kGroup = 32;
    static constexpr std::size_t kBytes = 18;
    static constexpr bool kHasOffsets = false;

    static HWY_INLINE void unpack(const std::uint8_t* block, const BlockTarget& out)
    {
        unpackIndices(block + 2, out.quants);
        out.scales[0] = hn::GetLane(halfAt(block));
    }
};

} // namespace octavo::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
