// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cassert>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace octavo::app {

// Chance that is the same on every machine: the standard library's distributions differ between its makers, so none is used.
class Dice {
public:
    explicit Dice(std::uint64_t seed) : m_random(seed) {}

    // 0 … count − 1. The remainder's bias, count / 2^64, does not matter here.
    std::size_t below(std::size_t count)
    {
        assert(count > 0);
        return static_cast<std::size_t>(m_random() % count);
    }

    std::uint64_t bits() { return m_random(); }
    std::string number(int digits)
    {
        std::string text(1, static_cast<char>('1' + below(9)));
        for (int digit = 1; digit < digits; ++digit)
            text += static_cast<char>('0' + below(10));
        return text;
    }
    std::string letters(int count, char first)
    {
        std::string text;
        for (int letter = 0; letter < count; ++letter)
            text += static_cast<char>(first + below(26));
        return text;
    }
    // Of version 4, as Python's uuid module writes it.
    std::string uuid()
    {
        constexpr const char* kHex = "0123456789abcdef";
        std::string text;
        for (int digit = 0; digit < 32; ++digit) {
            if (digit == 8 || digit == 12 || digit == 16 || digit == 20)
                text += '-';
            text += digit == 12 ? '4' : digit == 16 ? kHex[8 + below(4)] : kHex[below(16)];
        }
        return text;
    }

    template <class T>
    void shuffle(std::vector<T>& values)
    {
        for (std::size_t left = values.size(); left > 1; --left)
            std::swap(values[left - 1], values[below(left)]);
    }
    template <class T>
    const T& oneOf(const std::vector<T>& values) { return values[below(values.size())]; }

private:
    std::mt19937_64 m_random;
};

} // namespace octavo::app
