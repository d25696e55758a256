// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "octavo/engine/result.h"

namespace octavo {

class GgufFile;

using TokenId = std::int32_t;

// Whether spellings of special tokens in the text (`<|im_end|>`) become those tokens. Text of documents and people
// must be read with Literal, or a document could end the user's turn. Only Octavo's own parts of a prompt are read with Parse: SentencePiece
// vocabularies read a space after each special token there, as their training had it.
enum class SpecialTokens { Literal, Parse };

// Token ids and where each begins in the text, in bytes. Token n covers [begins[n], begins[n+1]); the last ends with the
// text. A token that holds only a part of a UTF-8 character begins at its own byte. A space that Parse adds covers nothing.
struct TokenizedText {
    std::vector<TokenId> ids;
    std::vector<std::uint64_t> begins;   // same length as ids, ascending
};

// Text to token ids and back, by the vocabulary of one GGUF file.
// Threads: const calls are safe from any thread. Lifetime: owns copies of all it needs; the file may be closed.
// Cost: encode is linear in the text for texts with ordinary words (about 10 MB/s).
class Tokenizer {
public:
    virtual ~Tokenizer() = default;

    // Byte-level BPE (`gpt2`) and SentencePiece (`llama`). Errors: UnsupportedTokenizer (model or split pattern unknown), BadMetadata
    // (vocabulary, merges or scores broken; a SentencePiece vocabulary without a token for each byte).
    static Result<std::unique_ptr<const Tokenizer>> fromGguf(const GgufFile& file);

    // Encodes UTF-8; invalid bytes are kept as bytes. No BOS or other token is added, and no normalization done (Qwen's own tokenizer
    // composes accents first): with Literal, decode gives the same bytes back. The one exception is a byte for which a byte-level vocabulary has
    // no token (SmolLM2 lacks 21, such as 0x04 and 0xFF): it is read as U+FFFD, so that nothing is passed over unseen.
    virtual TokenizedText encode(std::string_view text, SpecialTokens special) const = 0;

    // The bytes of one token; of a special token its spelling. Out-of-range ids give an empty view.
    virtual std::string_view bytes(TokenId id) const = 0;

    virtual bool isSpecial(TokenId id) const = 0;
    virtual std::size_t vocabularySize() const = 0;
    virtual std::optional<TokenId> bos() const = 0;
    virtual std::optional<TokenId> eos() const = 0;

    // True for every token that ends an assistant's turn (eos, <|im_end|>, <|eot_id|>, …).
    virtual bool endsTurn(TokenId id) const = 0;

    std::string decode(std::span<const TokenId> ids) const;
};

} // namespace octavo
