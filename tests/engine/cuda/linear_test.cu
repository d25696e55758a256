// SPDX-License-Identifier: Apache-2.0
// Products with weights of every type against sums in double precision. Built twice, as attention_test.cu.
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "compute/cpu/kernels.h"
#include "compute/cuda/linear.h"
#include "compute/cuda/linear_kernels.cuh"
#include "engine/cuda/test_device.h"
#include "support/exact_products.h"
#include "support/random_blocks.h"

namespace octavo::cuda {
namespace {

constexpr std::uint32_t kRows = 21;

// Weights in the form of the file, on the device, and as floats.
struct Weights {
    Weights(Device& device, const test::RandomBlockFormat& format, std::uint32_t rowCount, std::uint32_t columnCount, std::uint64_t seed)
        : type(test::typeOf(format)), rows(rowCount), columns(columnCount), onDevice(device)
    {
        const std::string bytes = test::randomBlocks(format.type, columns, rows, seed);
        const std::size_t fileRow = bytes.size() / rows, pitch = deviceRowBytes(type, columns);
        onDevice.reserve(rows * pitch);
        device.uploadRows(onDevice.data(), pitch, bytes.data(), fileRow, fileRow, rows);
        device.wait();
        values.resize(static_cast<std::size_t>(rows) * columns);
        for (std::uint32_t row = 0; row < rows; ++row)
            cpu::dequantize(type, reinterpret_cast<const std::byte*>(bytes.data()) + row * fileRow, columns, &values[static_cast<std::size_t>(row) * columns]);
    }
    DeviceWeight weight() const { return {type, rows, columns, deviceRowBytes(type, columns), onDevice.data()}; }

