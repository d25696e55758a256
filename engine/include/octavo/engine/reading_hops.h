// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "octavo/engine/hop_record.h"

namespace octavo {

// A way on which a token reached an earlier one while it was read. Hops go from fine to coarse as one looks back: the token's own finest hop
// first. `stations` are the tokens on the way, the reached one last; `weights[n]` is the share of the token's attention that
// came by the first n + 1 hops of this way (so weights.back() is the way's own weight, and never more than the one before it). The first
// tokens of a text (sinks), and all that wide layers see, are reached directly: their ways have one station.
struct HopPath {
    std::vector<std::uint64_t> stations;
    std::vector<float> weights;
};

// Where one token looked while it was read: tensorized attention seen through to the tokens themselves. Every earlier token is reached
// by exactly one way (and a sink, or what a wide layer sees, directly besides), whose weight is the product of the hop weights on it (ReadingPlan); mean of the heads chosen.
struct ReadingHops {
    std::uint64_t token = 0;
    std::vector<float> weights;       // [token + 1]: share of each token up to itself; adds up to 1
    std::vector<HopPath> paths;       // the heaviest, heaviest first
};

} // namespace octavo
