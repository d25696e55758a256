// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>
#include <unordered_set>

namespace octavo {

// How SentencePiece vocabularies write a space: U+2581.
inline constexpr char32_t kSpaceMark = 0x2581;
inline constexpr std::string_view kSpaceMarkUtf8 = "\xE2\x96\x81";

// Where a text may be cut without changing its tokens. Byte-pair merges only ever make pieces of the vocabulary, so where no piece has
// these two characters side by side no merge crosses, and both sides can be encoded alone. In vocabularies of the Llama kind that is
// the case before every word and around every line end. Threads: const calls are safe from any thread. Cost: one look-up.
class PieceCuts {
public:
    // A piece as it stands in the vocabulary. What is not UTF-8 cannot match and is passed over.
    void addPiece(std::string_view piece);

    bool mayCut(char32_t left, char32_t right) const { return !m_pairs.contains(pairOf(left, right)); }   // a space may be written as itself

private:
    static std::uint64_t pairOf(char32_t left, char32_t right)
    {
        const auto marked = [](char32_t code) { return code == U' ' ? kSpaceMark : code; };
        return std::uint64_t { marked(left) } << 32 | marked(right);
    }

    std::unordered_set<std::uint64_t> m_pairs;   // side by side in some piece
};

} // namespace octavo
