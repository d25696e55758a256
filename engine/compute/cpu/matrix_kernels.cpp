// SPDX-License-Identifier: Apache-2.0
#include "compute/cpu/kernels.h"
#include "octavo/engine/kv_format.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "compute/cpu/matrix_kernels.cpp"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace octavo::cpu::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;
using F = hn::ScalableTag<float>;

HWY_INLINE hn::Vec<F> load(F d, const float* p) { return hn::LoadU(d, p); }
HWY_INLINE hn::Vec<F> load(F d, const Half* p)
{
    const hn::Rebind<hwy::float16_t, F> dh;
    return hn::PromoteTo(d, hn::LoadU(dh, reinterpret_cast<const hwy::float16_t*>(p)));
}

HWY_INLINE hn::Vec<F> load(F d, const std::int8_t* p)
{
    return hn::ConvertTo(d, hn::PromoteTo(hn::RebindToSigned<F>(), hn::LoadU(hn::Rebind<std::int8_t, F>(), p)));
}

// Register tile: kRows × kVectors accumulators, filled by broadcasting a and streaming b.
// 6 × 4 needs 29 of AVX-512's 32 registers, 6 × 2 needs 15 of AVX2's 16.
#if HWY_TARGET <= HWY_AVX3 || HWY_TARGET == HWY_NEON
constexpr std::size_t kVectors = 4;
#else
constexpr std::size_t kVectors = 2;
#endif
constexpr std::size_t kRows = 6;

template <std::size_t kTileRows, std::size_t kTileVectors, class B>
HWY_INLINE void tile(const float* HWY_RESTRICT a, std::size_t leadingA, const B* HWY_RESTRICT b, std::size_t leadingB, float* HWY_RESTRICT c,
                     std::size_t leadingC, std::size_t depth, bool accumulate)
{
    const F d;
    const std::size_t lanes = hn::Lanes(d);
    hn::Vec<F> sums[kTileRows][kTileVectors];
#pragma GCC unroll 8
    for (std::size_t i = 0; i < kTileRows; ++i)
#pragma GCC unroll 4
        for (std::size_t j = 0; j < kTileVectors; ++j)
            sums[i][j] = accumulate ? hn::LoadU(d, c + i * leadingC + j * lanes) : hn::Zero(d);
    for (std::size_t n = 0; n < depth; ++n) {
        hn::Vec<F> row[kTileVectors];
#pragma GCC unroll 4
        for (std::size_t j = 0; j < kTileVectors; ++j)
            row[j] = load(d, b + n * leadingB + j * lanes);
#pragma GCC unroll 8
        for (std::size_t i = 0; i < kTileRows; ++i) {
            const auto factor = hn::Set(d, a[i * leadingA + n]);
#pragma GCC unroll 4
            for (std::size_t j = 0; j < kTileVectors; ++j)
                sums[i][j] = hn::MulAdd(factor, row[j], sums[i][j]);
        }
    }
#pragma GCC unroll 8
    for (std::size_t i = 0; i < kTileRows; ++i)
#pragma GCC unroll 4
        for (std::size_t j = 0; j < kTileVectors; ++j)
            hn::StoreU(sums[i][j], d, c + i * leadingC + j * lanes);
}

template <std::size_t kTileVectors, class B>
void columnsOf(const float* a, std::size_t leadingA, const B* b, std::size_t leadingB, float* c, std::size_t leadingC, std::size_t rows,
               std::size_t depth, bool accumulate)
{
    std::size_t i = 0;
    for (; i + kRows <= rows; i += kRows)
        tile<kRows, kTileVectors>(a + i * leadingA, leadingA, b, leadingB, c + i * leadingC, leadingC, depth, accumulate);
    const float* restA = a + i * leadingA;
    float* restC = c + i * leadingC;
    switch (rows - i) {
    case 5: tile<5, kTileVectors>(restA, leadingA, b, leadingB, restC, leadingC, depth, accumulate); break;
    case 4: tile<4, kTileVectors>(restA, leadingA, b, leadingB, restC, leadingC, depth, accumulate); break;
    case 3: tile<3, kTileVectors>(restA, leadingA, b, leadingB, restC, leadingC, depth, accumulate); break;
    case 2: tile<2, kTileVectors>(restA, leadingA, b, leadingB, restC, leadingC, depth, accumulate); break;
    case 1: tile<1, kTileVectors>(restA, leadingA, b, leadingB, restC, leadingC, depth, accumulate); break;
    default: break;
    }
}

