// SPDX-License-Identifier: Apache-2.0
#include "compute/cpu/int8_kernels.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <type_traits>

#include "compute/cpu/kernels.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "compute/cpu/int8_kernels.cpp"
#define HWY_WANT_AVX3_DL 1
#include "hwy/foreach_target.h"
#include "hwy/highway.h"

#include "compute/cpu/dot_quads-inl.h"
#include "compute/cpu/quant_blocks-inl.h"
#include "compute/cpu/quant_k_blocks-inl.h"

HWY_BEFORE_NAMESPACE();
namespace octavo::cpu::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

#if OCTAVO_INT8

using Floats = hn::ScalableTag<float>;
using FloatVec = hn::Vec<Floats>;
using SumVec = hn::Vec<Sums>;
constexpr std::size_t kLanes = HWY_LANES(float);

std::size_t elementBytes() { return sizeof(Quant); }

void quantize(const float* x, std::size_t columns, const Int8Rows& row)
{
    const hn::CappedTag<float, 16> d; // sums are of groups of 16
    const hn::RebindToSigned<decltype(d)> ds;
    const hn::Rebind<Quant, decltype(d)> dq;
    constexpr std::size_t kStep = std::min<std::size_t>(16, kLanes);
    auto* quants = reinterpret_cast<Quant*>(row.quants);
    for (std::size_t begin = 0; begin < columns; begin += kInt8Block) {
        auto largest = hn::Zero(d);
        for (std::size_t i = begin; i < begin + kInt8Block; i += kStep)
            largest = hn::Max(largest, hn::Abs(hn::LoadU(d, x + i)));
        const float most = hn::GetLane(hn::MaxOfLanes(d, largest));
        const float scale = most / 127.0f;
        const auto factor = hn::Set(d, scale > 0 ? 1.0f / scale : 0.0f);
        const auto limit = hn::Set(d, 127.0f);
        for (std::size_t group = begin; group < begin + kInt8Block; group += kInt8MinGroup) {
            auto sum = hn::Zero(ds);
            for (std::size_t i = group; i < group + kInt8MinGroup; i += kStep) {
                // Bounded, since what is no number would become one whose sums run over.
                const auto scaled = hn::Min(hn::Max(hn::Mul(hn::LoadU(d, x + i), factor), hn::Neg(limit)), limit);
                const auto rounded = hn::NearestInt(scaled);
                sum = hn::Add(sum, rounded);
                hn::StoreU(hn::DemoteTo(dq, rounded), dq, quants + i);
            }
            row.halfSums[group / kInt8MinGroup] = scale * static_cast<float>(hn::GetLane(hn::SumOfLanes(ds, sum)));
        }
        const float* halves = row.halfSums + begin / kInt8MinGroup;
        row.scales[begin / kInt8Block] = scale;
        row.sums[begin / kInt8Block] = halves[0] + halves[1];
        if (!row.fours)
            continue;
        const std::size_t four = begin / (4 * kInt8Block), place = begin / kInt8Block % 4;
        auto* halfBlocks = reinterpret_cast<Quant*>(row.fours) + four * 4 * kInt8Block + place * 16;
        std::memcpy(halfBlocks, quants + begin, 16 * sizeof(Quant));
        std::memcpy(halfBlocks + 64, quants + begin + 16, 16 * sizeof(Quant));
        row.fourScales[8 * four + place] = scale;
        row.fourScales[8 * four + 4 + place] = halves[0] + halves[1];
    }
}

// The instruction for bytes wants weights without a sign: those that have one are kept as quant + 128, which the offset takes back.
template <class Layout>
constexpr std::int32_t kBias = OCTAVO_VNNI && !Layout::kHasOffsets ? 128 : 0;

