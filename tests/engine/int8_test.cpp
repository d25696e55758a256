// SPDX-License-Identifier: Apache-2.0
// Products of whole numbers against the same numbers in double precision, on every instruction set that this processor has.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "compute/cpu/cpu_backend.h"
#include "compute/cpu/int16_kernels.h"
#include "compute/cpu/int8_asking.h"
#include "compute/cpu/int8_kernels.h"
#include "compute/cpu/kv_kernels.h"
#include "support/exact_products.h"

namespace octavo {
namespace {

// x as Int8Rows keeps it.
std::vector<float> rounded(const std::vector<float>& x)
{
    std::vector<float> result(x.size());
    for (std::size_t begin = 0; begin < x.size(); begin += cpu::kInt8Block) {
        float largest = 0;
        for (std::size_t n = begin; n < begin + cpu::kInt8Block; ++n)
            largest = std::max(largest, std::abs(x[n]));
        const float scale = largest / 127.0f;
        const float factor = scale > 0 ? 1.0f / scale : 0.0f;
        for (std::size_t n = begin; n < begin + cpu::kInt8Block; ++n)
            result[n] = scale * std::nearbyint(x[n] * factor);
    }
    return result;
}

TEST(Int8, MultipliesWeightsByRoundedInputs)
{
    const auto backend = makeCpuBackend(2, Precision::Int8);
    test::onEveryTarget([&] {
        for (const test::RandomBlockFormat& format : test::randomBlockFormats())
            for (const std::size_t columns : { 32u, 96u, 256u, 288u, 768u }) {
                if (columns % format.elements != 0 || !cpu::hasInt8Products(test::typeOf(format)))
                    continue;
                constexpr std::size_t kOutputs = 83; // more than a panel, and no whole vectors
                const std::string blocks = test::randomBlocks(format.type, columns, kOutputs, columns);
                const std::vector<float> weights = test::dequantized(format, blocks);
                const Weight weight { test::typeOf(format), kOutputs, columns, reinterpret_cast<const std::byte*>(blocks.data()), blocks.size() / kOutputs };
                std::vector<float> firstRow;
                for (const auto& [rows, order] : { std::pair { std::size_t { 1 }, RowOrder::Fastest }, { 3, RowOrder::Fastest }, { 4, RowOrder::Fastest },
                         { 1, RowOrder::SameForAnyCount }, { 2, RowOrder::SameForAnyCount }, { 21, RowOrder::SameForAnyCount } }) {
                    std::vector<float> x = test::randomFloats(rows * columns, 3);
                    std::fill_n(x.begin(), 32, 0.0f); // a block of zeros
                    std::vector<float> y(rows * kOutputs, 0.5f);
                    const LinearProduct product { &weight, y.data(), true };
                    backend->linear({ &product, 1 }, x.data(), rows, order, {});
                    if (order == RowOrder::SameForAnyCount) {
                        if (firstRow.empty())
                            firstRow.assign(y.begin(), y.begin() + kOutputs);
                        ASSERT_TRUE(std::equal(firstRow.begin(), firstRow.end(), y.begin())) << format.name << ", " << columns << " columns, " << rows << " rows";
                    }
                    const std::vector<float> whole = rounded(x);
                    for (std::size_t n = 0; n < y.size(); ++n) {
                        const float* row = &weights[n % kOutputs * columns];
                        const float* input = &whole[n / kOutputs * columns];
                        const test::ExactProduct exact = test::exactProduct(0.5, row, input, columns, columns + 8);
                        // Weights with a sign are multiplied 128 steps higher, which is taken off again: at most 33 times the largest (Q3_K has four steps).
                        double magnitude = 0, largest = 0;
                        for (std::size_t k = 0; k < columns; ++k) {
                            magnitude += std::abs(input[k]);
                            largest = std::max<double>(largest, std::abs(row[k]));
                        }
                        const double bound = exact.bound + 33 * largest * magnitude * static_cast<double>(columns / 16 + 8) * 0x1p-24;
                        ASSERT_NEAR(y[n], exact.value, bound) << format.name << ", " << columns << " columns, " << rows << " rows";
                    }
                }
            }
    });
}

// A run of keys and values in q8_0, one key and value head of a page, and what they are as floats.
struct Q8Run {
    explicit Q8Run(std::size_t headWidth) : width(headWidth), data((kPageTokens + 4) * width), scales(width / kKvBlock * kPageTokens + 64)
    {
        std::mt19937 random(7);
        for (std::byte& byte : data)
            byte = static_cast<std::byte>(static_cast<int>(random() % 255) - 127);
        for (Half& scale : scales)
            scale = static_cast<Half>(0x2000 + random() % 0x0C00); // 2^-7 … 2^-4
    }
    KvSlots slots(std::size_t offset, std::size_t slot) const { return { KvType::Q8_0, data.data() + offset, scales.data() + slot }; }
    double at(std::size_t element, std::size_t token, std::size_t place) const
    {
        return static_cast<double>(static_cast<std::int8_t>(data[place])) * toFloat(scales[element / kKvBlock * kPageTokens + token]);
    }
    std::size_t width;
    std::vector<std::byte> data;
    std::vector<Half> scales;
};

TEST(Int8, ScoresKeysWithinTheRoundingOfQueries)
{
    for (const std::size_t width : { 64u, 128u })
        for (const std::size_t rows : { 1u, 2u, 3u, 5u, 8u })
            for (const auto& [slot, columns] : { std::pair { 0u, 256u }, { 0u, 16u }, { 37u, 80u }, { 200u, 48u } }) {
                if (!cpu::hasInt8Asking(width))
                    GTEST_SKIP() << "this processor has no AVX-512 VNNI";
                const Q8Run run(width);
                const std::vector<float> q = test::randomFloats(rows * width, 5);
                cpu::Int8Queries queries;
                queries.resize(rows, width);
                cpu::splitQueries(q.data(), rows, width, queries);
                std::vector<float> scores(rows * columns, -1.0f);
                const KvSlots keys = run.slots(slot, slot);
                cpu::scoreKeys(queries, rows, keys, &keys, scores.data(), columns, columns, width);
                for (std::size_t row = 0; row < rows; ++row)
                    for (std::size_t n = 0; n < columns; ++n) {
                        double exact = 0, magnitude = 0, largest = 0;
                        for (std::size_t d = 0; d < width; ++d) {
                            const double key = run.at(d, slot + n, d * kPageTokens + slot + n);
                            exact += q[row * width + d] * key;
                            magnitude += std::abs(key);
                            largest = std::max<double>(largest, std::abs(q[row * width + d]));
                        }
                        ASSERT_NEAR(scores[row * columns + n], exact, largest * magnitude * (0.51 / 16383 + 0x1p-20)) << width << ' ' << rows << ' ' << n;
                    }
            }
}

TEST(Int8, AddsWeightedValuesWithinTheRoundingOfWeights)
{
    for (const std::size_t width : { 64u, 128u })
        for (const std::size_t rows : { 1u, 2u, 3u, 5u })
            for (const auto& [slot, count] : { std::pair { 0u, 256u }, { 0u, 1u }, { 37u, 77u }, { 255u, 1u } }) {
                if (!cpu::hasInt8Asking(width))
                    GTEST_SKIP() << "this processor has no AVX-512 VNNI";
                const Q8Run run(width);
                std::vector<float> weights = test::randomFloats(rows * 256, 6);
                for (float& weight : weights)
                    weight = weight * weight * 1e-3f;
                std::vector<float> sums(rows * width, 0.25f), scratch(cpu::kInt8WeightRows * kPageTokens);
                const KvSlots values = run.slots(slot * width, slot);
                cpu::addWeighted(weights.data(), 256, rows, values, nullptr, count, sums.data(), width, width, true, reinterpret_cast<std::byte*>(scratch.data()));
                for (std::size_t row = 0; row < rows; ++row)
                    for (std::size_t d = 0; d < width; ++d) {
                        double exact = 0.25, bytes = 0, largest = 0;
                        for (std::size_t n = 0; n < count; ++n) {
                            const double weight = weights[row * 256 + n];
                            exact += weight * run.at(d, slot + n, (slot + n) * width + d);
                            bytes += std::abs(static_cast<double>(static_cast<std::int8_t>(run.data[(slot + n) * width + d])));
                            largest = std::max<double>(largest, weight * toFloat(run.scales[d / kKvBlock * kPageTokens + slot + n]));
                        }
                        ASSERT_NEAR(sums[row * width + d], exact, largest * bytes * (0.51 / 65535 + 0x1p-20) + 0x1p-24) << width << ' ' << rows << ' ' << d;
                    }
            }
}

struct Numbers {
    std::vector<float> left, right;
};

// Random, and the largest there are, whose sums must not run over.
std::vector<Numbers> someNumbers(std::size_t left, std::size_t right)
{
    return { { test::randomFloats(left, 11), test::randomFloats(right, 12) }, { std::vector<float>(left, 1.0f), std::vector<float>(right, 1.0f) },
        { std::vector<float>(left, 1.0f), std::vector<float>(right, -1.0f) } };
}

double largestOf(const float* x, std::size_t count, std::size_t step = 1)
{
    double most = 0;
    for (std::size_t n = 0; n < count; ++n)
        most = std::max<double>(most, std::abs(x[n * step]));
    return most;
}

TEST(Int16, ScoresAreExactButForTheRoundingOfBothSides)
{
    test::onEveryTarget([] {
        for (const std::size_t width : { 16u, 48u, 64u, 80u, 128u })
            for (const std::size_t rows : { 1u, 5u, 6u, 13u })
                for (const auto& [q, k] : someNumbers(rows * width, width * 64)) {
                    if (!cpu::hasInt16Products())
                        continue;
                    const std::int32_t limit = cpu::int16Limit(width);
                    std::vector<std::int16_t> wholeQ(q.size()), wholeK(k.size());
                    std::vector<float> qScales(rows), kScales(64), scores(rows * 64);
                    cpu::roundRows(q.data(), width, rows, width, nullptr, limit, wholeQ.data(), qScales.data());
                    cpu::roundColumns(k.data(), width, limit, wholeK.data(), kScales.data());
                    cpu::multiplyInt16(wholeQ.data(), qScales.data(), wholeK.data(), kScales.data(), scores.data(), 64, rows, 64, width, false);
                    for (std::size_t row = 0; row < rows; ++row)
                        for (std::size_t n = 0; n < 64; ++n) {
                            const double halfQ = 0.51 * largestOf(&q[row * width], width) / limit, halfK = 0.51 * largestOf(&k[n], width, 64) / limit;
                            double exact = 0, bound = 0;
                            for (std::size_t d = 0; d < width; ++d) {
                                const double left = q[row * width + d], right = k[d * 64 + n];
                                exact += left * right;
                                bound += std::abs(left) * halfK + std::abs(right) * halfQ + halfQ * halfK + std::abs(left * right) * 0x1p-21;
                            }
                            ASSERT_NEAR(scores[row * 64 + n], exact, bound) << width << ' ' << rows;
                        }
                }
    });
}

TEST(Int16, WeightedValuesAreExactButForTheRoundingOfBothSides)
{
    test::onEveryTarget([] {
        for (const std::size_t width : { 16u, 48u, 64u, 128u })
            for (const std::size_t rows : { 1u, 6u, 13u })
                for (auto [weights, values] : someNumbers(rows * 64, 64 * width)) {
                    if (!cpu::hasInt16Products())
                        continue;
                    for (float& weight : weights)
                        weight = std::abs(weight);
                    std::fill_n(values.begin() + static_cast<std::ptrdiff_t>(3 * width), width, 0.0f); // a token of zeros
                    std::vector<std::int16_t> wholeWeights(weights.size()), wholeValues(values.size());
                    std::vector<float> weightScales(rows), valueScales(64), sums(rows * width, 0.25f);
                    cpu::roundRowPairs(values.data(), width, cpu::kInt16Value, wholeValues.data(), valueScales.data());
                    cpu::roundRows(weights.data(), 64, rows, 64, valueScales.data(), cpu::kInt16Weight, wholeWeights.data(), weightScales.data());
                    cpu::multiplyInt16(wholeWeights.data(), weightScales.data(), wholeValues.data(), nullptr, sums.data(), width, rows, width, 64, true);
                    for (std::size_t row = 0; row < rows; ++row)
                        for (std::size_t d = 0; d < width; ++d) {
                            double exact = 0.25, bound = 0x1p-22, most = 0;
                            for (std::size_t n = 0; n < 64; ++n)
                                most = std::max<double>(most, weights[row * 64 + n] * valueScales[n]);
                            for (std::size_t n = 0; n < 64; ++n) {
                                const double weight = weights[row * 64 + n];
                                exact += weight * values[n * width + d];
                                bound += 0.51 * weight * valueScales[n] + 0.51 * most / cpu::kInt16Weight * cpu::kInt16Value + weight * 0x1p-21;
                            }
                            ASSERT_NEAR(sums[row * width + d], exact, bound) << width << ' ' << rows;
                        }
                }
    });
}

} // namespace
} // namespace octavo
