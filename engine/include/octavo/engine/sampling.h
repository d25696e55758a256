// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <random>
#include <span>
#include <vector>

#include "octavo/engine/tokenizer.h"

namespace octavo {

struct SamplingSettings {
    float temperature = 0.0f;        // 0 = greedy: always the most likely token
    std::uint32_t topK = 40;         // keep the k most likely; 0 = all
    float topP = 0.95f;              // keep the smallest set with this much probability, (0, 1]
    float minP = 0.05f;              // drop what is less likely than this share of the most likely, [0, 1)
    float repetitionPenalty = 1.0f;  // ≥ 1; divides positive and multiplies negative logits of recent tokens (Keskar et al. 2019)
    std::uint32_t penaltyWindow = 64;// how many last tokens count as recent
    std::uint64_t seed = 0;
};

// Picks the next token. The same seed, settings and logits give the same tokens.
// Threads: one at a time.
class Sampler {
public:
    explicit Sampler(const SamplingSettings& settings) : m_settings(settings), m_random(settings.seed) {}

    // `logits`, one per vocabulary entry, is used as scratch. Filters apply in the order penalty, top-k, temperature, top-p, min-p.
    // What is no number (NaN, of a broken model) is never picked while there are others.
    TokenId pick(std::span<float> logits);

private:
    struct Candidate {
        TokenId id;
        float value;
    };
    SamplingSettings m_settings;
    std::mt19937_64 m_random;
    std::vector<TokenId> m_recent;
    std::vector<Candidate> m_candidates;
};

} // namespace octavo
