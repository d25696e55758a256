// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "memory/kv_cache.h"

// Vector code that reads and writes cached keys and values in the formats they are kept in. Conventions as in kernels.h. Results do not depend
// on where a run of tokens is cut: every lane is computed alike, whether it fills a vector or not.
namespace octavo::cpu {

// Stores keys [width][leading] of `count` tokens, one token a column. Columns rounded up are read.
void storeKeys(const float* keys, std::size_t leading, std::size_t width, std::size_t count, const WritableKvSlots& slots);

// Stores values of `count` tokens, rows of `width` numbers `leading` apart.
void storeValues(const float* values, std::size_t leading, std::size_t width, std::size_t count, const WritableKvSlots& slots);

// Keys turned by one angle per pair: out [2·pairs][leadingOut], columns [0, count).
void rotateColumns(const KvSlots& keys, const float* cosines, const float* sines, std::size_t pairs, std::size_t count, float* out,
                   std::size_t leadingOut);

// Values of `count` tokens as floats: out [count][width].
void unpackValues(const KvSlots& values, std::size_t width, std::size_t count, float* out);

// c [rows][columns] = a [rows][width] · keys [width][columns]; columns rounded up.
void multiplyKeys(const float* a, std::size_t leadingA, const KvSlots& keys, float* c, std::size_t leadingC, std::size_t rows, std::size_t columns,
                  std::size_t width);

// c [rows][width] (+)= a [rows][count] · values [count][width]; `scratch` holds rows·count rounded up.
void multiplyValues(const float* a, std::size_t leadingA, const KvSlots& values, float* c, std::size_t leadingC, std::size_t rows, std::size_t width,
                    std::size_t count, bool accumulate, float* scratch);

// out [rows][width] = Σ_n weights[row·leadingWeights + n·weightStep]·values[n][width], values each of its own place but all of one type; width a
// multiple of 16. Heads that share values are rows of one call: values are unpacked once for all of them.
void gatherWeighted(const KvSlots* values, const float* weights, std::size_t leadingWeights, std::size_t weightStep, std::size_t rows,
                    std::size_t count, std::size_t width, float* out);

} // namespace octavo::cpu
