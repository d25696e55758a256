// SPDX-License-Identifier: Apache-2.0
#include "compute/cpu/kv_kernels.h"

#include <algorithm>
#include <cstring>

#include "compute/cpu/kernels.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "compute/cpu/kv_kernels.cpp"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace octavo::cpu::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;
using F = hn::CappedTag<float, kColumnStep>;
using V = hn::Vec<F>;
using F16 = hn::Rebind<hwy::float16_t, F>;
using I8 = hn::Rebind<std::int8_t, F>;
using I32 = hn::RebindToSigned<F>;
constexpr std::size_t kMaxLanes = kColumnStep;

HWY_INLINE V loadHalf(F d, const Half* p) { return hn::PromoteTo(d, hn::LoadU(F16(), reinterpret_cast<const hwy::float16_t*>(p))); }
HWY_INLINE V loadByte(F d, const std::int8_t* p) { return hn::ConvertTo(d, hn::PromoteTo(I32(), hn::LoadU(I8(), p))); }

HWY_INLINE void storeHalves(F d, V v, Half* out, std::size_t count)
{
    const F16 dh;
    const auto halves = hn::DemoteTo(dh, v);
    if (count >= hn::Lanes(d))
        return hn::StoreU(halves, dh, reinterpret_cast<hwy::float16_t*>(out));
    hwy::float16_t packed[kMaxLanes];
    hn::StoreU(halves, dh, packed);
    std::memcpy(out, packed, count * sizeof(Half));
}

HWY_INLINE void storeBytes(F d, V v, std::int8_t* out, std::size_t count)
{
    const I8 db;
    const V limit = hn::Set(d, 127.0f);
    const auto bytes = hn::DemoteTo(db, hn::NearestInt(hn::Max(hn::Min(v, limit), hn::Neg(limit))));
    if (count >= hn::Lanes(d))
        return hn::StoreU(bytes, db, out);
    std::int8_t packed[kMaxLanes];
    hn::StoreU(bytes, db, packed);
    std::memcpy(out, packed, count);
}

HWY_INLINE void storeFloats(F d, V v, float* out, std::size_t count)
{
    if (count >= hn::Lanes(d))
        return hn::StoreU(v, d, out);
    float packed[kMaxLanes];
    hn::StoreU(v, d, packed);
    std::memcpy(out, packed, count * sizeof(float));
}

// The scale of blocks whose largest numbers are given, as it will be stored, and by what numbers are multiplied before they are rounded.
HWY_INLINE V storedScale(F d, V largest) { return hn::PromoteTo(d, hn::DemoteTo(F16(), hn::Mul(largest, hn::Set(d, 1.0f / 127.0f)))); }
HWY_INLINE V inverse(F d, V scale) { return hn::IfThenElseZero(hn::Gt(scale, hn::Zero(d)), hn::Div(hn::Set(d, 1.0f), scale)); }

void storeKeyColumns(const float* keys, std::size_t leading, std::size_t width, std::size_t count, const WritableKvSlots& slots)
{
    const F d;
    const std::size_t lanes = hn::Lanes(d);
    for (std::size_t n = 0; n < count; n += lanes) {
        const std::size_t stored = std::min(lanes, count - n);
        if (slots.type == KvType::F16) {
            auto* out = reinterpret_cast<Half*>(slots.data) + n;
            for (std::size_t i = 0; i < width; ++i)
                storeHalves(d, hn::LoadU(d, keys + i * leading + n), out + i * kPageTokens, stored);
            continue;
        }
        auto* out = reinterpret_cast<std::int8_t*>(slots.data) + n;
        for (std::size_t begin = 0; begin < width; begin += kKvBlock) {
            const std::size_t end = std::min<std::size_t>(width, begin + kKvBlock);
            V largest = hn::Zero(d);
            for (std::size_t i = begin; i < end; ++i)
                largest = hn::Max(largest, hn::Abs(hn::LoadU(d, keys + i * leading + n)));
            const V scale = storedScale(d, largest);
            storeHalves(d, scale, slots.scales + begin / kKvBlock * kPageTokens + n, stored);
            const V factor = inverse(d, scale);
            for (std::size_t i = begin; i < end; ++i)
                storeBytes(d, hn::Mul(hn::LoadU(d, keys + i * leading + n), factor), out + i * kPageTokens, stored);
        }
    }
}

