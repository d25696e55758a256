// SPDX-License-Identifier: Apache-2.0
#include "octavo/engine/model_head.h"

#include "model/config.h"
#include "model/file_error.h"

namespace octavo {

Result<ModelHead> ModelHead::open(const std::filesystem::path& path)
{
    const auto file = GgufFile::open(path);
    if (!file)
        return inFile(path, file.error());
    auto head = of(**file);
    if (!head)
        return inFile(path, head.error());
    return head;
}

Result<ModelHead> ModelHead::of(const GgufFile& file)
{
    auto config = readConfig(file);
    if (!config)
        return config.error();
    auto tokenizer = Tokenizer::fromGguf(file);
    if (!tokenizer)
        return tokenizer.error();
    if ((*tokenizer)->vocabularySize() > config->vocabulary)
        return Error{Errc::BadMetadata, "tokenizer.ggml.tokens", "has more entries than token_embd.weight"};
    ChatTemplate chat = ChatTemplate::fromGguf(file, **tokenizer);
    return ModelHead{std::move(*config), std::move(*tokenizer), std::move(chat)};
}

} // namespace octavo
