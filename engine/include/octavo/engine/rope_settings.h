// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

namespace octavo {

// Rotary positions as a model file asks for them. A pair's angle at position p is p · base^(−2·pair/headWidth) / pairDivisors[pair],
// which the scaling stretches. A plain value.
struct RopeSettings {
    // Which elements of a head's projection turn together: (2i, 2i + 1), or (i, i + headWidth/2), as NEOX and Hugging Face pair them.
    enum class Pairing { Neighbours, Halves };
    enum class Scaling {
        None,
        Linear, // all angles divided by `factor` (arXiv 2306.15595)
        Yarn,   // slow pairs as linear, fast ones untouched, a ramp between, and warmer scores (arXiv 2309.00071)
    };

    double base = 10000;
    Pairing pairing = Pairing::Neighbours;
    Scaling scaling = Scaling::None;
    double factor = 1;                 // ≥ 1: how many times the original context the positions are stretched over
    double originalContext = 0;        // YaRN: trained tokens before stretching
    double betaFast = 32;              // YaRN: pairs that turn at least so often within originalContext are left alone,
    double betaSlow = 1;               // those that turn at most so often are stretched by the whole factor
    double attentionFactor = 1;        // YaRN: multiplies queries and keys, so scores by its square
    std::vector<float> pairDivisors{}; // [headWidth/2], Llama 3.1's rope_freqs.weight; empty: all 1

    double scoreFactor() const { return attentionFactor * attentionFactor; }
};

} // namespace octavo
