// SPDX-License-Identifier: Apache-2.0
#include "compute/cpu/kernels.h"

#include <cassert>
#include <cstring>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "compute/cpu/quant_kernels.cpp"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"

// Block layouts of ggml, 32 elements each; nibble n of the low half is element n, of the high half element n + 16:
//   Q4_0  half d; 16 bytes          x = d·(q − 8)
//   Q4_1  half d; half m; 16 bytes  x = d·q + m
//   Q8_0  half d; 32 int8           x = d·q
HWY_BEFORE_NAMESPACE();
namespace octavo::cpu::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;
constexpr std::size_t kBlock = 32;
using F = hn::CappedTag<float, 16>;
using U8 = hn::Rebind<std::uint8_t, F>;
using I8 = hn::Rebind<std::int8_t, F>;
using I32 = hn::RebindToSigned<F>;
using F16 = hn::Rebind<hwy::float16_t, F>;

// The half at the begin of a block, which is longer than the four halves read: a two-byte load that is widened through memory
// stalls on store forwarding, and made decoding four times slower.
HWY_INLINE float halfAt(const std::byte* p)
{
    const hn::CappedTag<float, 4> d;
    const hn::Rebind<hwy::float16_t, decltype(d)> dh;
    return hn::GetLane(hn::PromoteTo(d, hn::LoadU(dh, reinterpret_cast<const hwy::float16_t*>(p))));
}

HWY_INLINE float singleHalfAt(const std::byte* p)
{
    Half half;
    std::memcpy(&half, p, sizeof half);
    return octavo::toFloat(half);
}

HWY_INLINE hn::Vec<F> lowNibbles(hn::Vec<U8> bytes)
{
    return hn::ConvertTo(F(), hn::PromoteTo(I32(), hn::And(bytes, hn::Set(U8(), 0x0F))));
}

HWY_INLINE hn::Vec<F> highNibbles(hn::Vec<U8> bytes) { return hn::ConvertTo(F(), hn::PromoteTo(I32(), hn::ShiftRight<4>(bytes))); }

HWY_INLINE hn::Vec<F> loadHalves(const std::byte* p)
{
    return hn::PromoteTo(F(), hn::LoadU(F16(), reinterpret_cast<const hwy::float16_t*>(p)));
}

// Nibble blocks: `head` bytes before the 16 bytes of nibbles, x = d·q + offset.
template <std::size_t kHead, class Offset>
HWY_INLINE void dequantizeNibbles(const std::byte* block, std::size_t count, float* out, Offset offsetOf)
{
    const F d;
    const std::size_t lanes = hn::Lanes(d);
    for (std::size_t n = 0; n < count; n += kBlock, block += kHead + 16, out += kBlock) {
        const float factor = halfAt(block);
        const auto scale = hn::Set(d, factor);
        const auto offset = hn::Set(d, offsetOf(block, factor));
        const auto* nibbles = reinterpret_cast<const std::uint8_t*>(block + kHead);
        for (std::size_t i = 0; i < 16; i += lanes) {
            const auto bytes = hn::LoadU(U8(), nibbles + i);
            hn::StoreU(hn::MulAdd(lowNibbles(bytes), scale, offset), d, out + i);
            hn::StoreU(hn::MulAdd(highNibbles(bytes), scale, offset), d, out + 16 + i);
        }
    }
}

template <std::size_t kHead, class Offset>
HWY_INLINE float dotNibbles(const std::byte* block, const float* x, const float* blockSums, std::size_t count, Offset offsetOf)
{
    const F d;
    const std::size_t lanes = hn::Lanes(d);
    auto total = hn::Zero(d);
    float offsets = 0;
    for (std::size_t n = 0; n < count; n += kBlock, block += kHead + 16) {
        const float factor = halfAt(block);
        const auto* nibbles = reinterpret_cast<const std::uint8_t*>(block + kHead);
        auto part = hn::Zero(d);
        for (std::size_t i = 0; i < 16; i += lanes) {
            const auto bytes = hn::LoadU(U8(), nibbles + i);
            part = hn::MulAdd(lowNibbles(bytes), hn::LoadU(d, x + n + i), part);
            part = hn::MulAdd(highNibbles(bytes), hn::LoadU(d, x + n + 16 + i), part);
        }
        total = hn::MulAdd(part, hn::Set(d, factor), total);
        offsets += offsetOf(block, factor) * blockSums[n / kBlock];
    }
    return hn::GetLane(hn::SumOfLanes(d, total)) + offsets;
}

