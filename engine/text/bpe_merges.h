// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "octavo/engine/result.h"
#include "text/vocabulary.h"

namespace octavo {

constexpr TokenId kNoToken = -1;

// Which byte each token starts from, and which two tokens join to which third, in what order.
// Threads: const calls are safe from any thread.
class BpeMerges {
public:
    struct Merge {
        std::uint32_t rank;   // lower joins first
        TokenId joined;
    };

    // Errors: BadMetadata (no merges, or one of tokens that are not in the vocabulary).
    static Result<BpeMerges> fromGguf(const GgufFile& file, const Vocabulary& vocabulary);

    TokenId byteToken(unsigned char byte) const { return m_byteTokens[byte]; }   // kNoToken where the vocabulary lacks the byte
    const Merge* find(TokenId left, TokenId right) const;                         // null if the two do not join

private:
    std::array<TokenId, 256> m_byteTokens {};
    std::unordered_map<std::uint64_t, Merge> m_merges;
};

} // namespace octavo
