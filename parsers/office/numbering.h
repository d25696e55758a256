// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <string>
#include <string_view>

namespace octavo::parsers {

inline constexpr int kListLevels = 10;

// How one level of a list is numbered. `text` has "%1" … "%9" where the number of a level stands: "%1.%2." gives "2.3.".
struct ListLevel {
    enum class Kind { None, Bullet, Decimal, LowerLetter, UpperLetter, LowerRoman, UpperRoman };
    Kind kind = Kind::Bullet;
    std::string text{};
    long start = 1;
};
using ListLevels = std::array<ListLevel, kListLevels>;

// Counts the items of one list.
class ListCounter {
public:
    // What stands before the next item of this level (0 is the outermost): "• ", "3. ", "b) "; empty for Kind::None.
    std::string next(const ListLevels& levels, int level);
    void restart(int level, long from) { m_next[std::size_t(level)] = from; }

private:
    std::array<long, kListLevels> m_next{};   // 0: not begun
};

std::string numberAs(ListLevel::Kind kind, long number);

} // namespace octavo::parsers
