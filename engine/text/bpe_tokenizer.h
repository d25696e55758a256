// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "octavo/engine/tokenizer.h"
#include "text/bpe_merges.h"
#include "text/special_spellings.h"
#include "text/vocabulary.h"
#include "text/word_splitter.h"

namespace octavo {

// Byte-level byte-pair encoding (`tokenizer.ggml.model` = gpt2): SmolLM, Llama 3, Qwen 2, GPT-2.
class BpeTokenizer final : public Tokenizer {
public:
    // Errors: as Tokenizer::fromGguf.
    static Result<std::unique_ptr<const Tokenizer>> fromGguf(const GgufFile& file);

    TokenizedText encode(std::string_view text, SpecialTokens special) const override;
    std::string_view bytes(TokenId id) const override;
    bool isSpecial(TokenId id) const override;
    std::size_t vocabularySize() const override { return m_bytes.size(); }
    std::optional<TokenId> bos() const override { return m_vocabulary.bos; }
    std::optional<TokenId> eos() const override { return m_vocabulary.eos; }
    bool endsTurn(TokenId id) const override;

private:
    class Encoding;

    BpeTokenizer(Vocabulary vocabulary, BpeMerges merges, WordSplitter splitter);
    bool isKnown(TokenId id) const { return id >= 0 && static_cast<std::size_t>(id) < m_bytes.size(); }

    Vocabulary m_vocabulary;
    std::vector<std::string> m_bytes;                              // of each token
    BpeMerges m_merges;
    WordSplitter m_splitter;
    SpecialSpellings m_specialSpellings;
    std::unordered_map<std::string_view, TokenId> m_wholeWords;    // into m_bytes; empty unless the vocabulary prefers them
    std::vector<TokenId> m_replacement;                            // what is read for a byte that the vocabulary lacks
};

} // namespace octavo
