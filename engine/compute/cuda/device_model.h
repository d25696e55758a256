// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "compute/cuda/layer_stream.h"
#include "compute/cuda/linear.h"
#include "model/weights.h"

namespace octavo::cuda {

// A model's weights in the device's memory, as they stand in the file: blocks, rows padded (deviceRowBytes). A projection that an adapter changes is held
// in half precision with the adapter's share added in; one that an adapter for asking alone changes is held for reading as well. Layers for which there is no
// room are streamed (LayerStream).
// Threads: one at a time. Lifetime: the device outlives it. Cost: about the file's size, copied once.
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

    // `resident`: so many layers stay on the device; without a number as many as leave `besideBytes` free. Errors: OutOfDeviceMemory with what is needed at
    // least; std::bad_alloc.
    DeviceModel(Device& device, const ModelConfig& config, const ModelWeights& weights, std::optional<std::uint32_t> resident, std::uint64_t besideBytes);

    std::uint32_t residentLayers() const override { return static_cast<std::uint32_t>(m_layers.size()) - m_streamedCount; }

    // Layer n, for work that is queued until leave(). One at a time.
    Layer enter(std::uint32_t n, PassKind kind);
    void leave();

    const DeviceWeight& embedding() const { return m_embedding; }
    const DeviceWeight& output(PassKind kind) const { return kind == PassKind::Reading ? m_output : m_askedOutput; }
    const float* outputBias() const { return m_outputBias; }
    const float* outputNorm() const { return m_outputNorm; }

private:
    class Loader;
    struct HeldLayer {
        Layer reading, asking;                // of a streamed layer: where it lies in the stream's first slot
        std::optional<std::size_t> streamed;  // its number in the stream
    };

    void loadEnds(Loader& loader, const ModelWeights& weights); // what comes before the first layer and behind the last

    DeviceArray<std::byte> m_matrices;
    DeviceArray<float> m_vectors;
    std::uint32_t m_streamedCount = 0;
    std::unique_ptr<LayerStream> m_stream;    // null: all layers stay
    std::vector<HeldLayer> m_layers;
    DeviceWeight m_embedding, m_output, m_askedOutput;
    const float* m_outputBias = nullptr;
    const float* m_outputNorm = nullptr;
};

} // namespace octavo::cuda