void storeValueRows(const float* values, std::size_t leading, std::size_t width, std::size_t count, const WritableKvSlots& slots)
{
    const F d;
    const std::size_t lanes = hn::Lanes(d);
    for (std::size_t n = 0; n < count; ++n, values += leading) {
        if (slots.type == KvType::F16) {
            for (std::size_t i = 0; i < width; i += lanes)
                storeHalves(d, hn::LoadU(d, values + i), reinterpret_cast<Half*>(slots.data) + n * width + i, lanes);
            continue;
        }
        for (std::size_t begin = 0; begin < width; begin += kKvBlock) {
            const std::size_t end = std::min<std::size_t>(width, begin + kKvBlock);
            V largest = hn::Zero(d);
            for (std::size_t i = begin; i < end; i += lanes)
                largest = hn::Max(largest, hn::Abs(hn::LoadU(d, values + i)));
            const V scale = storedScale(d, hn::MaxOfLanes(d, largest));
            storeHalves(d, scale, slots.scales + begin / kKvBlock * kPageTokens + n, 1);
            const V factor = inverse(d, scale);
            for (std::size_t i = begin; i < end; i += lanes)
                storeBytes(d, hn::Mul(hn::LoadU(d, values + i), factor), reinterpret_cast<std::int8_t*>(slots.data) + n * width + i, lanes);
        }
    }
}

// Vectors of neighbouring tokens, one after the other; `load(i, n, block)`: element i of tokens n, n + 1, …, where `block(n, i)` is what they need to know
// of the block of elements i stands in.
template <class Block, class Load>
HWY_INLINE void rotateLoaded(const float* cosines, const float* sines, std::size_t pairs, std::size_t count, float* out, std::size_t leadingOut,
                             const Block& block, const Load& load)
{
    const F d;
    const std::size_t lanes = hn::Lanes(d);
    constexpr std::size_t kBlockPairs = kKvBlock / 2;
    for (std::size_t n = 0; n < count; n += lanes)
        for (std::size_t begin = 0; begin < pairs; begin += kBlockPairs) {
            const auto known = block(n, 2 * begin);
            for (std::size_t pair = begin; pair < std::min(pairs, begin + kBlockPairs); ++pair) {
                const V cosine = hn::Set(d, cosines[pair]), sine = hn::Set(d, sines[pair]);
                const V even = load(2 * pair, n, known), odd = load(2 * pair + 1, n, known);
                float* to = out + 2 * pair * leadingOut + n;
                storeFloats(d, hn::NegMulAdd(odd, sine, hn::Mul(even, cosine)), to, count - n);
                storeFloats(d, hn::MulAdd(even, sine, hn::Mul(odd, cosine)), to + leadingOut, count - n);
            }
        }
}

void rotateColumnsOf(const KvSlots& keys, const float* cosines, const float* sines, std::size_t pairs, std::size_t count, float* out,
                     std::size_t leadingOut)
{
    const F d;
    if (keys.type == KvType::F16) {
        const auto* in = reinterpret_cast<const Half*>(keys.data);
        return rotateLoaded(cosines, sines, pairs, count, out, leadingOut, [](std::size_t, std::size_t) { return 0; },
                            [&](std::size_t i, std::size_t n, int) { return loadHalf(d, in + i * kPageTokens + n); });
    }
    const auto* in = reinterpret_cast<const std::int8_t*>(keys.data);
    rotateLoaded(cosines, sines, pairs, count, out, leadingOut,
                 [&](std::size_t n, std::size_t i) { return loadHalf(d, keys.scales + i / kKvBlock * kPageTokens + n); },
                 [&](std::size_t i, std::size_t n, V scale) { return hn::Mul(loadByte(d, in + i * kPageTokens + n), scale); });
}

