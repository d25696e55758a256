// SPDX-License-Identifier: Apache-2.0
// Writes the seeds that are made rather than found, small files that parse, into the corpora of the targets that read GGUF.
//   fuzz_seeds tests/fuzz/corpus
#include <cstdio>
#include <filesystem>

#include "support/tiny_gguf.h"

namespace octavo::test {
namespace {

// A model of a few hundred bytes per tensor.
GgufWriter smallModel(TensorType type)
{
    return tinyLlama({ .weights = type, .layers = 1, .hidden = 32, .feedForward = 32, .heads = 2, .kvHeads = 1 });
}

// The same with a vocabulary of two tokens, which leaves the tensors within reach of a short mutation.
GgufWriter smallestModel()
{
    GgufWriter writer = smallModel(TensorType::Q4_0);
    writer.set("tokenizer.ggml.tokens", std::vector<std::string> { "a", "<|im_end|>" });
    writer.set("tokenizer.ggml.token_type", std::vector<std::int32_t> { 1, 3 });
    writer.set("tokenizer.ggml.merges", std::vector<std::string> {});
    writer.set("tokenizer.ggml.bos_token_id", std::uint32_t { 1 });
    writer.set("tokenizer.ggml.eos_token_id", std::uint32_t { 1 });
    writer.set("tokenizer.chat_template", "<|im_start|>");
    writer.setTensor("token_embd.weight", TensorType::Q4_0, { 32, 2 }, std::string(2 * 18, 'q'));
    return writer;
}

// For the model that the target `adapter` has.
GgufWriter adapter()
{
    GgufWriter writer;
    writer.set("general.type", "adapter");
    writer.set("general.architecture", "llama");
    writer.set("adapter.type", "lora");
    writer.set("adapter.lora.alpha", 2.0f);
    writer.setTensor("blk.0.attn_k.weight.lora_a", TensorType::F32, { 32, 1 }, std::string(128, '\1'));
    writer.setTensor("blk.0.attn_k.weight.lora_b", TensorType::F16, { 1, 16 }, std::string(32, '\2'));
    writer.setTensor("octavo.gate", TensorType::F32, { 2, 1 }, std::string(8, '\3'));
    return writer;
}

GgufWriter everyKindOfValue()
{
    GgufWriter writer;
    writer.set("general.alignment", std::uint32_t { 8 });
    writer.set("string", "text");
    writer.set("bool", true);
    writer.set("u8", std::uint8_t { 1 });
    writer.set("i16", std::int16_t { -1 });
    writer.set("u64", std::uint64_t { 1 } << 63);
    writer.set("f32", 0.5f);
    writer.set("f64", 0.1);
    writer.set("strings", std::vector<std::string> { "a", "", "bc" });
    writer.set("i32s", std::vector<std::int32_t> { 3, -1, 4 });
    writer.set("u64s", std::vector<std::uint64_t> { ~std::uint64_t { 0 } });
    writer.set("f32s", std::vector<float> { 1.5f, -2 });
    writer.setTensor("vector", TensorType::F32, { 4 }, std::string(16, '\1'));
    writer.setTensor("matrix", TensorType::Q8_0, { 32, 1 }, std::string(34, '\2'));
    return writer;
}

} // namespace
} // namespace octavo::test

int main(int count, char** arguments)
{
    using namespace octavo::test;
    if (count != 2) {
        std::fputs("usage: fuzz_seeds FOLDER-OF-CORPORA\n", stderr);
        return 2;
    }
    const std::filesystem::path corpora = arguments[1];
    const std::pair<const char*, GgufWriter> seeds[] = {
        { "gguf/small-model", smallModel(TensorType::Q4_0) },
        { "gguf/smallest-model", smallestModel() },
        { "gguf/every-kind-of-value", everyKindOfValue() },
        { "gguf/empty", GgufWriter() },
        { "adapter/small-adapter", adapter() },
    };
    for (const auto& [name, writer] : seeds) {
        std::filesystem::create_directories((corpora / name).parent_path());
        writer.write(corpora / name);
    }
    return 0;
}
