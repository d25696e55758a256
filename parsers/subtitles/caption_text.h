// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace octavo::parsers {

struct CaptionLine {
    std::string text{};      // without white space at its ends, never empty
    std::string speaker{};   // if the caption says who
};

// A cue's text without its markup: <i>, <c.yellow>, {\an8}, &amp;.
std::vector<CaptionLine> captionLines(std::string_view cue);

// Whether there are tags like <00:00:01.000>, as captions have that appear word by word.
bool hasInnerTimings(std::string_view file);

} // namespace octavo::parsers