// A half that is followed by three more that may be read.
HWY_INLINE float halfAt(const Half* p)
{
    const hn::CappedTag<float, 4> d;
    const hn::Rebind<hwy::float16_t, decltype(d)> dh;
    return hn::GetLane(hn::PromoteTo(d, hn::LoadU(dh, reinterpret_cast<const hwy::float16_t*>(p))));
}

void unpackValueRows(const KvSlots& values, std::size_t width, std::size_t count, float* out)
{
    const F d;
    const std::size_t lanes = hn::Lanes(d);
    const auto* in = reinterpret_cast<const std::int8_t*>(values.data);
    for (std::size_t n = 0; n < count; ++n)
        for (std::size_t i = 0; i < width; i += lanes)
            hn::StoreU(hn::Mul(loadByte(d, in + n * width + i), hn::Set(d, halfAt(values.scales + i / kKvBlock * kPageTokens + n))), d,
                       out + n * width + i);
}

// Weights times the scales of block `block`: out [rows][roundUp(count)].
void scaleWeights(const float* a, std::size_t leadingA, const Half* scales, std::size_t rows, std::size_t count, float* out)
{
    const F d;
    const std::size_t lanes = hn::Lanes(d);
    const std::size_t leading = roundUp(count);
    for (std::size_t row = 0; row < rows; ++row)
        for (std::size_t n = 0; n < count; n += lanes)
            hn::StoreU(hn::Mul(hn::LoadU(d, a + row * leadingA + n), loadHalf(d, scales + n)), d, out + row * leading + n);
}

// `load(n, begin, part)`: lanes of value n from element begin + part·lanes on, where begin is a multiple of kWidth.
template <std::size_t kRows, std::size_t kWidth, class Load>
HWY_INLINE void gatherElements(const float* weights, std::size_t leadingWeights, std::size_t weightStep, std::size_t count, std::size_t begin, float* out,
                               std::size_t leadingOut, const Load& load)
{
    const F d;
    constexpr std::size_t kLanes = HWY_LANES(float) < kMaxLanes ? HWY_LANES(float) : kMaxLanes;
    constexpr std::size_t kParts = kWidth / kLanes;
    V sums[kRows][kParts];
    for (std::size_t row = 0; row < kRows; ++row)
        for (std::size_t part = 0; part < kParts; ++part)
            sums[row][part] = hn::Zero(d);
    for (std::size_t n = 0; n < count; ++n) {
        V value[kParts];
        for (std::size_t part = 0; part < kParts; ++part)
            value[part] = load(n, begin, part * kLanes);
        for (std::size_t row = 0; row < kRows; ++row) {
            const V weight = hn::Set(d, weights[row * leadingWeights + n * weightStep]);
            for (std::size_t part = 0; part < kParts; ++part)
                sums[row][part] = hn::MulAdd(weight, value[part], sums[row][part]);
        }
    }
    for (std::size_t row = 0; row < kRows; ++row)
        for (std::size_t part = 0; part < kParts; ++part)
            hn::StoreU(sums[row][part], d, out + row * leadingOut + begin + part * kLanes);
}

template <std::size_t kRows>
void gatherRows(const KvSlots* values, const float* weights, std::size_t leadingWeights, std::size_t weightStep, std::size_t count, std::size_t width,
                float* out)
{
    const F d;
    const auto gather = [&](const auto& load) {
        std::size_t begin = 0;
        for (; begin + kKvBlock <= width; begin += kKvBlock)
            gatherElements<kRows, kKvBlock>(weights, leadingWeights, weightStep, count, begin, out, width, load);
        if (begin < width) // half a block, the least a width can have more
            gatherElements<kRows, kKvBlock / 2>(weights, leadingWeights, weightStep, count, begin, out, width, load);
    };
    if (values[0].type == KvType::F16)
        return gather([&](std::size_t n, std::size_t begin, std::size_t lane) { return loadHalf(d, reinterpret_cast<const Half*>(values[n].data) + begin + lane); });
    gather([&](std::size_t n, std::size_t begin, std::size_t lane) {
        const V scale = hn::Set(d, halfAt(values[n].scales + begin / kKvBlock * kPageTokens));
        return hn::Mul(loadByte(d, reinterpret_cast<const std::int8_t*>(values[n].data) + begin + lane), scale);
    });
}

