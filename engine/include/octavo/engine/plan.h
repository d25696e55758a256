// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "octavo/engine/kv_format.h"
#include "octavo/engine/result.h"

namespace octavo {

// How a sequence is folded, read and kept: tensorized, multi-hop, causal attention ("Long Sequence Modeling with Attention
// Tensorization", arXiv 2410.20926). With dims (m_1, …, m_N), coarsest first, and strides s_n = m_{n+1}·…·m_N, hop n
// attends along dimension n and its result replaces the values:
//
//   v_n[t] = Σ_{0 ≤ a < m_n, a·s_n ≤ t} softmax_a( q[t]·k[t − a·s_n] / √D + gate·[a = 0 and n < N] ) · v_{n−1}[t − a·s_n]
//
// A row is m_N tokens. One dimension (N = 1, dims {0}) is full causal attention: one row as long as the text.
// A plain value; const use from any thread.
struct ReadingPlan {
    std::vector<std::uint32_t> dims{0, 1024}; // 0 = as many as needed, allowed only first; the others 1…2^20
    float gate = 4.0f;                        // added to a token's own logit in every hop but the finest
    std::uint32_t sinks = 4;                  // first tokens, always visible to the finest hop; at most a row
    std::uint32_t squeeze = 64;               // far away, a row counts as row/squeeze positions (fewer if the text is very long)
    KvFormat kv{};                            // how keys and values are kept

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

    // Keys that one token far from the start attends to over all hops, of a text of `tokens`.
    std::uint64_t keysPerToken(std::uint64_t tokens) const;

    // Errors: InvalidArgument with the setting and its range.
    Result<void> check() const;

    std::string toString() const;             // "tensorized 0x1024 gate 4 sinks 4 squeeze 64 kv f16", "full kv f16": part of a reading's identity
    bool operator==(const ReadingPlan&) const = default;
};

} // namespace octavo
