// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "octavo/engine/kv_format.h"
#include "octavo/engine/result.h"

namespace octavo {

// Layers that read otherwise: in one hop, over the last `reach` tokens at their true distances, and the sinks. A few layers of a model do most of the looking
// back; where they see four rows instead of one, most of what reading by rows loses against full attention is won back (docs/quality.md).
struct WideLayers {
    std::uint32_t reach = 0;                  // tokens, at least a row; 0: there are no such layers
    std::vector<std::uint32_t> layers;        // ascending

    bool contains(std::uint32_t layer) const;
    // "4096@17,18,20,23"; empty without layers.
    std::string toString() const;
    // Errors: InvalidArgument where `text` is not of that form.
    static Result<WideLayers> parse(const std::string& text);
    bool operator==(const WideLayers&) const = default;
};

// How a sequence is folded, read and kept: tensorized, multi-hop, causal attention ("Long Sequence Modeling with Attention
// Tensorization", arXiv 2410.20926). With dims (m_1, …, m_N), coarsest first, and strides s_n = m_{n+1}·…·m_N, hop n
// attends along dimension n and its result replaces the values:
//
//   v_n[t] = Σ_{0 ≤ a < m_n, a·s_n ≤ t} softmax_a( q[t]·k[t − a·s_n] / √D + gate·[a = 0 and n < N] ) · v_{n−1}[t − a·s_n]
//
// A row is m_N tokens. One dimension (N = 1) with dims {0} is full causal attention, one row as long as the text; with dims {m} it is a window.
// A plain value; const use from any thread.
struct ReadingPlan {
    std::vector<std::uint32_t> dims{0, 1024}; // 0 = as many as needed, allowed only first; the others 1…2^20
    float gate = 6.0f;                        // added to a token's own logit in every hop but the finest; 4 costs an unadapted model 0.01 to 0.03 nats more
    std::uint32_t sinks = 4;                  // first tokens, always visible to the finest hop; at most a row
    std::uint32_t squeeze = 64;               // far away, a row counts as row/squeeze positions (fewer if the text is very long)
    KvFormat kv{};                            // how keys and values are kept
    WideLayers wide{};                        // only with two dimensions or more

    static ReadingPlan full() { return {{0}, 0.0f, 0, 64, {}}; }

    bool isFull() const { return dims.size() == 1; }
    std::uint32_t hops() const { return static_cast<std::uint32_t>(dims.size()); }

    // Tokens per row, m_N; for full attention the whole planned text.
    std::uint64_t row(std::uint64_t plannedTokens) const;

    // Stride s_n of hop n (0-based, coarse to fine) in tokens; the last is 1.
    std::uint64_t stride(std::uint32_t hop) const;

    // Positions c that a whole far row counts: min(row/squeeze, (context − 2·row)/rows), at least 1. `context` is the
    // trained context in tokens. Fixed when a reading is planned, with room for the conversation in plannedTokens.
    std::uint64_t rowStep(std::uint64_t plannedTokens, std::uint64_t context) const;

    // Keys that one token far from the start attends to over all hops, of a text of `tokens`, in a layer that is not wide.
    std::uint64_t keysPerToken(std::uint64_t tokens) const;

    // The attention of the wide layers by itself: one dimension of their reach.
    ReadingPlan ofWideLayers() const;

    // Errors: InvalidArgument with the setting and its range.
    Result<void> check() const;

    std::string toString() const;             // "tensorized 0x1024 wide 4096@17,18 gate 6 sinks 4 squeeze 64 kv f16", "full kv f16": part of a reading's identity
    bool operator==(const ReadingPlan&) const = default;
};

} // namespace octavo