    GgmlType type;
    std::uint32_t rows, columns;
    DeviceArray<std::byte> onDevice;
    std::vector<float> values;
};

std::vector<float> normals(std::size_t count, unsigned seed)
{
    std::mt19937 random(seed);
    std::normal_distribution<float> normal;
    std::vector<float> values(count);
    for (float& value : values)
        value = __half2float(__float2half(normal(random)));
    return values;
}

std::vector<__half> halvesOf(const std::vector<float>& values)
{
    std::vector<__half> halves;
    for (const float value : values)
        halves.push_back(__float2half(value));
    return halves;
}

// The exact product and how far off a sum may be whose inputs are rounded to int8, by half a step per group of 32, or not at all; weights rounded to
// halves, or not at all.
struct Expected {
    Expected(const float* w, const float* x, std::uint32_t columns, bool wholeInputs, bool halfWeights)
    {
        for (std::uint32_t begin = 0; begin < columns; begin += 32) {
            double largest = 0, weights = 0;
            for (std::uint32_t n = begin; n < begin + 32; ++n) {
                value += static_cast<double>(w[n]) * x[n];
                largest = std::max(largest, std::abs(static_cast<double>(x[n])));
                weights += std::abs(static_cast<double>(w[n]));
                off += std::abs(static_cast<double>(w[n]) * x[n]) * (halfWeights ? std::ldexp(1, -11) : std::ldexp(1, -18)) + std::abs(x[n]) * std::ldexp(1, -25);
            }
            off += wholeInputs ? weights * largest / 254 * 1.01 : 0;
        }
    }
    double value = 0, off = 0;
};

std::uint32_t columnsFor(const test::RandomBlockFormat& format) { return format.elements == 256 ? 3 * 256 : 9 * 32; }

TEST(CudaLinear, MultipliesFewRowsStraightFromTheBlocks)
{
    OCTAVO_NEEDS_DEVICE(device, 0);
    Linear linear(device);
    for (const test::RandomBlockFormat& format : test::randomBlockFormats()) {
        const Weights w(device, format, kRows, columnsFor(format), 5);
        const bool whole = format.elements > 1;
        for (std::uint32_t count = 1; count <= Linear::kFewRows; ++count) {
            const std::vector<float> x = normals(static_cast<std::size_t>(count) * w.columns, count);
            DeviceArray<__half> halves(device);
            halves.fill(halvesOf(x));
            DeviceArray<float> y(device);
            std::vector<float> result(count * kRows, 2.0f);
            y.fill(result);
            linear.fewAdd(w.weight(), halves.data(), count, y.data());
            device.download(result.data(), y.data(), result.size() * sizeof(float));
            linear.fewExact(w.weight(), halves.data(), count, y.data());
            std::vector<float> exact(result.size());
            device.download(exact.data(), y.data(), exact.size() * sizeof(float));
            for (std::uint32_t n = 0; n < count; ++n)
                for (std::uint32_t row = 0; row < kRows; ++row) {
                    const Expected expected(&w.values[row * w.columns], &x[n * w.columns], w.columns, whole, false);
                    ASSERT_NEAR(result[n * kRows + row], expected.value + 2, expected.off + 1e-5) << format.name << ", " << count << " rows, " << row;
                    const Expected unrounded(&w.values[row * w.columns], &x[n * w.columns], w.columns, false, false);
                    ASSERT_NEAR(exact[n * kRows + row], unrounded.value, unrounded.off + 1e-5) << format.name << ", " << count << " rows, " << row;
                }
        }
    }
}

TEST(CudaLinear, MultipliesManyRowsInHalves)
{
    OCTAVO_NEEDS_DEVICE(device, 0);
    Linear linear(device);
    for (const test::RandomBlockFormat& format : test::randomBlockFormats()) {
        const std::uint32_t columns = columnsFor(format);
        const Weights first(device, format, 24, columns, 6), second(device, format, 16, columns, 7); // cuBLASLt wants multiples of eight
        for (const std::uint32_t count : {5u, 17u}) {
            const std::vector<float> x = normals(static_cast<std::size_t>(count) * columns, count);
            DeviceArray<__half> halves(device), y(device, count * 40);
            halves.fill(halvesOf(x));
            DeviceArray<float> sums(device);
            std::vector<float> added(count * 24, -1.0f);
            sums.fill(added);
            const DeviceWeight both[] = {first.weight(), second.weight()};
            linear.many(both, halves.data(), count, y.data());
            linear.manyFloat(first.weight(), halves.data(), count, sums.data(), true);
            std::vector<__half> result(count * 40);
            device.download(result.data(), y.data(), result.size() * sizeof(__half));
            device.download(added.data(), sums.data(), added.size() * sizeof(float));
            for (std::uint32_t n = 0; n < count; ++n)
                for (std::uint32_t row = 0; row < 40; ++row) {
                    const Weights& of = row < 24 ? first : second;
                    const Expected expected(&of.values[(row < 24 ? row : row - 24) * columns], &x[n * columns], columns, false, true);
                    ASSERT_NEAR(__half2float(result[n * 40 + row]), expected.value, expected.off + std::abs(expected.value) / 1024 + 1e-4) << format.name;
                    if (row < 24) {
                        ASSERT_NEAR(added[n * 24 + row], expected.value - 1, expected.off + 1e-4) << format.name;
                    }
                }
        }
    }
}

// The norm before and the gate behind, in one launch each; several weights, of one type and of two.
TEST(CudaLinear, FusesNormAndGate)
{
    OCTAVO_NEEDS_DEVICE(device, 0);
    Linear linear(device);
    const auto formatOf = [](std::string_view name) {
        const auto& all = test::randomBlockFormats();
        return *std::find_if(all.begin(), all.end(), [&](const auto& format) { return format.name == name; });
    };
    constexpr std::uint32_t columns = 512, count = 2;
    const Weights a(device, formatOf("Q4_K"), 12, columns, 1), b(device, formatOf("Q6_K"), 7, columns, 2), c(device, formatOf("Q4_K"), 12, columns, 3);
    const std::vector<float> x = normals(count * columns, 9), norm = normals(columns, 10);
    DeviceArray<float> singles(device), weights(device);
    singles.fill(x);
    weights.fill(norm);
    std::vector<float> normed(x.size());
    for (std::uint32_t n = 0; n < count; ++n) {
        double squares = 0;
        for (std::uint32_t d = 0; d < columns; ++d)
            squares += static_cast<double>(x[n * columns + d]) * x[n * columns + d];
        for (std::uint32_t d = 0; d < columns; ++d)
            normed[n * columns + d] = static_cast<float>(x[n * columns + d] / std::sqrt(squares / columns + 1e-5) * norm[d]);
    }
    DeviceArray<__half> y(device, count * 31), gated(device, count * 12);
    const DeviceWeight all[] = {a.weight(), b.weight(), c.weight()};
    linear.fewNormed(all, singles.data(), weights.data(), 1e-5f, count, y.data());
    linear.fewGated(a.weight(), c.weight(), singles.data(), weights.data(), 1e-5f, count, gated.data());
    std::vector<__half> result(count * 31), open(count * 12);
    device.download(result.data(), y.data(), result.size() * sizeof(__half));
    device.download(open.data(), gated.data(), open.size() * sizeof(__half));
    for (std::uint32_t n = 0; n < count; ++n) {
        const auto expected = [&](const Weights& w, std::uint32_t row) { return Expected(&w.values[row * columns], &normed[n * columns], columns, true, false); };
        for (std::uint32_t row = 0; row < 31; ++row) {
            const Expected e = row < 12 ? expected(a, row) : row < 19 ? expected(b, row - 12) : expected(c, row - 19);
            ASSERT_NEAR(__half2float(result[n * 31 + row]), e.value, e.off * 1.02 + std::abs(e.value) / 1024 + 1e-4) << row;
        }
        for (std::uint32_t row = 0; row < 12; ++row) {
            const Expected gate = expected(a, row), up = expected(c, row);
            const double silu = gate.value / (1 + std::exp(-gate.value));
            const double off = 1.1 * gate.off * (std::abs(up.value) + up.off) + std::abs(silu) * up.off; // silu is nowhere steeper than 1.1
            ASSERT_NEAR(__half2float(open[n * 12 + row]), silu * up.value, off * 1.02 + std::abs(silu * up.value) / 1024 + 1e-4) << row;
        }
    }
}

TEST(CudaLinear, EmbedsTheRowsAskedFor)
{
    OCTAVO_NEEDS_DEVICE(device, 0);
    Linear linear(device);
    for (const test::RandomBlockFormat& format : test::randomBlockFormats()) {
        const Weights table(device, format, kRows, columnsFor(format), 8);
        const std::vector<std::int32_t> ids{20, 0, 7};
        DeviceArray<std::int32_t> onDevice(device);
        DeviceArray<float> x(device, ids.size() * table.columns);
        linear.embed(table.weight(), onDevice.fill(ids), ids.size(), x.data());
        std::vector<float> result(ids.size() * table.columns);
        device.download(result.data(), x.data(), result.size() * sizeof(float));
        for (std::size_t n = 0; n < ids.size(); ++n)
            for (std::uint32_t d = 0; d < table.columns; ++d)
                ASSERT_EQ(result[n * table.columns + d], table.values[static_cast<std::size_t>(ids[n]) * table.columns + d]) << format.name << " " << d; // bit for bit
    }
}

} // namespace
} // namespace octavo::cuda
