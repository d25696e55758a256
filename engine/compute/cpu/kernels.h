// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "memory/half.h"
#include "model/gguf.h"

// Vector code, written with Highway and dispatched at run time to the widest instructions the processor has.
// All matrices are row-major; "leading" is the distance between rows in elements. No function allocates.
namespace octavo::cpu {

// Columns are worked on in whole vectors: where a function says "rounded up", memory up to the next multiple of this
// many columns is read or written too.
inline constexpr std::size_t kColumnStep = 16;
inline std::size_t roundUp(std::size_t columns) { return (columns + kColumnStep - 1) / kColumnStep * kColumnStep; }

// c [rows][columns] (+)= a [rows][depth] · b [depth][columns]; columns rounded up in b and c.
void multiply(const float* a, std::size_t leadingA, const float* b, std::size_t leadingB, float* c, std::size_t leadingC, std::size_t rows,
              std::size_t columns, std::size_t depth, bool accumulate);
// The same with b in half precision.
void multiply(const float* a, std::size_t leadingA, const Half* b, std::size_t leadingB, float* c, std::size_t leadingC, std::size_t rows,
              std::size_t columns, std::size_t depth, bool accumulate);

// The same with b in whole numbers.
void multiply(const float* a, std::size_t leadingA, const std::int8_t* b, std::size_t leadingB, float* c, std::size_t leadingC, std::size_t rows,
              std::size_t columns, std::size_t depth, bool accumulate);
// c [rows][columns] = a [rows][depth] · b [depth][columns], where b[k][n] is a whole number times scales[k / 32][n]; b and scales have the same
// leading, columns are rounded up.
void multiplyScaled(const float* a, std::size_t leadingA, const std::int8_t* b, std::size_t leadingB, const Half* scales, float* c,
                    std::size_t leadingC, std::size_t rows, std::size_t columns, std::size_t depth);

// Elements [0, count) of one row of weights, count a multiple of the type's block (blockLayout). The floats are bit for bit those of
// gguf-py (NaNs but for their payload), on every target.
void dequantize(GgmlType type, const std::byte* row, std::size_t count, float* out);

// Σ row[n]·x[n] of one row of weights, count as above.
float dot(GgmlType type, const std::byte* row, const float* x, std::size_t count);

// Whether the two functions above know the type.
bool hasKernels(GgmlType type);

void toFloats(const Half* in, std::size_t count, float* out);

void rmsNorm(const float* x, const float* weight, std::size_t width, float epsilon, float* out);
void siluMultiply(float* gate, const float* up, std::size_t size);
void addScaled(const float* x, float scale, std::size_t size, float* sum); // sum += scale·x
void scale(float* x, float factor, std::size_t size);
float sum(const float* x, std::size_t size);
float maximum(const float* x, std::size_t size);                           // -inf of nothing

// One step of a softmax over tiles (arXiv 2307.08691): turns scores [rows][leading] of `columns` (a multiple of 16) new keys into
// exp(score − maximum) in place, and updates each row's maximum and sum. rescale[row] is what the row's earlier results must be
// multiplied by.
void onlineSoftmax(float* scores, std::size_t leading, std::size_t rows, std::size_t columns, float* maxima, float* sums, float* rescale);

// x[n] = exp(factor·x[n] − shift), in place; returns their sum.
float expSum(float* x, float factor, float shift, std::size_t size);

// Turns neighbouring pairs of x [2·pairs] by the angles given: out = rotate(x).
void rotate(const float* x, const float* cosines, const float* sines, std::size_t pairs, float* out);

// scores[n] = Σ_d q[d][n]·k[d][n] over `width` rows, for columns [0, columns) rounded up.
void columnDots(const float* q, std::size_t leadingQ, const float* k, std::size_t leadingK, std::size_t width, std::size_t columns, float* scores);

// Softmax down the columns of scores [rows][leading], columns rounded up, in place.
void columnSoftmax(float* scores, std::size_t rows, std::size_t leading, std::size_t columns);

const char* targetName();

} // namespace octavo::cpu
