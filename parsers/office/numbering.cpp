// SPDX-License-Identifier: Apache-2.0
#include "office/numbering.h"

#include <algorithm>
#include <cctype>
#include <utility>

namespace octavo::parsers {

namespace {

constexpr long kLastRoman = 3999;
constexpr long kLastLetters = 26L * 26;   // office programs write aa, bb, cc behind z

std::string roman(long number)
{
    static constexpr std::array<std::pair<long, std::string_view>, 13> kDigits{{{1000, "m"}, {900, "cm"}, {500, "d"}, {400, "cd"}, {100, "c"}, {90, "xc"},
        {50, "l"}, {40, "xl"}, {10, "x"}, {9, "ix"}, {5, "v"}, {4, "iv"}, {1, "i"}}};
    std::string text;
    for (const auto& [value, digits] : kDigits) {
        for (; number >= value; number -= value)
            text += digits;
    }
    return text;
}

std::string upper(std::string text)
{
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return text;
}

} // namespace

std::string numberAs(ListLevel::Kind kind, long number)
{
    using Kind = ListLevel::Kind;
    const bool isRoman = kind == Kind::LowerRoman || kind == Kind::UpperRoman;
    const bool isLetter = kind == Kind::LowerLetter || kind == Kind::UpperLetter;
    std::string text = std::to_string(number);
    if (isRoman && number >= 1 && number <= kLastRoman)
        text = roman(number);
    else if (isLetter && number >= 1 && number <= kLastLetters)
        text = std::string(std::size_t((number - 1) / 26 + 1), static_cast<char>('a' + (number - 1) % 26));
    return kind == Kind::UpperRoman || kind == Kind::UpperLetter ? upper(text) : text;
}

std::string ListCounter::next(const ListLevels& levels, int level)
{
    level = std::clamp(level, 0, kListLevels - 1);
    const auto at = std::size_t(level);
    m_next[at] = m_next[at] == 0 ? levels[at].start : m_next[at] + (m_next[at] < 1'000'000'000);
    std::fill(m_next.begin() + level + 1, m_next.end(), 0);
    const ListLevel& own = levels[at];
    if (own.kind == ListLevel::Kind::None)
        return {};
    if (own.kind == ListLevel::Kind::Bullet)
        return "• ";
    std::string text;
    for (std::size_t i = 0; i < own.text.size(); ++i) {
        const bool isNumber = own.text[i] == '%' && i + 1 < own.text.size() && own.text[i + 1] >= '1' && own.text[i + 1] <= '9';
        if (!isNumber) {
            text += own.text[i];
            continue;
        }
        const auto which = std::size_t(own.text[++i] - '1');
        const long number = m_next[which] == 0 ? levels[which].start : m_next[which];
        text += numberAs(levels[which].kind == ListLevel::Kind::Bullet ? ListLevel::Kind::Decimal : levels[which].kind, number);
    }
    return text.empty() ? std::string() : text + ' ';
}

} // namespace octavo::parsers
