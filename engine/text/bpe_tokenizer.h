// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "text/bpe_merges.h"
#include "text/vocabulary_tokenizer.h"
#include "text/word_splitter.h"

namespace octavo {

// Byte-level byte-pair encoding (`tokenizer.ggml.model` = gpt2): SmolLM, Llama 3, Qwen 2, GPT-2.
class BpeTokenizer final : public VocabularyTokenizer {
public:
    // Errors: as Tokenizer::fromGguf.
    static Result<std::unique_ptr<const Tokenizer>> fromGguf(const GgufFile& file);

    TokenizedText encode(std::string_view text, SpecialTokens special) const override;

private:
    class Encoding;

    BpeTokenizer(Vocabulary vocabulary, BpeMerges merges, WordSplitter splitter);

    BpeMerges m_merges;
    WordSplitter m_splitter;
    std::unordered_map<std::string_view, TokenId> m_wholeWords;    // into m_bytes; empty unless the vocabulary prefers them
    std::vector<TokenId> m_replacement;                            // what is read for a byte that the vocabulary lacks
};

} // namespace octavo
