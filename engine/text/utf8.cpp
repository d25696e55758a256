// SPDX-License-Identifier: Apache-2.0
#include "text/utf8.h"

namespace octavo {

std::optional<Utf8Character> firstCharacter(std::string_view text)
{
    if (text.empty())
        return {};
    const auto lead = static_cast<unsigned char>(text[0]);
    if (lead < 0x80)
        return Utf8Character { lead, 1 };
    const std::size_t size = lead < 0xC0 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF8 ? 4 : 0;
    if (size == 0 || size > text.size())
        return {};
    char32_t code = lead & (0x7Fu >> size);
    for (std::size_t n = 1; n < size; ++n) {
        const auto byte = static_cast<unsigned char>(text[n]);
        if ((byte & 0xC0) != 0x80)
            return {};
        code = code << 6 | (byte & 0x3F);
    }
    constexpr char32_t kSmallest[] = { 0, 0, 0x80, 0x800, 0x10000 };
    const bool isSurrogate = code >= 0xD800 && code < 0xE000;
    if (code < kSmallest[size] || isSurrogate || code > 0x10FFFF)
        return {};
    return Utf8Character { code, size };
}

} // namespace octavo
