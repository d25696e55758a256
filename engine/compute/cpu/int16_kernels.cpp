// SPDX-License-Identifier: Apache-2.0
#include "compute/cpu/int16_kernels.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "compute/cpu/int16_kernels.cpp"
#define HWY_WANT_AVX3_DL 1
#include "hwy/foreach_target.h"
#include "hwy/highway.h"

#include "compute/cpu/dot_quads-inl.h"

HWY_BEFORE_NAMESPACE();
namespace octavo::cpu::HWY_NAMESPACE {

#if OCTAVO_INT8

bool pairsSupported() { return true; }

using FloatLanes = hn::ScalableTag<float>;
using FloatsOf = hn::Vec<FloatLanes>;
using SumsOf = hn::Vec<Sums>;
using Words = hn::Rebind<std::int16_t, FloatLanes>;
constexpr std::size_t kFloats = HWY_LANES(float);

// A number that scales so small that their inverse is infinite are taken as: nothing.
HWY_INLINE float inverseOf(float largest, std::int32_t limit) { return largest > 1e-30f ? static_cast<float>(limit) / largest : 0.0f; }

void toRows(const float* x, std::size_t leading, std::size_t rows, std::size_t columns, const float* factors, std::int32_t limit, std::int16_t* out,
            float* scales)
{
    const FloatLanes d;
    const Words dw;
    for (std::size_t row = 0; row < rows; ++row, x += leading, out += columns) {
        const auto at = [&](std::size_t n) {
            const auto v = hn::LoadU(d, x + n);
            return factors ? hn::Mul(v, hn::LoadU(d, factors + n)) : v;
        };
        auto most = hn::Zero(d);
        for (std::size_t n = 0; n < columns; n += kFloats)
            most = hn::Max(most, hn::Abs(at(n)));
        const float largest = hn::GetLane(hn::MaxOfLanes(d, most));
        const auto factor = hn::Set(d, inverseOf(largest, limit));
        for (std::size_t n = 0; n < columns; n += kFloats)
            hn::StoreU(hn::DemoteTo(dw, hn::NearestInt(hn::Mul(at(n), factor))), dw, out + n);
        scales[row] = largest / static_cast<float>(limit);
    }
}

void toColumns(const float* x, std::size_t depth, std::int32_t limit, std::int16_t* out, float* scales)
{
    const FloatLanes d;
    const hn::RebindToSigned<FloatLanes> di;
    for (std::size_t n = 0; n < kInt16Columns; n += kFloats) {
        auto most = hn::Zero(d);
        for (std::size_t k = 0; k < depth; ++k)
            most = hn::Max(most, hn::Abs(hn::LoadU(d, x + k * kInt16Columns + n)));
        const auto isSome = hn::Gt(most, hn::Set(d, 1e-30f));
        const auto factor = hn::IfThenElseZero(isSome, hn::Div(hn::Set(d, static_cast<float>(limit)), most));
        hn::StoreU(hn::Mul(most, hn::Set(d, 1.0f / static_cast<float>(limit))), d, scales + n);
        for (std::size_t k = 0; k < depth; k += 2) {
            const auto even = hn::NearestInt(hn::Mul(hn::LoadU(d, x + k * kInt16Columns + n), factor));
            const auto odd = hn::NearestInt(hn::Mul(hn::LoadU(d, x + (k + 1) * kInt16Columns + n), factor));
            const auto pair = hn::Or(hn::And(even, hn::Set(di, 0xFFFF)), hn::ShiftLeft<16>(odd));
            hn::StoreU(pair, di, reinterpret_cast<std::int32_t*>(out + (k / 2 * kInt16Columns + n) * 2));
        }
    }
}

void toRowPairs(const float* x, std::size_t columns, std::int32_t limit, std::int16_t* out, float* scales)
{
    const FloatLanes d;
    const hn::RebindToSigned<FloatLanes> di;
    for (std::size_t row = 0; row < kInt16Columns; row += 2, x += 2 * columns) {
        auto even = hn::Zero(d), odd = hn::Zero(d);
        for (std::size_t n = 0; n < columns; n += kFloats) {
            even = hn::Max(even, hn::Abs(hn::LoadU(d, x + n)));
            odd = hn::Max(odd, hn::Abs(hn::LoadU(d, x + columns + n)));
        }
        const float largest[2] = { hn::GetLane(hn::MaxOfLanes(d, even)), hn::GetLane(hn::MaxOfLanes(d, odd)) };
        for (std::size_t n = 0; n < 2; ++n)
            scales[row + n] = largest[n] / static_cast<float>(limit);
        const auto first = hn::Set(d, inverseOf(largest[0], limit)), second = hn::Set(d, inverseOf(largest[1], limit));
        for (std::size_t n = 0; n < columns; n += kFloats) {
            const auto low = hn::NearestInt(hn::Mul(hn::LoadU(d, x + n), first));
            const auto high = hn::NearestInt(hn::Mul(hn::LoadU(d, x + columns + n), second));
            hn::StoreU(hn::Or(hn::And(low, hn::Set(di, 0xFFFF)), hn::ShiftLeft<16>(high)), di,
                       reinterpret_cast<std::int32_t*>(out + (row / 2 * columns + n) * 2));
        }
    }
}

// Register tile: as in matrix_kernels.cpp.
constexpr std::size_t kTileRows = 6;
constexpr std::size_t kTileVectors = HWY_TARGET <= HWY_AVX3 ? 4 : 2;

template <std::size_t kRows, std::size_t kVectors>
HWY_INLINE void pairTile(const std::int16_t* HWY_RESTRICT a, const float* aScales, const std::int16_t* HWY_RESTRICT b, const float* bScales,
                         float* HWY_RESTRICT c, std::size_t leadingC, std::size_t columns, std::size_t depth, bool accumulate)
{
    const FloatLanes d;
    const Sums ds;
    SumsOf sums[kRows][kVectors];
#pragma GCC unroll 8
    for (std::size_t i = 0; i < kRows; ++i)
#pragma GCC unroll 4
        for (std::size_t j = 0; j < kVectors; ++j)
            sums[i][j] = hn::Zero(ds);
    for (std::size_t k = 0; k < depth; k += 2) {
        SumsOf row[kVectors];
#pragma GCC unroll 4
        for (std::size_t j = 0; j < kVectors; ++j)
            row[j] = hn::LoadU(ds, reinterpret_cast<const std::int32_t*>(b + k * columns) + j * kFloats);
#pragma GCC unroll 8
        for (std::size_t i = 0; i < kRows; ++i) {
            std::int32_t pair;
            std::memcpy(&pair, a + i * depth + k, sizeof pair);
            const SumsOf factor = hn::Set(ds, pair);
#pragma GCC unroll 4
            for (std::size_t j = 0; j < kVectors; ++j)
                sums[i][j] = addPairs(sums[i][j], hn::BitCast(PairOf16(), row[j]), hn::BitCast(PairOf16(), factor));
        }
    }
#pragma GCC unroll 8
    for (std::size_t i = 0; i < kRows; ++i) {
        const FloatsOf scale = hn::Set(d, aScales[i]);
#pragma GCC unroll 4
        for (std::size_t j = 0; j < kVectors; ++j) {
            float* out = c + i * leadingC + j * kFloats;
            const FloatsOf whole = hn::ConvertTo(d, sums[i][j]);
            const FloatsOf scaled = bScales ? hn::Mul(whole, hn::LoadU(d, bScales + j * kFloats)) : whole;
            hn::StoreU(accumulate ? hn::MulAdd(scaled, scale, hn::LoadU(d, out)) : hn::Mul(scaled, scale), d, out);
        }
    }
}

template <std::size_t kVectors>
void pairColumns(const std::int16_t* a, const float* aScales, const std::int16_t* b, const float* bScales, float* c, std::size_t leadingC,
                 std::size_t rows, std::size_t columns, std::size_t depth, bool accumulate)
{
    std::size_t i = 0;
    for (; i + kTileRows <= rows; i += kTileRows)
        pairTile<kTileRows, kVectors>(a + i * depth, aScales + i, b, bScales, c + i * leadingC, leadingC, columns, depth, accumulate);
    for (; i < rows; ++i)
        pairTile<1, kVectors>(a + i * depth, aScales + i, b, bScales, c + i * leadingC, leadingC, columns, depth, accumulate);
}

void multiplyPairs(const std::int16_t* a, const float* aScales, const std::int16_t* b, const float* bScales, float* c, std::size_t leadingC,
                   std::size_t rows, std::size_t columns, std::size_t depth, bool accumulate)
{
    const auto run = [&]<std::size_t kVectors>(std::size_t j) {
        pairColumns<kVectors>(a, aScales, b + 2 * j, bScales ? bScales + j : nullptr, c + j, leadingC, rows, columns, depth, accumulate);
    };
    std::size_t j = 0;
    for (; j + kTileVectors * kFloats <= columns; j += kTileVectors * kFloats)
        run.template operator()<kTileVectors>(j);
    for (; j < columns; j += kFloats)
        run.template operator()<1>(j);
}

#else

bool pairsSupported() { return false; }
void toRows(const float*, std::size_t, std::size_t, std::size_t, const float*, std::int32_t, std::int16_t*, float*) {}
void toColumns(const float*, std::size_t, std::int32_t, std::int16_t*, float*) {}
void toRowPairs(const float*, std::size_t, std::int32_t, std::int16_t*, float*) {}
void multiplyPairs(const std::int16_t*, const float*, const std::int16_t*, const float*, float*, std::size_t, std::size_t, std::size_t, std::size_t, bool) {}

#endif

} // namespace octavo::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace octavo::cpu {

