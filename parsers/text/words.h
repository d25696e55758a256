// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace octavo::parsers {

// Space, tab, line ends and form feed. Not the no-break space: it is part of the text.
inline bool isSpace(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

std::string_view trimmed(std::string_view text);

// Runs of white space become one space, as a browser shows them; none at the ends.
std::string squeezed(std::string_view text);

std::string lowerAscii(std::string_view text);

} // namespace octavo::parsers
