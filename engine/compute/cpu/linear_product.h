// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "compute/backend.h"

namespace octavo {

// y [count][weight.rows] (+)= x [count][weight.columns] · weightᵀ. Several products of one x are given together.
struct LinearProduct {
    const Weight* weight = nullptr;
    float* y = nullptr;
    bool accumulate = false;
};

} // namespace octavo