HWY_EXPORT(pairsSupported);
HWY_EXPORT(toRows);
HWY_EXPORT(toColumns);
HWY_EXPORT(toRowPairs);
HWY_EXPORT(multiplyPairs);

bool hasInt16Products() { return HWY_DYNAMIC_DISPATCH(pairsSupported)(); }

std::int32_t int16Limit(std::size_t depth) { return static_cast<std::int32_t>(std::sqrt(2147483647.0 / static_cast<double>(depth))); }

void roundRows(const float* x, std::size_t leading, std::size_t rows, std::size_t columns, const float* factors, std::int32_t limit, std::int16_t* out,
               float* scales)
{
    HWY_DYNAMIC_DISPATCH(toRows)(x, leading, rows, columns, factors, limit, out, scales);
}

void roundColumns(const float* x, std::size_t depth, std::int32_t limit, std::int16_t* out, float* scales)
{
    HWY_DYNAMIC_DISPATCH(toColumns)(x, depth, limit, out, scales);
}

void roundRowPairs(const float* x, std::size_t columns, std::int32_t limit, std::int16_t* out, float* scales)
{
    HWY_DYNAMIC_DISPATCH(toRowPairs)(x, columns, limit, out, scales);
}

void multiplyInt16(const std::int16_t* a, const float* aScales, const std::int16_t* b, const float* bScales, float* c, std::size_t leadingC,
                   std::size_t rows, std::size_t columns, std::size_t depth, bool accumulate)
{
    HWY_DYNAMIC_DISPATCH(multiplyPairs)(a, aScales, b, bScales, c, leadingC, rows, columns, depth, accumulate);
}

} // namespace octavo::cpu
#endif
