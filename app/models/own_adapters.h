// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace octavo::app {

// The adapters that Octavo brings along (resources/adapters/), as ModelOptions::offered wants them; each is for one model. The bytes are part of the program.
std::vector<std::span<const std::byte>> ownAdapters();

} // namespace octavo::app
