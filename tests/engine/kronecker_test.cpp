// SPDX-License-Identifier: Apache-2.0
#include "octavo/engine/kronecker.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace octavo {
namespace {

SquareMatrix randomMap(std::size_t order, std::mt19937& random)
{
    std::normal_distribution<double> normal;
    SquareMatrix map{order, std::vector<double>(order * order)};
    for (std::size_t row = 0; row < order; ++row) {
        double sum = 0;
        for (std::size_t column = 0; column < order; ++column)
            sum += map.values[row * order + column] = std::exp(normal(random));
        for (std::size_t column = 0; column < order; ++column)
            map.values[row * order + column] /= sum;
    }
    return map;
}

TEST(Kronecker, HopsWithSharedMapsAreOneProductWithTheKroneckerProduct)
{
    std::mt19937 random(7);
    std::normal_distribution<double> normal;
    for (const std::vector<std::size_t>& orders : std::vector<std::vector<std::size_t>>{{5}, {3, 4}, {1, 6}, {3, 4, 5}, {2, 3, 2, 4}}) {
        const std::size_t width = 7;
        std::vector<SquareMatrix> maps;
        SquareMatrix product{1, {1.0}};
        for (const std::size_t order : orders) {
            maps.push_back(randomMap(order, random));
            product = kroneckerProduct(product, maps.back());
        }
        std::vector<double> values(product.order * width);
        for (double& value : values)
            value = normal(random);
        const std::vector<double> hops = applyHops(maps, values, width);
        for (std::size_t row = 0; row < product.order; ++row)
            for (std::size_t d = 0; d < width; ++d) {
                double dense = 0;
                for (std::size_t column = 0; column < product.order; ++column)
                    dense += product.at(row, column) * values[column * width + d];
                ASSERT_NEAR(hops[row * width + d], dense, 1e-12);
            }
    }
}

} // namespace
} // namespace octavo
