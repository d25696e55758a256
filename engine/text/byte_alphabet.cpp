// SPDX-License-Identifier: Apache-2.0
#include "text/byte_alphabet.h"

#include <array>

namespace octavo {
namespace {

constexpr unsigned kFirstSubstitute = 256;
constexpr unsigned kLetters = 0x144;   // the highest letter is U+0143

// Bytes that Latin-1 shows as a visible character stand for themselves.
constexpr bool isVisible(unsigned byte) { return (byte >= 0x21 && byte <= 0x7E) || (byte >= 0xA1 && byte != 0xAD); }

struct Alphabet {
    std::array<unsigned, 256> letterOf {};
    std::array<int, kLetters> byteOf {};

    constexpr Alphabet()
    {
        byteOf.fill(-1);
        unsigned substitute = kFirstSubstitute;
        for (unsigned byte = 0; byte < 256; ++byte) {
            letterOf[byte] = isVisible(byte) ? byte : substitute++;
            byteOf[letterOf[byte]] = static_cast<int>(byte);
        }
    }
};

constexpr Alphabet kAlphabet;

} // namespace

std::string byteLetter(unsigned char byte)
{
    const unsigned letter = kAlphabet.letterOf[byte];
    if (letter < 0x80)
        return { static_cast<char>(letter) };
    return { static_cast<char>(0xC0 | letter >> 6), static_cast<char>(0x80 | (letter & 0x3F)) };
}

std::optional<std::string> bytesOfLetters(std::string_view letters)
{
    std::string bytes;
    for (std::size_t at = 0; at < letters.size(); ++at) {
        unsigned letter = static_cast<unsigned char>(letters[at]);
        if (letter >= 0x80) {
            // Every letter beyond ASCII takes two bytes.
            if ((letter & 0xE0) != 0xC0 || ++at == letters.size() || (letters[at] & 0xC0) != 0x80)
                return {};
            letter = (letter & 0x1F) << 6 | (static_cast<unsigned char>(letters[at]) & 0x3F);
        }
        if (letter >= kLetters || kAlphabet.byteOf[letter] < 0)
            return {};
        bytes.push_back(static_cast<char>(kAlphabet.byteOf[letter]));
    }
    return bytes;
}

} // namespace octavo
