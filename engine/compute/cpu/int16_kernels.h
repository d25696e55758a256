// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

// Attention's products in whole numbers of up to 15 bits, which processors multiply two at a time: a row, or a column, has one scale, so that its
// numbers are rounded to less than 2^-12 of its largest, as fine as the half precision that keys and values are kept in. Sums of a product are exact.
// Conventions as in kernels.h. No function allocates.
namespace octavo::cpu {

inline constexpr std::size_t kInt16Columns = 64; // columns of a tile

// Whether this processor has instructions for it.
bool hasInt16Products();

// The largest whole number that both sides of a product of `depth` terms may hold.
std::int32_t int16Limit(std::size_t depth);
// The same where a product of 64 weights and 64 values is meant: weights need more bits, since they are added up over all keys.
inline constexpr std::int32_t kInt16Weight = 16383;
inline constexpr std::int32_t kInt16Value = 2047;

// x [rows][columns], each number times factors[column] unless that is null, as whole numbers of at most `limit`: out [rows][columns],
// x ≈ scales[row]·out. columns: a multiple of 16.
void roundRows(const float* x, std::size_t leading, std::size_t rows, std::size_t columns, const float* factors, std::int32_t limit, std::int16_t* out,
               float* scales);

// x [depth][64] with a scale per column: out [depth / 2][64][2].
void roundColumns(const float* x, std::size_t depth, std::int32_t limit, std::int16_t* out, float* scales);

// x [64][columns] with a scale per row: out [32][columns][2], neighbouring rows together.
void roundRowPairs(const float* x, std::size_t columns, std::int32_t limit, std::int16_t* out, float* scales);

// c [rows][columns] (+)= aScales[row]·(a [rows][depth] · b [depth / 2][columns][2])·bScales[column]; bScales null: 1. columns: a multiple of 16.
void multiplyInt16(const std::int16_t* a, const float* aScales, const std::int16_t* b, const float* bScales, float* c, std::size_t leadingC,
                   std::size_t rows, std::size_t columns, std::size_t depth, bool accumulate);

} // namespace octavo::cpu