// Quants of 16 outputs [output][kInt8Depth] into lanes: panel [depth / kPerLane][kInt8Panel][kPerLane], from output `begin` on.
#if OCTAVO_VNNI
template <class Layout>
HWY_INLINE void packInt8Strip(const std::int8_t* strip, std::size_t begin, std::size_t depth, Quant* panel)
{
    static_assert(kInt8Strip == 16 && kInt8Block == 32);
    const __m512i bias = _mm512_set1_epi8(static_cast<char>(kBias<Layout>));
    const auto twoRows = [](const std::int8_t* row) { // outputs n and n + 8, 32 quants of each
        const __m256i low = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(row));
        return _mm512_inserti64x4(_mm512_castsi256_si512(low), _mm256_loadu_si256(reinterpret_cast<const __m256i*>(row + 8 * kInt8Depth)), 1);
    };
    // Both halves are transposed alike, 8 × 8 lanes of four quants: lanes within 128 bits first, then these.
    const __m512i evens = _mm512_setr_epi64(0, 1, 8, 9, 4, 5, 12, 13), odds = _mm512_setr_epi64(2, 3, 10, 11, 6, 7, 14, 15);
    for (std::size_t k = 0; k < depth; k += kInt8Block) {
        __m512i rows[8], pairs[8], fours[8];
        for (std::size_t n = 0; n < 8; ++n)
            rows[n] = twoRows(strip + n * kInt8Depth + k);
        for (std::size_t n = 0; n < 8; n += 2) {
            pairs[n] = _mm512_unpacklo_epi32(rows[n], rows[n + 1]);
            pairs[n + 1] = _mm512_unpackhi_epi32(rows[n], rows[n + 1]);
        }
        for (std::size_t n = 0; n < 8; n += 4)
            for (std::size_t half = 0; half < 2; ++half) {
                fours[n + 2 * half] = _mm512_unpacklo_epi64(pairs[n + half], pairs[n + 2 + half]);
                fours[n + 2 * half + 1] = _mm512_unpackhi_epi64(pairs[n + half], pairs[n + 2 + half]);
            }
        Quant* out = panel + (k / kPerLane * kInt8Panel + begin) * kPerLane;
        for (std::size_t n = 0; n < 4; ++n) {
            const __m512i first = _mm512_permutex2var_epi64(fours[n], evens, fours[n + 4]);
            const __m512i second = _mm512_permutex2var_epi64(fours[n], odds, fours[n + 4]);
            _mm512_storeu_si512(out + n * kInt8Panel * kPerLane, _mm512_xor_si512(first, bias));
            _mm512_storeu_si512(out + (n + 4) * kInt8Panel * kPerLane, _mm512_xor_si512(second, bias));
        }
    }
}
#else
template <class Layout>
HWY_INLINE void packInt8Strip(const std::int8_t* strip, std::size_t begin, std::size_t depth, Quant* panel)
{
    for (std::size_t k = 0; k < depth; k += kPerLane)
        for (std::size_t n = 0; n < kInt8Strip; ++n) {
            Quant* out = panel + (k / kPerLane * kInt8Panel + begin + n) * kPerLane;
            out[0] = strip[n * kInt8Depth + k];
            out[1] = strip[n * kInt8Depth + k + 1];
        }
}
#endif

void pack(const Weight& weight, std::size_t first, std::size_t outputs, std::size_t column, std::size_t depth, std::int8_t* strip, Int8Panel& panel)
{
    withBlocks(weight.type, [&]<class Layout>(Layout) {
        panel.group = Layout::kGroup;
        const std::size_t groups = depth / Layout::kGroup;
        float scales[kInt8PanelGroups + 16] = {}, offsets[kInt8PanelGroups + 16] = {}; // of one output, and room for a whole vector behind
        for (std::size_t begin = 0; begin < kInt8Panel; begin += kInt8Strip) {
            for (std::size_t output = begin; output < begin + kInt8Strip; ++output) {
                std::int8_t* quants = strip + (output - begin) * kInt8Depth;
                const bool missing = output >= outputs;
                if (missing)
                    std::memset(quants, 0, depth);
                const auto* block = reinterpret_cast<const std::uint8_t*>(weight.data) + (first + output) * weight.rowBytes + column / Layout::kElements * Layout::kBytes;
                for (std::size_t k = 0; k < depth && !missing; k += Layout::kElements, block += Layout::kBytes)
                    Layout::unpack(block, BlockTarget(quants + k, scales + k / Layout::kGroup, offsets + k / Layout::kGroup));
                for (std::size_t g = 0; g < groups; ++g) {
                    panel.scales[g * kInt8Panel + output] = missing ? 0 : scales[g];
                    panel.offsets[g * kInt8Panel + output] = missing ? 0 : Layout::kHasOffsets ? offsets[g] : -static_cast<float>(kBias<Layout>) * scales[g];
                }
            }
            packInt8Strip<Layout>(strip, begin, depth, reinterpret_cast<Quant*>(panel.quants));
        }
    });
}

