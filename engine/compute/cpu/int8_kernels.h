// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "compute/backend.h"

// Products of weights in ggml's blocks with x rounded to whole numbers, block by block: one scale per kInt8Block inputs of a row, quants
// −127…127. Weights stay what they are in the file. Per product of an input: an error of at most scale/2·|w|, half a step of x.
// Every row of x is multiplied alike, whatever rows stand beside it. Conventions as in kernels.h.
namespace octavo::cpu {

inline constexpr std::size_t kInt8Block = 32;      // inputs that share a scale
inline constexpr std::size_t kInt8Panel = 64;      // outputs of a panel
inline constexpr std::size_t kInt8Depth = 2048;     // inputs of a panel
inline constexpr std::size_t kInt8Strip = 16;      // outputs packed together
inline constexpr std::size_t kInt8MinGroup = 16;   // fewest weights that share a scale in any type
inline constexpr std::size_t kInt8Padding = 256;   // elements behind the last of each array in Int8Rows that are read and not counted

// Whether this processor has instructions that make it worth while, and whether `type` has blocks to multiply.
bool hasInt8Products(GgmlType type);

// Rows of x as whole numbers. quants [rows][columns]: int8, or int16 where the processor multiplies those (int8ElementBytes).
struct Int8Rows {
    std::byte* quants = nullptr;
    float* scales = nullptr;         // [rows][columns / 32]
    float* sums = nullptr;           // [rows][columns / 32], scale·Σ quants
    float* halfSums = nullptr;       // [rows][columns / 16], likewise
    // The same once more in the order in which few rows are multiplied; null where many are.
    std::byte* fours = nullptr;      // [rows][columns / 128 rounded up][2][4][16]: of four blocks their first halves, then their second ones
    float* fourScales = nullptr;     // [rows][columns / 128 rounded up][2][4]: scales, sums; missing blocks have 0
};
inline std::size_t int8Fours(std::size_t columns) { return (columns + 4 * kInt8Block - 1) / (4 * kInt8Block); }
std::size_t int8ElementBytes();

// columns: a multiple of kInt8Block.
void quantizeRow(const float* x, std::size_t columns, const Int8Rows& row);

// Weights of outputs [first, first + outputs) and inputs [column, column + depth), ready to be multiplied.
struct Int8Panel {
    std::byte* quants = nullptr;     // kInt8Panel·kInt8Depth elements
    float* scales = nullptr;         // [depth / group][kInt8Panel]; missing outputs have 0
    float* offsets = nullptr;        // likewise: a weight is scale·quant + offset
    std::size_t group = 0;           // 16 or 32 weights share a scale
};
inline constexpr std::size_t kInt8PanelGroups = kInt8Depth / kInt8MinGroup;

// `scratch`: kInt8Strip·kInt8Depth bytes.
void packPanel(const Weight& weight, std::size_t first, std::size_t outputs, std::size_t column, std::size_t depth, std::int8_t* scratch, Int8Panel& panel);

// y [rows][kInt8Panel] (+)= x · panelᵀ, where x points at the panel's first input and its rows are `columns` long.
void multiplyPanel(const Int8Rows& x, std::size_t columns, const Int8Panel& panel, std::size_t depth, float* y, std::size_t leadingY, std::size_t rows,
                   bool accumulate);

// y[n] (+)= row first + n of weight · x, for `outputs` rows; one row of x.
void multiplyRow(const Weight& weight, std::size_t first, std::size_t outputs, const Int8Rows& x, float* y, bool accumulate);

} // namespace octavo::cpu
