// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "octavo/engine/tokenizer.h"
#include "text/piece_cuts.h"
#include "text/special_spellings.h"
#include "text/vocabulary.h"

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
class SpmTokenizer final : public Tokenizer {
public:
    // Errors: as Tokenizer::fromGguf.
    static Result<std::unique_ptr<const Tokenizer>> fromGguf(const GgufFile& file);
    ~SpmTokenizer() override;

    TokenizedText encode(std::string_view text, SpecialTokens special) const override;
    std::string_view bytes(TokenId id) const override;
    bool isSpecial(TokenId id) const override;
    std::size_t vocabularySize() const override { return m_bytes.size(); }
    std::optional<TokenId> bos() const override { return m_vocabulary.bos; }
    std::optional<TokenId> eos() const override { return m_vocabulary.eos; }
    bool endsTurn(TokenId id) const override;

private:
    class Encoding;

    explicit SpmTokenizer(Vocabulary vocabulary);
    std::optional<Error> readPieces();
    std::optional<Error> load(const std::vector<float>& scores);
    TokenId byteToken(char byte) const { return m_byteTokens[static_cast<unsigned char>(byte)]; }
    bool isKnown(TokenId id) const { return id >= 0 && static_cast<std::size_t>(id) < m_bytes.size(); }

    Vocabulary m_vocabulary;
    std::vector<std::string> m_bytes;             // of each token
    std::array<TokenId, 256> m_byteTokens {};
    PieceCuts m_cuts;
    SpecialSpellings m_specialSpellings;
    bool m_spaceAfterSpecial = true;
    std::unique_ptr<sentencepiece::SentencePieceProcessor> m_processor;
};

} // namespace octavo
