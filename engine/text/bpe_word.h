// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "text/bpe_merges.h"

namespace octavo {

// Joins the bytes of one word to tokens: always the pair of lowest rank, of equal ones the leftmost.
// Keeps its memory from word to word. Threads: one at a time. Lifetime: the merges outlive it.
// Cost: n log n for a word of n bytes, whatever is in it.
class BpeWord {
public:
    // Longer words than this (in bytes) are joined in parts, which bounds the memory to some 30 bytes for each.
    static constexpr std::size_t kLongest = std::size_t { 1 } << 24;

    struct Part {
        TokenId id;             // kNoToken for a byte that the vocabulary lacks
        std::uint32_t begin;    // in the word, in bytes
    };

    explicit BpeWord(const BpeMerges& merges) : m_merges(merges) {}

    // Valid until the next call. `word` has at most kLongest bytes.
    const std::vector<Part>& split(std::string_view word);

private:
    // Tokens so far, each at its first byte; at other bytes `size` is 0.
    struct Symbol {
        TokenId id;
        std::uint32_t size;
        std::uint32_t previous;   // first byte of the symbol before
    };

    // Two neighbours that may join. It has gone stale when one of them has joined another.
    struct Candidate {
        std::uint32_t rank;
        std::uint32_t begin;
        std::uint32_t size;       // of both together
        TokenId joined;
    };
    static bool isLater(const Candidate& a, const Candidate& b);

    void propose(std::uint32_t left, std::uint32_t right);
    void join(const Candidate& pair);

    const BpeMerges& m_merges;
    std::vector<Symbol> m_symbols;
    std::vector<Candidate> m_queue;   // a heap, the next pair on top
    std::vector<Part> m_parts;
};

} // namespace octavo
