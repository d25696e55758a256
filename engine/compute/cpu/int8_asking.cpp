// SPDX-License-Identifier: Apache-2.0
#include "compute/cpu/int8_asking.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <type_traits>
#include <utility>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "compute/cpu/int8_asking.cpp"
#define HWY_WANT_AVX3_DL 1
#include "hwy/foreach_target.h"
#include "hwy/highway.h"

#include "compute/cpu/dot_quads-inl.h"

HWY_BEFORE_NAMESPACE();
namespace octavo::cpu::HWY_NAMESPACE {

#if OCTAVO_VNNI

constexpr std::size_t kRowsAtOnce = kInt8WeightRows; // two sums for each of four vectors a row: 24 of 32 registers
constexpr std::size_t kColumns = 64;

bool askingSupported() { return true; }

// Whole numbers of 16 tokens or elements, of which `high` are the upper bytes and `low` the lower ones: out [16 / 4][2][4].
HWY_INLINE void storeBytes(__m512i high, __m512i low, void* out)
{
    const __m128i upper = _mm512_cvtepi32_epi8(high), lower = _mm512_cvtepi32_epi8(low);
    _mm_storeu_si128(static_cast<__m128i*>(out), _mm_unpacklo_epi32(upper, lower));
    _mm_storeu_si128(static_cast<__m128i*>(out) + 1, _mm_unpackhi_epi32(upper, lower));
}

void split(const float* q, std::size_t rows, std::size_t width, Int8Queries& out)
{
    for (std::size_t row = 0; row < rows; ++row, q += width) {
        __m512 most = _mm512_setzero_ps();
        for (std::size_t d = 0; d < width; d += 16)
            most = _mm512_max_ps(most, _mm512_abs_ps(_mm512_loadu_ps(q + d)));
        const float largest = _mm512_reduce_max_ps(most);
        out.scales[row] = largest / 16383.0f;
        const __m512 factor = _mm512_set1_ps(largest > 0 ? 16383.0f / largest : 0.0f);
        std::int8_t* bytes = out.bytes.data() + row * 2 * width;
        for (std::size_t block = 0; block < width; block += kKvBlock) {
            __m512i sum = _mm512_setzero_si512();
            for (std::size_t d = block; d < block + kKvBlock; d += 16) {
                const __m512i whole = _mm512_cvtps_epi32(_mm512_mul_ps(_mm512_loadu_ps(q + d), factor));
                storeBytes(_mm512_srai_epi32(whole, 7), _mm512_and_si512(whole, _mm512_set1_epi32(127)), bytes + 2 * d);
                sum = _mm512_add_epi32(sum, whole);
            }
            out.sums[(row * width + block) / kKvBlock] = 128 * _mm512_reduce_add_epi32(sum);
        }
    }
}

struct FourVectors {
    __m512i v[4];
};

// Bytes of four rows to lanes of four: lane j of v[n] of each 128 bits L holds byte 16·L + 4·n + j of all rows.
HWY_INLINE FourVectors interleave(__m512i a, __m512i b, __m512i c, __m512i d)
{
    const __m512i abLow = _mm512_unpacklo_epi8(a, b), abHigh = _mm512_unpackhi_epi8(a, b);
    const __m512i cdLow = _mm512_unpacklo_epi8(c, d), cdHigh = _mm512_unpackhi_epi8(c, d);
    return {{_mm512_unpacklo_epi16(abLow, cdLow), _mm512_unpackhi_epi16(abLow, cdLow), _mm512_unpacklo_epi16(abHigh, cdHigh),
             _mm512_unpackhi_epi16(abHigh, cdHigh)}};
}

// 128-bit quarter L of v[n] goes to quarter n of v[L]: from the order above to the natural one, and back.
HWY_INLINE void reorder(__m512 (&v)[4])
{
    const __m512 a = _mm512_shuffle_f32x4(v[0], v[1], 0x44), b = _mm512_shuffle_f32x4(v[2], v[3], 0x44);
    const __m512 c = _mm512_shuffle_f32x4(v[0], v[1], 0xEE), d = _mm512_shuffle_f32x4(v[2], v[3], 0xEE);
    v[0] = _mm512_shuffle_f32x4(a, b, 0x88);
    v[1] = _mm512_shuffle_f32x4(a, b, 0xDD);
    v[2] = _mm512_shuffle_f32x4(c, d, 0x88);
    v[3] = _mm512_shuffle_f32x4(c, d, 0xDD);
}

HWY_INLINE __m512i broadcast(const void* four)
{
    std::int32_t bits;
    std::memcpy(&bits, four, sizeof bits);
    return _mm512_set1_epi32(bits);
}

// Into L2: what L1 holds is still needed (L1 measured a tenth slower on Zen 4). Between the products of two rows, never several together: with four
// lines at once, memory and arithmetic took their times one after the other (Zen 5, two threads: 9.0 ns a key and value against 7.4).
HWY_INLINE void prefetch(const void* p) { _mm_prefetch(static_cast<const char*>(p), _MM_HINT_T1); }

HWY_INLINE __m512i load(const std::byte* p) { return _mm512_loadu_si512(p); }

// body(0), body(1), … with numbers known when this is compiled. Arrays indexed so stay in registers; behind an unrolled loop GCC 12 stored every
// sum in every turn, which made these kernels three times slower.
template <std::size_t kCount, class Body>
HWY_INLINE void unroll(const Body& body)
{
    [&]<std::size_t... n>(std::index_sequence<n...>) __attribute__((always_inline)) { (body(std::integral_constant<std::size_t, n>()), ...); }(std::make_index_sequence<kCount>());
}

// Adds what one block of elements does for the scores of 64 keys, in the order of interleave(), to totals. Not inlined: as part of a loop over
// blocks its sums were kept in memory again.
template <std::size_t kRows>
HWY_NOINLINE void addBlock(const std::int8_t* queries, const std::int32_t* querySums, const std::byte* keys, const Half* keyScales,
                           const std::byte* next, const Half* nextScales, std::size_t width, float (*totals)[kColumns])
{
    const __m512i sign = _mm512_set1_epi8(static_cast<char>(0x80));
    __m512i high[kRows][4], low[kRows][4];
    unroll<kRows>([&](auto row) __attribute__((always_inline)) {
        unroll<4>([&](auto n) __attribute__((always_inline)) { high[row][n] = low[row][n] = _mm512_setzero_si512(); });
    });
    for (std::size_t d = 0; d < kKvBlock; d += 4) {
        if (nextScales && d % (kKvBlock / 2) == 0)
            prefetch(nextScales + 2 * d);
        const std::byte* at = keys + d * kPageTokens;
        const auto fetch = [&](std::size_t n) __attribute__((always_inline)) {
            if (next)
                prefetch(next + (d + n) * kColumns);
        };
        unroll<4 - kRows>([&](auto n) __attribute__((always_inline)) { fetch(kRows + n); });
        auto quads = interleave(load(at), load(at + kPageTokens), load(at + 2 * kPageTokens), load(at + 3 * kPageTokens));
        unroll<4>([&](auto n) __attribute__((always_inline)) { quads.v[n] = _mm512_xor_si512(quads.v[n], sign); }); // key + 128: without a sign
        unroll<kRows>([&](auto row) __attribute__((always_inline)) {
            const std::int8_t* query = queries + row * 2 * width + 2 * d;
            const __m512i upper = broadcast(query), lower = broadcast(query + 4);
            fetch(row);
            unroll<4>([&](auto n) __attribute__((always_inline)) {
                high[row][n] = dotBytes(high[row][n], quads.v[n], upper);
                low[row][n] = dotBytes(low[row][n], quads.v[n], lower);
            });
        });
    }
    __m512 scales[4];
    unroll<4>([&](auto n) __attribute__((always_inline)) {
        scales[n] = _mm512_cvtph_ps(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(keyScales + 16 * n)));
    });
    reorder(scales);
    unroll<kRows>([&](auto row) __attribute__((always_inline)) {
        const __m512i sum = _mm512_set1_epi32(querySums[row * width / kKvBlock]);
        unroll<4>([&](auto n) __attribute__((always_inline)) {
            const __m512i whole = _mm512_sub_epi32(_mm512_add_epi32(_mm512_slli_epi32(high[row][n], 7), low[row][n]), sum);
            float* total = totals[row] + 16 * n;
            _mm512_store_ps(total, _mm512_fmadd_ps(_mm512_cvtepi32_ps(whole), scales[n], _mm512_load_ps(total)));
        });
    });
}

