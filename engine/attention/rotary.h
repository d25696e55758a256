// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <cstdint>
#include <vector>

#include "octavo/engine/rope_settings.h"

namespace octavo {

// Rotary position embedding (arXiv 2104.09864) of neighbouring pairs (2i, 2i+1), as GGUF stores Llama weights; projections paired
// otherwise are put into this order before they come here. Rotations add: a key turned to position j and then by p stands at
// j + p, which is what lets readings move.
// Threads: const use from any thread.
class Rotary {
public:
    Rotary(const RopeSettings& settings, std::uint32_t headWidth);

    std::uint32_t pairs() const { return static_cast<std::uint32_t>(m_frequency.size()); }

    const std::vector<double>& frequencies() const { return m_frequency; } // of each pair, in radians per position

    // Cosines and sines of each pair's angle at `position`, pairs() values each. Computed in double: positions reach 10^6.
    void turn(double position, float* cosines, float* sines) const
    {
        for (std::size_t pair = 0; pair < m_frequency.size(); ++pair) {
            const double angle = position * m_frequency[pair];
            cosines[pair] = static_cast<float>(std::cos(angle));
            sines[pair] = static_cast<float>(std::sin(angle));
        }
    }

private:
    std::vector<double> m_frequency; // radians per position
};

} // namespace octavo
