// SPDX-License-Identifier: Apache-2.0
#include "octavo/engine/kronecker.h"

#include <gtest/gtest.h>

#include <array>
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

// The bidirectional attention of shared maps, fibre by fibre as the paper writes it.
TEST(Kronecker, SharedMapsAreTheSoftmaxOfTheMeanScoresOfAllFibres)
{
    std::mt19937 random(3);
    std::normal_distribution<double> normal;
    const std::vector<std::uint32_t> dims{3, 4, 5};
    const std::size_t width = 6, tokens = 60;
    std::vector<double> q(tokens * width), k(tokens * width), v(tokens * width);
    for (auto* data : {&q, &k, &v})
        for (double& value : *data)
            value = normal(random);
    const auto maps = sharedMaps(dims, q, k, width);
    ASSERT_EQ(maps.size(), 3u);
    const auto digits = [](std::size_t token) { return std::array{token / 20, token / 5 % 4, token % 5}; };
    for (std::size_t n = 0; n < 3; ++n) {
        ASSERT_EQ(maps[n].order, dims[n]);
        for (std::size_t i = 0; i < dims[n]; ++i) {
            std::vector<double> scores(dims[n]);
            for (std::size_t t = 0; t < tokens; ++t)
                for (std::size_t u = 0; u < tokens; ++u) {
                    auto a = digits(t), b = digits(u);
                    const std::size_t j = b[n];
                    if (a[n] != i)
                        continue;
                    a[n] = b[n] = 0;
                    if (a == b) // of one fibre
                        for (std::size_t d = 0; d < width; ++d)
                            scores[j] += q[t * width + d] * k[u * width + d] / (std::sqrt(6.0) * (60.0 / dims[n]));
                }
            double sum = 0;
            for (const double score : scores)
                sum += std::exp(score);
            for (std::size_t j = 0; j < dims[n]; ++j)
                EXPECT_NEAR(maps[n].at(i, j), std::exp(scores[j]) / sum, 1e-12);
        }
    }
    const SquareMatrix all = kroneckerProduct(kroneckerProduct(maps[0], maps[1]), maps[2]);
    const std::vector<double> attention = applyHops(maps, v, width);
    for (std::size_t t = 0; t < tokens; ++t)
        for (std::size_t d = 0; d < width; ++d) {
            double dense = 0;
            for (std::size_t u = 0; u < tokens; ++u)
                dense += all.at(t, u) * v[u * width + d];
            EXPECT_NEAR(attention[t * width + d], dense, 1e-12);
        }
}

} // namespace
} // namespace octavo