// Scores of 64 keys.
template <std::size_t kRows>
void scoreColumns(const std::int8_t* queries, const float* queryScales, const std::int32_t* querySums, const std::byte* keys, const Half* keyScales,
                  const std::byte* next, const Half* nextScales, float* c, std::size_t leadingC, std::size_t columns, std::size_t width)
{
    alignas(64) float totals[kRows][kColumns] = {};
    for (std::size_t block = 0; block < width / kKvBlock; ++block) {
        const std::size_t rows = block * kKvBlock * kPageTokens;
        addBlock<kRows>(queries + 2 * block * kKvBlock, querySums + block, keys + rows, keyScales + block * kPageTokens,
                        next ? next + block * kKvBlock * kColumns : nullptr, next ? nextScales + block * kPageTokens : nullptr, width, totals);
    }
    for (std::size_t row = 0; row < kRows; ++row) {
        const __m512 scale = _mm512_set1_ps(queryScales[row]);
        __m512 scores[4];
        unroll<4>([&](auto n) __attribute__((always_inline)) { scores[n] = _mm512_mul_ps(_mm512_load_ps(totals[row] + 16 * n), scale); });
        reorder(scores);
        unroll<4>([&](auto n) __attribute__((always_inline)) {
            if (16 * n < columns)
                _mm512_storeu_ps(c + row * leadingC + 16 * n, scores[n]);
        });
    }
}

