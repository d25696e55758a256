// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "compute/backend.h"

namespace octavo {

// One layer's attention inside a forward pass on the CPU: stores the keys and values of the tokens at hand, then attends.
// q and out [count][H·D]; k and v [count][G·D]; all before rotation. A stop makes it return early with its result undefined.
class HostAttention {
public:
    virtual ~HostAttention() = default;
    virtual void attend(std::uint32_t layer, const float* q, const float* k, const float* v, float* out, std::stop_token stop) = 0;
};

// By what ways a token looked at earlier ones while it was read, added up over heads: reached[n][u] came to token u by the first n + 1 hops, the
// finest first; direct[u] to token u and its own value in one step: a sink, or any that a wide layer sees.
struct PathShares {
    std::vector<std::vector<double>> reached; // [hops][token + 1]
    std::vector<double> direct;               // [sinks, or token + 1]
};

// What the CPU's attention can do beyond reading.
class HostReadingAttention : public ReadingAttention, public HostAttention {
public:
    // Adds what the chosen heads of `layer` did for `token`, one of those that attend() has just been called for. `queries` [count][H·D],
    // before rotation, are those of the last tokens up to `token` that hops after the finest start from: a stride of the first hop, or all there are.
    virtual void addPathShares(std::uint32_t layer, const HeadChoice& heads, std::uint64_t token, const float* queries, PathShares& shares) = 0;
};

} // namespace octavo
