// SPDX-License-Identifier: Apache-2.0
// Weights of every type: floats bit for bit those of gguf-py (tests/engine/conformance/make_dequantization.py), and products against sums
// in double precision, on every instruction set that this processor has.
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "compute/cpu/cpu_backend.h"
#include "compute/cpu/kernels.h"
#include "support/paths.h"
#include "support/exact_products.h"
#include "support/random_blocks.h"

namespace octavo {
namespace {

using test::dequantized;
using test::ExactProduct;
using test::exactProduct;
using test::onEveryTarget;
using test::RandomBlockFormat;
using test::randomFloats;
using test::typeOf;

// What gguf-py made, type after type.
class Expectations {
public:
    Expectations() : m_file(std::filesystem::path(test::kSourceDir) / "tests/engine/conformance/dequantization.bin", std::ios::binary) {}

    bool more() { return m_file.peek() != std::ifstream::traits_type::eof(); }
    std::string bytes(std::size_t count)
    {
        std::string read(count, '\0');
        m_file.read(read.data(), static_cast<std::streamsize>(count));
        EXPECT_TRUE(m_file.good());
        return read;
    }
    template <class T>
    T number()
    {
        T value;
        std::memcpy(&value, bytes(sizeof value).data(), sizeof value);
        return value;
    }

private:
    std::ifstream m_file;
};

TEST(Dequantize, KnowsTheTypesThatHaveFixtures)
{
    for (std::uint32_t number = 0; number < 64; ++number) {
        const bool made = std::ranges::any_of(test::randomBlockFormats(), [=](const auto& format) { return format.type == test::TensorType { number }; });
        EXPECT_EQ(cpu::hasKernels(GgmlType { number }), made) << number;
    }
    for (const RandomBlockFormat& format : test::randomBlockFormats()) {
        const auto layout = blockLayout(typeOf(format));
        ASSERT_TRUE(layout);
        EXPECT_EQ(typeName(typeOf(format)), format.name);
        EXPECT_EQ(layout->elements, format.elements) << format.name;
        EXPECT_EQ(layout->bytes, format.bytes) << format.name;
    }
}

TEST(Dequantize, SpecialBlocksAreThoseOfTheReference)
{
    onEveryTarget([] {
        Expectations expectations;
        std::size_t types = 0;
        for (; expectations.more() && !::testing::Test::HasFailure(); ++types) {
            const RandomBlockFormat& format = test::randomBlockFormat(test::TensorType { expectations.number<std::uint32_t>() });
            const auto blocks = expectations.number<std::uint32_t>();
            const std::vector<float> floats = dequantized(format, expectations.bytes(blocks * format.bytes));
            for (std::size_t n = 0; n < floats.size(); ++n) {
                const auto expected = expectations.number<float>();
                const bool same = std::isnan(expected) ? std::isnan(floats[n]) : std::bit_cast<std::uint32_t>(floats[n]) == std::bit_cast<std::uint32_t>(expected);
                EXPECT_TRUE(same) << format.name << ", block " << n / format.elements << ", element " << n % format.elements << ": " << floats[n]
                                  << " instead of " << expected;
            }
            expectations.number<std::uint64_t>();
        }
        EXPECT_EQ(types, test::randomBlockFormats().size());
    });
}

TEST(Dequantize, RandomBlocksAreThoseOfTheReference)
{
    constexpr std::size_t kBulk = 500;
    onEveryTarget([] {
        Expectations expectations;
        std::size_t types = 0;
        for (; expectations.more() && !::testing::Test::HasFailure(); ++types) {
            const auto type = expectations.number<std::uint32_t>();
            const RandomBlockFormat& format = test::randomBlockFormat(test::TensorType { type });
            expectations.bytes(expectations.number<std::uint32_t>() * (format.bytes + format.elements * sizeof(float)));
            std::vector<float> floats = dequantized(format, test::splitMix64Bytes(1000 + type, kBulk * format.bytes));
            for (float& value : floats)
                value = std::isnan(value) ? std::bit_cast<float>(0x7FC00000) : value;
            const std::string_view bytes(reinterpret_cast<const char*>(floats.data()), floats.size() * sizeof(float));
            EXPECT_EQ(test::fingerprint(bytes), expectations.number<std::uint64_t>()) << format.name;
        }
        EXPECT_EQ(types, test::randomBlockFormats().size());
    });
}

TEST(Dequantize, WritesNoMoreThanItIsAskedFor)
{
    onEveryTarget([] {
        for (const RandomBlockFormat& format : test::randomBlockFormats())
            for (std::size_t count : { 0u, 1u, 3u, 7u, 9u, 17u, 33u }) {
                const std::string blocks = test::randomBlocks(format.type, format.elements * (count + 1), 1, 5);
                std::vector<float> floats((count + 1) * format.elements, -7.0f);
                cpu::dequantize(typeOf(format), reinterpret_cast<const std::byte*>(blocks.data()), count * format.elements, floats.data());
                const std::vector<float> all = dequantized(format, blocks);
                EXPECT_TRUE(std::equal(floats.begin(), floats.end() - format.elements, all.begin())) << format.name << ", " << count << " blocks";
                EXPECT_EQ(std::count(floats.end() - format.elements, floats.end(), -7.0f), format.elements) << format.name << ", " << count << " blocks";
            }
    });
}

TEST(Dot, IsTheExactProductWithinItsRoundings)
{
    onEveryTarget([] {
        for (const RandomBlockFormat& format : test::randomBlockFormats())
            for (std::size_t blocks : { 0u, 1u, 2u, 3u, 5u, 8u, 15u, 16u, 17u, 31u, 33u, 100u }) {
                const std::size_t count = blocks * format.elements;
                // Rows of blocks of odd sizes begin anywhere that their fields are aligned.
                const std::string row = std::string(format.fieldBytes, '\0') + test::randomBlocks(format.type, count, 1, 77 + blocks);
                const auto* bytes = reinterpret_cast<const std::byte*>(row.data()) + format.fieldBytes;
                const std::vector<float> weights = dequantized(format, std::string_view(row).substr(format.fieldBytes));
                const std::vector<float> x = randomFloats(count, 9);
                // One lane adds all numbers one after the other; sums over several lanes, scales and weights round a few times more.
                const ExactProduct exact = exactProduct(0, weights.data(), x.data(), count, count + 8);
                EXPECT_NEAR(cpu::dot(typeOf(format), bytes, x.data(), count), exact.value, exact.bound) << format.name << ", " << blocks << " blocks";
            }
    });
}

TEST(Linear, GivesTheExactProductsOfFewAndManyRows)
{
    const auto backend = makeCpuBackend(2);
    onEveryTarget([&] {
        for (const RandomBlockFormat& format : test::randomBlockFormats())
            for (const std::size_t columns : { 1u, 32u, 96u, 256u, 300u, 768u }) {
                if (columns % format.elements != 0)
                    continue;
                constexpr std::size_t kOutputs = 83;   // more than a panel, and no whole vectors
                const std::string blocks = test::randomBlocks(format.type, columns, kOutputs, columns);
                const std::vector<float> weights = dequantized(format, blocks);
                const Weight weight { typeOf(format), kOutputs, columns, reinterpret_cast<const std::byte*>(blocks.data()), blocks.size() / kOutputs };
                std::vector<float> firstRow;
                for (const auto& [rows, order] : { std::pair { std::size_t { 1 }, RowOrder::Fastest }, { 3, RowOrder::Fastest }, { 4, RowOrder::Fastest },
                         { 21, RowOrder::Fastest }, { 1, RowOrder::SameForAnyCount }, { 2, RowOrder::SameForAnyCount }, { 21, RowOrder::SameForAnyCount } }) {
                    const std::vector<float> x = randomFloats(rows * columns, 3);
                    std::vector<float> y(rows * kOutputs, 0.5f);
                    const LinearProduct product { &weight, y.data(), true };
                    backend->linear({ &product, 1 }, x.data(), rows, order, {});
                    if (order == RowOrder::SameForAnyCount) {
                        if (firstRow.empty())
                            firstRow.assign(y.begin(), y.begin() + kOutputs);
                        ASSERT_TRUE(std::equal(firstRow.begin(), firstRow.end(), y.begin())) << format.name << ", " << columns << " columns, " << rows << " rows";
                    }
                    for (std::size_t n = 0; n < y.size(); ++n) {
                        const ExactProduct exact
                            = exactProduct(0.5, &weights[n % kOutputs * columns], &x[n / kOutputs * columns], columns, columns + 8);
                        ASSERT_NEAR(y[n], exact.value, exact.bound) << format.name << ", " << columns << " columns, " << rows << " rows";
                    }
                }
            }
    });
}

} // namespace
} // namespace octavo
