// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "attention/rotary.h"
#include "octavo/engine/plan.h"

namespace octavo::oracle {

// Queries [T][H·D], keys and values [T][G·D] of one layer, before rotation, and what positions need.
struct Input {
    std::uint32_t heads = 0, kvHeads = 0, headWidth = 0;
    std::uint64_t tokens = 0;
    std::vector<float> q, k, v;
    double ropeBase = 10000;
    double scoreFactor = 1;              // AttentionShape::scoreFactor
    std::vector<float> gates;            // [head], instead of the plan's gate; empty: none
    std::uint64_t context = 8192;        // trained context
    std::uint64_t plannedTokens = 0;
};

// The formulas of ReadingPlan and Asking written down one by one in double precision, key by key: what every fast kernel is held
// against. Cost: T² and worse. Results are [T][H·D].
std::vector<double> read(const Input& input, const ReadingPlan& plan);

// As read() up to token `firstAsked`; the tokens from there on attend exactly.
std::vector<double> ask(const Input& input, const ReadingPlan& plan, std::uint64_t firstAsked);

} // namespace octavo::oracle
