// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "text/piece_cuts.h"
#include "text/vocabulary_tokenizer.h"

namespace sentencepiece {
class SentencePieceProcessor;
}

namespace octavo {

// SentencePiece with byte fallback (`tokenizer.ggml.model` = llama): Llama 2, Mistral, TinyLlama. Merges are sentencepiece's own.
//
// The space that these vocabularies want before a text (`tokenizer.ggml.add_space_prefix`, on if absent) is read after each special token that
// Parse finds, unless the text has one there, and nowhere else: a part of a prompt encoded alone, such as a document, gains no space,
// and Literal decodes to the same bytes. The token with that space begins where its text does.
//
// U+2581, which stands for a space in the vocabulary, is read as bytes where a text has it itself, or it would come back as a space.
class SpmTokenizer final : public VocabularyTokenizer {
public:
    // Errors: as Tokenizer::fromGguf.
    static Result<std::unique_ptr<const Tokenizer>> fromGguf(const GgufFile& file);
    ~SpmTokenizer() override;

    TokenizedText encode(std::string_view text, SpecialTokens special) const override;

private:
    class Encoding;

    explicit SpmTokenizer(Vocabulary vocabulary);
    std::optional<Error> readPieces();
    std::optional<Error> load(const std::vector<float>& scores);
    TokenId byteToken(char byte) const { return m_byteTokens[static_cast<unsigned char>(byte)]; }

    std::array<TokenId, 256> m_byteTokens {};
    PieceCuts m_cuts;
    bool m_spaceAfterSpecial = true;
    std::unique_ptr<sentencepiece::SentencePieceProcessor> m_processor;
};

} // namespace octavo
