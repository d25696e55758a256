// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace octavo {

// ggml's type numbers, as they stand in files. Numbers are the format's, never reused. Not all of them can be computed with
// (Backend::supports); the others are here so that a file that holds them is refused by their name.
enum class GgmlType : std::uint32_t {
    F32 = 0, F16 = 1, Q4_0 = 2, Q4_1 = 3, Q5_0 = 6, Q5_1 = 7, Q8_0 = 8, Q8_1 = 9, Q2_K = 10, Q3_K = 11, Q4_K = 12, Q5_K = 13, Q6_K = 14,
    Q8_K = 15, IQ2_XXS = 16, IQ2_XS = 17, IQ3_XXS = 18, IQ1_S = 19, IQ4_NL = 20, IQ3_S = 21, IQ2_S = 22, IQ4_XS = 23, I8 = 24, I16 = 25,
    I32 = 26, I64 = 27, F64 = 28, IQ1_M = 29, BF16 = 30, TQ1_0 = 34, TQ2_0 = 35, MXFP4 = 39, NVFP4 = 40,
};

// Elements and bytes of one block of a type; nothing for types this reader does not know.
struct BlockLayout {
    std::uint32_t elements;
    std::uint32_t bytes;
};
std::optional<BlockLayout> blockLayout(GgmlType type);
std::string_view typeName(GgmlType type);

} // namespace octavo
