// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "octavo/engine/chat_template.h"
#include "octavo/engine/engine.h"
#include "octavo/engine/kv_format.h"
#include "octavo/engine/tokenizer.h"

namespace octavo {

struct ModelWeights;

// The numbers of a Llama that the forward pass needs; all from the file's metadata.
struct ModelConfig {
    std::string name;
    std::uint32_t layers = 0;
    std::uint32_t hidden = 0;          // width of the residual stream
    std::uint32_t heads = 0;           // query heads H
    std::uint32_t kvHeads = 0;         // key and value heads G, H % G == 0
    std::uint32_t headWidth = 0;       // D
    std::uint32_t feedForward = 0;
    std::uint32_t vocabulary = 0;
    std::uint32_t context = 0;         // trained context in tokens
    float normEpsilon = 0;
    double ropeBase = 0;

    // Bytes of keys and values of one token, all layers.
    std::uint64_t kvBytesPerToken(const KvFormat& format = {}) const
    {
        return std::uint64_t{layers} * kvHeads * (kvBytes(format.keys, headWidth) + kvBytes(format.values, headWidth));
    }
};

// One open model: configuration, tokenizer, weights (left in the mapped file as they are).
// Threads: const calls are safe from any thread. Lifetime: shared; keeps its engine and file mapping alive.
class Model {
public:
    // Errors: those of reading GGUF, UnsupportedArchitecture, UnsupportedType, UnsupportedTokenizer, BadMetadata, BadTensor.
    static Result<std::shared_ptr<const Model>> open(const std::filesystem::path& file, std::shared_ptr<Engine> engine);
    ~Model();

    const ModelConfig& config() const { return m_config; }
    const Tokenizer& tokenizer() const { return *m_tokenizer; }
    const ChatTemplate& chat() const { return m_chat; }
    const std::filesystem::path& file() const;
    std::uint64_t fileSize() const;

    // xxh3 of the whole file as 16 hex digits; identifies the model in a saved reading. Cost: reads the file once per
    // Model (about 10 ms per 100 MB when it is in memory).
    const std::string& hash() const;

    Engine& engine() const { return *m_engine; }
    const ModelWeights& weights() const { return *m_weights; }

private:
    Model();
    std::shared_ptr<Engine> m_engine;
    ModelConfig m_config;
    std::unique_ptr<const Tokenizer> m_tokenizer;
    ChatTemplate m_chat{ChatTemplate::Format::Plain};
    std::unique_ptr<const ModelWeights> m_weights;
    std::string m_hash;
};

} // namespace octavo
