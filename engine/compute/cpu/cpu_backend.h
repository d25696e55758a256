// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "compute/backend.h"
#include "compute/cpu/int8_products.h"
#include "compute/cpu/thread_pool.h"

namespace octavo::cpu {

class CpuBackend final : public Backend {
public:
    CpuBackend(int threads, Precision precision);

    std::string name() const override;
    int threads() const override { return m_pool.threads(); }
    bool supports(GgmlType type) const override;
    void embed(const Weight& table, std::span<const TokenId> ids, float* x) override;
    void rmsNorm(const float* x, const float* weight, std::size_t count, std::size_t width, float epsilon, float* out) override;
    void linear(std::span<const LinearProduct> products, const float* x, std::size_t count, RowOrder order, std::stop_token stop) override;
    void addBias(const float* bias, std::size_t count, std::size_t width, float* y) override;
    void siluMultiply(float* gate, const float* up, std::size_t size) override;
    void arrangeHeads(float* x, std::size_t count, std::size_t heads, std::size_t headWidth, const HeadArrangement& how) override;
    std::unique_ptr<ReadingAttention> readingAttention(const AttentionShape& shape, const ReadingPlan& plan, std::uint64_t row,
                                                       std::uint64_t rowStep, const Rotary& rotary, KvCache& cache, HopValues& hopValues) override;
    std::unique_ptr<AskingAttention> askingAttention(const AttentionShape& shape, std::uint32_t layers, const AskingGeometry& geometry,
                                                     const Rotary& rotary, std::vector<const KvCache*> readings, KvCache& own) override;

private:
    void multiplyFew(std::span<const LinearProduct> products, const float* x, std::size_t count, const std::stop_token& stop);
    void multiplyMany(std::span<const LinearProduct> products, const float* x, std::size_t count, const std::stop_token& stop);

    ThreadPool m_pool;
    Precision m_precision;
    Int8Products m_int8;
    std::vector<std::vector<float>> m_scratch; // one per worker
};

} // namespace octavo::cpu
