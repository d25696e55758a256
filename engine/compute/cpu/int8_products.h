// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <stop_token>
#include <vector>

#include "compute/cpu/linear_product.h"
#include "compute/cpu/int8_kernels.h"
#include "compute/cpu/thread_pool.h"

namespace octavo::cpu {

// Linear products in whole numbers (int8_kernels.h), shared out among threads. Memory: x once more, a quarter or half as large.
class Int8Products {
public:
    explicit Int8Products(ThreadPool& pool) : m_pool(pool), m_workers(static_cast<std::size_t>(pool.threads())) {}

    // All weights have types with hasInt8Products(). `fewRows`: multiply each row of x straight from the blocks.
    void multiply(std::span<const LinearProduct> products, const float* x, std::size_t count, bool fewRows, const std::stop_token& stop);

private:
    struct Worker {
        std::vector<std::byte> quants;   // of a panel
        std::vector<std::int8_t> strip;
        std::vector<float> scales;
        std::vector<float> offsets;
        std::vector<float> results;      // [rows][kInt8Panel]
    };
    Int8Rows quantize(const float* x, std::size_t columns, std::size_t count, bool fewRows);
    void multiplyPanels(std::span<const LinearProduct> products, const Int8Rows& x, std::size_t count, const std::stop_token& stop);

    ThreadPool& m_pool;
    std::vector<Worker> m_workers;
    std::vector<std::byte> m_quants;     // [count][columns]
    std::vector<float> m_scales;         // as in Int8Rows
    std::vector<float> m_sums;
    std::vector<float> m_halfSums;
    std::vector<std::byte> m_fours;
    std::vector<float> m_fourScales;
};

} // namespace octavo::cpu