// Register tile: kRows × kVectors sums of whole numbers and as many of floats. With 32 registers 6 × 2 each, with 16 registers 3 × 2.
constexpr std::size_t kVectors = 2;
constexpr std::size_t kRows = HWY_TARGET <= HWY_AVX3 ? 6 : 3;

HWY_INLINE SumVec oneLane(const Quant* p)
{
    std::int32_t bits;
    std::memcpy(&bits, p, sizeof bits);
    return hn::Set(Sums(), bits);
}

template <std::size_t kTileRows, std::size_t kGroup>
HWY_INLINE void tile(const Quant* HWY_RESTRICT x, const float* HWY_RESTRICT xScales, const float* HWY_RESTRICT xSums, std::size_t columns,
                     const Quant* HWY_RESTRICT weights, const float* HWY_RESTRICT scales, const float* HWY_RESTRICT offsets, std::size_t depth,
                     float* HWY_RESTRICT y, std::size_t leadingY, bool accumulate)
{
    const Floats d;
    const Sums ds;
    const std::size_t leadingScales = columns / kInt8Block;
    const std::size_t leadingSums = columns / kGroup;
    FloatVec totals[kTileRows][kVectors];
#pragma GCC unroll 8
    for (std::size_t i = 0; i < kTileRows; ++i)
#pragma GCC unroll 2
        for (std::size_t j = 0; j < kVectors; ++j)
            totals[i][j] = accumulate ? hn::LoadU(d, y + i * leadingY + j * kLanes) : hn::Zero(d);
    for (std::size_t group = 0; group < depth / kGroup; ++group) {
        SumVec sums[kTileRows][kVectors];
#pragma GCC unroll 8
        for (std::size_t i = 0; i < kTileRows; ++i)
#pragma GCC unroll 2
            for (std::size_t j = 0; j < kVectors; ++j)
                sums[i][j] = hn::Zero(ds);
#pragma GCC unroll 16
        for (std::size_t k = 0; k < kGroup; k += kPerLane) {
            SumVec row[kVectors];
#pragma GCC unroll 2
            for (std::size_t j = 0; j < kVectors; ++j)
                row[j] = hn::LoadU(ds, reinterpret_cast<const std::int32_t*>(weights + k * kInt8Panel) + j * kLanes);
#pragma GCC unroll 8
            for (std::size_t i = 0; i < kTileRows; ++i) {
                const SumVec factor = oneLane(x + i * columns + k);
#pragma GCC unroll 2
                for (std::size_t j = 0; j < kVectors; ++j)
                    sums[i][j] = addProducts(sums[i][j], row[j], factor);
            }
        }
        const std::size_t block = group * kGroup / kInt8Block;
#pragma GCC unroll 2
        for (std::size_t j = 0; j < kVectors; ++j) {
            const FloatVec scale = hn::LoadU(d, scales + group * kInt8Panel + j * kLanes);
            const FloatVec offset = hn::LoadU(d, offsets + group * kInt8Panel + j * kLanes);
#pragma GCC unroll 8
            for (std::size_t i = 0; i < kTileRows; ++i) {
                totals[i][j] = hn::MulAdd(offset, hn::Set(d, xSums[i * leadingSums + group]), totals[i][j]);
                totals[i][j] = hn::MulAdd(hn::ConvertTo(d, sums[i][j]), hn::Mul(scale, hn::Set(d, xScales[i * leadingScales + block])), totals[i][j]);
            }
        }
        x += kGroup;
        weights += kGroup * kInt8Panel;
    }
#pragma GCC unroll 8
    for (std::size_t i = 0; i < kTileRows; ++i)
#pragma GCC unroll 2
        for (std::size_t j = 0; j < kVectors; ++j)
            hn::StoreU(totals[i][j], d, y + i * leadingY + j * kLanes);
}

