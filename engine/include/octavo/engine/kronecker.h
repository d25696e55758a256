// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

namespace octavo {

// A square matrix of order n, row-major [n][n].
struct SquareMatrix {
    std::size_t order = 0;
    std::vector<double> values;
    double at(std::size_t row, std::size_t column) const { return values[row * order + column]; }
};

// The theorem that tensorized attention rests on (arXiv 2410.20926): if every fibre of dimension n shares one attention map
// Aⁿ, attending along each dimension in turn equals one product with the Kronecker product of the maps:
//
//   hops(A¹, …, Aᴺ; V) = (A¹ ⊗ … ⊗ Aᴺ) · V,   V of shape [m_1·…·m_N][width], first dimension slowest
//
// Also the bidirectional mode of the paper. Cost: T·Σ m_n·width instead of T²·width.
std::vector<double> applyHops(std::span<const SquareMatrix> maps, std::span<const double> values, std::size_t width);

// A ⊗ B, of order A.order·B.order. For tests and small sizes: the hops never need it.
SquareMatrix kroneckerProduct(const SquareMatrix& a, const SquareMatrix& b);

} // namespace octavo
