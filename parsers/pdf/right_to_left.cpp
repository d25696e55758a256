// SPDX-License-Identifier: Apache-2.0
#include "pdf/right_to_left.h"

#include <algorithm>
#include <cstdint>

#include <glib.h>

namespace octavo::parsers {

namespace {

constexpr int kSentenceMark = 3;   // words

// Between digits, separators and dashes belong to the number; signs do on either side of it.
enum class Kind { LeftToRight, RightToLeft, Digit, Separator, Dash, Sign, Break, Other };

Kind kindOf(char32_t letter)
{
    if (isRightToLeft(letter) || letter == 0x200F || letter == 0x061C)
        return Kind::RightToLeft;
    if (g_unichar_isdigit(letter))
        return Kind::Digit;
    if (g_unichar_isalpha(letter) || letter == 0x200E)
        return Kind::LeftToRight;
    if (letter == '.' || letter == ',' || letter == ':' || letter == '/' || letter == 0xA0 || letter == 0x66B || letter == 0x66C)
        return Kind::Separator;
    if (letter == '-' || letter == '+')
        return Kind::Dash;
    if (letter == '\t')
        return Kind::Break;
    return letter == '%' || letter == '#' || letter == 0xB0 || g_unichar_type(letter) == G_UNICODE_CURRENCY_SYMBOL ? Kind::Sign : Kind::Other;
}

bool isArabic(char32_t letter) { return g_unichar_get_script(letter) == G_UNICODE_SCRIPT_ARABIC; }

bool isSentenceMark(char32_t letter) { return std::u32string_view(U".,;:!?\u060C\u061B\u061F\u06D4").find(letter) != std::u32string_view::npos; }

// Stretches of letters that share a direction.
class Line {
public:
    explicit Line(std::u32string_view shown) : m_shown(shown)
    {
        for (const char32_t letter : shown)
            m_kinds.push_back(kindOf(letter));
    }

    std::size_t size() const { return m_kinds.size(); }
    bool is(std::size_t at, Kind kind) const { return at < size() && m_kinds[at] == kind; }
    bool beginsNumber(std::size_t at) const { return is(at, Kind::Digit) || (is(at, Kind::Sign) && is(at + 1, Kind::Digit) && signsJoin(at)); }

    // The end of what reads from left to right and begins at `at`, in a line that runs the other way.
    std::size_t endOfWords(std::size_t at) const
    {
        bool hasLetters = false;
        int open = 0;   // a bracket that closes none is read from the other side: "lighthouse )12("
        std::size_t end = at;
        for (std::size_t next = at; next < size() && m_kinds[next] != Kind::RightToLeft && m_kinds[next] != Kind::Break && !isTurnedMark(next);) {
            open += m_shown[next] == '(' ? 1 : m_shown[next] == ')' ? -1 : 0;
            if (open < 0)
                break;
            if (m_kinds[next] == Kind::LeftToRight) {
                hasLetters = true;
                end = ++next;
            } else if (beginsNumber(next) && (next == end || hasLetters)) {
                end = next = endOfNumber(next);
            } else if (hasLetters) {
                ++next;
            } else {
                break;
            }
        }
        return hasLetters ? withBracket(at, end) : end;
    }

    // The end of what reads from right to left and begins at `at`, in a line that does not.
    std::size_t endOfTurned(std::size_t at) const
    {
        std::size_t end = at;
        for (std::size_t next = at; next < size() && m_kinds[next] != Kind::LeftToRight && m_kinds[next] != Kind::Break; ++next) {
            if (m_kinds[next] == Kind::RightToLeft)
                end = next + 1;
        }
        return end;
    }

    // "1891)" before Hebrew: a closing bracket on the left, read from right to left, belongs to what follows. Where that begins.
    std::size_t beginOfTurned(std::size_t at, std::size_t least) const
    {
        const std::size_t closing = m_shown.substr(least, at - least).rfind(U')');
        const std::size_t opening = m_shown.substr(least, at - least).rfind(U'(');
        if (closing == std::u32string_view::npos || opening == std::u32string_view::npos || opening < closing)
            return at;
        for (std::size_t i = least + closing; i < at; ++i) {
            if (m_kinds[i] == Kind::LeftToRight)
                return at;
        }
        return least + closing;
    }

private:
    std::size_t endOfNumber(std::size_t at) const
    {
        for (; at < size(); ++at) {
            const bool before = at > 0 && is(at - 1, Kind::Digit), after = is(at + 1, Kind::Digit);
            const bool joins = (is(at, Kind::Separator) && before && after) || (is(at, Kind::Dash) && before && after && signsJoin(at))
                || (is(at, Kind::Sign) && (before || after) && signsJoin(at));
            if (!is(at, Kind::Digit) && !joins)
                break;
        }
        return at;
    }

