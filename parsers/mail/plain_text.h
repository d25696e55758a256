// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

#include "octavo/parsers/block.h"

namespace octavo::parsers {

// How a mail's plain text breaks its lines.
struct Wrapping {
    bool flowed = false;      // RFC 3676: lines that end in a space go on in the next one
    bool dropSpace = false;   //   and that space is none of the text's
};

// Paragraphs, and quotes where lines begin with ">". Lines that were only wrapped are put together again.
std::vector<Block> plainTextBlocks(std::string_view text, const Wrapping& wrapping);

} // namespace octavo::parsers
