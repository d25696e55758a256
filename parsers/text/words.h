// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <charconv>
#include <string>
#include <string_view>
#include <vector>

namespace octavo::parsers {

// Space, tab, line ends and form feed. Not the no-break space: it is part of the text.
inline bool isSpace(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

std::string_view trimmed(std::string_view text);

// Runs of white space become one space, as a browser shows them; none at the ends.
std::string squeezed(std::string_view text);

std::string lowerAscii(std::string_view text);

// The whole number that a text begins with; `otherwise` where there is none, or one too large.
template <class Number>
Number numberOf(std::string_view text, Number otherwise)
{
    Number number = otherwise;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

// "1 picture", "3 pictures".
std::string counted(std::size_t count, const char* thing);

// A table's row, " | " between its cells; empty where all of them are.
std::string rowOf(const std::vector<std::string>& cells);

} // namespace octavo::parsers
