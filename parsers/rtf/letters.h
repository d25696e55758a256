// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "rtf/charsets.h"

namespace octavo::parsers::rtf {

// Makes UTF-8 of the ways in which text is written: plain bytes, \'hh and \u with the characters that stand in for it.
class Letters {
public:
    void bytes(std::string_view bytes, CodePage page);   // one character may be two bytes, each from another call
    void unicode(int value, int standIns);               // of \u, and how many characters behind it are for readers that know no Unicode
    void character(std::string_view utf8);

    bool isStandIn();                                    // whether the character or word that comes is one; counts it
    std::string_view withoutStandIns(std::string_view bytes);
    void endStandIns() { m_standIns = 0; }

    std::string take();                                  // all so far; what is half a character stays one that is broken

private:
    void decode();

    Charsets m_charsets;
    std::string m_text;
    std::string m_bytes;
    CodePage m_page = kWestern;
    char32_t m_highSurrogate = 0;
    int m_standIns = 0;
};

} // namespace octavo::parsers::rtf
