// SPDX-License-Identifier: Apache-2.0
// Writes the seeds that are made rather than found: small GGUF files that parse, so that the fuzzer begins behind the header.
//   fuzz_seeds FOLDER
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
        std::fputs("usage: fuzz_seeds FOLDER\n", stderr);
        return 2;
    }
    const std::filesystem::path folder = arguments[1];
    std::filesystem::create_directories(folder);
    smallModel(TensorType::Q4_0).write(folder / "small-model");
    smallestModel().write(folder / "smallest-model");
    everyKindOfValue().write(folder / "every-kind-of-value");
    GgufWriter().write(folder / "empty");
    return 0;
}
