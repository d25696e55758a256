// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <span>

#include <cuda_fp16.h>

#include "compute/cuda/device.h"
#include "compute/cuda/matrix_product.h"

namespace octavo::cuda {

// A matrix on the device: rows as in the file, each padded to a multiple of 16 bytes.
struct DeviceWeight {
    GgmlType type = GgmlType::F32;
    std::uint64_t rows = 0;
    std::uint64_t columns = 0;            // a multiple of 32
    std::uint64_t rowBytes = 0;
    const std::byte* data = nullptr;
};

std::uint64_t deviceRowBytes(GgmlType type, std::uint64_t columns);

// Products of activations with weights. Sums are floats. Calls queue. Threads: one at a time. Memory: scratch for the largest weights unpacked to halves.
// Weights given together have one x; their outputs stand side by side.
class Linear {
public:
    static constexpr std::size_t kFewRows = 4;

    // Bytes of scratch that products with so many weights at once take.
    static std::uint64_t bytesFor(std::uint64_t weights) { return weights * sizeof(__half); }

    explicit Linear(Device& device) : m_device(device), m_product(device), m_unpacked(device) {}

    // x [count][columns] = rows of the table, as floats.
    void embed(const DeviceWeight& table, const std::int32_t* ids, std::size_t count, float* x);

    // Any number of rows, through cuBLASLt: weights are unpacked to halves, which costs an 8B model 7 ms on an H200.
    void many(std::span<const DeviceWeight> weights, const __half* x, std::size_t count, __half* y);
    void manyFloat(const DeviceWeight& weight, const __half* x, std::size_t count, float* y, bool add);

    // Up to kFewRows rows, straight from the blocks, at memory speed; for weights in blocks x is rounded to int8, a scale per 32 inputs.
    // x of fewNormed and fewGated: floats, to which an RMS norm with weights `norm` [columns] is applied. Gate and up are of one type.
    void fewNormed(std::span<const DeviceWeight> weights, const float* x, const float* norm, float epsilon, std::size_t count, __half* y);
    void fewGated(const DeviceWeight& gate, const DeviceWeight& up, const float* x, const float* norm, float epsilon, std::size_t count, __half* y);
    void fewAdd(const DeviceWeight& weight, const __half* x, std::size_t count, float* y);
    // The same with x as it is, for logits.
    void fewExact(const DeviceWeight& weight, const __half* x, std::size_t count, float* y);

private:
    const __half* unpack(std::span<const DeviceWeight> weights);

    Device& m_device;
    MatrixProduct m_product;
    DeviceArray<__half> m_unpacked;
};

} // namespace octavo::cuda
