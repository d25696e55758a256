// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

#include "octavo/engine/rope_settings.h"

namespace octavo {

// What sets the members of the Llama family apart. All else is the same: RMS norms before attention and before a gated SiLU
// feed-forward, rotary positions over whole heads, grouped queries; biases of any projection are read where a file has them.
struct Architecture {
    std::string_view name;           // general.architecture, and the prefix of the metadata's keys
    RopeSettings::Pairing pairing;   // of query and key projections as they stand in the file
    bool biasedHeads;                // queries, keys and values must have biases
    bool normedHeads;                // each query and key head has an RMS norm of its own; where false there may be none
};

std::span<const Architecture> architectures();

const Architecture* findArchitecture(std::string_view name);   // null if unknown

} // namespace octavo