template <std::size_t kGroup>
const float* sumsOf(const Int8Rows& x)
{
    return kGroup == kInt8Block ? x.sums : x.halfSums;
}

template <std::size_t kGroup>
void multiplyGroups(const Int8Rows& x, std::size_t columns, const Int8Panel& panel, std::size_t depth, float* y, std::size_t leadingY, std::size_t rows,
                    bool accumulate)
{
    const auto* quants = reinterpret_cast<const Quant*>(x.quants);
    const auto* weights = reinterpret_cast<const Quant*>(panel.quants);
    for (std::size_t j = 0; j < kInt8Panel; j += kVectors * kLanes) {
        const auto run = [&]<std::size_t kTileRows>(std::size_t i) {
            tile<kTileRows, kGroup>(quants + i * columns, x.scales + i * (columns / kInt8Block), sumsOf<kGroup>(x) + i * (columns / kGroup), columns,
                                    weights + j * kPerLane, panel.scales + j, panel.offsets + j, depth, y + i * leadingY + j, leadingY, accumulate);
        };
        std::size_t i = 0;
        for (; i + kRows <= rows; i += kRows)
            run.template operator()<kRows>(i);
        for (; i + 2 <= rows; i += 2)
            run.template operator()<2>(i);
        if (i < rows)
            run.template operator()<1>(i);
    }
}

void multiply(const Int8Rows& x, std::size_t columns, const Int8Panel& panel, std::size_t depth, float* y, std::size_t leadingY, std::size_t rows,
              bool accumulate)
{
    panel.group == kInt8Block ? multiplyGroups<kInt8Block>(x, columns, panel, depth, y, leadingY, rows, accumulate)
                              : multiplyGroups<kInt8MinGroup>(x, columns, panel, depth, y, leadingY, rows, accumulate);
}

// Elements [0, count) of a weight's row · x, unpacked 256 at a time: sums over whole numbers, lane by lane, then times the scales.
constexpr std::size_t kUnpacked = 256;

#if OCTAVO_VNNI

template <class Layout>
struct RowSum {
    static constexpr std::size_t kGroup = Layout::kGroup;
    static constexpr std::size_t kVectorGroups = 64 / kGroup; // groups in a vector of quants

    FloatVec totals[4];
    FloatVec offsets;

    HWY_INLINE RowSum() // written out: a constructor of the compiler's own is not compiled for this target
    {
        totals[0] = totals[1] = totals[2] = totals[3] = offsets = hn::Zero(Floats());
    }

