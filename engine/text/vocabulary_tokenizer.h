// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "octavo/engine/tokenizer.h"
#include "text/special_spellings.h"
#include "text/vocabulary.h"

namespace octavo {

// What tokenizers of every kind do alike once they know what bytes their tokens stand for.
class VocabularyTokenizer : public Tokenizer {
public:
    std::string_view bytes(TokenId id) const final { return isKnown(id) ? std::string_view(m_bytes[static_cast<std::size_t>(id)]) : std::string_view(); }
    bool isSpecial(TokenId id) const final { return isKnown(id) && m_vocabulary.special[static_cast<std::size_t>(id)]; }
    bool endsTurn(TokenId id) const final { return isKnown(id) && m_vocabulary.endsTurn[static_cast<std::size_t>(id)]; }
    std::size_t vocabularySize() const final { return m_bytes.size(); }
    std::optional<TokenId> bos() const final { return m_vocabulary.bos; }
    std::optional<TokenId> eos() const final { return m_vocabulary.eos; }

protected:
    explicit VocabularyTokenizer(Vocabulary vocabulary) : m_vocabulary(std::move(vocabulary)), m_specialSpellings(m_vocabulary) {}

    bool isKnown(TokenId id) const { return id >= 0 && static_cast<std::size_t>(id) < m_bytes.size(); }

    // Gives an encoding of `text` its ordinary stretches by addText() and, if they are to be parsed, the special tokens between them by addSpecial().
    template <class Encoding>
    TokenizedText encodeWith(Encoding&& encoding, std::string_view text, SpecialTokens special) const
    {
        std::size_t at = 0;
        if (special == SpecialTokens::Parse) {
            while (const auto found = m_specialSpellings.find(text, at)) {
                encoding.addText(text.substr(at, found->begin - at));
                encoding.addSpecial(found->id, found->begin);
                at = found->begin + found->size;
            }
        }
        encoding.addText(text.substr(at));
        return encoding.take();
    }

    Vocabulary m_vocabulary;
    std::vector<std::string> m_bytes;      // of each token; filled by the tokenizer itself

private:
    SpecialSpellings m_specialSpellings;
};

} // namespace octavo
