// SPDX-License-Identifier: Apache-2.0
#include "text/bpe_word.h"

#include <algorithm>
#include <cassert>

namespace octavo {

bool BpeWord::isLater(const Candidate& a, const Candidate& b)
{
    return a.rank != b.rank ? a.rank > b.rank : a.begin > b.begin;
}

const std::vector<BpeWord::Part>& BpeWord::split(std::string_view word)
{
    assert(word.size() <= kLongest);
    const auto size = static_cast<std::uint32_t>(word.size());
    m_symbols.clear();
    m_queue.clear();
    for (std::uint32_t at = 0; at < size; ++at) {
        m_symbols.push_back({ m_merges.byteToken(static_cast<unsigned char>(word[at])), 1, at - 1 });
        if (at > 0)
            propose(at - 1, at);
    }
    while (!m_queue.empty()) {
        std::ranges::pop_heap(m_queue, isLater);
        const Candidate pair = m_queue.back();
        m_queue.pop_back();
        join(pair);
    }
    m_parts.clear();
    for (std::uint32_t at = 0; at < size; at += m_symbols[at].size)
        m_parts.push_back({ m_symbols[at].id, at });
    return m_parts;
}

void BpeWord::propose(std::uint32_t left, std::uint32_t right)
{
    const BpeMerges::Merge* merge = m_merges.find(m_symbols[left].id, m_symbols[right].id);
    if (!merge)
        return;
    m_queue.push_back({ merge->rank, left, m_symbols[left].size + m_symbols[right].size, merge->joined });
    std::ranges::push_heap(m_queue, isLater);
}

void BpeWord::join(const Candidate& pair)
{
    Symbol& left = m_symbols[pair.begin];
    const std::uint32_t rightBegin = pair.begin + left.size;
    // Symbols only grow, so two that still begin and end where the candidate did are the same two.
    if (left.size == 0 || rightBegin >= m_symbols.size() || left.size + m_symbols[rightBegin].size != pair.size)
        return;
    m_symbols[rightBegin].size = 0;
    left.size = pair.size;
    left.id = pair.joined;
    const std::uint32_t next = pair.begin + pair.size;
    if (pair.begin > 0)
        propose(left.previous, pair.begin);
    if (next < m_symbols.size()) {
        m_symbols[next].previous = pair.begin;
        propose(pair.begin, next);
    }
}

} // namespace octavo
