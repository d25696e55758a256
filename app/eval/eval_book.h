// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "octavo/engine/model.h"
#include "octavo/engine/reading.h"
#include "octavo/engine/result.h"

namespace octavo::app {

// A Project Gutenberg text without byte order mark and licence, line ends as "\n", single ones joined to spaces: as the published reference
// (octavo_reference.py) cuts it. Errors: NotFound, Unreadable.
Result<std::string> evalBookText(const std::string& path);

// Its tokens from `start` on, at least `atLeast` of them. Errors also: InvalidArgument (the book is shorter).
Result<std::vector<TokenId>> evalBookIds(const Model& model, const std::string& path, std::size_t start, std::uint64_t atLeast);

inline constexpr std::size_t kPerplexityStart = 3000; // tokens of a book's front matter that are passed over where its likelihood is measured
inline constexpr std::size_t kScored = 1024;          // last tokens of a text, whose likelihood is told

// Reads `ids` as `plan` says and scores those from `firstScored` on (Reading::readAndScore). Errors: Reading's.
Result<std::vector<TokenScore>> scoresOf(const std::shared_ptr<const Model>& model, const ReadingPlan& plan, std::span<const TokenId> ids, std::uint64_t firstScored,
                                         const std::stop_token& stop);

} // namespace octavo::app