void dequantizeRow(GgmlType type, const std::byte* row, std::size_t count, float* out)
{
    const F d;
    const std::size_t lanes = hn::Lanes(d);
    switch (type) {
    case GgmlType::Q4_0:
        return dequantizeNibbles<2>(row, count, out, [](const std::byte*, float factor) { return -8 * factor; });
    case GgmlType::Q4_1:
        return dequantizeNibbles<4>(row, count, out, [](const std::byte* block, float) { return halfAt(block + 2); });
    case GgmlType::Q8_0:
        for (std::size_t n = 0; n < count; n += kBlock, row += 2 + kBlock) {
            const auto scale = hn::Set(d, halfAt(row));
            const auto* quants = reinterpret_cast<const std::int8_t*>(row + 2);
            for (std::size_t i = 0; i < kBlock; i += lanes)
                hn::StoreU(hn::Mul(hn::ConvertTo(d, hn::PromoteTo(I32(), hn::LoadU(I8(), quants + i))), scale), d, out + n + i);
        }
        return;
    case GgmlType::F16: {
        std::size_t n = 0;
        for (; n + lanes <= count; n += lanes)
            hn::StoreU(loadHalves(row + 2 * n), d, out + n);
        for (; n < count; ++n)
            out[n] = singleHalfAt(row + 2 * n);
        return;
    }
    case GgmlType::F32: std::memcpy(out, row, count * sizeof(float)); return;
    default: assert(false && "no kernel for this type; Model::open refuses it");
    }
}

float dotRow(GgmlType type, const std::byte* row, const float* x, const float* blockSums, std::size_t count)
{
    const F d;
    const std::size_t lanes = hn::Lanes(d);
    auto total = hn::Zero(d);
    switch (type) {
    case GgmlType::Q4_0:
        return dotNibbles<2>(row, x, blockSums, count, [](const std::byte*, float factor) { return -8 * factor; });
    case GgmlType::Q4_1:
        return dotNibbles<4>(row, x, blockSums, count, [](const std::byte* block, float) { return halfAt(block + 2); });
    case GgmlType::Q8_0:
        for (std::size_t n = 0; n < count; n += kBlock, row += 2 + kBlock) {
            const auto* quants = reinterpret_cast<const std::int8_t*>(row + 2);
            auto part = hn::Zero(d);
            for (std::size_t i = 0; i < kBlock; i += lanes)
                part = hn::MulAdd(hn::ConvertTo(d, hn::PromoteTo(I32(), hn::LoadU(I8(), quants + i))), hn::LoadU(d, x + n + i), part);
            total = hn::MulAdd(part, hn::Set(d, halfAt(row)), total);
        }
        return hn::GetLane(hn::SumOfLanes(d, total));
    case GgmlType::F16: {
        std::size_t n = 0;
        for (; n + lanes <= count; n += lanes)
            total = hn::MulAdd(loadHalves(row + 2 * n), hn::LoadU(d, x + n), total);
        float rest = 0;
        for (; n < count; ++n)
            rest += singleHalfAt(row + 2 * n) * x[n];
        return hn::GetLane(hn::SumOfLanes(d, total)) + rest;
    }
    case GgmlType::F32: {
        const auto* weights = reinterpret_cast<const float*>(row);
        std::size_t n = 0;
        for (; n + lanes <= count; n += lanes)
            total = hn::MulAdd(hn::LoadU(d, weights + n), hn::LoadU(d, x + n), total);
        float rest = 0;
        for (; n < count; ++n)
            rest += weights[n] * x[n];
        return hn::GetLane(hn::SumOfLanes(d, total)) + rest;
    }
    default: assert(false && "no kernel for this type; Model::open refuses it"); return 0;
    }
}

} // namespace octavo::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace octavo::cpu {

HWY_EXPORT(dequantizeRow);
HWY_EXPORT(dotRow);

void dequantize(GgmlType type, const std::byte* row, std::size_t count, float* out) { HWY_DYNAMIC_DISPATCH(dequantizeRow)(type, row, count, out); }

float dot(GgmlType type, const std::byte* row, const float* x, const float* blockSums, std::size_t count)
{
    return HWY_DYNAMIC_DISPATCH(dotRow)(type, row, x, blockSums, count);
}

bool hasKernels(GgmlType type)
{
    switch (type) {
    case GgmlType::Q4_0:
    case GgmlType::Q4_1:
    case GgmlType::Q8_0:
    case GgmlType::F16:
    case GgmlType::F32: return true;
    default: return false;
    }
}

} // namespace octavo::cpu
#endif
