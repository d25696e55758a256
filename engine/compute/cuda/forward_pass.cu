// SPDX-License-Identifier: Apache-2.0
#include "compute/cuda/forward_pass.h"

#include <algorithm>

#include "compute/cuda/token_kernels.cuh"

namespace octavo::cuda {

namespace {

constexpr std::size_t kLayersAhead = 2; // that are queued before the GPU has come up: enough to keep it busy, few enough to stop soon

unsigned threads(std::size_t count, std::size_t each = 256) { return static_cast<unsigned>((count + each - 1) / each); }

} // namespace

CudaForwardPass::CudaForwardPass(Device& device, Linear& linear, const Model& model, DeviceModel& weights, PassKind kind)
    : m_device(device), m_linear(linear), m_model(model), m_weights(weights), m_kind(kind), m_ids(device), m_x(device), m_normed(device), m_projected(device),
      m_attended(device), m_gateUp(device), m_active(device), m_states(device), m_logits(device), m_progress(device, kLayersAhead)
{
    m_weights.regainLayers(); // once for a reading or a conversation, whose keys and values are still to come
}

CudaForwardPass::~CudaForwardPass() = default;

std::uint64_t CudaForwardPass::bytesFor(const ModelConfig& config, std::uint64_t tokens)
{
    const std::uint64_t heads = std::uint64_t{config.heads} * config.headWidth, keysValues = std::uint64_t{2} * config.kvHeads * config.headWidth;
    const std::uint64_t halves = config.hidden + (heads + keysValues) + heads + std::uint64_t{3} * config.feedForward;
    return tokens * (halves * sizeof(__half) + 2 * config.hidden * sizeof(float));
}

void CudaForwardPass::norm(const float* weight, std::size_t count, __half* half, float* single)
{
    const ModelConfig& config = m_model.config();
    launch(m_device, rmsNorm, dim3(static_cast<unsigned>(count)), kNormThreads, sizeof(float) * kNormThreads / kWarp, m_x.data(), weight, config.hidden,
           config.normEpsilon, half, single);
}

void CudaForwardPass::addBias(const float* bias, std::size_t count, std::size_t width, float* single, __half* half, std::size_t rowLength)
{
    if (bias)
        launch(m_device, addBiasRows, dim3(threads(width), static_cast<unsigned>(count)), 256, 0, bias, static_cast<std::uint32_t>(width), single, half,
               static_cast<std::uint32_t>(rowLength));
}

ProjectedHeads CudaForwardPass::heads(const DeviceModel::Layer& layer) const
{
    const ModelConfig& config = m_model.config();
    const bool interleave = config.rope.pairing == RopeSettings::Pairing::Halves;
    return {m_projected.data(), {layer.queryBias, layer.queryNorm, config.normEpsilon, interleave}, {layer.keyBias, layer.keyNorm, config.normEpsilon, interleave},
            layer.valueBias};
}

bool CudaForwardPass::run(std::span<const TokenId> ids, LayerAttention& attention, std::stop_token stop)
{
    const ModelConfig& config = m_model.config();
    DeviceAttention& layers = dynamic_cast<DeviceAttention&>(attention);
    const std::size_t count = ids.size();
    m_x.reserve(count * config.hidden);
    m_normed.reserve(count * config.hidden);
    m_projected.reserve(count * (config.heads + 2 * config.kvHeads) * config.headWidth);
    m_attended.reserve(count * config.heads * config.headWidth);
    m_gateUp.reserve(count * 2 * config.feedForward);
    m_active.reserve(count * config.feedForward);
    m_states.reserve(count * config.hidden);
    m_count = m_homeFrom = count;

    m_ids.fill(ids);
    const std::uint64_t key = count == 1 && m_device.keepsLaunches() && m_weights.residentLayers() == config.layers ? launchKey(layers) : 0;
    if (key != 0 && key == m_lastKey) {
        if (!m_kept || m_keptKey != key) {
            m_kept = std::make_unique<KeptLaunches>(m_device, [&] { runLayers(count, layers, {}, false); });
            m_keptKey = key;
        }
        m_kept->queue();
    } else {
        runLayers(count, layers, stop, true);
    }
    m_lastKey = key;
    if (stop.stop_requested()) {
        m_device.wait();
        return false;
    }
    hidden(count - 1);
    return true;
}

std::uint64_t CudaForwardPass::launchKey(const DeviceAttention& attention) const
{
    const std::uint64_t key = attention.launchKey();
    if (key == 0)
        return 0;
    return LaunchKey().add(key).add(m_weights.moves()).add(m_ids.data()).add(m_x.data()).add(m_normed.data()).add(m_projected.data()).add(m_attended.data()).add(m_gateUp.data())
        .add(m_active.data()).add(m_states.data()).value();
}

// `pause`: after every few layers, until the GPU has come up.
void CudaForwardPass::runLayers(std::size_t count, DeviceAttention& attention, const std::stop_token& stop, bool pause)
{
    m_linear.embed(m_weights.embedding(), m_ids.data(), count, m_x.data());
    for (std::uint32_t layer = 0; layer < m_model.config().layers && !stop.stop_requested(); ++layer) {
        if (pause)
            m_progress.wait();
        runLayer(layer, count, attention);
        if (pause)
            m_progress.add();
    }
    norm(m_weights.outputNorm(), count, nullptr, m_states.data());
}

void CudaForwardPass::runLayer(std::uint32_t n, std::size_t count, DeviceAttention& attention)
{
    const ModelConfig& config = m_model.config();
    const DeviceModel::Layer layer = m_weights.enter(n, m_kind);
    const DeviceWeight projections[] = {layer.query, layer.key, layer.value}, gates[] = {layer.gate, layer.up};
    const bool few = count <= Linear::kFewRows;
    const bool fused = few && !layer.gateBias && !layer.upBias && layer.gate.type == layer.up.type;

    if (few) {
        m_linear.fewNormed(projections, m_x.data(), layer.attentionNorm, config.normEpsilon, count, m_projected.data());
    } else {
        norm(layer.attentionNorm, count, m_normed.data(), nullptr);
        m_linear.many(projections, m_normed.data(), count, m_projected.data());
    }
    attention.attend(n, heads(layer), m_attended.data());
    const auto addTo = [&](const DeviceWeight& weight, const __half* x) {
        few ? m_linear.fewAdd(weight, x, count, m_x.data()) : m_linear.manyFloat(weight, x, count, m_x.data(), true);
    };
    addTo(layer.attentionOutput, m_attended.data());
    addBias(layer.attentionOutputBias, count, config.hidden, m_x.data(), nullptr, config.hidden);

    if (fused) {
        m_linear.fewGated(layer.gate, layer.up, m_x.data(), layer.feedForwardNorm, config.normEpsilon, count, m_active.data());
    } else {
        if (few) {
            m_linear.fewNormed(gates, m_x.data(), layer.feedForwardNorm, config.normEpsilon, count, m_gateUp.data());
        } else {
            norm(layer.feedForwardNorm, count, m_normed.data(), nullptr);
            m_linear.many(gates, m_normed.data(), count, m_gateUp.data());
        }
        addBias(layer.gateBias, count, config.feedForward, nullptr, m_gateUp.data(), 2 * config.feedForward);
        addBias(layer.upBias, count, config.feedForward, nullptr, m_gateUp.data() + config.feedForward, 2 * config.feedForward);
        launch(m_device, siluMultiply, dim3(threads(config.feedForward, 8 * 256), static_cast<unsigned>(count)), 256, 0, m_gateUp.data(), config.feedForward,
               m_active.data());
    }
    addTo(layer.down, m_active.data());
    addBias(layer.downBias, count, config.hidden, m_x.data(), nullptr, config.hidden);
    m_weights.leave();
}

// As a rule only the last state is wanted; the others come home together when one of them is.
const float* CudaForwardPass::hidden(std::size_t token)
{
    const std::size_t width = m_model.config().hidden;
    if (token < m_homeFrom) {
        m_homeFrom = token + 1 == m_count ? token : 0;
        m_home.resize(m_count * width);
        m_device.download(m_home.data() + m_homeFrom * width, m_states.data() + m_homeFrom * width, (m_count - m_homeFrom) * width * sizeof(float));
    }
    return m_home.data() + token * width;
}

std::vector<float> CudaForwardPass::logits(const float* hidden, std::size_t count, std::stop_token)
{
    const ModelConfig& config = m_model.config();
    std::vector<__half> states(count * config.hidden);
    std::transform(hidden, hidden + states.size(), states.begin(), [](float x) { return __float2half(clampToHalf(x)); });
    m_logits.reserve(count * config.vocabulary);
    const __half* x = m_normed.fill(states);
    if (count <= Linear::kFewRows)
        m_linear.fewExact(m_weights.output(m_kind), x, count, m_logits.data());
    else
        m_linear.manyFloat(m_weights.output(m_kind), x, count, m_logits.data(), false);
    addBias(m_weights.outputBias(), count, config.vocabulary, m_logits.data(), nullptr, config.vocabulary);
    std::vector<float> result(count * config.vocabulary);
    m_device.download(result.data(), m_logits.data(), result.size() * sizeof(float));
    return result;
}

} // namespace octavo::cuda
