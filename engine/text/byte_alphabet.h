// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace octavo {

// GPT-2's printable alphabet for bytes: vocabularies and merges write each byte as one visible character (a space is "Ġ").
// Stateless, any thread.
std::string byteLetter(unsigned char byte);

// The bytes that a spelling in this alphabet stands for; nothing if a character is not of the alphabet.
std::optional<std::string> bytesOfLetters(std::string_view letters);

} // namespace octavo
