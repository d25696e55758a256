// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <stop_token>
#include <vector>

#include "compute/backend.h"
#include "octavo/engine/reading.h"

namespace octavo {

// A forward pass of a model on one device, and what its states foresee. Threads and lifetime: as ForwardPass.
class Forward {
public:
    Forward(const Model& model, Backend& backend, PassKind kind);

    // As ForwardPass.
    bool run(std::span<const TokenId> ids, LayerAttention& attention, std::stop_token stop) { return m_pass->run(ids, attention, stop); }
    const float* hidden(std::size_t token) { return m_pass->hidden(token); }
    std::vector<float> logits(const float* hidden, std::size_t count, std::stop_token stop) { return m_pass->logits(hidden, count, stop); }

    // Scores the tokens of the last run() from index `from` on and adds them to `scores`. Token n is foreseen by the state of token n − 1; the
    // first by `previous`, the state before the run, unless that is empty.
    void scoreRun(std::span<const TokenId> ids, std::size_t from, std::span<const float> previous, std::stop_token stop,
                  std::vector<TokenScore>& scores);

private:
    // Scores `next[n]` as what follows hidden state n.
    void score(const float* hidden, std::span<const TokenId> next, std::stop_token stop, std::vector<TokenScore>& scores);

    const Model& m_model;
    std::unique_ptr<ForwardPass> m_pass;
};

// Null if every id is in the vocabulary, else the failure.
std::optional<Error> checkIds(const Model& model, std::span<const TokenId> ids);

} // namespace octavo
