// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "text/vocabulary.h"

namespace octavo {

// Finds spellings of special tokens in a text. Owns copies; const calls are safe from any thread.
class SpecialSpellings {
public:
    struct Found {
        std::size_t begin;
        std::size_t size;
        TokenId id;
    };

    explicit SpecialSpellings(const Vocabulary& vocabulary);

    // The first one at or after `from`; of several at one place the longest.
    std::optional<Found> find(std::string_view text, std::size_t from) const;

private:
    struct Spelling {
        std::string text;
        TokenId id;
    };

    std::vector<Spelling> m_spellings;         // longest first
    std::string m_firstBytes;                  // a place in a text that has none of them can be passed over
};

} // namespace octavo
