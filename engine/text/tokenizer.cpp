// SPDX-License-Identifier: Apache-2.0
#include "octavo/engine/tokenizer.h"

#include "model/gguf.h"
#include "text/bpe_tokenizer.h"
#include "text/spm_tokenizer.h"

namespace octavo {

Result<std::unique_ptr<const Tokenizer>> Tokenizer::fromGguf(const GgufFile& file)
{
    constexpr std::string_view kKey = "tokenizer.ggml.model";
    const auto model = file.stringValue(kKey);
    if (!model)
        return Error { Errc::BadMetadata, std::string(kKey), "no string" };
    if (*model == "gpt2")
        return BpeTokenizer::fromGguf(file);
    if (*model == "llama")
        return SpmTokenizer::fromGguf(file);
    return Error { Errc::UnsupportedTokenizer, std::string(kKey), std::string(model->substr(0, 100)) };
}

std::string Tokenizer::decode(std::span<const TokenId> ids) const
{
    std::string text;
    for (TokenId id : ids)
        text += bytes(id);
    return text;
}

} // namespace octavo
