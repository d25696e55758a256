// SPDX-License-Identifier: Apache-2.0
// A hostile file never makes Octavo ask for more memory than its own size allows, whatever counts and lengths it names.
// A program of its own: it replaces operator new.
#include <gtest/gtest.h>

#include <limits>

#include "model/gguf.h"
#include "octavo/engine/model.h"
#include "support/allocation_meter.h"
#include "support/temporary_folder.h"
#include "support/tiny_gguf.h"

namespace octavo {
namespace {

using test::GgufWriter;
using test::TensorType;

constexpr std::uint64_t kHuge = std::numeric_limits<std::uint64_t>::max();
constexpr std::uint32_t kU8 = 0;
constexpr std::uint32_t kU32 = 4;
constexpr std::uint32_t kF32 = 6;
constexpr std::uint32_t kString = 8;
constexpr std::uint32_t kArray = 9;
constexpr std::size_t kMuch = 60000;   // entries or bytes, where a row needs many

template <class... Numbers>
std::string numbers(Numbers... values)
{
    std::string bytes;
    (GgufWriter::append(bytes, values), ...);
    return bytes;
}

// A file whose tables say what they like, and `rest` after its header.
std::string file(std::uint64_t tensors, std::uint64_t keys, const std::string& rest)
{
    return "GGUF" + numbers(std::uint32_t { 3 }, tensors, keys) + rest;
}

std::string text(std::string_view text)
{
    std::string bytes;
    GgufWriter::appendString(bytes, text);
    return bytes;
}

std::string tensor(std::string_view name, std::initializer_list<std::uint64_t> shape, TensorType type = TensorType::F32)
{
    std::string entry = text(name) + numbers(static_cast<std::uint32_t>(shape.size()));
    for (std::uint64_t extent : shape)
        entry += numbers(extent);
    return entry + numbers(static_cast<std::uint32_t>(type), std::uint64_t { 0 });
}

// The tiny Llama with something changed.
template <class Change>
std::string llama(Change change)
{
    GgufWriter writer = test::tinyLlama();
    change(writer);
    return writer.bytes();
}

std::string repeated(std::string_view piece, std::size_t times)
{
    std::string bytes;
    for (std::size_t n = 0; n < times; ++n)
        bytes += piece;
    return bytes;
}

// 256 layers of wide norms, which a model keeps as floats, and one and the same data for all tensors.
std::string layersThatShareData()
{
    constexpr std::uint32_t kLayers = 256;
    constexpr std::uint32_t kHidden = 16384;
    constexpr std::uint32_t kHeadWidth = 16;
    std::string bytes = text("general.architecture") + numbers(kString) + text("llama");
    bytes += text("tokenizer.ggml.model") + numbers(kString) + text("gpt2");
    bytes += text("tokenizer.ggml.merges") + numbers(kArray, kString, std::uint64_t { 0 });
    bytes += text("tokenizer.ggml.tokens") + numbers(kArray, kString, std::uint64_t { 3 });   // those of U+FFFD, which is needed
    for (unsigned byte : { 0xEF, 0xBF, 0xBD })
        bytes += text(test::tinyByteLetter(byte));
    bytes += text("llama.attention.layer_norm_rms_epsilon") + numbers(kF32, 1e-5f);
    std::uint64_t keys = 5;
    const auto set = [&](std::string_view key, std::uint32_t value) {
        bytes += text(key) + numbers(kU32, value);
        ++keys;
    };
    set("general.alignment", 1);   // the data follow the tables at once
    set("llama.block_count", kLayers);
    set("llama.context_length", 512);
    set("llama.embedding_length", kHidden);
    set("llama.feed_forward_length", 32);
    set("llama.attention.head_count", 1);
    set("llama.attention.key_length", kHeadWidth);

    std::uint64_t tensors = 0;
    const auto add = [&](const std::string& name, TensorType type, std::initializer_list<std::uint64_t> shape) {
        bytes += tensor(name, shape, type);
        ++tensors;
    };
    add("token_embd.weight", TensorType::Q4_0, { kHidden, 3 });
    add("output_norm.weight", TensorType::F32, { kHidden });
    for (std::uint32_t layer = 0; layer < kLayers; ++layer) {
        const std::string block = "blk." + std::to_string(layer) + ".";
        add(block + "attn_norm.weight", TensorType::F32, { kHidden });
        add(block + "ffn_norm.weight", TensorType::F32, { kHidden });
        for (const char* wide : { "attn_q", "attn_k", "attn_v" })
            add(block + wide + ".weight", TensorType::Q4_0, { kHidden, kHeadWidth });
        add(block + "attn_output.weight", TensorType::F16, { kHeadWidth, kHidden });
        for (const char* wide : { "ffn_gate", "ffn_up" })
            add(block + wide + ".weight", TensorType::Q4_0, { kHidden, 32 });
        add(block + "ffn_down.weight", TensorType::Q4_0, { 32, kHidden });
    }
    return file(tensors, keys, bytes + std::string(kHidden * 32, '\0'));
}

// A SentencePiece vocabulary of as many short pieces as there are numbers below 15,000.
void writePieces(GgufWriter& writer)
{
    std::vector<std::string> tokens { "▁" };
    std::vector<std::int32_t> types { 1 };
    for (unsigned byte = 0; byte < 256; ++byte) {
        constexpr std::string_view kDigits = "0123456789ABCDEF";
        tokens.push_back({ '<', '0', 'x', kDigits[byte >> 4], kDigits[byte & 15], '>' });
        types.push_back(6);
    }
    for (std::size_t n = 0; n < kMuch / 4; ++n) {
        tokens.push_back(std::to_string(n));
        types.push_back(1);
    }
    writer.set("tokenizer.ggml.model", "llama");
    writer.set("tokenizer.ggml.tokens", tokens);
    writer.set("tokenizer.ggml.token_type", types);
    writer.set("tokenizer.ggml.scores", std::vector<float>(tokens.size()));
    writer.remove("tokenizer.ggml.merges");
}

class HostileFile : public ::testing::Test {
protected:
    std::uint64_t costOfEveryKey(const std::string& bytes)
    {
        const test::AllocationMeter meter;
        const auto opened = GgufFile::parse(std::as_bytes(std::span(bytes)));
        if (!opened)
            return meter.bytes();
        for (std::string_view key : (*opened)->keys()) {
                // A value is of one kind, so one of these gives it.
            (*opened)->stringArray(key);
            (*opened)->integerArray(key);
            (*opened)->floatArray(key);
        }
        return meter.bytes();
    }

