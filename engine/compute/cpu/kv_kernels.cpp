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

// `load(i, n)`: element i of tokens n, n + 1, …
template <class Load>
HWY_INLINE void rotateLoaded(const float* cosines, const float* sines, std::size_t pairs, std::size_t count, float* out, std::size_t leadingOut,
                             const Load& load)
{
    const F d;
    const std::size_t lanes = hn::Lanes(d);
    for (std::size_t pair = 0; pair < pairs; ++pair, out += 2 * leadingOut) {
        const V cosine = hn::Set(d, cosines[pair]);
        const V sine = hn::Set(d, sines[pair]);
        for (std::size_t n = 0; n < count; n += lanes) {
            const V even = load(2 * pair, n);
            const V odd = load(2 * pair + 1, n);
            storeFloats(d, hn::NegMulAdd(odd, sine, hn::Mul(even, cosine)), out + n, count - n);
            storeFloats(d, hn::MulAdd(even, sine, hn::Mul(odd, cosine)), out + leadingOut + n, count - n);
        }
    }
}

void rotateColumnsOf(const KvSlots& keys, const float* cosines, const float* sines, std::size_t pairs, std::size_t count, float* out,
                     std::size_t leadingOut)
{
    const F d;
    if (keys.type == KvType::F16) {
        const auto* in = reinterpret_cast<const Half*>(keys.data);
        return rotateLoaded(cosines, sines, pairs, count, out, leadingOut,
                            [&](std::size_t i, std::size_t n) { return loadHalf(d, in + i * kPageTokens + n); });
    }
    const auto* in = reinterpret_cast<const std::int8_t*>(keys.data);
    rotateLoaded(cosines, sines, pairs, count, out, leadingOut, [&](std::size_t i, std::size_t n) {
        return hn::Mul(loadByte(d, in + i * kPageTokens + n), loadHalf(d, keys.scales + i / kKvBlock * kPageTokens + n));
    });
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

void gatherHalves(const KvSlots* values, const float* weights, std::size_t weightStep, std::size_t count, std::size_t width, float* out)
{
    const F d;
    const std::size_t lanes = hn::Lanes(d);
    const auto at = [&](std::size_t n) { return reinterpret_cast<const Half*>(values[n].data); };
    std::size_t i = 0;
    for (; i + 4 * lanes <= width; i += 4 * lanes) {
        V sum0 = hn::Zero(d), sum1 = hn::Zero(d), sum2 = hn::Zero(d), sum3 = hn::Zero(d);
        for (std::size_t n = 0; n < count; ++n) {
            const V weight = hn::Set(d, weights[n * weightStep]);
            const Half* value = at(n) + i;
            sum0 = hn::MulAdd(weight, loadHalf(d, value), sum0);
            sum1 = hn::MulAdd(weight, loadHalf(d, value + lanes), sum1);
            sum2 = hn::MulAdd(weight, loadHalf(d, value + 2 * lanes), sum2);
            sum3 = hn::MulAdd(weight, loadHalf(d, value + 3 * lanes), sum3);
        }
        hn::StoreU(sum0, d, out + i);
        hn::StoreU(sum1, d, out + i + lanes);
        hn::StoreU(sum2, d, out + i + 2 * lanes);
        hn::StoreU(sum3, d, out + i + 3 * lanes);
    }
    for (; i < width; i += lanes) {
        V sums = hn::Zero(d);
        for (std::size_t n = 0; n < count; ++n)
            sums = hn::MulAdd(hn::Set(d, weights[n * weightStep]), loadHalf(d, at(n) + i), sums);
        hn::StoreU(sums, d, out + i);
    }
}

void gatherBytes(const KvSlots* values, const float* weights, std::size_t weightStep, std::size_t count, std::size_t width, float* out)
{
    const F d;
    const std::size_t lanes = hn::Lanes(d);
    for (std::size_t i = 0; i < width; i += 16) { // half a block, the least a width can have more
        const std::size_t scale = i / kKvBlock * kPageTokens;
        V sums[16]; // as many as there would be of one lane; lanes are known when this is compiled, so the rest vanish
        for (std::size_t part = 0; part * lanes < 16; ++part)
            sums[part] = hn::Zero(d);
        for (std::size_t n = 0; n < count; ++n) {
            const V weight = hn::Set(d, weights[n * weightStep] * halfAt(values[n].scales + scale));
            const auto* value = reinterpret_cast<const std::int8_t*>(values[n].data) + i;
            for (std::size_t part = 0; part * lanes < 16; ++part)
                sums[part] = hn::MulAdd(weight, loadByte(d, value + part * lanes), sums[part]);
        }
        for (std::size_t part = 0; part * lanes < 16; ++part)
            hn::StoreU(sums[part], d, out + i + part * lanes);
    }
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
HWY_EXPORT(gatherHalves);
HWY_EXPORT(gatherBytes);

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

void gatherWeighted(const KvSlots* values, const float* weights, std::size_t weightStep, std::size_t count, std::size_t width, float* out)
{
    if (values[0].type == KvType::F16)
        HWY_DYNAMIC_DISPATCH(gatherHalves)(values, weights, weightStep, count, width, out);
    else
        HWY_DYNAMIC_DISPATCH(gatherBytes)(values, weights, weightStep, count, width, out);
}

} // namespace octavo::cpu
#endif
