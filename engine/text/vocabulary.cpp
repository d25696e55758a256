// SPDX-License-Identifier: Apache-2.0
#include "text/vocabulary.h"

#include <algorithm>
#include <array>
#include <limits>

#include "model/gguf.h"

namespace octavo {
namespace {

// Files often name only one token as the end; these end a turn wherever a vocabulary has them.
constexpr std::array<std::string_view, 8> kTurnEnds = {
    "<|im_end|>", "<|eot_id|>", "<|eom_id|>", "<|end|>", "<end_of_turn>", "<|endoftext|>", "<|end_of_text|>", "</s>",
};

// Some conversions mark even <|im_end|> as user-defined, so those are guarded like control tokens.
bool isSpecialType(TokenType type)
{
    return type == TokenType::Unknown || type == TokenType::Control || type == TokenType::UserDefined;
}

TokenType typeOf(std::int64_t number)
{
    const auto type = static_cast<TokenType>(number);
    return type >= TokenType::Normal && type <= TokenType::Byte ? type : TokenType::Normal;
}

Result<std::optional<TokenId>> tokenWithDuty(const GgufFile& file, std::string_view key, std::size_t size)
{
    if (!file.has(key))
        return std::optional<TokenId> {};
    const auto id = file.unsignedValue(key);
    if (!id || *id >= size)
        return Error { Errc::BadMetadata, std::string(key), "not an id of the vocabulary" };
    return std::optional(static_cast<TokenId>(*id));
}

} // namespace

Result<Vocabulary> Vocabulary::fromGguf(const GgufFile& file)
{
    constexpr std::string_view kTokens = "tokenizer.ggml.tokens";
    constexpr std::string_view kTypes = "tokenizer.ggml.token_type";
    const auto tokens = file.stringArray(kTokens);
    if (!tokens || tokens->empty() || tokens->size() > std::numeric_limits<TokenId>::max())
        return Error { Errc::BadMetadata, std::string(kTokens), "no list of strings, or an empty one" };
    const std::size_t size = tokens->size();

    Vocabulary vocabulary;
    vocabulary.spellings.assign(tokens->begin(), tokens->end());
    vocabulary.types.resize(size, TokenType::Normal);
    vocabulary.special.resize(size);
    vocabulary.endsTurn.resize(size);
    if (file.has(kTypes)) {
        const auto types = file.integerArray(kTypes);
        if (!types || types->size() != size)
            return Error { Errc::BadMetadata, std::string(kTypes), "not one type for each token" };
        std::ranges::transform(*types, vocabulary.types.begin(), typeOf);
        std::transform(vocabulary.types.begin(), vocabulary.types.end(), vocabulary.special.begin(), isSpecialType);
    }

    const auto bos = tokenWithDuty(file, "tokenizer.ggml.bos_token_id", size);
    if (!bos)
        return bos.error();
    vocabulary.bos = *bos;
    const auto eos = tokenWithDuty(file, "tokenizer.ggml.eos_token_id", size);
    if (!eos)
        return eos.error();
    vocabulary.eos = *eos;
    for (std::string_view key : { "tokenizer.ggml.eos_token_id", "tokenizer.ggml.eot_token_id", "tokenizer.ggml.eom_token_id" }) {
        const auto id = tokenWithDuty(file, key, size);
        if (!id)
            return id.error();
        if (*id)
            vocabulary.endsTurn[**id] = true;
    }
    for (std::size_t id = 0; id < size; ++id) {
        if (vocabulary.special[id] && std::ranges::find(kTurnEnds, vocabulary.spellings[id]) != kTurnEnds.end())
            vocabulary.endsTurn[id] = true;
    }
    return vocabulary;
}

} // namespace octavo
