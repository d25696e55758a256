// SPDX-License-Identifier: Apache-2.0
// Products in double precision, and the same check on every instruction set that this processor has.
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <random>
#include <string_view>
#include <vector>

#define HWY_WANT_AVX3_DL 1 // the products in whole numbers have it
#include <hwy/targets.h>

#include "compute/cpu/kernels.h"
#include "support/random_blocks.h"

namespace octavo::test {

inline GgmlType typeOf(const RandomBlockFormat& format) { return static_cast<GgmlType>(format.type); }

inline void onEveryTarget(const std::function<void()>& check)
{
    // What is not compiled for AVX3_DL runs as AVX3 there.
    const auto select = [](std::int64_t targets) {
        targets |= targets & HWY_AVX3_DL ? HWY_AVX3 : 0;
        hwy::SetSupportedTargetsForTest(targets);
        hwy::GetChosenTarget().Update(hwy::SupportedTargets());
    };
    for (const std::int64_t target : hwy::SupportedAndGeneratedTargets()) {
        select(target);
        if (target != HWY_AVX3_DL) {
            EXPECT_STREQ(cpu::targetName(), hwy::TargetName(target));
        }
        SCOPED_TRACE(hwy::TargetName(target));
        check();
    }
    select(0);
}

inline std::vector<float> dequantized(const RandomBlockFormat& format, std::string_view blocks)
{
    std::vector<float> floats(blocks.size() / format.bytes * format.elements);
    cpu::dequantize(typeOf(format), reinterpret_cast<const std::byte*>(blocks.data()), floats.size(), floats.data());
    return floats;
}

inline std::vector<float> randomFloats(std::size_t count, std::uint32_t seed)
{
    std::mt19937 random(seed);
    std::vector<float> values(count);
    for (float& value : values)
        value = static_cast<float>(random()) * 0x1p-31f - 1.0f;
    return values;
}

// start + Σ weights[n]·x[n], and how far a float32 sum of any order may be from it that rounds no term more than `roundings` times
// (Higham, Accuracy and Stability of Numerical Algorithms, 3.1).
struct ExactProduct {
    double value = 0;
    double bound = 0;
};

inline ExactProduct exactProduct(double start, const float* weights, const float* x, std::size_t count, std::size_t roundings)
{
    ExactProduct product { .value = start };
    double magnitude = std::fabs(start);
    for (std::size_t n = 0; n < count; ++n) {
        product.value += static_cast<double>(weights[n]) * x[n];
        magnitude += std::fabs(static_cast<double>(weights[n]) * x[n]);
    }
    const double error = static_cast<double>(roundings) * 0x1p-24;
    product.bound = magnitude * error / (1 - error);
    return product;
}

} // namespace octavo::test
