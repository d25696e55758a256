// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <stop_token>
#include <vector>

#include "compute/backend.h"
#include "octavo/engine/reading.h"

namespace octavo {

// A Llama's forward pass over a few hundred tokens at a time; what attention looks at is the caller's choice.
// Threads: one at a time. Lifetime: the model outlives it. Memory: scratch of the widest chunk seen.
class Forward {
public:
    explicit Forward(const Model& model);

    // Runs all layers; hidden() then holds the final, normed states [ids.size()][hidden]. False if stopped: the result is undefined.
    bool run(std::span<const TokenId> ids, LayerAttention& attention, RowOrder order, std::stop_token stop);

    const float* hidden(std::size_t token) const { return m_hidden.data() + token * m_model.config().hidden; }

    // Logits [count][vocabulary] of hidden states [count][hidden].
    std::vector<float> logits(const float* hidden, std::size_t count, std::stop_token stop) const;

    // Scores the tokens of the last run() from index `from` on and adds them to `scores`. Token n is foreseen by the state of token n − 1; the
    // first by `previous`, the state before the run, unless that is empty.
    void scoreRun(std::span<const TokenId> ids, std::size_t from, std::span<const float> previous, std::stop_token stop,
                  std::vector<TokenScore>& scores) const;

private:
    // Scores `next[n]` as what follows hidden state n.
    void score(const float* hidden, std::span<const TokenId> next, std::stop_token stop, std::vector<TokenScore>& scores) const;

    const Model& m_model;
    std::vector<float> m_x;       // [count][hidden], the residual stream
    std::vector<float> m_hidden;  // [count][hidden]
    std::vector<float> m_q;       // [count][heads·headWidth]
    std::vector<float> m_k;       // [count][kvHeads·headWidth]
    std::vector<float> m_v;
    std::vector<float> m_attended;// [count][heads·headWidth]
    std::vector<float> m_gate;    // [count][feedForward]
    std::vector<float> m_up;
};

// Null if every id is in the vocabulary, else the failure.
std::optional<Error> checkIds(const Model& model, std::span<const TokenId> ids);

} // namespace octavo