    // May read past what is counted: x has room behind it (kInt8Padding), and scales that do not count are taken as 0.
    HWY_INLINE void add(const UnpackedBlock& block, std::size_t count, const Quant* x, const float* xScales, const float* xSums)
    {
        const Floats d;
        const hn::Repartition<std::uint8_t, Floats> bytes;
        const auto counted = hn::FirstN(d, count / kGroup);
        alignas(64) static constexpr std::int32_t kBlockOfGroup[16] = { 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7 };
        FloatVec ofX = hn::LoadU(d, xScales);
        if constexpr (kGroup == kInt8MinGroup)
            ofX = hn::TableLookupLanes(ofX, hn::SetTableIndices(d, kBlockOfGroup));
        const FloatVec ofWeights = hn::Load(d, block.scales);
        const FloatVec scales = hn::IfThenElseZero(counted, hn::Mul(ofWeights, ofX));
        const FloatVec offset = Layout::kHasOffsets ? hn::Load(d, block.offsets) : hn::Mul(hn::Set(d, -static_cast<float>(kBias<Layout>)), ofWeights);
        offsets = hn::Add(offsets, hn::IfThenElseZero(counted, hn::Mul(offset, hn::LoadU(d, xSums))));
#pragma GCC unroll 4
        for (std::size_t n = 0; n < 4; ++n) {
            auto quants = hn::Load(bytes, reinterpret_cast<const std::uint8_t*>(block.quants) + 64 * n);
            if constexpr (kBias<Layout> != 0)
                quants = hn::Xor(quants, hn::Set(bytes, 0x80));
            const SumVec sums = addProducts(hn::Zero(Sums()), hn::BitCast(Sums(), quants), hn::LoadU(Sums(), reinterpret_cast<const std::int32_t*>(x + 64 * n)));
            alignas(64) std::int32_t groups[16];
            for (std::size_t lane = 0; lane < 16; ++lane)
                groups[lane] = static_cast<std::int32_t>(n * kVectorGroups + lane * kVectorGroups / 16);
            totals[n] = hn::MulAdd(hn::ConvertTo(d, sums), hn::TableLookupLanes(scales, hn::SetTableIndices(d, groups)), totals[n]);
        }
    }
    HWY_INLINE float sum() const
    {
        const auto all = hn::Add(hn::Add(hn::Add(totals[0], totals[1]), hn::Add(totals[2], totals[3])), offsets);
        return hn::GetLane(hn::SumOfLanes(Floats(), all));
    }
};

#else

template <class Layout>
struct RowSum {
    static constexpr std::size_t kGroup = Layout::kGroup;
    using Floats8 = hn::CappedTag<float, 8>;

    hn::Vec<Floats8> total;
    float offsets = 0;

    HWY_INLINE RowSum() { total = hn::Zero(Floats8()); }

    HWY_INLINE void add(const UnpackedBlock& block, std::size_t count, const Quant* x, const float* xScales, const float* xSums)
    {
        const Floats8 d;
        const hn::Repartition<std::int16_t, Floats8> pairs;
        const hn::Rebind<std::int8_t, decltype(pairs)> bytes;
        for (std::size_t n = 0; n < count; n += kGroup) {
            auto sums = hn::Zero(hn::RebindToSigned<Floats8>());
            for (std::size_t i = n; i < n + kGroup; i += 16)
                sums = addPairs8(sums, hn::PromoteTo(pairs, hn::Load(bytes, block.quants + i)), hn::LoadU(pairs, x + i));
            total = hn::MulAdd(hn::ConvertTo(d, sums), hn::Set(d, block.scales[n / kGroup] * xScales[n / kInt8Block]), total);
            if constexpr (Layout::kHasOffsets)
                offsets += block.offsets[n / kGroup] * xSums[n / kGroup];
        }
    }
    HWY_INLINE float sum() const { return hn::GetLane(hn::SumOfLanes(Floats8(), total)) + offsets; }
};

#endif

#if OCTAVO_VNNI

// The types most people have go four blocks at a time without a detour by memory: bytes stored and loaded again in wider vectors wait for store
// forwarding, which cost 12 cycles a block of Q4_1 where this takes 3 (Zen 4).
template <class Layout>
constexpr bool kHasFours = std::is_same_v<Layout, Q4_0> || std::is_same_v<Layout, Q4_1> || std::is_same_v<Layout, Q8_0>;

struct FourBlocks {
    const std::uint8_t *a, *b, *c, *d; // an array would be one in memory

