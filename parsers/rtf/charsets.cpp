// SPDX-License-Identifier: Apache-2.0
#include "rtf/charsets.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>

#include <iconv.h>

#include "text/utf8.h"

namespace octavo::parsers::rtf {

namespace {

struct CharsetPage {
    int charset;
    CodePage page;
};

// 77 to 89 are the Macintosh's; their code pages differ from Windows' in few characters, and iconv has only some of them.
constexpr std::array kCharsetPages{
    CharsetPage{0, 1252},   CharsetPage{2, kSymbols}, CharsetPage{77, 10000}, CharsetPage{78, 932},   CharsetPage{79, 949},
    CharsetPage{80, 936},   CharsetPage{81, 950},     CharsetPage{83, 1255},  CharsetPage{84, 1256},  CharsetPage{85, 1253},
    CharsetPage{86, 1254},  CharsetPage{87, 874},     CharsetPage{88, 1250},  CharsetPage{89, 10007}, CharsetPage{128, 932},
    CharsetPage{129, 949},  CharsetPage{130, 1361},   CharsetPage{134, 936},  CharsetPage{136, 950},  CharsetPage{161, 1253},
    CharsetPage{162, 1254}, CharsetPage{163, 1258},   CharsetPage{177, 1255}, CharsetPage{178, 1256}, CharsetPage{186, 1257},
    CharsetPage{204, 1251}, CharsetPage{222, 874},    CharsetPage{238, 1250}, CharsetPage{254, 437},  CharsetPage{255, 850},
};

std::string nameOf(CodePage page)
{
    switch (page) {
    case 10000: return "MACINTOSH";
    case 10001: return "CP932";
    case 65001: return "UTF-8";
    default: return "CP" + std::to_string(page);
    }
}

void appendSymbols(std::string& text, std::string_view bytes)
{
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        appendUtf8(text, byte < 0x80 ? byte : shownSymbol(0xF000 + byte));
    }
}

} // namespace

std::optional<CodePage> codePageOfCharset(int charset)
{
    const auto same = [&](const CharsetPage& row) { return row.charset == charset; };
    const auto found = std::find_if(kCharsetPages.begin(), kCharsetPages.end(), same);
    return found != kCharsetPages.end() ? std::optional(found->page) : std::nullopt;
}

char32_t shownSymbol(char32_t character)
{
    switch (character) {
    case 0xF0A7: return U'▪';
    case 0xF0B7:
    case 0xF06C: return U'•';
    case 0xF0D8: return U'➢';
    case 0xF0FC: return U'✓';
    case 0xF0AE:
    case 0xF0E0: return U'→';
    case 0xF0A3: return U'≤';
    case 0xF0B0: return U'°';
    case 0xF0B1: return U'±';
    case 0xF0B3: return U'≥';
    case 0xF0B4: return U'×';
    case 0xF0B9: return U'≠';
    case 0xF0BB: return U'≈';
    default: return character;
    }
}

class Charsets::Converter {
public:
    explicit Converter(CodePage page) : m_state(iconv_open("UTF-8", nameOf(page).c_str())) {}
    ~Converter() { if (usable()) iconv_close(m_state); }
    Converter(const Converter&) = delete;
    Converter& operator=(const Converter&) = delete;

    bool usable() const { return reinterpret_cast<std::intptr_t>(m_state) != -1; }

    void append(std::string& text, std::string_view bytes)
    {
        iconv(m_state, nullptr, nullptr, nullptr, nullptr);
        char* in = const_cast<char*>(bytes.data());   // iconv's signature; it does not write there
        std::size_t left = bytes.size();
        while (left > 0) {
            if (convert(text, in, left) || left == 0)
                continue;
            appendUtf8(text, 0xFFFD);
            ++in;
            --left;
        }
        convert(text, in, left, true);   // some code pages hold a letter back, for an accent to come
    }

private:
    // False if it stopped at a byte that does not belong there.
    bool convert(std::string& text, char*& in, std::size_t& left, bool finish = false)
    {
        std::array<char, 4096> room;
        char* out = room.data();
        std::size_t free = room.size();
        const std::size_t result = iconv(m_state, finish ? nullptr : &in, finish ? nullptr : &left, &out, &free);
        const bool sound = result != std::size_t(-1) || errno == E2BIG;
        text.append(room.data(), out);
        return sound;
    }

    iconv_t m_state;
};

Charsets::Charsets() = default;
Charsets::~Charsets() = default;

Charsets::Converter& Charsets::converter(CodePage page)
{
    std::unique_ptr<Converter>& known = m_converters[page];
    if (!known)
        known = std::make_unique<Converter>(page);
    return *known;
}

void Charsets::append(std::string& text, std::string_view bytes, CodePage page)
{
    if (std::all_of(bytes.begin(), bytes.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; })) {
        text += bytes;
        return;
    }
    if (page == kSymbols) {
        appendSymbols(text, bytes);
        return;
    }
    // Western text that happens to be UTF-8 is UTF-8 whose writer did not know better: "Ã©" is no word.
    if (page == kWestern || !converter(page).usable())
        text += validUtf8(bytes);
    else
        converter(page).append(text, bytes);
}

} // namespace octavo::parsers::rtf
