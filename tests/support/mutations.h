// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <random>
#include <string>
#include <string_view>

#include "support/zip_members.h"

namespace octavo::test {

// Ways in which files come to harm, the same ones for the same seed on every machine.
class Mutations {
public:
    explicit Mutations(std::uint64_t seed) : m_random(seed) {}

    // A file with one to five changes; `other` is what pieces may come from. Three of four ZIP files are changed in a member.
    std::string of(const std::string& file, const std::string& other)
    {
        std::vector<ZipMember> members = below(4) ? unzipped(file) : std::vector<ZipMember>();
        if (members.empty())
            return changed(file, other);
        const std::size_t at = below(members.size());
        members[at].bytes = changed(std::move(members[at].bytes), members[below(members.size())].bytes);
        return storedZip(members);
    }

private:
    std::size_t below(std::size_t limit) { return limit == 0 ? 0 : std::size_t(m_random() % limit); }

    std::string changed(std::string file, const std::string& other)
    {
        for (std::size_t changes = 1 + below(5); changes > 0; --changes) {
            const std::size_t at = below(file.size() + 1);
            const std::size_t length = below(std::min<std::size_t>(file.size() - at + 1, below(4) ? 64 : 8192));
            switch (below(8)) {
            case 0: flipBits(file); break;
            case 1: file.resize(at); break;
            case 2: file = file.substr(0, at) + other.substr(below(other.size() + 1)); break;
            case 3: file.insert(below(file.size() + 1), file.substr(at, length)); break;
            case 4: file.erase(at, length); break;
            case 5: repeat(file, at, length); break;
            case 6: changeNumber(file, at); break;
            case 7: changeLength(file, at); break;
            }
        }
        return file;
    }

    void flipBits(std::string& file)
    {
        for (std::size_t flips = file.empty() ? 0 : 1 + below(16); flips > 0; --flips)
            file[below(file.size())] ^= char(1 << below(8));
    }

    void repeat(std::string& file, std::size_t at, std::size_t length)
    {
        const std::string piece = file.substr(at, std::min<std::size_t>(length, 64));
        std::string many;
        for (std::size_t times = below(2000); times > 0; --times)
            many += piece;
        file.insert(at, many);
    }

    // The next number in letters.
    void changeNumber(std::string& file, std::size_t at)
    {
        static constexpr std::string_view kNumbers[] = {"0", "-1", "1", "7", "65535", "65536", "2147483647", "2147483648", "-2147483648", "4294967296", "99999999999999999999", "1e999"};
        constexpr std::string_view kDigits = "0123456789";
        const std::size_t begin = file.find_first_of(kDigits, at);
        if (begin == std::string::npos)
            return;
        const std::size_t end = std::min(file.find_first_not_of(kDigits, begin), file.size());
        file.replace(begin, end - begin, kNumbers[below(std::size(kNumbers))]);
    }

    // Two or four bytes, as a length or an offset would stand in a binary file.
    void changeLength(std::string& file, std::size_t at)
    {
        static constexpr std::uint32_t kLengths[] = {0, 1, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF};
        const std::uint32_t length = below(2) ? kLengths[below(std::size(kLengths))] : std::uint32_t(below(file.size() + 1));
        const std::size_t size = below(2) ? 2 : 4;
        for (std::size_t i = 0; i < size && at + i < file.size(); ++i)
            file[at + i] = char(length >> (8 * i));
    }

    std::mt19937_64 m_random;
};

} // namespace octavo::test
