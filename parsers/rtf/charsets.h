// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace octavo::parsers::rtf {

using CodePage = int;   // Windows' numbers

inline constexpr CodePage kWestern = 1252;
inline constexpr CodePage kSymbols = 42;   // fonts like Symbol and Wingdings: pictures where other fonts have letters

// The code page that a font's \fcharset means; none where it says nothing, as 1 does.
std::optional<CodePage> codePageOfCharset(int charset);

// What a character of a symbol font's private area (U+F000 to U+F0FF) shows, if it is a common one.
char32_t shownSymbol(char32_t character);

// Turns bytes of any code page into UTF-8 by iconv; bytes that do not belong to it become U+FFFD.
class Charsets {
public:
    Charsets();
    ~Charsets();

    void append(std::string& text, std::string_view bytes, CodePage page);

private:
    class Converter;
    Converter& converter(CodePage page);

    std::map<CodePage, std::unique_ptr<Converter>> m_converters;
};

} // namespace octavo::parsers::rtf
