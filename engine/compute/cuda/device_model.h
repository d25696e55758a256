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
// room are streamed (LayerStream); others give up their place when keys and values need it, and have it again when it is free.
// Threads: one at a time. Lifetime: the device outlives it. Cost: about the file's size, copied once.
class DeviceModel final : public HeldModel, private RoomMaker {
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

    // `resident`: so many layers stay on the device, always; without a number as many as leave `besideBytes` free. Errors: OutOfDeviceMemory with what is
    // needed at least; std::bad_alloc.
    DeviceModel(Device& device, const ModelConfig& config, const ModelWeights& weights, std::optional<std::uint32_t> resident, std::uint64_t besideBytes);
    ~DeviceModel() override;

    std::uint32_t residentLayers() const override { return static_cast<std::uint32_t>(m_layers.size()) - m_stream->count(); }

    // Another number whenever a layer has moved: launches that are kept hold places.
    std::uint64_t moves() const { return m_moves; }

    // Layers that gave up their place have it again, as far as `besideBytes` stay free. Not while a layer is entered.
    void regainLayers();

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
        Layer reading, asking;                // weights: bytes from where the layer begins
        std::uint64_t bytes;
        DeviceArray<std::byte> place;         // empty: streamed
    };

    void loadEnds(Loader& loader, const ModelWeights& weights); // what comes before the first layer and behind the last
    std::uint64_t roomToMake() const override;
    bool makeRoom(std::size_t bytes) override;

    Device& m_device;
    std::uint64_t m_besideBytes;
    bool m_isFixed;                           // the number of resident layers was asked for
    DeviceArray<std::byte> m_ends;
    DeviceArray<float> m_vectors;
    std::vector<HeldLayer> m_layers;
    std::uint64_t m_slotBytes = 0;            // of the largest layer
    std::unique_ptr<LayerStream> m_stream;
    std::optional<std::uint32_t> m_entered;
    std::uint64_t m_moves = 0;
    DeviceWeight m_embedding, m_output, m_askedOutput;
    const float* m_outputBias = nullptr;
    const float* m_outputNorm = nullptr;
};

} // namespace octavo::cuda
