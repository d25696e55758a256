// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "octavo/engine/tokenizer.h"
#include "text/split_pattern.h"

namespace octavo {

// Byte-level byte pair encoding ("gpt2" vocabularies): words are cut by a pattern, begin as single bytes, and the pair with the
// lowest merge rank is joined until none is left (Sennrich et al. 2016). Tokens are kept as the bytes they stand for.
class BpeTokenizer final : public Tokenizer {
public:
    static Result<std::unique_ptr<const Tokenizer>> fromGguf(const GgufFile& file);

    TokenizedText encode(std::string_view text, SpecialTokens special) const override;
    std::string_view bytes(TokenId id) const override;
    bool isSpecial(TokenId id) const override;
    std::size_t vocabularySize() const override { return m_tokens.size(); }
    std::optional<TokenId> bos() const override { return m_bos; }
    std::optional<TokenId> eos() const override { return m_eos; }
    bool endsTurn(TokenId id) const override { return m_turnEnds.contains(id); }

private:
    struct Merge {
        std::uint32_t rank;
        TokenId result;
    };
    struct Word {
        std::vector<TokenId> ids;
        std::vector<std::uint32_t> begins; // within the word
        std::uint32_t unknownBytes = 0;
    };
    using Cache = std::unordered_map<std::string_view, Word>;

    static std::uint64_t pairKey(TokenId left, TokenId right)
    {
        return static_cast<std::uint64_t>(static_cast<std::uint32_t>(left)) << 32 | static_cast<std::uint32_t>(right);
    }
    Result<void> readVocabulary(const GgufFile& file);
    Result<void> readMerges(const GgufFile& file);
    void readEnds(const GgufFile& file);
    void encodeLiteral(std::string_view text, std::uint64_t offset, Cache& cache, TokenizedText& out) const;
    Word encodeWord(std::string_view word) const;
    // The special token that begins at `at`, the longest one; -1 if none.
    TokenId specialAt(std::string_view text, std::size_t at) const;

    std::unique_ptr<const SplitPattern> m_pattern;
    std::vector<std::string> m_tokens;                 // bytes of each token
    std::vector<bool> m_special;
    std::unordered_map<std::string_view, TokenId> m_ids; // of ordinary tokens, by bytes
    std::array<TokenId, 256> m_byteIds{}; // -1: the vocabulary lacks it
    std::unordered_map<std::uint64_t, Merge> m_merges;
    std::vector<TokenId> m_specials;                   // longest spelling first
    std::array<bool, 256> m_beginsSpecial{};
    std::optional<TokenId> m_bos, m_eos;
    std::unordered_set<TokenId> m_turnEnds;
};

} // namespace octavo
