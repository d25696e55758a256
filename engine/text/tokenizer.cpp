// SPDX-License-Identifier: Apache-2.0
#include "octavo/engine/tokenizer.h"

#include "model/gguf.h"
#include "text/bpe_tokenizer.h"

namespace octavo {

Result<std::unique_ptr<const Tokenizer>> Tokenizer::fromGguf(const GgufFile& file)
{
    const auto model = file.stringValue("tokenizer.ggml.model");
    if (!model)
        return Error{Errc::BadMetadata, "tokenizer.ggml.model", "is missing"};
    if (*model == "gpt2")
        return BpeTokenizer::fromGguf(file);
    return Error{Errc::UnsupportedTokenizer, "tokenizer.ggml.model", std::string(*model)};
}

std::string Tokenizer::decode(std::span<const TokenId> ids) const
{
    std::string text;
    for (const TokenId id : ids)
        text += bytes(id);
    return text;
}

} // namespace octavo
