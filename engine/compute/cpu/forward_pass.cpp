// SPDX-License-Identifier: Apache-2.0
#include "compute/cpu/forward_pass.h"

#include "compute/cpu/host_attention.h"

namespace octavo::cpu {

CpuForwardPass::CpuForwardPass(const Model& model, CpuBackend& backend, PassKind kind) : m_model(model), m_backend(backend), m_kind(kind) {}

void CpuForwardPass::project(std::initializer_list<Projected> outputs, const float* x, std::size_t count, RowOrder order, const std::stop_token& stop)
{
    std::vector<LinearProduct> products;
    for (const auto& [projection, y, accumulate] : outputs)
        products.push_back({&projection->weight, y, accumulate});
    m_backend.linear(products, x, count, order, stop);
    for (const auto& [projection, y, accumulate] : outputs) {
        if (!projection->bias.empty())
            m_backend.addBias(projection->bias.data(), count, projection->weight.rows, y);
        for (const LowRank& adapter : projection->adapters) {
            if (adapter.appliesTo(m_kind))
                m_backend.addLowRank(adapter, x, count, order, y, stop);
        }
    }
}

bool CpuForwardPass::run(std::span<const TokenId> ids, LayerAttention& attention, std::stop_token stop)
{
    const ModelConfig& config = m_model.config();
    const ModelWeights& weights = m_model.weights();
    HostAttention& layers = dynamic_cast<HostAttention&>(attention);
    const RowOrder order = m_kind == PassKind::Reading ? RowOrder::SameForAnyCount : RowOrder::Fastest;
    const std::size_t count = ids.size();
    const std::size_t wide = static_cast<std::size_t>(config.heads) * config.headWidth;
    const std::size_t narrow = static_cast<std::size_t>(config.kvHeads) * config.headWidth;
    m_x.resize(count * config.hidden);
    m_hidden.resize(count * config.hidden);
    m_q.resize(count * wide);
    m_k.resize(count * narrow);
    m_v.resize(count * narrow);
    m_attended.resize(count * wide);
    m_gate.resize(count * config.feedForward);
    m_up.resize(count * config.feedForward);
    const auto arrangement = [&config](const std::vector<float>& norm) {
        return HeadArrangement{norm.empty() ? nullptr : norm.data(), config.normEpsilon, config.rope.pairing == RopeSettings::Pairing::Halves};
    };

    m_backend.embed(weights.embedding, ids, m_x.data());
    for (std::uint32_t n = 0; n < config.layers && !stop.stop_requested(); ++n) {
        const LayerWeights& layer = weights.layers[n];
        m_backend.rmsNorm(m_x.data(), layer.attentionNorm.data(), count, config.hidden, config.normEpsilon, m_hidden.data());
        project({{&layer.query, m_q.data()}, {&layer.key, m_k.data()}, {&layer.value, m_v.data()}}, m_hidden.data(), count, order, stop);
        m_backend.arrangeHeads(m_q.data(), count, config.heads, config.headWidth, arrangement(layer.queryNorm));
        m_backend.arrangeHeads(m_k.data(), count, config.kvHeads, config.headWidth, arrangement(layer.keyNorm));
        layers.attend(n, m_q.data(), m_k.data(), m_v.data(), m_attended.data(), stop);
        project({{&layer.attentionOutput, m_x.data(), true}}, m_attended.data(), count, order, stop);

        m_backend.rmsNorm(m_x.data(), layer.feedForwardNorm.data(), count, config.hidden, config.normEpsilon, m_hidden.data());
        project({{&layer.gate, m_gate.data()}, {&layer.up, m_up.data()}}, m_hidden.data(), count, order, stop);
        m_backend.siluMultiply(m_gate.data(), m_up.data(), count * config.feedForward);
        project({{&layer.down, m_x.data(), true}}, m_gate.data(), count, order, stop);
    }
    m_backend.rmsNorm(m_x.data(), weights.outputNorm.data(), count, config.hidden, config.normEpsilon, m_hidden.data());
    return !stop.stop_requested();
}

std::vector<float> CpuForwardPass::logits(const float* hidden, std::size_t count, std::stop_token stop)
{
    std::vector<float> result(count * m_model.config().vocabulary);
    project({{&m_model.weights().output, result.data()}}, hidden, count, RowOrder::Fastest, stop);
    return result;
}

} // namespace octavo::cpu
