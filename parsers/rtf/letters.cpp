// SPDX-License-Identifier: Apache-2.0
#include "rtf/letters.h"

#include <algorithm>
#include <utility>

#include "text/utf8.h"

namespace octavo::parsers::rtf {

void Letters::bytes(std::string_view bytes, CodePage page)
{
    if (bytes.empty())
        return;
    if (page != m_page || m_highSurrogate != 0)
        decode();
    m_page = page;
    m_bytes += bytes;
}

// The number is signed and has 16 bits, and what lies beyond the first plane comes as two of them.
void Letters::unicode(int value, int standIns)
{
    m_standIns = standIns;
    const char32_t unit = char32_t(value < 0 ? value + 0x10000 : value);
    if (unit >= 0xDC00 && unit < 0xE000 && m_highSurrogate != 0) {
        appendUtf8(m_text, 0x10000 + ((std::exchange(m_highSurrogate, 0) - 0xD800) << 10) + (unit - 0xDC00));
        return;
    }
    decode();
    if (unit >= 0xD800 && unit < 0xDC00)
        m_highSurrogate = unit;
    else
        appendUtf8(m_text, shownSymbol(unit));
}

void Letters::character(std::string_view utf8)
{
    decode();
    m_text += utf8;
}

bool Letters::isStandIn()
{
    if (m_standIns == 0)
        return false;
    --m_standIns;
    return true;
}

std::string_view Letters::withoutStandIns(std::string_view bytes)
{
    const std::size_t count = std::min(bytes.size(), std::size_t(m_standIns));
    m_standIns -= int(count);
    return bytes.substr(count);
}

std::string Letters::take()
{
    decode();
    return std::exchange(m_text, {});
}

void Letters::decode()
{
    if (std::exchange(m_highSurrogate, 0) != 0)
        appendUtf8(m_text, 0xFFFD);
    m_charsets.append(m_text, std::exchange(m_bytes, {}), m_page);
}

} // namespace octavo::parsers::rtf
