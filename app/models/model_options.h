// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <vector>

#include <QString>

#include "octavo/app/failure.h"
#include "octavo/engine/model.h"

namespace octavo::app {

// How models are opened: with the adapters that were named, with Octavo's own where `withOwn`, and with the layers that were measured on this machine.
Outcome<ModelOptions> modelOptions(std::vector<std::filesystem::path> adapters, bool withOwn, const QString& dataDir);

} // namespace octavo::app
