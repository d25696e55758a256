// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "compute/cuda/device_attention.h"
#include "compute/cuda/device_model.h"
#include "octavo/engine/model.h"

namespace octavo::cuda {

// A pass of half-precision activations around a float residual stream, queued a few layers ahead of the GPU. Few tokens are multiplied straight from
// the weights' blocks, norms and the gate's product fused in; many go through cuBLASLt. Attention is a DeviceAttention. The launches of single tokens are
// kept as a graph for as long as they stay the same.
class CudaForwardPass final : public ForwardPass {
public:
    CudaForwardPass(Device& device, Linear& linear, const Model& model, DeviceModel& weights, PassKind kind);
    ~CudaForwardPass() override;

    // Of the device's memory, for passes of so many tokens, without attention.
    static std::uint64_t bytesFor(const ModelConfig& config, std::uint64_t tokens);

    bool run(std::span<const TokenId> ids, LayerAttention& attention, std::stop_token stop) override;
    const float* hidden(std::size_t token) override;
    std::vector<float> logits(const float* hidden, std::size_t count, std::stop_token stop) override;

private:
    std::uint64_t launchKey(const DeviceAttention& attention) const;
    void runLayers(std::size_t count, DeviceAttention& attention, const std::stop_token& stop, bool pause);
    void runLayer(std::uint32_t layer, std::size_t count, DeviceAttention& attention);
    void norm(const float* weight, std::size_t count, __half* half, float* single);
    void addBias(const float* bias, std::size_t count, std::size_t width, float* single, __half* half, std::size_t rowLength);
    ProjectedHeads heads(const DeviceModel::Layer& layer) const;

    Device& m_device;
    Linear& m_linear;
    const Model& m_model;
    DeviceModel& m_weights;
    PassKind m_kind;
    DeviceArray<TokenId> m_ids;
    DeviceArray<float> m_x;               // [count][hidden], the residual stream
    DeviceArray<__half> m_normed;         // [count][hidden]
    DeviceArray<__half> m_projected;      // [count][(heads + 2·kvHeads)·headWidth]
    DeviceArray<__half> m_attended;       // [count][heads·headWidth]
    DeviceArray<__half> m_gateUp;         // [count][2·feedForward]
    DeviceArray<__half> m_active;         // [count][feedForward]
    DeviceArray<float> m_states;          // [count][hidden], normed
    DeviceArray<float> m_logits;          // [count][vocabulary]
    std::vector<float> m_home;            // m_states, as far as somebody asked for it
    std::size_t m_count = 0;
    std::size_t m_homeFrom = 0;           // the first token that m_home has
    Checkpoints m_progress;
    std::unique_ptr<KeptLaunches> m_kept; // of one token
    std::uint64_t m_keptKey = 0, m_lastKey = 0;
};

} // namespace octavo::cuda
