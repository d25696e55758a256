// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace octavo::parsers {

struct SandboxLimits {
    std::size_t memoryBytes = std::size_t(3) << 30;
    unsigned processorSeconds = 600;
    bool mayExecute = false;     // another program in this one's place, in the same sandbox
};

// Gives up for good what a parser does not need: memory and processor time beyond the limits, files beyond those open and ones to be read (fonts' and
// charsets' tables), processes, the network. Where the kernel has no seccomp, the limits alone; then it returns false.
// Under the address and thread sanitizers memory is not limited: they reserve terabytes.
bool enterSandbox(const SandboxLimits& limits);

} // namespace octavo::parsers