    HWY_INLINE __m512i sixteenBytes(std::size_t offset) const
    {
        const auto load = [offset](const std::uint8_t* block) { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(block + offset)); };
        const __m256i low = _mm256_inserti128_si256(_mm256_castsi128_si256(load(a)), load(b), 1);
        const __m256i high = _mm256_inserti128_si256(_mm256_castsi128_si256(load(c)), load(d), 1);
        return _mm512_inserti64x4(_mm512_castsi256_si512(low), high, 1);
    }
    // The first four bytes of each block: one half, or two.
    HWY_INLINE __m128i heads() const
    {
        const auto load = [](const std::uint8_t* block) {
            std::int32_t bits;
            std::memcpy(&bits, block, sizeof bits);
            return bits;
        };
        return _mm_insert_epi32(_mm_insert_epi32(_mm_insert_epi32(_mm_cvtsi32_si128(load(a)), load(b), 1), load(c), 2), load(d), 3);
    }
};

// Four lanes a block: Σ quant·x as whole numbers.
template <class Layout>
HWY_INLINE __m512i sumsOfFour(const FourBlocks& blocks, const std::byte* x)
{
    const __m512i first = _mm512_loadu_si512(x), second = _mm512_loadu_si512(x + 64);
    __m512i sums = _mm512_setzero_si512();
    if constexpr (std::is_same_v<Layout, Q8_0>) {
        const __m512i bias = _mm512_set1_epi8(static_cast<char>(0x80));
        sums = dotBytes(sums, _mm512_xor_si512(blocks.sixteenBytes(2), bias), first);
        return dotBytes(sums, _mm512_xor_si512(blocks.sixteenBytes(18), bias), second);
    } else {
        const __m512i nibbles = blocks.sixteenBytes(Layout::kNibblesAt), mask = _mm512_set1_epi8(0x0F);
        sums = dotBytes(sums, _mm512_and_si512(nibbles, mask), first);
        return dotBytes(sums, _mm512_and_si512(_mm512_srli_epi16(nibbles, 4), mask), second);
    }
}

// What is taken off each quant as it stands above.
template <class Layout>
constexpr float kFourBias = std::is_same_v<Layout, Q8_0> ? 128.0f : std::is_same_v<Layout, Q4_0> ? 8.0f : 0.0f;

template <class Layout>
HWY_INLINE float dotFours(const std::uint8_t* block, std::size_t columns, const std::byte* x, const float* xScales)
{
    // Halves to [scale ×4, offset ×4]; the sums of x stand at the offsets.
    const __m128i split = Layout::kHasOffsets ? _mm_set_epi8(15, 14, 11, 10, 7, 6, 3, 2, 13, 12, 9, 8, 5, 4, 1, 0)
                                              : _mm_set_epi8(13, 12, 9, 8, 5, 4, 1, 0, 13, 12, 9, 8, 5, 4, 1, 0);
    const __m256 signs = Layout::kHasOffsets ? _mm256_set1_ps(1) : _mm256_setr_ps(1, 1, 1, 1, -kFourBias<Layout>, -kFourBias<Layout>, -kFourBias<Layout>, -kFourBias<Layout>);
    const __m512i spread = _mm512_setr_epi32(0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3);
    __m512 total = _mm512_setzero_ps();
    __m256 offsets = _mm256_setzero_ps(); // in its upper half
    const std::size_t blocks = columns / kInt8Block;
    for (std::size_t n = 0; n < blocks; n += 4, block += 4 * Layout::kBytes, x += 128, xScales += 8) {
        const auto at = [&](std::size_t i) { return block + std::min(i, blocks - 1 - n) * Layout::kBytes; };
        const FourBlocks four{block, at(1), at(2), at(3)};
        const __m256 halves = _mm256_cvtph_ps(_mm_shuffle_epi8(four.heads(), split));
        const __m256 scaled = _mm256_mul_ps(_mm256_mul_ps(halves, signs), _mm256_loadu_ps(xScales));
        offsets = _mm256_add_ps(offsets, scaled);
        total = _mm512_fmadd_ps(_mm512_cvtepi32_ps(sumsOfFour<Layout>(four, x)), _mm512_permutexvar_ps(spread, _mm512_castps256_ps512(scaled)), total);
    }
    const __m128 rest = _mm256_extractf128_ps(offsets, 1);
    return _mm512_reduce_add_ps(total) + _mm_cvtss_f32(_mm_hadd_ps(_mm_hadd_ps(rest, rest), rest));
}

