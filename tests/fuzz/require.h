// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdlib>

namespace octavo::test {

// A claim about what was fuzzed; libFuzzer keeps the input that breaks it. Not inlined, so that the stack it prints names the line.
[[gnu::noinline]] inline void require(bool holds)
{
    if (!holds)
        std::abort();
}

} // namespace octavo::test
