// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "memory/kv_cache.h"

// A few queries against keys and values in q8_0, multiplied as the whole numbers they are. The other side, queries and attention weights, is
// rounded to 15 or 16 bits and multiplied a byte at a time, so that what is lost is far below q8_0's own rounding: 2^-15 of the largest element of
// a query, 2^-16 of the largest weight in a run. Every line of the next run is fetched while the one at hand is worked on: the same column of
// transposed keys lies in lines that no prefetcher foresees, and waiting for them took half of the time (AVX-512, Zen 4).
// Conventions as in kernels.h. No function allocates. Keys and values stand in a KvPage: up to 63 keys, or three tokens of values, behind the last are
// read and do not count.
namespace octavo::cpu {

// Whether the functions below exist on this processor (AVX-512 with VNNI), for heads of this width.
bool hasInt8Asking(std::size_t width);

// Queries as whole numbers −16383…16383.
struct Int8Queries {
    std::vector<std::int8_t> bytes;    // [row][width / 4][2][4]: q / 128 rounded down, then the rest
    std::vector<float> scales;         // [row]
    std::vector<std::int32_t> sums;    // [row][width / 32]: 128·Σ of them
    void resize(std::size_t rows, std::size_t width);
};

// q [rows][width]
void splitQueries(const float* q, std::size_t rows, std::size_t width, Int8Queries& out);

// c [rows][columns] = queries · keys; columns rounded up. `next`: the keys that will be asked for next, of the same type, or null.
void scoreKeys(const Int8Queries& queries, std::size_t rows, const KvSlots& keys, const KvSlots* next, float* c, std::size_t leadingC,
               std::size_t columns, std::size_t width);

// c [rows][width] (+)= weights [rows][count] · values; weights are 0 or more, count at most a page. `scratch`: kInt8WeightRows·kPageTokens floats.
inline constexpr std::size_t kInt8WeightRows = 3;
void addWeighted(const float* weights, std::size_t leadingWeights, std::size_t rows, const KvSlots& values, const KvSlots* next, std::size_t count,
                 float* c, std::size_t leadingC, std::size_t width, bool accumulate, std::byte* scratch);

} // namespace octavo::cpu
