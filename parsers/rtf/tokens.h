// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace octavo::parsers::rtf {

struct Token {
    enum class Kind {
        Open,     // {
        Close,    // }
        Word,     // \name or \name12: `text` is the name
        Symbol,   // \~ and the like: `text` is what is behind the backslash
        Byte,     // \'e9: `value`
        Text,     // a run of plain bytes, without line ends
        End,
    };
    Kind kind = Kind::End;
    std::string_view text{};
    std::optional<int> value{};
};

// Cuts a file into what Rich Text Format is made of. Line ends mean nothing there, and \bin data is jumped over.
class Tokens {
public:
    explicit Tokens(std::string_view file) : m_file(file) {}

    Token next();
    std::size_t at() const { return m_at; }

private:
    Token control();
    Token word();
    Token hexByte();
    std::optional<int> number();

    std::string_view m_file;
    std::size_t m_at = 0;
};

} // namespace octavo::parsers::rtf