// Calls run.operator()<n>(row) for rows [row, row + n) until all are done.
template <class Run>
HWY_INLINE void inThrees(std::size_t rows, const Run& run)
{
    std::size_t row = 0;
    for (; row + kRowsAtOnce <= rows; row += kRowsAtOnce)
        run.template operator()<kRowsAtOnce>(row);
    if (rows - row == 2)
        run.template operator()<2>(row);
    else if (rows - row == 1)
        run.template operator()<1>(row);
}

void score(const Int8Queries& queries, std::size_t rows, const KvSlots& keys, const KvSlots* next, float* c, std::size_t leadingC,
           std::size_t columns, std::size_t width)
{
    for (std::size_t column = 0; column < columns; column += kColumns)
        inThrees(rows, [&]<std::size_t kRows>(std::size_t row) {
            const bool fetches = next && row == 0;
            scoreColumns<kRows>(&queries.bytes[row * 2 * width], &queries.scales[row], &queries.sums[row * width / kKvBlock], keys.data + column,
                                keys.scales + column, fetches ? next->data + column * width : nullptr, fetches ? next->scales + column : nullptr,
                                c + row * leadingC + column, leadingC, columns - column, width);
        });
}

constexpr std::size_t kSplitBytes = 2 * kPageTokens; // of one row's weights for one block of scales
constexpr std::size_t kTogether = 32;                // tokens whose weights are stored at once

