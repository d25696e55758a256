// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "compute/cpu/cpu_backend.h"
#include "model/weights.h"
#include "octavo/engine/model.h"

namespace octavo::cpu {

// A pass of float states; `attention` is a HostAttention.
class CpuForwardPass final : public ForwardPass {
public:
    CpuForwardPass(const Model& model, CpuBackend& backend, PassKind kind);

    bool run(std::span<const TokenId> ids, LayerAttention& attention, std::stop_token stop) override;
    const float* hidden(std::size_t token) override { return m_hidden.data() + token * m_model.config().hidden; }
    std::vector<float> logits(const float* hidden, std::size_t count, std::stop_token stop) override;

private:
    struct Projected {
        const Projection* projection;
        float* y;                 // [count][rows]
        bool accumulate = false;  // add to what y holds
    };
    // Several projections of one x [count][columns].
    void project(std::initializer_list<Projected> outputs, const float* x, std::size_t count, RowOrder order, const std::stop_token& stop);

    const Model& m_model;
    CpuBackend& m_backend;
    PassKind m_kind;
    std::vector<float> m_x;       // [count][hidden], the residual stream
    std::vector<float> m_hidden;  // [count][hidden]
    std::vector<float> m_q;       // [count][heads·headWidth]
    std::vector<float> m_k;       // [count][kvHeads·headWidth]
    std::vector<float> m_v;
    std::vector<float> m_attended;// [count][heads·headWidth]
    std::vector<float> m_gate;    // [count][feedForward]
    std::vector<float> m_up;
};

} // namespace octavo::cpu
