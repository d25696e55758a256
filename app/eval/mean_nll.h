// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "octavo/engine/reading.h"

namespace octavo::app {

// Mean of negative log likelihoods, in nats per token; at least one.
inline double meanNll(std::span<const TokenScore> scores)
{
    double sum = 0;
    for (const TokenScore& score : scores)
        sum += score.nll;
    return sum / static_cast<double>(scores.size());
}

} // namespace octavo::app
