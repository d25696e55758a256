// SPDX-License-Identifier: Apache-2.0
#include "bench/synthetic_model.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <bit>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include "model/ggml_type.h"
#include "text/byte_alphabet.h"

namespace octavo::bench {

namespace {

constexpr std::uint64_t kAlignment = 32;         // of tensors in a GGUF file
constexpr std::uint64_t kPieceBytes = 16u << 20; // written at once

std::uint64_t padded(std::uint64_t size) { return (size + kAlignment - 1) / kAlignment * kAlignment; }

// SplitMix64 (Steele et al., OOPSLA 2014).
std::uint64_t nextRandom(std::uint64_t& state)
{
    std::uint64_t mixed = state += 0x9E3779B97F4A7C15;
    mixed = (mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9;
    mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EB;
    return mixed ^ mixed >> 31;
}

// How random bytes become a block: its floating-point fields keep sign and fraction; the exponent becomes the field's own less half the bits of the
// columns. The tests' random tensors are made by the same rule.
struct BlockRecipe {
    struct Field {
        std::uint32_t offset;  // bytes from the begin of the block
        std::int32_t exponent; // in a tensor of one column
    };
    GgmlType type;
    std::uint32_t fractionBits; // of 16-bit fields
    std::vector<Field> fields;
    std::uint64_t poolBlocks;   // a prime: rows of a tensor begin at ever other places of the pool, until so many were written
};

const BlockRecipe& recipeFor(GgmlType type)
{
    static const BlockRecipe recipes[] = {
        {GgmlType::Q4_K, 10, {{0, -9}, {2, -6}}, 65537},
        {GgmlType::Q6_K, 10, {{208, -11}}, 65537},
        {GgmlType::BF16, 7, {{0, -1}}, 4194301},
    };
    return *std::ranges::find(recipes, type, &BlockRecipe::type);
}

std::int32_t halfBits(std::uint64_t columns) { return (std::bit_width(columns) - 1) / 2; }

std::vector<std::byte> makePool(const BlockRecipe& recipe, std::int32_t halfColumnBits, std::uint64_t seed)
{
    const std::uint64_t blockBytes = blockLayout(recipe.type)->bytes;
    std::vector<std::byte> pool(recipe.poolBlocks * blockBytes);
    for (std::size_t n = 0; n < pool.size(); n += 8) {
        const std::uint64_t random = nextRandom(seed);
        std::memcpy(&pool[n], &random, std::min<std::size_t>(8, pool.size() - n));
    }
    const std::int32_t bias = (1 << (14 - recipe.fractionBits)) - 1;
    const std::uint32_t one = 1u << recipe.fractionBits;
    for (std::size_t block = 0; block < pool.size(); block += blockBytes)
        for (const BlockRecipe::Field& field : recipe.fields) {
            std::uint16_t value = 0;
            std::memcpy(&value, &pool[block + field.offset], sizeof value);
            const std::uint32_t sign = value & 0x8000u, fraction = value & (one - 1);
            const std::int32_t exponent = field.exponent - halfColumnBits + bias; // beneath the least one a subnormal, as in real files
            value = static_cast<std::uint16_t>(
                sign | (exponent > 0 ? static_cast<std::uint32_t>(exponent) * one + fraction : (one + fraction) >> (1 - exponent)));
            std::memcpy(&pool[block + field.offset], &value, sizeof value);
        }
    return pool;
}

// The part of the format that such a file needs.
class Metadata {
public:
    template <class T>
    void set(std::string_view key, const T& value)
    {
        begin(key, kindOf<T>());
        put(value);
    }
    template <class T>
    void setAll(std::string_view key, const std::vector<T>& values)
    {
        begin(key, 9);
        put(kindOf<T>());
        put(std::uint64_t{values.size()});
        for (const T& value : values)
            put(value);
    }
    std::uint64_t count() const { return m_count; }
    const std::string& bytes() const { return m_bytes; }

    template <class T>
    static void append(std::string& to, const T& value)
    {
        if constexpr (std::is_arithmetic_v<T> || std::is_enum_v<T>) {
            to.append(reinterpret_cast<const char*>(&value), sizeof value);
        } else {
            const std::string_view text = value;
            append(to, std::uint64_t{text.size()});
            to += text;
        }
    }

private:
    template <class T>
    static constexpr std::uint32_t kindOf()
    {
        if constexpr (std::is_same_v<T, bool>)
            return 7;
        else if constexpr (std::is_same_v<T, std::uint32_t>)
            return 4;
        else if constexpr (std::is_same_v<T, std::int32_t>)
            return 5;
        else if constexpr (std::is_same_v<T, float>)
            return 6;
        else
            return 8;
    }
    template <class T>
    void put(const T& value)
    {
        append(m_bytes, value);
    }
    void begin(std::string_view key, std::uint32_t kind)
    {
        put(key);
        put(kind);
        ++m_count;
    }

    std::string m_bytes;
    std::uint64_t m_count = 0;
};

Metadata metadataOf(const SyntheticShape& shape)
{
    Metadata data;
    data.set("general.architecture", std::string_view("llama"));
    data.set("general.name", "Synthetic " + std::string(nameOf(shape.form)));
    data.set("general.alignment", static_cast<std::uint32_t>(kAlignment));
    data.set("llama.block_count", shape.layers);
    data.set("llama.context_length", shape.context);
    data.set("llama.embedding_length", shape.hidden);
    data.set("llama.feed_forward_length", shape.feedForward);
    data.set("llama.attention.head_count", shape.heads);
    data.set("llama.attention.head_count_kv", shape.kvHeads);
    data.set("llama.attention.key_length", shape.headWidth);
    data.set("llama.attention.value_length", shape.headWidth);
    data.set("llama.attention.layer_norm_rms_epsilon", 1e-5f);
    data.set("llama.rope.freq_base", shape.ropeBase);
    data.set("llama.rope.dimension_count", shape.headWidth);
    data.set("llama.vocab_size", shape.vocabulary);

    constexpr std::int32_t kOrdinary = 1, kControl = 3;
    std::vector<std::string> tokens;
    for (unsigned byte = 0; byte < 256; ++byte)
        tokens.emplace_back(byteLetter(static_cast<unsigned char>(byte)));
    tokens.emplace_back("th");
    while (tokens.size() + 2 < shape.vocabulary)
        tokens.push_back("word" + std::to_string(tokens.size()));
    std::vector<std::int32_t> types(tokens.size(), kOrdinary);
    tokens.insert(tokens.end(), {"<|begin_of_text|>", "<|eot_id|>"});
    types.resize(tokens.size(), kControl);
    data.set("tokenizer.ggml.model", std::string_view("gpt2"));
    data.set("tokenizer.ggml.pre", std::string_view("llama-bpe"));
    data.setAll("tokenizer.ggml.tokens", tokens);
    data.setAll("tokenizer.ggml.token_type", types);
    data.setAll("tokenizer.ggml.merges", std::vector<std::string>{"t h"});
    data.set("tokenizer.ggml.bos_token_id", shape.vocabulary - 2);
    data.set("tokenizer.ggml.eos_token_id", shape.vocabulary - 1);
    data.set("tokenizer.ggml.add_bos_token", false);
    return data;
}

struct Tensor {
    std::string name;
    GgmlType type = GgmlType::F32;
    std::vector<std::uint64_t> shape; // fastest dimension first
    std::uint64_t bytes = 0;
    std::uint64_t offset = 0;         // in the file's data
    std::span<const std::byte> pool;  // what it repeats
    std::uint64_t start = 0;          // byte of the pool that it begins with
};

// All tensors of a model, and the random bytes they are stretches of.
class TensorList {
public:
    explicit TensorList(const SyntheticShape& shape) : m_seed(shape.seed)
    {
        const std::uint32_t queries = shape.heads * shape.headWidth, keys = shape.kvHeads * shape.headWidth;
        const bool mixed = shape.form == WeightForm::Q4_K_M;
        const GgmlType usual = mixed ? GgmlType::Q4_K : GgmlType::BF16;
        matrix("token_embd.weight", usual, shape.hidden, shape.vocabulary);
        for (std::uint32_t layer = 0; layer < shape.layers; ++layer) {
            const std::string block = "blk." + std::to_string(layer) + ".";
            // The first and the last eighth, and every third between.
            const std::uint32_t eighth = shape.layers / 8;
            const bool finer = mixed && (layer < eighth || layer >= 7 * shape.layers / 8 || (layer - eighth) % 3 == 2);
            const GgmlType careful = finer ? GgmlType::Q6_K : usual;
            norm(block + "attn_norm.weight", shape.hidden);
            matrix(block + "attn_q.weight", usual, shape.hidden, queries);
            matrix(block + "attn_k.weight", usual, shape.hidden, keys);
            matrix(block + "attn_v.weight", careful, shape.hidden, keys);
            matrix(block + "attn_output.weight", usual, queries, shape.hidden);
            norm(block + "ffn_norm.weight", shape.hidden);
            matrix(block + "ffn_gate.weight", usual, shape.hidden, shape.feedForward);
            matrix(block + "ffn_up.weight", usual, shape.hidden, shape.feedForward);
            matrix(block + "ffn_down.weight", careful, shape.feedForward, shape.hidden);
        }
        norm("output_norm.weight", shape.hidden);
        matrix("output.weight", mixed ? GgmlType::Q6_K : usual, shape.hidden, shape.vocabulary);
    }

    std::span<const Tensor> tensors() const { return m_tensors; }
    std::uint64_t dataBytes() const { return m_tensors.back().offset + m_tensors.back().bytes; }

private:
    void matrix(std::string name, GgmlType type, std::uint64_t columns, std::uint64_t rows)
    {
        const BlockLayout layout = *blockLayout(type);
        const BlockRecipe& recipe = recipeFor(type);
        std::vector<std::byte>& pool = m_pools[{type, halfBits(columns)}];
        if (pool.empty())
            pool = makePool(recipe, halfBits(columns), nextRandom(m_seed));
        add({std::move(name), type, {columns, rows}, columns / layout.elements * layout.bytes * rows, 0, pool,
             nextRandom(m_seed) % recipe.poolBlocks * layout.bytes});
    }

    // Around 1; the same for all.
    void norm(std::string name, std::uint64_t size)
    {
        if (m_norms.empty()) {
            m_norms.resize(size * sizeof(float));
            for (std::uint64_t n = 0; n < size; ++n) {
                const float value = 0.9f + 0.2f * static_cast<float>(nextRandom(m_seed) >> 40) * 0x1p-24f;
                std::memcpy(&m_norms[n * sizeof value], &value, sizeof value);
            }
        }
        add({std::move(name), GgmlType::F32, {size}, size * sizeof(float), 0, m_norms, 0});
    }

    void add(Tensor tensor)
    {
        tensor.offset = m_tensors.empty() ? 0 : padded(dataBytes());
        m_tensors.push_back(std::move(tensor));
    }

    std::uint64_t m_seed;
    std::map<std::pair<GgmlType, std::int32_t>, std::vector<std::byte>> m_pools;
    std::vector<std::byte> m_norms;
    std::vector<Tensor> m_tensors;
};

std::string headerOf(const Metadata& metadata, std::span<const Tensor> tensors)
{
    std::string header = "GGUF";
    Metadata::append(header, std::uint32_t{3});
    Metadata::append(header, std::uint64_t{tensors.size()});
    Metadata::append(header, metadata.count());
    header += metadata.bytes();
    for (const Tensor& tensor : tensors) {
        Metadata::append(header, tensor.name);
        Metadata::append(header, static_cast<std::uint32_t>(tensor.shape.size()));
        for (const std::uint64_t extent : tensor.shape)
            Metadata::append(header, extent);
        Metadata::append(header, tensor.type);
        Metadata::append(header, tensor.offset);
    }
    header.resize(padded(header.size()));
    return header;
}

// 0 or errno.
int writeAt(int file, std::uint64_t offset, const void* bytes, std::uint64_t size)
{
    for (const auto* from = static_cast<const char*>(bytes); size > 0;) {
        const ssize_t written = ::pwrite(file, from, size, static_cast<off_t>(offset));
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return written < 0 ? errno : ENOSPC;
        from += written;
        offset += static_cast<std::uint64_t>(written);
        size -= static_cast<std::uint64_t>(written);
    }
    return 0;
}

int writePiece(int file, std::uint64_t dataBegin, const Tensor& tensor, std::uint64_t begin, std::uint64_t end)
{
    while (begin < end) {
        const std::uint64_t from = (tensor.start + begin) % tensor.pool.size();
        const std::uint64_t size = std::min(end - begin, tensor.pool.size() - from);
        if (const int wrong = writeAt(file, dataBegin + tensor.offset + begin, tensor.pool.data() + from, size))
            return wrong;
        begin += size;
    }
    return 0;
}

int writeTensors(int file, std::uint64_t dataBegin, std::span<const Tensor> tensors, unsigned threads)
{
    struct Piece {
        const Tensor* tensor;
        std::uint64_t begin;
    };
    std::vector<Piece> pieces;
    for (const Tensor& tensor : tensors)
        for (std::uint64_t begin = 0; begin < tensor.bytes; begin += kPieceBytes)
            pieces.push_back({&tensor, begin});
    std::atomic<std::size_t> next = 0;
    std::atomic<int> failure = 0;
    {
        std::vector<std::jthread> writers;
        for (unsigned n = 0; n < threads; ++n)
            writers.emplace_back([&] {
                for (std::size_t piece = next++; piece < pieces.size() && failure == 0; piece = next++) {
                    const auto [tensor, begin] = pieces[piece];
                    if (const int wrong = writePiece(file, dataBegin, *tensor, begin, std::min(begin + kPieceBytes, tensor->bytes)))
                        failure = wrong;
                }
            });
    }
    return failure;
}

Result<void> check(const SyntheticShape& shape)
{
    const auto wrong = [](const char* setting, const char* range) { return Error{Errc::InvalidArgument, setting, range}; };
    for (const std::uint32_t size : {shape.layers, shape.hidden, shape.heads, shape.kvHeads, shape.headWidth, shape.feedForward})
        if (size == 0)
            return wrong("shape", "no size is 0");
    const std::uint32_t block = shape.form == WeightForm::BF16 ? 1 : 256;
    for (const std::uint32_t columns : {shape.hidden, shape.heads * shape.headWidth, shape.feedForward})
        if (columns % block != 0)
            return wrong("shape", "hidden, heads times their width, and feed-forward are multiples of 256 in this form");
    if (shape.heads % shape.kvHeads != 0)
        return wrong("kv heads", "divide the heads");
    if (shape.vocabulary < SyntheticShape::kLeastVocabulary)
        return wrong("vocabulary", "at least 259");
    return {};
}

} // namespace

std::optional<WeightForm> weightFormNamed(std::string_view name)
{
    for (const WeightForm form : {WeightForm::Q4_K_M, WeightForm::BF16})
        if (name == nameOf(form))
            return form;
    return std::nullopt;
}

std::string_view nameOf(WeightForm form) { return form == WeightForm::Q4_K_M ? "q4_k_m" : "bf16"; }

Result<SyntheticFile> writeSyntheticModel(const std::filesystem::path& path, const SyntheticShape& shape, unsigned threads)
{
    if (const auto checked = check(shape); !checked)
        return checked.error();
    const auto begin = std::chrono::steady_clock::now();
    const TensorList list(shape);
    const std::string header = headerOf(metadataOf(shape), list.tensors());
    const std::uint64_t size = header.size() + list.dataBytes();

    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (file < 0)
        return Error{Errc::WriteFailed, path.string(), std::strerror(errno)};
    // A disk too small is found before gigabytes are written to it; posix_fallocate would write zeros where the file system does not support this.
    int wrong = ::fallocate(file, 0, 0, static_cast<off_t>(size)) == 0 ? 0 : errno;
    if (wrong == EOPNOTSUPP)
        wrong = ::ftruncate(file, static_cast<off_t>(size)) == 0 ? 0 : errno;
    if (!wrong)
        wrong = writeAt(file, 0, header.data(), header.size());
    if (!wrong)
        wrong = writeTensors(file, header.size(), list.tensors(), threads ? threads : std::max(1u, std::thread::hardware_concurrency()));
    if (::close(file) != 0 && !wrong)
        wrong = errno;
    if (wrong) {
        ::unlink(path.c_str());
        return Error{Errc::WriteFailed, path.string(), std::strerror(wrong)};
    }
    return SyntheticFile{size, std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count()};
}

} // namespace octavo::bench
