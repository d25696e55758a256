// SPDX-License-Identifier: Apache-2.0
#include "compute/cuda/device_model.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "compute/cpu/kernels.h"
#include "compute/cuda/device.cuh"

namespace octavo::cuda {

namespace {

constexpr std::uint64_t kAlignment = 256;

std::uint64_t aligned(std::uint64_t bytes) { return (bytes + kAlignment - 1) / kAlignment * kAlignment; }

// W + Σ up · down in half precision, [rows][columns].
std::vector<__half> merged(const Projection& projection, PassKind kind)
{
    const Weight& weight = projection.weight;
    std::vector<float> sum(weight.columns);
    std::vector<__half> result;
    result.reserve(weight.rows * weight.columns);
    for (std::uint64_t row = 0; row < weight.rows; ++row) {
        cpu::dequantize(weight.type, weight.data + row * weight.rowBytes, weight.columns, sum.data());
        for (const LowRank& adapter : projection.adapters)
            for (std::uint64_t rank = 0; adapter.appliesTo(kind) && rank < adapter.down.rows; ++rank) {
                const float factor = adapter.up.values[row * adapter.up.columns + rank];
                const float* down = &adapter.down.values[rank * weight.columns];
                for (std::uint64_t n = 0; n < weight.columns; ++n)
                    sum[n] += factor * down[n];
            }
        for (const float value : sum)
            result.push_back(__float2half(clampToHalf(value)));
    }
    return result;
}

} // namespace

// Goes over the model twice: to count, then to copy.
class DeviceModel::Loader {
public:
    explicit Loader(Device& device) : m_device(device) {}

    // Bytes counted so far, of matrices since the last call, and of vectors.
    std::uint64_t takeMatrixBytes() { return std::exchange(m_bytes, 0); }
    std::uint64_t vectorBytes() const { return m_floats.size() * sizeof(float); }

    // From now on what is met is copied: vectors to the device, matrices to where copyTo() says.
    void beginCopying(float* vectors)
    {
        m_vectors = vectors;
        m_floats.clear();
    }
    void finish() { m_device.upload(m_vectors, m_floats.data(), vectorBytes()); }

    // Matrices go to `to`, one behind the other, in the device's memory or the host's; passes will find them at `place`.
    void copyTo(std::byte* to, std::byte* place, bool onDevice)
    {
        m_to = to;
        m_place = place;
        m_onDevice = onDevice;
        m_bytes = 0;
    }

    // For asking, where an adapter is for that alone; else what reading has.
    DeviceWeight asked(const Projection& projection, const DeviceWeight& read)
    {
        const bool differs = std::ranges::any_of(projection.adapters, &LowRank::forAsking);
        return differs ? matrix(projection, PassKind::Asking) : read;
    }

    DeviceWeight matrix(const Projection& projection, PassKind kind = PassKind::Reading)
    {
        if (std::ranges::none_of(projection.adapters, [kind](const LowRank& adapter) { return adapter.appliesTo(kind); }))
            return matrix(projection.weight);
        const Weight plain{GgmlType::F16, projection.weight.rows, projection.weight.columns, nullptr, projection.weight.columns * sizeof(__half)};
        if (!m_to)
            return matrix(plain);
        const std::vector<__half> values = merged(projection, kind);
        Weight whole = plain;
        whole.data = reinterpret_cast<const std::byte*>(values.data());
        return matrix(whole);
    }

    DeviceWeight matrix(const Weight& weight)
    {
        const std::uint64_t rowBytes = deviceRowBytes(weight.type, weight.columns);
        if (m_to)
            copy(weight, m_to + m_bytes, rowBytes);
        const std::byte* place = m_to ? m_place + m_bytes : nullptr;
        m_bytes += aligned(weight.rows * rowBytes);
        return {weight.type, weight.rows, weight.columns, rowBytes, place};
    }

    const float* vector(const std::vector<float>& values)
    {
        if (values.empty())
            return nullptr;
        const std::size_t at = m_floats.size();
        m_floats.insert(m_floats.end(), values.begin(), values.end());
        return m_vectors ? m_vectors + at : nullptr;
    }

    DeviceModel::HeldLayer layer(const LayerWeights& layer)
    {
        HeldLayer held{{vector(layer.attentionNorm), vector(layer.feedForwardNorm), vector(layer.queryNorm), vector(layer.keyNorm), matrix(layer.query),
                        matrix(layer.key), matrix(layer.value), matrix(layer.attentionOutput), matrix(layer.gate), matrix(layer.up), matrix(layer.down),
                        vector(layer.query.bias), vector(layer.key.bias), vector(layer.value.bias), vector(layer.attentionOutput.bias),
                        vector(layer.gate.bias), vector(layer.up.bias), vector(layer.down.bias)}, {}, {}};
        held.asking = held.reading;
        for (const auto& [weight, projection] : {std::pair(&held.asking.query, &layer.query), {&held.asking.key, &layer.key}, {&held.asking.value, &layer.value},
                                                 {&held.asking.attentionOutput, &layer.attentionOutput}, {&held.asking.gate, &layer.gate},
                                                 {&held.asking.up, &layer.up}, {&held.asking.down, &layer.down}})
            *weight = asked(*projection, *weight);
        return held;
    }

private:
    void copy(const Weight& weight, std::byte* to, std::uint64_t rowBytes)
    {
        if (m_onDevice && rowBytes == weight.rowBytes)
            return m_device.upload(to, weight.data, weight.rows * rowBytes);
        if (m_onDevice)
            return m_device.uploadRows(to, rowBytes, weight.data, weight.rowBytes, weight.rowBytes, weight.rows);
        for (std::uint64_t row = 0; row < weight.rows; ++row)
            std::memcpy(to + row * rowBytes, weight.data + row * weight.rowBytes, weight.rowBytes);
    }

