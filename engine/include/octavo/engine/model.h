// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "octavo/engine/chat_template.h"
#include "octavo/engine/engine.h"
#include "octavo/engine/kv_format.h"
#include "octavo/engine/plan.h"
#include "octavo/engine/rope_settings.h"
#include "octavo/engine/tokenizer.h"

namespace octavo {

class HeldModel;
struct ModelWeights;

// The numbers of a Llama that the forward pass needs; all from the file's metadata, but for the last two.
struct ModelConfig {
    std::string name;
    std::string architecture;          // general.architecture: "llama", "qwen2" or "qwen3"
    std::uint32_t layers = 0;
    std::uint32_t hidden = 0;          // width of the residual stream
    std::uint32_t heads = 0;           // query heads H
    std::uint32_t kvHeads = 0;         // key and value heads G, H % G == 0
    std::uint32_t headWidth = 0;       // D, a multiple of 16; heads · headWidth need not be hidden
    std::uint32_t feedForward = 0;
    std::uint32_t vocabulary = 0;
    std::uint32_t context = 0;         // trained context in tokens
    float normEpsilon = 0;
    RopeSettings rope;
    std::vector<float> gates;          // [layer][head], instead of ReadingPlan::gate; brought by an adapter, else empty
    std::optional<WideLayers> wideLayers; // as somebody measured them (ModelOptions), for wideLayersFor()

    // Bytes of keys and values of one token, all layers.
    std::uint64_t kvBytesPerToken(const KvFormat& format = {}) const
    {
        return std::uint64_t{layers} * kvHeads * (kvBytes(format.keys, headWidth) + kvBytes(format.values, headWidth));
    }
};

struct ModelOptions {
    std::vector<std::filesystem::path> adapters; // LoRA adapters in GGUF form, of this model; their effects add up
    // Adapters in memory, for whichever models they were made (octavo.adapter.model is the hash() of one without adapters): those of this model are applied,
    // where `adapters` names none, and the others passed over. Needed while open() runs.
    std::vector<std::span<const std::byte>> offered;
    std::map<std::string, WideLayers> measuredLayers{}; // of models, by hash(): those that plans for them shall read wide; others than this one's are passed over
};

// One open model: configuration, tokenizer, weights (left in the mapped file as they are).
// Threads: const calls are safe from any thread. Lifetime: shared; keeps its engine and file mapping alive.
class Model {
public:
    // An adapter adds scale · B(A x), scale = adapter.lora.alpha / rank, to the projections it names (X.weight.lora_a {inputs, rank},
    // X.weight.lora_b {rank, outputs}), and may bring gates (octavo.gate, F32 {heads, layers}); the file's own weights stay as they are.
    // One with octavo.adapter.scope = "asking" changes asked tokens alone: readings stay those of the model without it, kept ones are used as they are
    // (activated LoRA, arXiv 2504.12397).
    // Errors, each naming the model's or the adapter's file: those of reading GGUF, UnsupportedArchitecture (also a setting or a tensor
    // that this version would have to ignore, and an adapter of another architecture), UnsupportedType, UnsupportedTokenizer, BadMetadata,
    // BadTensor, OutOfMemory.
    static Result<std::shared_ptr<const Model>> open(const std::filesystem::path& file, std::shared_ptr<Engine> engine,
                                                     const ModelOptions& options = {});
    ~Model();

    const ModelConfig& config() const { return m_config; }
    const Tokenizer& tokenizer() const { return *m_tokenizer; }
    const ChatTemplate& chat() const { return m_chat; }
    const std::filesystem::path& file() const;
    std::uint64_t fileSize() const;

    // xxh3, as 16 hex digits, of all that a reading depends on: the numbers above, the tensors, the adapters but for those for asking alone. It
    // identifies the model in a saved reading. Cost: the file was read once by open() (about 10 ms per 100 MB when it is in memory).
    const std::string& hash() const { return m_hash; }
    // Of all that an answer depends on: with the adapters for asking; hash() where there are none.
    const std::string& askingHash() const { return m_askingHash; }
    // Names of the offered adapters that were applied.
    const std::vector<std::string>& offeredAdapters() const { return m_offered; }

    Engine& engine() const { return *m_engine; }
    Backend& backend() const { return *m_backend; }         // of the engine: what this model is computed on
    std::string device() const;                             // "CPU, 2 threads, AVX3"
    std::uint32_t gpuLayers() const;                        // whose weights stay in the GPU's memory; 0 on a CPU
    // Why it is not the GPU though that was left open: "no NVIDIA driver"; empty where nothing is to be said.
    const std::string& whyNoGpu() const { return m_whyNoGpu; }
    const ModelWeights& weights() const { return *m_weights; }
    HeldModel* held() const { return m_held.get(); }  // in the device's memory

private:
    Model();
    static Result<std::shared_ptr<const Model>> tryToOpen(const std::filesystem::path& file, std::shared_ptr<Engine> engine, const ModelOptions& options);
    Result<void> chooseDevice();
    std::shared_ptr<Engine> m_engine;
    Backend* m_backend = nullptr;
    std::string m_whyNoGpu;
    ModelConfig m_config;
    std::unique_ptr<const Tokenizer> m_tokenizer;
    ChatTemplate m_chat{ChatTemplate::Format::Plain};
    std::unique_ptr<const ModelWeights> m_weights;
    std::shared_ptr<HeldModel> m_held;
    std::string m_hash, m_askingHash;
    std::vector<std::string> m_offered;
};

} // namespace octavo
