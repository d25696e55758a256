// SPDX-License-Identifier: Apache-2.0
#include "text/words.h"

#include <algorithm>

namespace octavo::parsers {

std::string_view trimmed(std::string_view text)
{
    while (!text.empty() && isSpace(text.front()))
        text.remove_prefix(1);
    while (!text.empty() && isSpace(text.back()))
        text.remove_suffix(1);
    return text;
}

std::string squeezed(std::string_view text)
{
    std::string result;
    for (const char c : trimmed(text)) {
        if (!isSpace(c))
            result += c;
        else if (!result.ends_with(' '))
            result += ' ';
    }
    return result;
}

std::string lowerAscii(std::string_view text)
{
    std::string result(text);
    std::transform(result.begin(), result.end(), result.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; });
    return result;
}

std::string counted(std::size_t count, const char* thing) { return std::to_string(count) + ' ' + thing + (count == 1 ? "" : "s"); }

std::string rowOf(const std::vector<std::string>& cells)
{
    if (std::all_of(cells.begin(), cells.end(), [](const std::string& cell) { return cell.empty(); }))
        return {};
    std::string text;
    for (const std::string& cell : cells)
        text += (&cell == &cells.front() ? "" : " | ") + cell;
    return std::string(trimmed(text));   // an empty cell at an end leaves its bar alone
}

} // namespace octavo::parsers