#else

template <class Layout>
constexpr bool kHasFours = false;
template <class Layout>
float dotFours(const std::uint8_t*, std::size_t, const std::byte*, const float*) { return 0; }

#endif

void multiplyOne(const Weight& weight, std::size_t first, std::size_t outputs, const Int8Rows& x, float* y, bool accumulate)
{
    const auto* quants = reinterpret_cast<const Quant*>(x.quants);
    withBlocks(weight.type, [&]<class Layout>(Layout) {
        const float* xSums = sumsOf<Layout::kGroup>(x);
        UnpackedBlock unpacked{};
        for (std::size_t n = 0; n < outputs; ++n) {
            const auto* block = reinterpret_cast<const std::uint8_t*>(weight.data) + (first + n) * weight.rowBytes;
            if constexpr (kHasFours<Layout>) {
                const float result = dotFours<Layout>(block, weight.columns, x.fours, x.fourScales);
                y[n] = accumulate ? y[n] + result : result;
                continue;
            }
            RowSum<Layout> sum;
            for (std::size_t begin = 0; begin < weight.columns; begin += kUnpacked) {
                const std::size_t count = std::min<std::size_t>(kUnpacked, weight.columns - begin);
                for (std::size_t i = 0; i < count; i += Layout::kElements, block += Layout::kBytes)
                    Layout::unpack(block, BlockTarget(unpacked, i, Layout::kGroup));
                sum.add(unpacked, count, quants + begin, x.scales + begin / kInt8Block, xSums + begin / Layout::kGroup);
            }
            y[n] = accumulate ? y[n] + sum.sum() : sum.sum();
        }
    });
}

bool productsSupported() { return true; }

#else

bool productsSupported() { return false; }
std::size_t elementBytes() { return 1; }
void quantize(const float*, std::size_t, const Int8Rows&) {}
void pack(const Weight&, std::size_t, std::size_t, std::size_t, std::size_t, std::int8_t*, Int8Panel&) {}
void multiply(const Int8Rows&, std::size_t, const Int8Panel&, std::size_t, float*, std::size_t, std::size_t, bool) {}
void multiplyOne(const Weight&, std::size_t, std::size_t, const Int8Rows&, float*, bool) {}

#endif

} // namespace octavo::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace octavo::cpu {

HWY_EXPORT(productsSupported);
HWY_EXPORT(elementBytes);
HWY_EXPORT(quantize);
HWY_EXPORT(pack);
HWY_EXPORT(multiply);
HWY_EXPORT(multiplyOne);

bool hasInt8Products(GgmlType type)
{
    return HWY_DYNAMIC_DISPATCH(productsSupported)() && hasKernels(type) && blockLayout(type)->elements > 1;
}

std::size_t int8ElementBytes() { return HWY_DYNAMIC_DISPATCH(elementBytes)(); }

void quantizeRow(const float* x, std::size_t columns, const Int8Rows& row) { HWY_DYNAMIC_DISPATCH(quantize)(x, columns, row); }

void packPanel(const Weight& weight, std::size_t first, std::size_t outputs, std::size_t column, std::size_t depth, std::int8_t* scratch, Int8Panel& panel)
{
    HWY_DYNAMIC_DISPATCH(pack)(weight, first, outputs, column, depth, scratch, panel);
}

void multiplyPanel(const Int8Rows& x, std::size_t columns, const Int8Panel& panel, std::size_t depth, float* y, std::size_t leadingY, std::size_t rows,
                   bool accumulate)
{
    HWY_DYNAMIC_DISPATCH(multiply)(x, columns, panel, depth, y, leadingY, rows, accumulate);
}

void multiplyRow(const Weight& weight, std::size_t first, std::size_t outputs, const Int8Rows& x, float* y, bool accumulate)
{
    HWY_DYNAMIC_DISPATCH(multiplyOne)(weight, first, outputs, x, y, accumulate);
}

} // namespace octavo::cpu
#endif