// Weights times the values' scales as whole numbers 0…65535, bytes of four tokens together: of each row and block out [token / 4][2][4], upper bytes
// first. factors: what to multiply by. Tokens from `count` up to the next multiple of kTogether get 0. scales: of two blocks.
template <std::size_t kRows>
HWY_INLINE void splitWeights(const float* weights, std::size_t leadingWeights, const Half* scales, const Half* nextScales, std::size_t count,
                             std::byte* out, float (&factors)[kRowsAtOnce][2])
{
    const auto counted = [count](std::size_t n) {
        return n + 16 <= count ? __mmask16{0xFFFF} : n < count ? static_cast<__mmask16>((1u << (count - n)) - 1) : __mmask16{0};
    };
    const auto scalesAt = [scales](std::size_t block, std::size_t n) {
        return _mm512_cvtph_ps(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(scales + block * kPageTokens + n)));
    };
    const auto weightsAt = [&](std::size_t row, std::size_t n) { return _mm512_maskz_loadu_ps(counted(n), weights + row * leadingWeights + n); };
    __m512 most[kRows][2];
    unroll<kRows>([&](auto row) __attribute__((always_inline)) { most[row][0] = most[row][1] = _mm512_setzero_ps(); });
    for (std::size_t n = 0; n < count; n += 16) {
        if (nextScales)
            prefetch(nextScales + n % 32 / 16 * kPageTokens + n);
        const __m512 first = scalesAt(0, n), second = scalesAt(1, n);
        unroll<kRows>([&](auto row) __attribute__((always_inline)) {
            const __m512 weight = weightsAt(row, n);
            most[row][0] = _mm512_max_ps(most[row][0], _mm512_maskz_mul_ps(counted(n), weight, first));
            most[row][1] = _mm512_max_ps(most[row][1], _mm512_maskz_mul_ps(counted(n), weight, second));
        });
    }
    __m512 inverse[kRows][2];
    unroll<kRows>([&](auto row) __attribute__((always_inline)) {
        unroll<2>([&](auto block) __attribute__((always_inline)) {
            const float largest = _mm512_reduce_max_ps(most[row][block]);
            factors[row][block] = largest / 65535.0f;
            // Below, the inverse would be infinite: such weights are 0 to any answer.
            inverse[row][block] = _mm512_set1_ps(largest > 1e-30f ? 65535.0f / largest : 0.0f);
        });
    });
    const __m512i upperFirst = _mm512_set4_epi32(0x0E0C0A08, 0x0F0D0B09, 0x06040200, 0x07050301); // words to bytes, in each four of them
    const __m512i inOrder = _mm512_setr_epi64(0, 2, 4, 6, 1, 3, 5, 7);
    for (std::size_t n = 0; n < count; n += kTogether) {
        const __m512 scale[2][2] = {{scalesAt(0, n), scalesAt(0, n + 16)}, {scalesAt(1, n), scalesAt(1, n + 16)}};
        unroll<kRows>([&](auto row) __attribute__((always_inline)) {
            const __m512 weight[2] = {weightsAt(row, n), weightsAt(row, n + 16)};
            unroll<2>([&](auto block) __attribute__((always_inline)) {
                const auto whole = [&](std::size_t half) __attribute__((always_inline)) {
                    return _mm512_cvtps_epi32(_mm512_mul_ps(_mm512_maskz_mul_ps(counted(n + 16 * half), weight[half], scale[block][half]), inverse[row][block]));
                };
                const __m512i bytes = _mm512_shuffle_epi8(_mm512_packus_epi32(whole(0), whole(1)), upperFirst);
                _mm512_storeu_si512(out + (2 * row + block) * kSplitBytes + 2 * n, _mm512_permutexvar_epi64(inOrder, bytes));
            });
        });
    }
}

// Sums of 64 elements. weights: of each row two blocks after another, rows `leadingSplit` apart.
template <std::size_t kRows>
HWY_INLINE void addElements(const std::byte* weights, std::size_t leadingSplit, const float (&factors)[kRowsAtOnce][2], const std::byte* values,
                            std::size_t width, const std::byte* next, std::size_t count, float* c, std::size_t leadingC, bool accumulate)
{
    __m512i high[kRows][4], low[kRows][4];
    unroll<kRows>([&](auto row) __attribute__((always_inline)) {
        unroll<4>([&](auto n) __attribute__((always_inline)) { high[row][n] = low[row][n] = _mm512_setzero_si512(); });
    });
    constexpr __mmask16 kSecondBlock = 0xFF00; // elements 32…63
    for (std::size_t token = 0; token < count; token += 4) {
        const std::byte* at = values + token * width;
        const auto fetch = [&](std::size_t n) __attribute__((always_inline)) {
            if (next)
                prefetch(next + (token + n) * width);
        };
        unroll<4 - kRows>([&](auto n) __attribute__((always_inline)) { fetch(kRows + n); });
        const auto quads = interleave(load(at), load(at + width), load(at + 2 * width), load(at + 3 * width));
        unroll<kRows>([&](auto row) __attribute__((always_inline)) {
            const std::byte* first = weights + row * leadingSplit + 2 * token;
            const std::byte* second = first + kSplitBytes;
            fetch(row);
            const __m512i upper = _mm512_mask_blend_epi32(kSecondBlock, broadcast(first), broadcast(second));
            const __m512i lower = _mm512_mask_blend_epi32(kSecondBlock, broadcast(first + 4), broadcast(second + 4));
            unroll<4>([&](auto n) __attribute__((always_inline)) {
                high[row][n] = dotBytes(high[row][n], upper, quads.v[n]);
                low[row][n] = dotBytes(low[row][n], lower, quads.v[n]);
            });
        });
    }
    unroll<kRows>([&](auto row) __attribute__((always_inline)) {
        const __m512 factor = _mm512_mask_blend_ps(kSecondBlock, _mm512_set1_ps(factors[row][0]), _mm512_set1_ps(factors[row][1]));
        __m512 sums[4];
        unroll<4>([&](auto n) __attribute__((always_inline)) {
            sums[n] = _mm512_mul_ps(_mm512_cvtepi32_ps(_mm512_add_epi32(_mm512_slli_epi32(high[row][n], 8), low[row][n])), factor);
        });
        reorder(sums);
        unroll<4>([&](auto n) __attribute__((always_inline)) {
            float* out = c + row * leadingC + 16 * n;
            _mm512_storeu_ps(out, accumulate ? _mm512_add_ps(_mm512_loadu_ps(out), sums[n]) : sums[n]);
        });
    });
}

