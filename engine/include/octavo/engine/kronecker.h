// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
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
// Cost: T·Σ m_n·width instead of T²·width. Stateless; any thread. Asserts that the values have the shape of the maps.
std::vector<double> applyHops(std::span<const SquareMatrix> maps, std::span<const double> values, std::size_t width);

// The maps of the paper's bidirectional mode, in which the theorem holds because the fibres of a dimension share their map: that of dimension n has
// the scores of two places i, j averaged over all fibres along it,
//
//   Aⁿ[i][j] = softmax_j( 1/√width · mean over fibres f of q[f, i]·k[f, j] )
//
// q and k are one head's queries and keys, [m_1·…·m_N][width], first dimension slowest, positions already in them. Every place looks both ways, so this is
// for encoders and for text that is there as a whole; a Llama reads by ReadingPlan, whose maps differ from fibre to fibre and look back only.
// Cost: T·Σ m_n·width. applyHops(sharedMaps(dims, q, k, width), v, width) is the attention.
std::vector<SquareMatrix> sharedMaps(std::span<const std::uint32_t> dims, std::span<const double> q, std::span<const double> k, std::size_t width);

// A ⊗ B, of order A.order·B.order. For tests and small sizes: the hops never need it.
SquareMatrix kroneckerProduct(const SquareMatrix& a, const SquareMatrix& b);

} // namespace octavo
