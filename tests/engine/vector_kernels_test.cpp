// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "compute/cpu/kernels.h"
#include "support/exact_products.h"

namespace octavo::cpu {
namespace {

TEST(VectorKernels, OnlineSoftmaxIsTheSoftmaxOnEveryTarget)
{
    constexpr std::size_t kColumns = 48, kRows = 3, kTiles = 4;
    constexpr float kMasked = -1e30f;
    test::onEveryTarget([&] {
        std::vector<float> maxima(kRows, -std::numeric_limits<float>::infinity()), sums(kRows, 0.0f), rescale(kRows);
        std::vector<std::vector<float>> seen(kRows);   // scores
        std::vector<std::vector<double>> kept(kRows);  // e^(score − maximum so far), as the kernel rescales it
        for (std::size_t tile = 0; tile < kTiles; ++tile) {
            std::vector<float> scores = test::randomFloats(kRows * kColumns, static_cast<std::uint32_t>(tile + 1));
            for (std::size_t n = 0; n < scores.size(); ++n)
                scores[n] = n % 7 == 0 || tile == 0 ? kMasked : scores[n] * 40.0f * static_cast<float>(tile); // the first tile is masked altogether
            for (std::size_t row = 0; row < kRows; ++row)
                seen[row].insert(seen[row].end(), scores.begin() + row * kColumns, scores.begin() + (row + 1) * kColumns);
            onlineSoftmax(scores.data(), kColumns, kRows, kColumns, maxima.data(), sums.data(), rescale.data());
            for (std::size_t row = 0; row < kRows; ++row) {
                for (double& weight : kept[row])
                    weight *= rescale[row];
                kept[row].insert(kept[row].end(), scores.begin() + row * kColumns, scores.begin() + (row + 1) * kColumns);
            }
        }
        for (std::size_t row = 0; row < kRows; ++row) {
            double total = 0;
            for (const float score : seen[row])
                total += std::exp(static_cast<double>(score) - maxima[row]);
            EXPECT_NEAR(sums[row] / total, 1, 1e-6);
            for (std::size_t n = 0; n < seen[row].size(); ++n) {
                const double exact = std::exp(static_cast<double>(seen[row][n]) - maxima[row]);
                if (seen[row][n] == kMasked)
                    EXPECT_EQ(kept[row][n], 0);
                else
                    EXPECT_NEAR(kept[row][n], exact, (1e-6 + 0x1p-22 * (maxima[row] - seen[row][n])) * exact + 1e-37); // differences of scores are rounded, twice
            }
        }
    });
}

TEST(VectorKernels, RotationTurnsNeighbouringPairsOnEveryTarget)
{
    test::onEveryTarget([] {
        for (const std::size_t pairs : { 1u, 7u, 16u, 40u }) {
            const std::vector<float> x = test::randomFloats(2 * pairs, 5), angles = test::randomFloats(pairs, 6);
            std::vector<float> cosines, sines, out(2 * pairs);
            for (const float angle : angles) {
                cosines.push_back(std::cos(3 * angle));
                sines.push_back(std::sin(3 * angle));
            }
            rotate(x.data(), cosines.data(), sines.data(), pairs, out.data());
            for (std::size_t n = 0; n < pairs; ++n) {
                EXPECT_NEAR(out[2 * n], x[2 * n] * cosines[n] - x[2 * n + 1] * sines[n], 2e-7);
                EXPECT_NEAR(out[2 * n + 1], x[2 * n] * sines[n] + x[2 * n + 1] * cosines[n], 2e-7);
            }
        }
    });
}

} // namespace
} // namespace octavo::cpu
