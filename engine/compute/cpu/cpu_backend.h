// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "compute/backend.h"
#include "compute/cpu/int8_products.h"
#include "compute/cpu/linear_product.h"
#include "compute/cpu/thread_pool.h"
#include "memory/hop_values.h"

namespace octavo {

struct LowRank;

// What heads need between their projection and attention, in this order; see Backend::arrangeHeads.
struct HeadArrangement {
    const float* norm = nullptr;   // [headWidth], RMS norm over each head; null: none
    float normEpsilon = 0;
    bool interleave = false;       // halves (i, i + D/2) become neighbours (2i, 2i + 1)
};

namespace cpu {

// The operations of a forward pass on the CPU, and what attention there needs. A stop makes an operation return early with its result undefined.
class CpuBackend final : public Backend {
public:
    CpuBackend(int threads, Precision precision);

    std::string name() const override;
    int threads() const override { return m_pool.threads(); }
    bool supports(GgmlType type) const override;
    std::uint32_t chunkTokens() const override { return kChunkTokens; }
    std::uint64_t availableMemory() const override;
    Result<std::shared_ptr<HeldModel>> hold(const ModelConfig&, const ModelWeights&, std::optional<std::uint32_t>) override { return std::shared_ptr<HeldModel>(); } // in the mapped file
    std::unique_ptr<ForwardPass> forwardPass(const Model& model, PassKind kind) override;
    std::unique_ptr<HopValues> hopValues(const ReadingPlan& plan, const ModelConfig& config) override;
    std::unique_ptr<ReadingAttention> readingAttention(const AttentionShape& shape, const ReadingPlan& plan, std::uint64_t row,
                                                       std::uint64_t rowStep, const Rotary& rotary, KvCache& cache, HopValues& hopValues) override;
    std::unique_ptr<AskingAttention> askingAttention(const AttentionShape& shape, std::uint32_t layers, const AskingGeometry& geometry,
                                                     const Rotary& rotary, std::vector<const KvCache*> readings, KvCache& own) override;

    void embed(const Weight& table, std::span<const TokenId> ids, float* x);
    void rmsNorm(const float* x, const float* weight, std::size_t count, std::size_t width, float epsilon, float* out);
    // y [count][rows] += what the adapter adds for x [count][columns].
    void addLowRank(const LowRank& adapter, const float* x, std::size_t count, RowOrder order, float* y, const std::stop_token& stop);
    void linear(std::span<const LinearProduct> products, const float* x, std::size_t count, RowOrder order, std::stop_token stop);
    void addBias(const float* bias, std::size_t count, std::size_t width, float* y); // to each row of y [count][width]
    void siluMultiply(float* gate, const float* up, std::size_t size); // gate = silu(gate)·up

    // x [count][heads][headWidth] in place. Where a model pairs halves, queries and keys are interleaved here, once: a permutation
    // common to both does not change their products, and everything behind sees neighbouring pairs only.
    void arrangeHeads(float* x, std::size_t count, std::size_t heads, std::size_t headWidth, const HeadArrangement& how);

private:
    void multiplyFew(std::span<const LinearProduct> products, const float* x, std::size_t count, const std::stop_token& stop);
    void multiplyMany(std::span<const LinearProduct> products, const float* x, std::size_t count, const std::stop_token& stop);

    ThreadPool m_pool;
    Precision m_precision;
    Int8Products m_int8;
    std::vector<std::vector<float>> m_scratch; // one per worker
};

} // namespace cpu

std::unique_ptr<cpu::CpuBackend> makeCpuBackend(int threads, Precision precision = Precision::Float32);

} // namespace octavo
