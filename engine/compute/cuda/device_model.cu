// SPDX-License-Identifier: Apache-2.0
#include "compute/cuda/device_model.h"

#include <algorithm>

#include "compute/cpu/kernels.h"
#include "compute/cuda/device.cuh"

namespace octavo::cuda {

namespace {

constexpr std::uint64_t kAlignment = 256;

std::uint64_t aligned(std::uint64_t bytes) { return (bytes + kAlignment - 1) / kAlignment * kAlignment; }

bool applies(const LowRank& adapter, PassKind kind) { return !adapter.forAsking || kind == PassKind::Asking; }

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
            for (std::uint64_t rank = 0; applies(adapter, kind) && rank < adapter.down.rows; ++rank) {
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

    // Once everything was counted.
    void allocate(DeviceModel& model)
    {
        const std::uint64_t needed = m_bytes + m_floats.size() * sizeof(float), room = m_device.freeMemory();
        if (needed > room)
            throw OutOfDeviceMemory(needed, room);
        model.m_matrices.reserve(m_bytes);
        model.m_vectors.reserve(m_floats.size());
        m_matrices = model.m_matrices.data();
        m_vectors = model.m_vectors.data();
        m_bytes = 0;
        m_floats.clear();
    }
    void finish() { m_device.upload(m_vectors, m_floats.data(), m_floats.size() * sizeof(float)); }

    // For asking, where an adapter is for that alone; else what reading has.
    DeviceWeight asked(const Projection& projection, const DeviceWeight& read)
    {
        const bool differs = std::ranges::any_of(projection.adapters, &LowRank::forAsking);
        return differs ? matrix(projection, PassKind::Asking) : read;
    }

    DeviceWeight matrix(const Projection& projection, PassKind kind = PassKind::Reading)
    {
        if (std::ranges::none_of(projection.adapters, [kind](const LowRank& adapter) { return applies(adapter, kind); }))
            return matrix(projection.weight);
        const Weight plain{GgmlType::F16, projection.weight.rows, projection.weight.columns, nullptr, projection.weight.columns * sizeof(__half)};
        if (!m_matrices)
            return matrix(plain);
        const std::vector<__half> values = merged(projection, kind);
        Weight whole = plain;
        whole.data = reinterpret_cast<const std::byte*>(values.data());
        return matrix(whole);
    }

    DeviceWeight matrix(const Weight& weight)
    {
        const std::uint64_t rowBytes = deviceRowBytes(weight.type, weight.columns);
        std::byte* to = m_matrices ? m_matrices + m_bytes : nullptr;
        m_bytes += aligned(weight.rows * rowBytes);
        if (to && rowBytes == weight.rowBytes)
            m_device.upload(to, weight.data, weight.rows * rowBytes);
        else if (to)
            m_device.uploadRows(to, rowBytes, weight.data, weight.rowBytes, weight.rowBytes, weight.rows);
        return {weight.type, weight.rows, weight.columns, rowBytes, to};
    }

    const float* vector(const std::vector<float>& values)
    {
        if (values.empty())
            return nullptr;
        const std::size_t at = m_floats.size();
        m_floats.insert(m_floats.end(), values.begin(), values.end());
        return m_vectors ? m_vectors + at : nullptr;
    }

private:
    Device& m_device;
    std::uint64_t m_bytes = 0;
    std::vector<float> m_floats;
    std::byte* m_matrices = nullptr;      // null: counting
    float* m_vectors = nullptr;
};

DeviceModel::DeviceModel(Device& device, const ModelConfig& config, const ModelWeights& weights) : m_matrices(device), m_vectors(device)
{
    Loader loader(device);
    const auto load = [&] {
        m_layers.clear();
        m_askedLayers.clear();
        for (std::uint32_t n = 0; n < config.layers; ++n) {
            const LayerWeights& layer = weights.layers[n];
            m_layers.push_back({loader.vector(layer.attentionNorm), loader.vector(layer.feedForwardNorm), loader.vector(layer.queryNorm),
                                loader.vector(layer.keyNorm), loader.matrix(layer.query), loader.matrix(layer.key), loader.matrix(layer.value),
                                loader.matrix(layer.attentionOutput), loader.matrix(layer.gate), loader.matrix(layer.up), loader.matrix(layer.down),
                                loader.vector(layer.query.bias), loader.vector(layer.key.bias), loader.vector(layer.value.bias),
                                loader.vector(layer.attentionOutput.bias), loader.vector(layer.gate.bias), loader.vector(layer.up.bias),
                                loader.vector(layer.down.bias)});
            DeviceModel::Layer asked = m_layers.back();
            for (const auto& [weight, projection] : {std::pair(&asked.query, &layer.query), {&asked.key, &layer.key}, {&asked.value, &layer.value},
                                                     {&asked.attentionOutput, &layer.attentionOutput}, {&asked.gate, &layer.gate}, {&asked.up, &layer.up},
                                                     {&asked.down, &layer.down}})
                *weight = loader.asked(*projection, *weight);
            m_askedLayers.push_back(asked);
        }
        m_embedding = loader.matrix(weights.embedding);
        const bool tied = weights.output.weight.data == weights.embedding.data && weights.output.adapters.empty();
        m_output = tied ? m_embedding : loader.matrix(weights.output);
        m_askedOutput = loader.asked(weights.output, m_output);
        m_outputBias = loader.vector(weights.output.bias);
        m_outputNorm = loader.vector(weights.outputNorm);
    };
    load();
    loader.allocate(*this);
    load();
    loader.finish();
    device.wait(); // what was merged is gone from the host after this
}

} // namespace octavo::cuda
