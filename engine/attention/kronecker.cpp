// SPDX-License-Identifier: Apache-2.0
#include "octavo/engine/kronecker.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace octavo {

std::vector<double> applyHops(std::span<const SquareMatrix> maps, std::span<const double> values, std::size_t width)
{
    std::vector<double> now(values.begin(), values.end());
    std::size_t tokens = 1;
    for (const SquareMatrix& map : maps)
        tokens *= map.order;
    assert(values.size() == tokens * width);

    std::size_t inner = tokens * width; // elements that one step along the current dimension skips
    for (const SquareMatrix& map : maps) {
        inner /= map.order;
        std::vector<double> next(now.size(), 0.0);
        const std::size_t fibre = map.order * inner;
        for (std::size_t base = 0; base < now.size(); base += fibre)
            for (std::size_t to = 0; to < map.order; ++to)
                for (std::size_t from = 0; from < map.order; ++from) {
                    const double weight = map.at(to, from);
                    for (std::size_t n = 0; n < inner; ++n)
                        next[base + to * inner + n] += weight * now[base + from * inner + n];
                }
        now = std::move(next);
    }
    return now;
}

std::vector<SquareMatrix> sharedMaps(std::span<const std::uint32_t> dims, std::span<const double> q, std::span<const double> k, std::size_t width)
{
    std::size_t tokens = 1;
    for (const std::uint32_t order : dims)
        tokens *= order;
    assert(q.size() == tokens * width && k.size() == tokens * width);

    std::vector<SquareMatrix> maps;
    std::size_t inner = tokens; // tokens that one step along the current dimension skips
    for (const std::size_t order : dims) {
        inner /= order;
        SquareMatrix map{order, std::vector<double>(order * order)};
        const double factor = 1.0 / (std::sqrt(static_cast<double>(width)) * static_cast<double>(tokens / order));
        for (std::size_t i = 0; i < order; ++i) {
            double* row = &map.values[i * order];
            for (std::size_t j = 0; j < order; ++j) {
                for (std::size_t base = 0; base < tokens; base += order * inner)
                    for (std::size_t n = 0; n < inner * width; ++n)
                        row[j] += q[(base + i * inner) * width + n] * k[(base + j * inner) * width + n];
                row[j] *= factor;
            }
            const double most = *std::max_element(row, row + order);
            double sum = 0;
            for (std::size_t j = 0; j < order; ++j)
                sum += row[j] = std::exp(row[j] - most);
            for (std::size_t j = 0; j < order; ++j)
                row[j] /= sum;
        }
        maps.push_back(std::move(map));
    }
    return maps;
}

SquareMatrix kroneckerProduct(const SquareMatrix& a, const SquareMatrix& b)
{
    SquareMatrix product{a.order * b.order, std::vector<double>(a.order * a.order * b.order * b.order)};
    for (std::size_t i = 0; i < product.order; ++i)
        for (std::size_t j = 0; j < product.order; ++j)
            product.values[i * product.order + j] = a.at(i / b.order, j / b.order) * b.at(i % b.order, j % b.order);
    return product;
}

} // namespace octavo