    std::uint64_t costOfModel(const std::string& bytes)
    {
        const auto path = m_folder / "hostile.gguf";
        GgufWriter::writeBytes(path, bytes);
        const test::AllocationMeter meter;
        m_loaded = Model::open(path, m_engine).ok();
        return meter.bytes();
    }

    test::TemporaryFolder m_folder;
    std::shared_ptr<Engine> m_engine = *Engine::create({ .threads = 1 });
    bool m_loaded = false;
};

TEST_F(HostileFile, MeterSeesWhatAGoodFileCosts)
{
    const std::string good = test::tinyLlama().bytes();
    EXPECT_GT(costOfEveryKey(good), test::kTinyVocabulary * sizeof(std::string_view));
    EXPECT_GT(costOfModel(good), test::kTinyVocabulary * sizeof(std::string));
    EXPECT_TRUE(m_loaded);
}

TEST_F(HostileFile, CostsNoMoreMemoryThanItsSizeAllows)
{
    const std::string key = text("k");
    const struct {
        const char* what;
        std::string bytes;
    } rows[] = {
        { "2^64 tensors", file(kHuge, 0, "") },
        { "2^64 keys", file(0, kHuge, "") },
        { "2^64 of both, in a file of zeros", file(kHuge, kHuge, std::string(kMuch, '\0')) },
        { "as many tensors as zeros could be", file(kMuch / 32, 0, std::string(kMuch, '\0')) },
        { "as many keys as zeros could be", file(0, kMuch / 13, std::string(kMuch, '\0')) },
        { "the smallest tensors", file(kMuch / 33, 0, [] {
            std::string entries;
            for (std::uint32_t n = 0; n < kMuch / 33; ++n)
                entries += tensor(numbers(n), { 1 });
            return entries + std::string(kMuch, '\0'); }()) },
        { "the smallest keys", file(0, kMuch / 17, [] {
            std::string entries;
            for (std::uint32_t n = 0; n < kMuch / 17; ++n)
                entries += text(numbers(n)) + numbers(kU8, std::uint8_t { 0 });
            return entries; }()) },
        { "name of a key of 2^63 bytes", file(0, 1, numbers(std::uint64_t { 1 } << 63)) },
        { "name of a tensor of 2^63 bytes", file(1, 0, numbers(std::uint64_t { 1 } << 63) + std::string(64, 'n')) },
        { "string of 2^63 bytes", file(0, 1, key + numbers(kString, std::uint64_t { 1 } << 63)) },
        { "array of 2^61 numbers", file(0, 1, key + numbers(kArray, std::uint32_t { 10 }, std::uint64_t { 1 } << 61)) },
        { "array of 2^40 strings", file(0, 1, key + numbers(kArray, kString, std::uint64_t { 1 } << 40) + std::string(kMuch, '\0')) },
        { "arrays in arrays", file(0, 1, key + repeated(numbers(kArray), kMuch)) },
        { "arrays of 2^40 in arrays of 2^40", file(0, 1, key + repeated(numbers(kArray, std::uint64_t { 1 } << 40), kMuch / 12)) },
        { "one key many times", file(0, kMuch / 17, repeated(key + numbers(kU32, std::uint32_t { 1 }), kMuch / 17)) },
        { "one tensor many times", file(kMuch / 33, 0, repeated(tensor("t", { 1 }), kMuch / 33)) },
        { "long key twice", file(0, 2, repeated(text(std::string(kMuch, 'k')) + numbers(kU8, std::uint8_t { 0 }), 2)) },
        { "long tensor twice", file(2, 0, repeated(tensor(std::string(kMuch, 't'), { 1 }), 2)) },
        { "numbers of one byte", file(0, 1, key + numbers(kArray, kU8, std::uint64_t { kMuch }) + std::string(kMuch, '\1')) },
        { "strings of no bytes", file(0, 1, key + numbers(kArray, kString, std::uint64_t { kMuch / 8 }) + std::string(kMuch, '\0')) },
        { "extent of 2^63", file(1, 0, tensor("t", { std::uint64_t { 1 } << 63 })) },
        { "extents that wrap to nothing", file(1, 0, tensor("t", { 1 << 16, 1 << 16, 1 << 16, 1 << 16 })) },
        { "dimensions of 2^32 − 1", file(1, 0, text("t") + numbers(~std::uint32_t { 0 }) + std::string(kMuch, '\1')) },
        { "alignment of 2^63", llama([](GgufWriter& w) { w.set("general.alignment", std::uint64_t { 1 } << 63); }) },
        { "layers that share their data", layersThatShareData() },
        { "metadata of a giant, no tensors", [] {
            GgufWriter giant;
            giant.set("general.architecture", "llama");
            giant.set("llama.block_count", std::uint32_t { 1024 });
            giant.set("llama.context_length", std::uint32_t { 1 << 30 });
            giant.set("llama.embedding_length", std::uint32_t { 1 << 20 });
            giant.set("llama.feed_forward_length", std::uint32_t { 1 << 22 });
            giant.set("llama.attention.head_count", std::uint32_t { 1024 });
            giant.set("llama.attention.layer_norm_rms_epsilon", 1e-5f);
            test::tinyVocabulary().writeTo(giant);
            giant.setTensor("token_embd.weight", TensorType::F32, { 1, test::kTinyVocabulary }, std::string(4 * test::kTinyVocabulary, '\0'));
            return giant.bytes(); }() },
        { "a thousand layers, tensors of two", llama([](GgufWriter& w) { w.set("llama.block_count", std::uint32_t { 1024 }); }) },
        { "hidden width of a million, tensors of 64", llama([](GgufWriter& w) { w.set("llama.embedding_length", std::uint32_t { 1 << 20 }); }) },
        { "tokens of no letters", llama([](GgufWriter& w) { w.set("tokenizer.ggml.tokens", std::vector<std::string>(kMuch)); }) },
        { "special tokens of one letter", llama([](GgufWriter& w) {
            w.set("tokenizer.ggml.tokens", std::vector<std::string>(kMuch, "<"));
            w.set("tokenizer.ggml.token_type", std::vector<std::int8_t>(kMuch, 3)); }) },
        { "SentencePiece", llama(writePieces) },
        { "one merge many times", llama([](GgufWriter& w) { w.set("tokenizer.ggml.merges", std::vector<std::string>(kMuch, "h e")); }) },
        { "long merge", llama([](GgufWriter& w) { w.set("tokenizer.ggml.merges", std::vector<std::string> { std::string(kMuch, 'm') }); }) },
        { "long architecture", llama([](GgufWriter& w) { w.set("general.architecture", std::string(kMuch, 'a')); }) },
        { "long split pattern", llama([](GgufWriter& w) { w.set("tokenizer.ggml.pre", std::string(kMuch, 'p')); }) },
        { "long tokenizer", llama([](GgufWriter& w) { w.set("tokenizer.ggml.model", std::string(kMuch, 'm')); }) },
        { "long chat template", llama([](GgufWriter& w) { w.set("tokenizer.chat_template", repeated("bos_token<|im_start|>", kMuch)); }) },
    };
    for (const auto& row : rows) {
        const std::uint64_t allowed = test::allowedBytes(row.bytes.size());
        EXPECT_LE(costOfEveryKey(row.bytes), allowed) << row.what << ", " << row.bytes.size() << " bytes";
        EXPECT_LE(costOfModel(row.bytes), allowed) << row.what << ", " << row.bytes.size() << " bytes";
    }
}

} // namespace
} // namespace octavo
