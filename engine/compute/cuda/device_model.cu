// SPDX-License-Identifier: Apache-2.0
#include "compute/cuda/device_model.h"

#include <algorithm>
#include <cstring>
#include <mutex>
#include <ranges>
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

// `weight` so many bytes further on.
DeviceWeight at(DeviceWeight weight, std::uintptr_t bytes)
{
    weight.data = reinterpret_cast<const std::byte*>(reinterpret_cast<std::uintptr_t>(weight.data) + bytes);
    return weight;
}

DeviceWeight at(const DeviceWeight& weight, const std::byte* begin) { return at(weight, reinterpret_cast<std::uintptr_t>(begin)); }

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

    // Matrices go to `to`, one behind the other, in the device's memory or the host's.
    void copyTo(std::byte* to, bool onDevice)
    {
        m_to = to;
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
        const DeviceWeight placed = at({weight.type, weight.rows, weight.columns, rowBytes, nullptr}, m_bytes);
        m_bytes += aligned(weight.rows * rowBytes);
        return placed;
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
                        vector(layer.gate.bias), vector(layer.up.bias), vector(layer.down.bias)}, {}, 0, DeviceArray<std::byte>(m_device)};
        held.asking = held.reading;
        for (const auto& [weight, projection] : {std::pair(&held.asking.query, &layer.query), {&held.asking.key, &layer.key}, {&held.asking.value, &layer.value},
                                                 {&held.asking.attentionOutput, &layer.attentionOutput}, {&held.asking.gate, &layer.gate},
                                                 {&held.asking.up, &layer.up}, {&held.asking.down, &layer.down}})
            *weight = asked(*projection, *weight);
        held.bytes = m_bytes;
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
    bool m_onDevice = true;
    float* m_vectors = nullptr;
};

DeviceModel::DeviceModel(Device& device, const ModelConfig& config, const ModelWeights& weights, std::optional<std::uint32_t> resident, std::uint64_t besideBytes)
    : m_device(device), m_besideBytes(besideBytes), m_isFixed(resident.has_value()), m_ends(device), m_vectors(device)
{
    Loader counter(device);
    std::vector<std::uint64_t> layerBytes;
    for (const LayerWeights& layer : weights.layers) {
        counter.layer(layer);
        layerBytes.push_back(counter.takeMatrixBytes());
    }
    loadEnds(counter, weights);
    const std::uint64_t endBytes = counter.takeMatrixBytes(), otherBytes = endBytes + counter.vectorBytes();
    const std::uint64_t room = device.freeMemory() + device.roomToMake(); // a model that is there already is about to go, as a rule
    m_slotBytes = *std::ranges::max_element(layerBytes);
    if (!resident) {
        resident = cuda::residentLayers(layerBytes, otherBytes + besideBytes, room);
        if (!resident)
            throw OutOfDeviceMemory(otherBytes + besideBytes + LayerStream::kSlots * m_slotBytes, room);
    }
    const std::vector<bool> isStreamed = streamedLayers(config.layers, *resident);
    std::uint64_t needed = otherBytes + (std::ranges::count(isStreamed, true) ? LayerStream::kSlots * m_slotBytes : 0);
    for (std::uint32_t n = 0; n < config.layers; ++n)
        needed += isStreamed[n] ? 0 : layerBytes[n];
    if (needed > room)
        throw OutOfDeviceMemory(needed, room);

    m_stream = std::make_unique<LayerStream>(device, config.layers, m_slotBytes);
    m_ends.reserve(endBytes);
    m_vectors.reserve(counter.vectorBytes() / sizeof(float));
    Loader loader(device);
    loader.beginCopying(m_vectors.data());
    for (std::uint32_t n = 0; n < config.layers; ++n) {
        DeviceArray<std::byte> place(device);
        std::unique_ptr<StagingBuffer> home;
        if (isStreamed[n]) {
            home = std::make_unique<StagingBuffer>(device, layerBytes[n]);
            loader.copyTo(home->data(), false);
        } else {
            place.reserve(layerBytes[n]);
            loader.copyTo(place.data(), true);
        }
        m_layers.push_back(loader.layer(weights.layers[n]));
        m_layers.back().place = std::move(place);
        if (home)
            m_stream->take(n, std::move(home));
    }
    loader.copyTo(m_ends.data(), true);
    loadEnds(loader, weights);
    for (DeviceWeight* weight : {&m_embedding, &m_output, &m_askedOutput})
        *weight = at(*weight, m_ends.data());
    loader.finish();
    device.wait(); // what was merged is gone from the host after this
    m_device.add(*this);
}

DeviceModel::~DeviceModel() { m_device.remove(*this); }

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
    const std::scoped_lock lock(m_device.roomMutex());
    leave();
    const HeldLayer& held = m_layers[n];
    const std::byte* begin = m_stream->has(n) ? m_stream->enter(n) : held.place.data();
    m_entered = n;
    Layer layer = kind == PassKind::Reading ? held.reading : held.asking;
    for (DeviceWeight* weight : {&layer.query, &layer.key, &layer.value, &layer.attentionOutput, &layer.gate, &layer.up, &layer.down})
        *weight = at(*weight, begin);
    return layer;
}

void DeviceModel::leave()
{
    const std::scoped_lock lock(m_device.roomMutex());
    m_stream->leave();
    m_entered.reset();
}

std::uint64_t DeviceModel::roomToMake() const
{
    if (m_isFixed || m_layers.size() <= LayerStream::kSlots)
        return 0;
    std::uint64_t bytes = 0;
    for (const HeldLayer& layer : m_layers)
        bytes += layer.place.size();
    const std::uint64_t slots = m_stream->count() > 0 ? 0 : LayerStream::kSlots * m_slotBytes;
    return bytes - std::min(bytes, slots);
}

bool DeviceModel::makeRoom(std::size_t bytes)
{
    if (roomToMake() == 0)
        return false;
    const std::uint64_t wanted = bytes + (m_stream->count() > 0 ? 0 : LayerStream::kSlots * m_slotBytes);
    std::uint64_t freed = 0;
    try {
        for (const std::uint32_t n : streamingOrder(static_cast<std::uint32_t>(m_layers.size()))) {
            if (m_stream->has(n) || n == m_entered)
                continue;
            HeldLayer& layer = m_layers[n];
            auto home = std::make_unique<StagingBuffer>(m_device, layer.bytes);
            m_device.download(home->data(), layer.place.data(), layer.bytes);
            layer.place = DeviceArray<std::byte>(m_device);
            m_stream->take(n, std::move(home));
            ++m_moves;
            freed += layer.bytes;
            if (freed >= wanted)
                break;
        }
        m_stream->openSlots(); // before whoever asked takes what is free
    } catch (const std::bad_alloc&) { // of the host's memory, or the slots': enter() will say so
    }
    return freed > 0;
}

void DeviceModel::regainLayers()
{
    const std::scoped_lock lock(m_device.roomMutex());
    if (m_isFixed || m_entered)
        return;
    for (const std::uint32_t n : std::views::reverse(streamingOrder(static_cast<std::uint32_t>(m_layers.size())))) {
        if (!m_stream->has(n))
            continue;
        if (m_device.freeMemory() < m_besideBytes + m_layers[n].bytes)
            return;
        DeviceArray<std::byte> place(m_device, m_layers[n].bytes);
        const std::unique_ptr<StagingBuffer> home = m_stream->giveBack(n);
        m_device.upload(place.data(), home->data(), home->size());
        m_device.wait();
        m_layers[n].place = std::move(place);
        ++m_moves;
    }
}

} // namespace octavo::cuda