    // In Arabic "50%" is shown as "%50" and 12-14 as 14-12. What a number belongs to stands to the right of it.
    bool signsJoin(std::size_t at) const
    {
        for (; at < size(); ++at) {
            if (m_kinds[at] == Kind::RightToLeft || m_kinds[at] == Kind::LeftToRight)
                return !isArabic(m_shown[at]);
        }
        return true;
    }

    // "Gull ,Perseverance": a comma that the word on its right is followed by.
    bool isTurnedMark(std::size_t at) const
    {
        return m_shown[at] == ' ' && at + 2 < size() && isSentenceMark(m_shown[at + 1]) && m_shown[at + 2] != ' ';
    }

    std::size_t withBracket(std::size_t at, std::size_t end) const
    {
        const std::u32string_view words = m_shown.substr(at, end - at);
        const bool open = std::count(words.begin(), words.end(), U'(') > std::count(words.begin(), words.end(), U')');
        return open && end < size() && m_shown[end] == U')' ? end + 1 : end;
    }

    std::u32string_view m_shown;
    std::vector<Kind> m_kinds;
};

} // namespace

bool isRightToLeft(char32_t letter)
{
    const bool inBlocks = (letter >= 0x590 && letter < 0x900) || isPresentationForm(letter) || (letter >= 0x10800 && letter < 0x11000) || (letter >= 0x1E800 && letter < 0x1F000);
    return inBlocks && g_unichar_isalpha(letter);
}

bool isPresentationForm(char32_t letter) { return (letter >= 0xFB1D && letter < 0xFE00) || (letter >= 0xFE70 && letter < 0xFEFD); }

ReadingOrder readingOrder(std::u32string_view shown, bool lineIsRightToLeft)
{
    const Line line(shown);
    ReadingOrder found{{}, std::vector<bool>(shown.size(), lineIsRightToLeft)};
    std::vector<std::size_t>& places = found.places;
    const auto reverseFrom = [&](std::size_t count) { std::reverse(places.begin() + std::ptrdiff_t(count), places.end()); };
    // Turned once as part of the line and once by itself, a stretch of words has its order again.
    const auto addRightToLeft = [&](std::size_t begin, std::size_t end) {
        for (std::size_t at = begin; at < end;) {
            const std::size_t words = line.is(at, Kind::LeftToRight) || line.beginsNumber(at) ? std::min(line.endOfWords(at), end) : at;
            const std::size_t before = places.size();
            for (std::size_t i = at; i < std::max(words, at + 1); ++i) {
                found.turned[i] = words == at;
                places.push_back(i);
            }
            if (words > at)
                reverseFrom(before);
            at = std::max(words, at + 1);
        }
    };
    if (lineIsRightToLeft) {
        addRightToLeft(0, shown.size());
        reverseFrom(0);
        return found;
    }
    std::size_t least = 0;
    for (std::size_t at = 0; at < shown.size();) {
        if (!line.is(at, Kind::RightToLeft)) {
            places.push_back(at++);
            continue;
        }
        const std::size_t begin = line.beginOfTurned(at, least), end = line.endOfTurned(at);
        places.resize(places.size() - (at - begin));
        const std::size_t before = places.size();
        addRightToLeft(begin, end);
        reverseFrom(before);
        at = least = end;
    }
    return found;
}

bool runsRightToLeft(std::u32string_view shown, bool pageDoes)
{
    int balance = 0;
    bool inWord = false;
    for (const char32_t letter : shown) {
        const bool isLetter = g_unichar_isalpha(letter);
        if (isLetter && !inWord)
            balance += isRightToLeft(letter) ? 1 : -1;
        inWord = isLetter || g_unichar_ismark(letter);
    }
    // What ends a sentence tells more than words do: "lighthouse keeper" may be all that is left of a Hebrew paragraph for its last line.
    if (shown.size() > 1 && isSentenceMark(shown.front()) != isSentenceMark(shown.back()))
        balance += isSentenceMark(shown.front()) ? kSentenceMark : -kSentenceMark;
    return balance == 0 ? pageDoes : balance > 0;
}

char32_t mirrored(char32_t letter)
{
    gunichar other = letter;
    return g_unichar_get_mirror_char(letter, &other) ? other : letter;
}

bool areMirrored(std::u32string_view brackets)
{
    const auto pairs = [&](char32_t first, char32_t second) {
        int open = 0, closed = 0;
        for (const char32_t bracket : brackets) {
            open += bracket == first;
            if (bracket == second && open > 0) {
                --open;
                ++closed;
            }
        }
        return closed;
    };
    return pairs(U')', U'(') + pairs(U']', U'[') > pairs(U'(', U')') + pairs(U'[', U']');
}

} // namespace octavo::parsers
