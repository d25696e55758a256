// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "compute/cuda/device.h"
#include "compute/cuda/linear.h"

namespace octavo::cuda {

// One NVIDIA GPU of compute capability 8.0 or newer.
class CudaBackend final : public Backend {
public:
    // Errors: DeviceFailure, with why the GPU cannot be used.
    explicit CudaBackend(int index);

    std::string name() const override;
    int threads() const override { return 1; }
    bool supports(GgmlType type) const override;
    std::uint32_t chunkTokens() const override;
    std::uint64_t availableMemory() const override { return m_device.freeMemory() + m_device.roomToMake(); }
    Result<std::shared_ptr<HeldModel>> hold(const ModelConfig& config, const ModelWeights& weights, std::optional<std::uint32_t> residentLayers) override;
    std::unique_ptr<ForwardPass> forwardPass(const Model& model, PassKind kind) override;
    std::unique_ptr<HopValues> hopValues(const ReadingPlan& plan, const ModelConfig& config) override;
    std::unique_ptr<ReadingAttention> readingAttention(const AttentionShape& shape, const ReadingPlan& plan, std::uint64_t row, std::uint64_t rowStep,
                                                       const Rotary& rotary, KvCache& cache, HopValues& hopValues) override;
    std::unique_ptr<AskingAttention> askingAttention(const AttentionShape& shape, std::uint32_t layers, const AskingGeometry& geometry, const Rotary& rotary,
                                                     std::vector<const KvCache*> readings, KvCache& own) override;

private:
    std::uint64_t bytesBesideWeights(const ModelConfig& config) const;

    Device m_device;
    Linear m_linear;
};

} // namespace octavo::cuda
