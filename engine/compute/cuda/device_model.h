// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "compute/cuda/linear.h"
#include "model/weights.h"

namespace octavo::cuda {

// A model's weights in the device's memory, as they stand in the file: blocks, rows padded (deviceRowBytes). A projection that an adapter changes is held
// in half precision with the adapter's share added in; one that an adapter for asking alone changes is held for reading as well.
// Lifetime: the device outlives it. Cost: about the file's size, copied once.
class DeviceModel final : public HeldModel {
public:
    struct Layer {
        const float* attentionNorm;       // [hidden]
        const float* feedForwardNorm;
        const float* queryNorm;           // [headWidth], or null
        const float* keyNorm;
        DeviceWeight query, key, value, attentionOutput, gate, up, down;
        const float* queryBias;           // [rows], or null
        const float* keyBias;
        const float* valueBias;
        const float* attentionOutputBias;
        const float* gateBias;
        const float* upBias;
        const float* downBias;
    };

    // Errors: OutOfDeviceMemory with what all of it needs.
    DeviceModel(Device& device, const ModelConfig& config, const ModelWeights& weights);

    const Layer& layer(std::size_t n, PassKind kind) const { return (kind == PassKind::Reading ? m_layers : m_askedLayers)[n]; }
    const DeviceWeight& embedding() const { return m_embedding; }
    const DeviceWeight& output(PassKind kind) const { return kind == PassKind::Reading ? m_output : m_askedOutput; }
    const float* outputBias() const { return m_outputBias; }
    const float* outputNorm() const { return m_outputNorm; }

private:
    class Loader;

    DeviceArray<std::byte> m_matrices;
    DeviceArray<float> m_vectors;
    std::vector<Layer> m_layers, m_askedLayers;
    DeviceWeight m_embedding, m_output, m_askedOutput;
    const float* m_outputBias = nullptr;
    const float* m_outputNorm = nullptr;
};

} // namespace octavo::cuda
