// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

#include "octavo/parsers/block.h"

namespace octavo::parsers {

// Markdown cut into blocks: headings, fenced code, items, rows, quotes, paragraphs. What is within a line stays as it is written.
std::vector<Block> markdownBlocks(std::string_view text);

} // namespace octavo::parsers
