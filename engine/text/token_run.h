// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <unordered_map>
#include <utility>

#include "octavo/engine/tokenizer.h"

namespace octavo {

// The tokens of one text while they are made, word by word. A word met before is not joined again: its tokens are copied from where they
// already stand. Threads: one at a time. Lifetime: the text outlives it.
class TokenRun {
public:
    explicit TokenRun(std::string_view text) : m_text(text)
    {
        m_tokens.ids.reserve(text.size() / 3);
        m_tokens.begins.reserve(text.size() / 3);
    }

    void add(TokenId id, std::size_t begin)
    {
        m_tokens.ids.push_back(id);
        m_tokens.begins.push_back(begin);
    }

    // `word` is a part of the text. `join(word)` adds its tokens, at least one, always the same for the same bytes.
    template <class Join>
    void addWord(std::string_view word, const Join& join)
    {
        if (word.size() > kLongestKnownWord) {
            join(word);
            return;
        }
        if (const auto known = m_known.find(word); known != m_known.end()) {
            repeat(known->second, beginOf(word));
            return;
        }
        const std::size_t first = m_tokens.ids.size();
        join(word);
        if (m_known.size() == kMaxKnownWords)
            m_known.clear();
        m_known.emplace(word, Known { first, m_tokens.ids.size() - first });
    }

    // Of a part of the text, in bytes.
    std::size_t beginOf(std::string_view part) const { return static_cast<std::size_t>(part.data() - m_text.data()); }

    TokenizedText take() { return std::move(m_tokens); }

private:
    // Beyond this many different words the table starts anew, so it stays small.
    static constexpr std::size_t kMaxKnownWords = 1 << 16;
    static constexpr std::size_t kLongestKnownWord = 64;

    // Where a word's tokens already stand.
    struct Known {
        std::size_t first;
        std::size_t count;
    };

    void repeat(Known known, std::size_t begin)
    {
        const std::uint64_t knownBegin = m_tokens.begins[known.first];
        for (std::size_t n = known.first; n < known.first + known.count; ++n)
            add(m_tokens.ids[n], begin + (m_tokens.begins[n] - knownBegin));
    }

    std::string_view m_text;
    TokenizedText m_tokens;
    std::unordered_map<std::string_view, Known> m_known;
};

} // namespace octavo
