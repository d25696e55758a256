// SPDX-License-Identifier: Apache-2.0
// Instructions that multiply small whole numbers and add the products up in neighbouring lanes. Compiled once per Highway target.
//
// OCTAVO_INT8 is 1 where they exist: four int8 a lane with AVX-512 VNNI, two int16 a lane with AVX2 and AVX-512. Elsewhere products are float's.
// Files that include this define HWY_WANT_AVX3_DL, Highway's name for what has VNNI.
#if defined(OCTAVO_DOT_QUADS_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef OCTAVO_DOT_QUADS_INL_H
#undef OCTAVO_DOT_QUADS_INL_H
#else
#define OCTAVO_DOT_QUADS_INL_H
#endif

#include <cstdint>

#include "hwy/highway.h"

#undef OCTAVO_INT8
#undef OCTAVO_VNNI
#if HWY_TARGET <= HWY_AVX3_DL && HWY_ARCH_X86
#define OCTAVO_VNNI 1
#define OCTAVO_INT8 1
#else
#define OCTAVO_VNNI 0
#define OCTAVO_INT8 (HWY_TARGET == HWY_AVX2 || HWY_TARGET == HWY_AVX3)
#endif

HWY_BEFORE_NAMESPACE();
namespace octavo::cpu::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

#if OCTAVO_INT8
using Sums = hn::ScalableTag<std::int32_t>;
using PairOf16 = hn::Repartition<std::int16_t, Sums>;

#if OCTAVO_VNNI
// sums[lane] += four neighbouring bytes without a sign · four with one. In assembly, because Highway 1.0 dispatches to this target where the
// processor has AVX-512 VNNI but does not name it to the compiler; and GCC 12 copied every sum of the intrinsic twice, which halved the speed.
HWY_INLINE __m512i dotBytes(__m512i sums, __m512i withoutSign, __m512i withSign)
{
    asm("vpdpbusd %2, %1, %0" : "+v"(sums) : "v"(withoutSign), "v"(withSign));
    return sums;
}

// sums[lane] += two neighbouring int16 · two others.
HWY_INLINE __m512i dotWords(__m512i sums, __m512i a, __m512i b)
{
    asm("vpdpwssd %2, %1, %0" : "+v"(sums) : "v"(a), "v"(b));
    return sums;
}
#endif

// sums[lane] += two neighbouring int16 of a · those of b.
HWY_INLINE hn::Vec<Sums> addPairs(hn::Vec<Sums> sums, hn::Vec<PairOf16> a, hn::Vec<PairOf16> b)
{
#if OCTAVO_VNNI
    return hn::Vec<Sums>{dotWords(sums.raw, a.raw, b.raw)};
#elif HWY_TARGET == HWY_AVX3
    return hn::Add(sums, hn::Vec<Sums>{_mm512_madd_epi16(a.raw, b.raw)});
#else
    return hn::Add(sums, hn::Vec<Sums>{_mm256_madd_epi16(a.raw, b.raw)});
#endif
}

// The same in eight lanes.
HWY_INLINE hn::Vec256<std::int32_t> addPairs8(hn::Vec256<std::int32_t> sums, hn::Vec256<std::int16_t> a, hn::Vec256<std::int16_t> b)
{
    return hn::Add(sums, hn::Vec256<std::int32_t>{_mm256_madd_epi16(a.raw, b.raw)});
}

#if OCTAVO_VNNI
constexpr std::size_t kPerLane = 4;
using Quant = std::int8_t;

// sums[lane] += four neighbouring weights, bytes without a sign, · x
HWY_INLINE hn::Vec<Sums> addProducts(hn::Vec<Sums> sums, hn::Vec<Sums> weights, hn::Vec<Sums> x)
{
    return hn::Vec<Sums>{dotBytes(sums.raw, weights.raw, x.raw)};
}
#else
constexpr std::size_t kPerLane = 2;
using Quant = std::int16_t;

HWY_INLINE hn::Vec<Sums> addProducts(hn::Vec<Sums> sums, hn::Vec<Sums> weights, hn::Vec<Sums> x)
{
    return addPairs(sums, hn::BitCast(PairOf16(), weights), hn::BitCast(PairOf16(), x));
}
#endif
#endif

} // namespace octavo::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
