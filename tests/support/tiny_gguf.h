// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "support/tiny_gguf_writer.h"
#include "support/tiny_quantize.h"

namespace octavo::test {

// A Llama of about 100,000 weights: enough of everything to run, nonsense as an answer.
struct TinyLlamaOptions {
    TensorType weights = TensorType::F32;   // of all matrices; norms are F32
    std::uint32_t seed = 1;
    std::uint32_t layers = 2;
    std::uint32_t hidden = 64;              // a multiple of 32, as are the next two
    std::uint32_t feedForward = 128;
    std::uint32_t heads = 4;                // hidden / heads is even
    std::uint32_t kvHeads = 2;
    std::uint32_t context = 512;
    std::optional<TensorType> ups{};        // of ffn_up alone, where it is another one
};

// Ids: 0 <|endoftext|>, 1 <|im_start|>, 2 <|im_end|>; then the 256 bytes in order; then one for each merge.
inline constexpr std::int32_t kTinyFirstByte = 3;
inline constexpr std::int32_t kTinyFirstMerge = kTinyFirstByte + 256;

inline constexpr const char* kTinyChatTemplate
    = "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n'}}{% endfor %}"
      "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";

// How vocabularies write a byte: as itself where Latin-1 shows it, else as the next free character from U+0100 on.
inline std::string tinyByteLetter(unsigned byte)
{
    const auto isVisible = [](unsigned b) { return (b >= '!' && b <= '~') || (b >= 0xA1 && b <= 0xAC) || b >= 0xAE; };
    unsigned letter = byte;
    if (!isVisible(byte)) {
        letter = 256;
        for (unsigned b = 0; b < byte; ++b)
            letter += isVisible(b) ? 0 : 1;
    }
    if (letter < 0x80)
        return std::string(1, static_cast<char>(letter));
    return { static_cast<char>(0xC0 | letter >> 6), static_cast<char>(0x80 | (letter & 0x3F)) };
}

struct TinyVocabulary {
    std::vector<std::string> tokens;
    std::vector<std::int32_t> types;    // one for each token: 1 ordinary, 3 control
    std::vector<std::string> merges;

    void writeTo(GgufWriter& writer) const
    {
        writer.set("tokenizer.ggml.model", "gpt2");
        writer.set("tokenizer.ggml.pre", "smollm");
        writer.set("tokenizer.ggml.tokens", tokens);
        writer.set("tokenizer.ggml.token_type", types);
        writer.set("tokenizer.ggml.merges", merges);
        writer.set("tokenizer.ggml.bos_token_id", std::uint32_t { 1 });
        writer.set("tokenizer.ggml.eos_token_id", std::uint32_t { 2 });
        writer.set("tokenizer.ggml.add_bos_token", false);
        writer.set("tokenizer.chat_template", kTinyChatTemplate);
    }
};

inline TinyVocabulary tinyVocabulary()
{
    const std::vector<std::pair<std::string, std::string>> merges = {
        { "Ġ", "t" }, { "h", "e" }, { "i", "n" }, { "Ġ", "a" }, { "Ġt", "he" }, { "r", "e" }, { "o", "n" }, { "n", "d" },
        { "Ġa", "nd" }, { "a", "a" }, { "aa", "aa" }, { "Ġ", "Ġ" }, { "w", "h" }, { "a", "l" }, { "wh", "al" }, { "whal", "e" },
    };
    constexpr std::int32_t kOrdinary = 1;
    constexpr std::int32_t kControl = 3;
    TinyVocabulary vocabulary;
    vocabulary.tokens = { "<|endoftext|>", "<|im_start|>", "<|im_end|>" };
    vocabulary.types.resize(vocabulary.tokens.size(), kControl);
    for (unsigned byte = 0; byte < 256; ++byte)
        vocabulary.tokens.push_back(tinyByteLetter(byte));
    for (const auto& [left, right] : merges) {
        vocabulary.tokens.push_back(left + right);
        vocabulary.merges.push_back(left + " " + right);
    }
    vocabulary.types.resize(vocabulary.tokens.size(), kOrdinary);
    return vocabulary;
}

inline constexpr std::uint32_t kTinyVocabulary = kTinyFirstMerge + 16;

// The file as a writer, for tests that change something before they write it.
inline GgufWriter tinyLlama(const TinyLlamaOptions& options = {})
{
    GgufWriter writer;
    writer.set("general.architecture", "llama");
    writer.set("general.name", "Tiny");
    writer.set("llama.block_count", options.layers);
    writer.set("llama.context_length", options.context);
    writer.set("llama.embedding_length", options.hidden);
    writer.set("llama.feed_forward_length", options.feedForward);
    writer.set("llama.attention.head_count", options.heads);
    writer.set("llama.attention.head_count_kv", options.kvHeads);
    writer.set("llama.rope.freq_base", 10000.0f);
    writer.set("llama.rope.dimension_count", options.hidden / options.heads);
    writer.set("llama.attention.layer_norm_rms_epsilon", 1e-5f);
    writer.set("llama.vocab_size", kTinyVocabulary);
    tinyVocabulary().writeTo(writer);

    // The generator's own bits, so that every standard library makes the same file.
    std::mt19937 random(options.seed);
    const auto uniform = [&random] { return static_cast<float>(random()) * 0x1p-31f - 1.0f; };   // in [-1, 1]
    const auto matrix = [&](const std::string& name, std::uint32_t columns, std::uint32_t rows) {
        const float scale = std::sqrt(3.0f / static_cast<float>(columns));   // outputs about as large as inputs
        std::vector<float> values(std::size_t { columns } * rows);
        for (float& value : values)
            value = uniform() * scale;
        const TensorType type = options.ups && name.find("ffn_up") != name.npos ? *options.ups : options.weights;
        writer.setTensor(name, type, { columns, rows }, encode(type, values));
    };
    const auto norm = [&](const std::string& name) {
        std::vector<float> values(options.hidden);
        for (float& value : values)
            value = 1.0f + 0.1f * uniform();
        writer.setTensor(name, TensorType::F32, { options.hidden }, encodeF32(values));
    };
    const std::uint32_t kvWidth = options.hidden / options.heads * options.kvHeads;
    matrix("token_embd.weight", options.hidden, kTinyVocabulary);
    for (std::uint32_t layer = 0; layer < options.layers; ++layer) {
        const std::string block = "blk." + std::to_string(layer) + ".";
        norm(block + "attn_norm.weight");
        matrix(block + "attn_q.weight", options.hidden, options.hidden);
        matrix(block + "attn_k.weight", options.hidden, kvWidth);
        matrix(block + "attn_v.weight", options.hidden, kvWidth);
        matrix(block + "attn_output.weight", options.hidden, options.hidden);
        norm(block + "ffn_norm.weight");
        matrix(block + "ffn_gate.weight", options.hidden, options.feedForward);
        matrix(block + "ffn_up.weight", options.hidden, options.feedForward);
        matrix(block + "ffn_down.weight", options.feedForward, options.hidden);
    }
    norm("output_norm.weight");
    return writer;
}

inline void writeTinyLlama(const std::filesystem::path& path, const TinyLlamaOptions& options = {}) { tinyLlama(options).write(path); }

} // namespace octavo::test