void add(const float* weights, std::size_t leadingWeights, std::size_t rows, const KvSlots& values, const KvSlots* next, std::size_t count,
         float* c, std::size_t leadingC, std::size_t width, bool accumulate, std::byte* scratch)
{
    for (std::size_t element = 0; element < width; element += kColumns)
        inThrees(rows, [&]<std::size_t kRows>(std::size_t row) {
            float factors[kRowsAtOnce][2];
            const std::size_t scales = element / kKvBlock * kPageTokens;
            const bool fetches = next && row == 0;
            splitWeights<kRows>(weights + row * leadingWeights, leadingWeights, values.scales + scales, fetches ? next->scales + scales : nullptr, count,
                                scratch, factors);
            addElements<kRows>(scratch, 2 * kSplitBytes, factors, values.data + element, width, fetches ? next->data + element : nullptr, count,
                               c + row * leadingC + element, leadingC, accumulate);
        });
}

#else

bool askingSupported() { return false; }
void split(const float*, std::size_t, std::size_t, Int8Queries&) {}
void score(const Int8Queries&, std::size_t, const KvSlots&, const KvSlots*, float*, std::size_t, std::size_t, std::size_t) {}
void add(const float*, std::size_t, std::size_t, const KvSlots&, const KvSlots*, std::size_t, float*, std::size_t, std::size_t, bool, std::byte*) {}

#endif

} // namespace octavo::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace octavo::cpu {

HWY_EXPORT(askingSupported);
HWY_EXPORT(split);
HWY_EXPORT(score);
HWY_EXPORT(add);

bool hasInt8Asking(std::size_t width) { return width % 64 == 0 && HWY_DYNAMIC_DISPATCH(askingSupported)(); }

void Int8Queries::resize(std::size_t rows, std::size_t width)
{
    bytes.resize(std::max(bytes.size(), rows * 2 * width));
    scales.resize(std::max(scales.size(), rows));
    sums.resize(std::max(sums.size(), rows * width / kKvBlock));
}

void splitQueries(const float* q, std::size_t rows, std::size_t width, Int8Queries& out) { HWY_DYNAMIC_DISPATCH(split)(q, rows, width, out); }

void scoreKeys(const Int8Queries& queries, std::size_t rows, const KvSlots& keys, const KvSlots* next, float* c, std::size_t leadingC,
               std::size_t columns, std::size_t width)
{
    HWY_DYNAMIC_DISPATCH(score)(queries, rows, keys, next, c, leadingC, columns, width);
}

void addWeighted(const float* weights, std::size_t leadingWeights, std::size_t rows, const KvSlots& values, const KvSlots* next, std::size_t count,
                 float* c, std::size_t leadingC, std::size_t width, bool accumulate, std::byte* scratch)
{
    HWY_DYNAMIC_DISPATCH(add)(weights, leadingWeights, rows, values, next, count, c, leadingC, width, accumulate, scratch);
}

} // namespace octavo::cpu
#endif
