// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <vector>

#include "octavo/engine/model.h"

namespace octavo::app {

// With the adapters that were named and, where `withOwn`, those that Octavo brings along (resources/adapters/), each for one model. Their bytes are part of the program.
ModelOptions modelOptions(std::vector<std::filesystem::path> adapters, bool withOwn);

} // namespace octavo::app