template <class B>
void multiplyAny(const float* a, std::size_t leadingA, const B* b, std::size_t leadingB, float* c, std::size_t leadingC, std::size_t rows,
                 std::size_t columns, std::size_t depth, bool accumulate)
{
    const std::size_t lanes = hn::Lanes(F());
    const std::size_t wide = kVectors * lanes;
    std::size_t j = 0;
    for (; j + wide <= columns; j += wide)
        columnsOf<kVectors>(a, leadingA, b + j, leadingB, c + j, leadingC, rows, depth, accumulate);
    for (; j < columns; j += lanes)
        columnsOf<1>(a, leadingA, b + j, leadingB, c + j, leadingC, rows, depth, accumulate);
}

void multiplyFloat(const float* a, std::size_t leadingA, const float* b, std::size_t leadingB, float* c, std::size_t leadingC, std::size_t rows,
                   std::size_t columns, std::size_t depth, bool accumulate)
{
    multiplyAny(a, leadingA, b, leadingB, c, leadingC, rows, columns, depth, accumulate);
}

void multiplyHalf(const float* a, std::size_t leadingA, const Half* b, std::size_t leadingB, float* c, std::size_t leadingC, std::size_t rows,
                  std::size_t columns, std::size_t depth, bool accumulate)
{
    multiplyAny(a, leadingA, b, leadingB, c, leadingC, rows, columns, depth, accumulate);
}

void multiplyBytes(const float* a, std::size_t leadingA, const std::int8_t* b, std::size_t leadingB, float* c, std::size_t leadingC, std::size_t rows,
                   std::size_t columns, std::size_t depth, bool accumulate)
{
    multiplyAny(a, leadingA, b, leadingB, c, leadingC, rows, columns, depth, accumulate);
}

// As tile(), with a second set of accumulators: one for a block of 32, one for the whole; so half the rows fit into the registers.
constexpr std::size_t kScaledRows = kRows / 2;

template <std::size_t kTileRows, std::size_t kTileVectors>
HWY_INLINE void scaledTile(const float* HWY_RESTRICT a, std::size_t leadingA, const std::int8_t* HWY_RESTRICT b, std::size_t leadingB,
                           const Half* HWY_RESTRICT scales, float* HWY_RESTRICT c, std::size_t leadingC, std::size_t depth)
{
    const F d;
    const std::size_t lanes = hn::Lanes(d);
    hn::Vec<F> totals[kTileRows][kTileVectors];
#pragma GCC unroll 4
    for (std::size_t i = 0; i < kTileRows; ++i)
#pragma GCC unroll 4
        for (std::size_t j = 0; j < kTileVectors; ++j)
            totals[i][j] = hn::Zero(d);
    for (std::size_t begin = 0; begin < depth; begin += kKvBlock, scales += leadingB) {
        hn::Vec<F> sums[kTileRows][kTileVectors];
#pragma GCC unroll 4
        for (std::size_t i = 0; i < kTileRows; ++i)
#pragma GCC unroll 4
            for (std::size_t j = 0; j < kTileVectors; ++j)
                sums[i][j] = hn::Zero(d);
        const std::size_t end = begin + kKvBlock < depth ? begin + kKvBlock : depth;
        for (std::size_t n = begin; n < end; ++n) {
            hn::Vec<F> row[kTileVectors];
#pragma GCC unroll 4
            for (std::size_t j = 0; j < kTileVectors; ++j)
                row[j] = load(d, b + n * leadingB + j * lanes);
#pragma GCC unroll 4
            for (std::size_t i = 0; i < kTileRows; ++i) {
                const auto factor = hn::Set(d, a[i * leadingA + n]);
#pragma GCC unroll 4
                for (std::size_t j = 0; j < kTileVectors; ++j)
                    sums[i][j] = hn::MulAdd(factor, row[j], sums[i][j]);
            }
        }
#pragma GCC unroll 4
        for (std::size_t j = 0; j < kTileVectors; ++j) {
            const auto scale = load(d, scales + j * lanes);
#pragma GCC unroll 4
            for (std::size_t i = 0; i < kTileRows; ++i)
                totals[i][j] = hn::MulAdd(sums[i][j], scale, totals[i][j]);
        }
    }
#pragma GCC unroll 4
    for (std::size_t i = 0; i < kTileRows; ++i)
#pragma GCC unroll 4
        for (std::size_t j = 0; j < kTileVectors; ++j)
            hn::StoreU(totals[i][j], d, c + i * leadingC + j * lanes);
}

