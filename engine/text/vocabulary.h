// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "octavo/engine/result.h"
#include "octavo/engine/tokenizer.h"

namespace octavo {

// llama.cpp's token types, by their numbers in files.
enum class TokenType : std::int64_t { Normal = 1, Unknown = 2, Control = 3, UserDefined = 4, Unused = 5, Byte = 6 };

// What every kind of tokenizer finds in a GGUF file: spellings, kinds and the tokens with a duty.
struct Vocabulary {
    // Errors: BadMetadata (no tokens, lists of different lengths, an id outside).
    static Result<Vocabulary> fromGguf(const GgufFile& file);

    std::vector<std::string> spellings;   // as in the file, one for each id
    std::vector<TokenType> types;         // same length; Normal where the file names none, or one that is not known
    std::vector<bool> special;            // same length: control tokens and others that no text may spell
    std::vector<bool> endsTurn;           // same length
    std::optional<TokenId> bos;
    std::optional<TokenId> eos;
};

} // namespace octavo