void gather(const KvSlots* values, const float* weights, std::size_t leadingWeights, std::size_t weightStep, std::size_t rows, std::size_t count,
            std::size_t width, float* out)
{
    std::size_t row = 0;
    for (; row + 3 <= rows; row += 3) // as many as leave their sums in 16 registers of eight lanes
        gatherRows<3>(values, weights + row * leadingWeights, leadingWeights, weightStep, count, width, out + row * width);
    for (; row < rows; ++row)
        gatherRows<1>(values, weights + row * leadingWeights, leadingWeights, weightStep, count, width, out + row * width);
}

} // namespace octavo::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace octavo::cpu {

HWY_EXPORT(storeKeyColumns);
HWY_EXPORT(storeValueRows);
HWY_EXPORT(rotateColumnsOf);
HWY_EXPORT(unpackValueRows);
HWY_EXPORT(scaleWeights);
HWY_EXPORT(gather);

void storeKeys(const float* keys, std::size_t leading, std::size_t width, std::size_t count, const WritableKvSlots& slots)
{
    HWY_DYNAMIC_DISPATCH(storeKeyColumns)(keys, leading, width, count, slots);
}

void storeValues(const float* values, std::size_t leading, std::size_t width, std::size_t count, const WritableKvSlots& slots)
{
    HWY_DYNAMIC_DISPATCH(storeValueRows)(values, leading, width, count, slots);
}

void rotateColumns(const KvSlots& keys, const float* cosines, const float* sines, std::size_t pairs, std::size_t count, float* out,
                   std::size_t leadingOut)
{
    HWY_DYNAMIC_DISPATCH(rotateColumnsOf)(keys, cosines, sines, pairs, count, out, leadingOut);
}

void unpackValues(const KvSlots& values, std::size_t width, std::size_t count, float* out)
{
    if (values.type == KvType::F16)
        toFloats(reinterpret_cast<const Half*>(values.data), count * width, out);
    else
        HWY_DYNAMIC_DISPATCH(unpackValueRows)(values, width, count, out);
}

void multiplyKeys(const float* a, std::size_t leadingA, const KvSlots& keys, float* c, std::size_t leadingC, std::size_t rows, std::size_t columns,
                  std::size_t width)
{
    if (keys.type == KvType::F16)
        multiply(a, leadingA, reinterpret_cast<const Half*>(keys.data), kPageTokens, c, leadingC, rows, columns, width, false);
    else
        multiplyScaled(a, leadingA, reinterpret_cast<const std::int8_t*>(keys.data), kPageTokens, keys.scales, c, leadingC, rows, columns, width);
}

void multiplyValues(const float* a, std::size_t leadingA, const KvSlots& values, float* c, std::size_t leadingC, std::size_t rows, std::size_t width,
                    std::size_t count, bool accumulate, float* scratch)
{
    if (values.type == KvType::F16)
        return multiply(a, leadingA, reinterpret_cast<const Half*>(values.data), width, c, leadingC, rows, width, count, accumulate);
    for (std::size_t begin = 0; begin < width; begin += kKvBlock) {
        HWY_DYNAMIC_DISPATCH(scaleWeights)(a, leadingA, values.scales + begin / kKvBlock * kPageTokens, rows, count, scratch);
        multiply(scratch, roundUp(count), reinterpret_cast<const std::int8_t*>(values.data) + begin, width, c + begin, leadingC, rows,
                 std::min<std::size_t>(kKvBlock, width - begin), count, accumulate);
    }
}

void gatherWeighted(const KvSlots* values, const float* weights, std::size_t leadingWeights, std::size_t weightStep, std::size_t rows,
                    std::size_t count, std::size_t width, float* out)
{
    HWY_DYNAMIC_DISPATCH(gather)(values, weights, leadingWeights, weightStep, rows, count, width, out);
}

} // namespace octavo::cpu
#endif
