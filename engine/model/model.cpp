// SPDX-License-Identifier: Apache-2.0
#include "octavo/engine/model.h"

#include <xxhash.h>

#include <cstdio>

#include "model/weights.h"

namespace octavo {

namespace {

std::string hashOf(const GgufFile& file)
{
    // The parsed tables and every tensor's bytes: all that a reading depends on.
    XXH3_state_t* state = XXH3_createState();
    XXH3_64bits_reset(state);
    for (const GgufTensor& tensor : file.tensors()) {
        XXH3_64bits_update(state, tensor.name.data(), tensor.name.size());
        XXH3_64bits_update(state, tensor.data.data(), tensor.data.size());
    }
    const XXH64_hash_t hash = XXH3_64bits_digest(state);
    XXH3_freeState(state);
    char text[17];
    std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(hash));
    return text;
}

} // namespace

Model::Model() = default;
Model::~Model() = default;

Result<std::shared_ptr<const Model>> Model::open(const std::filesystem::path& path, std::shared_ptr<Engine> engine)
{
    auto file = GgufFile::open(path);
    if (!file)
        return file.error();
    // Whatever is wrong inside the file, a person needs to know which file it was.
    const auto inFile = [&](Error error) {
        error.detail = error.subject + (error.detail.empty() ? "" : " " + error.detail);
        error.subject = path.string();
        return error;
    };
    auto config = readConfig(**file);
    if (!config)
        return inFile(config.error());
    auto tokenizer = Tokenizer::fromGguf(**file);
    if (!tokenizer)
        return inFile(tokenizer.error());
    if ((*tokenizer)->vocabularySize() > config->vocabulary)
        return inFile({Errc::BadMetadata, "tokenizer.ggml.tokens", "has more entries than token_embd.weight"});

    std::shared_ptr<Model> model(new Model);
    model->m_config = *config;
    model->m_chat = ChatTemplate::fromGguf(**file, **tokenizer);
    model->m_tokenizer = std::move(*tokenizer);
    auto weights = bindWeights(std::move(*file), *config, engine->backend());
    if (!weights)
        return inFile(weights.error());
    model->m_hash = hashOf(*(*weights)->file);
    model->m_weights = std::move(*weights);
    model->m_engine = std::move(engine);
    return std::shared_ptr<const Model>(std::move(model));
}

const std::filesystem::path& Model::file() const { return m_weights->file->path(); }
std::uint64_t Model::fileSize() const { return m_weights->file->fileSize(); }
const std::string& Model::hash() const { return m_hash; }

} // namespace octavo