template <std::size_t kTileVectors>
void scaledColumnsOf(const float* a, std::size_t leadingA, const std::int8_t* b, std::size_t leadingB, const Half* scales, float* c,
                     std::size_t leadingC, std::size_t rows, std::size_t depth)
{
    std::size_t i = 0;
    for (; i + kScaledRows <= rows; i += kScaledRows)
        scaledTile<kScaledRows, kTileVectors>(a + i * leadingA, leadingA, b, leadingB, scales, c + i * leadingC, leadingC, depth);
    for (; i < rows; ++i)
        scaledTile<1, kTileVectors>(a + i * leadingA, leadingA, b, leadingB, scales, c + i * leadingC, leadingC, depth);
}

void multiplyBlocks(const float* a, std::size_t leadingA, const std::int8_t* b, std::size_t leadingB, const Half* scales, float* c,
                    std::size_t leadingC, std::size_t rows, std::size_t columns, std::size_t depth)
{
    const std::size_t lanes = hn::Lanes(F());
    const std::size_t wide = kVectors * lanes;
    std::size_t j = 0;
    for (; j + wide <= columns; j += wide)
        scaledColumnsOf<kVectors>(a, leadingA, b + j, leadingB, scales + j, c + j, leadingC, rows, depth);
    for (; j < columns; j += lanes)
        scaledColumnsOf<1>(a, leadingA, b + j, leadingB, scales + j, c + j, leadingC, rows, depth);
}

} // namespace octavo::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace octavo::cpu {

HWY_EXPORT(multiplyFloat);
HWY_EXPORT(multiplyHalf);
HWY_EXPORT(multiplyBytes);
HWY_EXPORT(multiplyBlocks);

void multiply(const float* a, std::size_t leadingA, const float* b, std::size_t leadingB, float* c, std::size_t leadingC, std::size_t rows,
              std::size_t columns, std::size_t depth, bool accumulate)
{
    HWY_DYNAMIC_DISPATCH(multiplyFloat)(a, leadingA, b, leadingB, c, leadingC, rows, columns, depth, accumulate);
}

void multiply(const float* a, std::size_t leadingA, const Half* b, std::size_t leadingB, float* c, std::size_t leadingC, std::size_t rows,
              std::size_t columns, std::size_t depth, bool accumulate)
{
    HWY_DYNAMIC_DISPATCH(multiplyHalf)(a, leadingA, b, leadingB, c, leadingC, rows, columns, depth, accumulate);
}

void multiply(const float* a, std::size_t leadingA, const std::int8_t* b, std::size_t leadingB, float* c, std::size_t leadingC, std::size_t rows,
              std::size_t columns, std::size_t depth, bool accumulate)
{
    HWY_DYNAMIC_DISPATCH(multiplyBytes)(a, leadingA, b, leadingB, c, leadingC, rows, columns, depth, accumulate);
}

void multiplyScaled(const float* a, std::size_t leadingA, const std::int8_t* b, std::size_t leadingB, const Half* scales, float* c,
                    std::size_t leadingC, std::size_t rows, std::size_t columns, std::size_t depth)
{
    HWY_DYNAMIC_DISPATCH(multiplyBlocks)(a, leadingA, b, leadingB, scales, c, leadingC, rows, columns, depth);
}

} // namespace octavo::cpu
#endif
