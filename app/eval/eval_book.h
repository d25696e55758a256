// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "octavo/engine/model.h"
#include "octavo/engine/result.h"

namespace octavo::app {

// A Project Gutenberg text without byte order mark and licence, line ends as "\n", single ones joined to spaces: as the published reference
// (octavo_reference.py) cuts it. Errors: NotFound, Unreadable.
Result<std::string> evalBookText(const std::string& path);

// Its tokens from `start` on, at least `atLeast` of them. Errors also: InvalidArgument (the book is shorter).
Result<std::vector<TokenId>> evalBookIds(const Model& model, const std::string& path, std::size_t start, std::uint64_t atLeast);

} // namespace octavo::app
