// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace octavo::parsers {

bool isUtf8(std::string_view bytes);

// The bytes as they are if they are UTF-8, else taken for Windows-1252 (ISO-8859-1 with its gaps filled), which no byte is foreign to.
std::string validUtf8(std::string_view bytes);

void appendUtf8(std::string& text, char32_t character);   // U+FFFD where it is none

} // namespace octavo::parsers
