// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace octavo {

struct Utf8Character {
    char32_t code;
    std::size_t size;   // in bytes, 1 to 4
};

// The character that `text` begins with; nothing where no valid one does (also overlong forms, surrogates, codes past U+10FFFF), or no
// bytes are left. Stateless, any thread.
std::optional<Utf8Character> firstCharacter(std::string_view text);

} // namespace octavo
