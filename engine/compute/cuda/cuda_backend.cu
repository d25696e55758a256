// SPDX-License-Identifier: Apache-2.0
#include "compute/cuda/cuda_backend.h"

#include "compute/cpu/kernels.h"
#include "compute/cuda/asking_attention.h"
#include "compute/cuda/forward_pass.h"
#include "compute/cuda/quant_blocks.cuh"
#include "compute/cuda/wide_attention.h"

namespace octavo::cuda {

CudaBackend::CudaBackend(int index) : m_device(index), m_linear(m_device) {}

std::string CudaBackend::name() const { return m_device.name(); }
bool CudaBackend::supports(GgmlType type) const { return cpu::hasKernels(type); }

// Weights are unpacked once per chunk, which costs an 8B model as much as reading some 300 tokens; activations of 4096 take it 0.7 GB.
std::uint32_t CudaBackend::chunkTokens() const
{
    constexpr std::uint64_t kRoomy = 12'000'000'000;
    return m_device.totalMemory() >= kRoomy ? 4096 : 2048;
}

Result<std::shared_ptr<HeldModel>> CudaBackend::hold(const ModelConfig& config, const ModelWeights& weights, std::optional<std::uint32_t> residentLayers)
{
    if (!hasHeadWidth(config.headWidth))
        return Error{Errc::UnsupportedType, "attention heads", std::to_string(config.headWidth) + " wide"};
    for (const std::uint32_t width : {config.hidden, config.heads * config.headWidth, config.feedForward})
        if (width % kGroup != 0)
            return Error{Errc::UnsupportedType, "layers", std::to_string(width) + " wide"};
    try {
        return std::shared_ptr<HeldModel>(std::make_shared<DeviceModel>(m_device, config, weights, residentLayers, bytesBesideWeights(config)));
    } catch (const OutOfDeviceMemory& full) {
        return Error{Errc::OutOfMemory, "GPU", {}, full.needed, full.room};
    } catch (const DeviceFailure& failure) {
        return Error{Errc::DeviceFailed, "GPU", failure.what()};
    } catch (const std::bad_alloc&) {
        return Error{Errc::DeviceFailed, "GPU", "the machine has not enough memory to hand layers to it"};
    }
}

// A short text is to find room without a layer that gives up its place.
std::uint64_t CudaBackend::bytesBesideWeights(const ModelConfig& config) const
{
    constexpr std::uint64_t kTokens = 4096;
    const std::uint64_t largestProduct = std::uint64_t{2} * config.feedForward * config.hidden;
    return CudaForwardPass::bytesFor(config, chunkTokens()) + Linear::bytesFor(largestProduct) + 2 * HopValues::bytesFor(ReadingPlan(), config)
         + KvCache::bytesFor(config, {KvType::Q8_0, KvType::Q8_0}, kTokens);
}

std::unique_ptr<ForwardPass> CudaBackend::forwardPass(const Model& model, PassKind kind)
{
    return std::make_unique<CudaForwardPass>(m_device, m_linear, model, static_cast<DeviceModel&>(*model.held()), kind);
}

std::unique_ptr<HopValues> CudaBackend::hopValues(const ReadingPlan& plan, const ModelConfig& config)
{
    return std::make_unique<DeviceHopValues>(m_device, plan, config);
}

std::unique_ptr<ReadingAttention> CudaBackend::readingAttention(const AttentionShape& shape, const ReadingPlan& plan, std::uint64_t row, std::uint64_t rowStep,
                                                                const Rotary& rotary, KvCache& cache, HopValues& hopValues)
{
    DeviceHopValues& values = static_cast<DeviceHopValues&>(hopValues);
    const std::uint32_t layers = cache.config().layers;
    if (plan.wide.reach > 0)
        return std::make_unique<CudaWideReadingAttention>(m_device, shape, layers, plan, row, rowStep, rotary, cache, values);
    return std::make_unique<CudaReadingAttention>(m_device, shape, layers, plan, row, rowStep, rotary, cache, values);
}

std::unique_ptr<AskingAttention> CudaBackend::askingAttention(const AttentionShape& shape, std::uint32_t layers, const AskingGeometry& geometry,
                                                              const Rotary& rotary, std::vector<const KvCache*> readings, KvCache& own)
{
    return std::make_unique<CudaAskingAttention>(m_device, shape, layers, geometry, rotary, std::move(readings), own);
}

} // namespace octavo::cuda