    Device& m_device;
    std::uint64_t m_bytes = 0;
    std::vector<float> m_floats;
    std::byte* m_to = nullptr;            // null: counting
    std::byte* m_place = nullptr;
    bool m_onDevice = true;
    float* m_vectors = nullptr;
};

DeviceModel::DeviceModel(Device& device, const ModelConfig& config, const ModelWeights& weights, std::optional<std::uint32_t> resident, std::uint64_t besideBytes)
    : m_matrices(device), m_vectors(device)
{
    Loader counter(device);
    std::vector<std::uint64_t> layerBytes;
    for (const LayerWeights& layer : weights.layers) {
        counter.layer(layer);
        layerBytes.push_back(counter.takeMatrixBytes());
    }
    loadEnds(counter, weights);
    const std::uint64_t endBytes = counter.takeMatrixBytes(), otherBytes = endBytes + counter.vectorBytes(), room = device.freeMemory();
    if (!resident) {
        resident = cuda::residentLayers(layerBytes, otherBytes + besideBytes, room);
        if (!resident)
            throw OutOfDeviceMemory(otherBytes + besideBytes + LayerStream::kSlots * *std::ranges::max_element(layerBytes), room);
    }
    resident = std::min(*resident, config.layers);
    const bool streams = *resident + LayerStream::kSlots < config.layers; // else the slots would take as much as the layers
    m_streamedCount = streams ? config.layers - *resident : 0;

    std::uint64_t residentBytes = endBytes;
    std::vector<std::uint64_t> streamedBytes;
    for (std::uint32_t n = 0; n < config.layers; ++n) {
        if (isStreamed(n, config.layers, m_streamedCount))
            streamedBytes.push_back(layerBytes[n]);
        else
            residentBytes += layerBytes[n];
    }
    const std::uint64_t needed = residentBytes + counter.vectorBytes() + (streams ? LayerStream::kSlots * *std::ranges::max_element(streamedBytes) : 0);
    if (needed > room)
        throw OutOfDeviceMemory(needed, room);
    m_matrices.reserve(residentBytes);
    m_vectors.reserve(counter.vectorBytes() / sizeof(float));
    if (streams)
        m_stream = std::make_unique<LayerStream>(device, streamedBytes);

    Loader loader(device);
    loader.beginCopying(m_vectors.data());
    std::byte* at = m_matrices.data();
    std::size_t streamed = 0;
    for (std::uint32_t n = 0; n < config.layers; ++n) {
        if (isStreamed(n, config.layers, m_streamedCount)) {
            loader.copyTo(m_stream->home(streamed), m_stream->place(), false);
            m_layers.push_back(loader.layer(weights.layers[n]));
            m_layers.back().streamed = streamed++;
        } else {
            loader.copyTo(at, at, true);
            m_layers.push_back(loader.layer(weights.layers[n]));
            at += loader.takeMatrixBytes();
        }
    }
    loader.copyTo(at, at, true);
    loadEnds(loader, weights);
    loader.finish();
    device.wait(); // what was merged is gone from the host after this
}

void DeviceModel::loadEnds(Loader& loader, const ModelWeights& weights)
{
    m_embedding = loader.matrix(weights.embedding);
    const bool tied = weights.output.weight.data == weights.embedding.data && weights.output.adapters.empty();
    m_output = tied ? m_embedding : loader.matrix(weights.output);
    m_askedOutput = loader.asked(weights.output, m_output);
    m_outputBias = loader.vector(weights.output.bias);
    m_outputNorm = loader.vector(weights.outputNorm);
}

DeviceModel::Layer DeviceModel::enter(std::uint32_t n, PassKind kind)
{
    const HeldLayer& held = m_layers[n];
    Layer layer = kind == PassKind::Reading ? held.reading : held.asking;
    if (held.streamed) {
        const std::size_t behind = m_stream->enter(*held.streamed);
        for (DeviceWeight* weight : {&layer.query, &layer.key, &layer.value, &layer.attentionOutput, &layer.gate, &layer.up, &layer.down})
            weight->data += behind;
    }
    return layer;
}

void DeviceModel::leave()
{
    if (m_stream)
        m_stream->leave();
}

} // namespace octavo::cuda
