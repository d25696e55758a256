// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "octavo/engine/result.h"

namespace octavo::app::cli {

// What an evaluation found, as files of a folder, which is made if it is not there. Files of the same names are written over. Errors: WriteFailed.
Result<void> writeResults(const std::filesystem::path& folder, const std::vector<std::pair<std::string, std::string>>& files);

} // namespace octavo::app::cli
