// SPDX-License-Identifier: Apache-2.0
#include "model/weights.h"

#include <cstring>

#include "memory/half.h"

namespace octavo {

namespace {

// Reads required whole numbers and remembers the first one that is missing or out of range.
class Metadata {
public:
    explicit Metadata(const GgufFile& file) : m_file(file) {}

    std::uint32_t number(const std::string& key, std::uint64_t least, std::uint64_t most)
    {
        const auto value = m_file.unsignedValue(key);
        if (!value || *value < least || *value > most) {
            fail(key, value ? "is " + std::to_string(*value) : "is missing");
            return static_cast<std::uint32_t>(least);
        }
        return static_cast<std::uint32_t>(*value);
    }
    double real(const std::string& key)
    {
        const auto value = m_file.floatValue(key);
        if (!value || !(*value > 0)) {
            fail(key, value ? "is not positive" : "is missing");
            return 1;
        }
        return *value;
    }
    void fail(const std::string& key, const std::string& detail)
    {
        if (!m_error)
            m_error = Error{Errc::BadMetadata, key, detail};
    }
    const std::optional<Error>& error() const { return m_error; }

private:
    const GgufFile& m_file;
    std::optional<Error> m_error;
};

class TensorBinder {
public:
    TensorBinder(const GgufFile& file, const Backend& backend) : m_file(file), m_backend(backend) {}

    Weight matrix(const std::string& name, std::uint64_t rows, std::uint64_t columns)
    {
        const GgufTensor* tensor = m_file.tensor(name);
        if (!tensor)
            return fail(Errc::BadTensor, name, "is missing");
        if (tensor->shape.size() != 2 || tensor->shape[0] != columns || tensor->shape[1] != rows)
            return fail(Errc::BadTensor, name, "does not have the shape that the metadata ask for");
        if (!m_backend.supports(tensor->type))
            return fail(Errc::UnsupportedType, name, std::string(typeName(tensor->type)));
        const BlockLayout layout = *blockLayout(tensor->type);
        return {tensor->type, rows, columns, tensor->data.data(), columns / layout.elements * layout.bytes};
    }
    std::vector<float> vector(const std::string& name, std::uint64_t size)
    {
        const GgufTensor* tensor = m_file.tensor(name);
        if (!tensor || tensor->shape.size() != 1 || tensor->shape[0] != size) {
            fail(Errc::BadTensor, name, tensor ? "does not have the shape that the metadata ask for" : "is missing");
            return {};   // the size is only what the metadata claim: no memory for it before a tensor proves it
        }
        std::vector<float> values(size);
        if (tensor->type == GgmlType::F32)
            std::memcpy(values.data(), tensor->data.data(), size * sizeof(float));
        else if (tensor->type == GgmlType::F16)
            for (std::uint64_t n = 0; n < size; ++n) {
                Half half;
                std::memcpy(&half, tensor->data.data() + n * sizeof half, sizeof half);
                values[n] = toFloat(half);
            }
        else
            fail(Errc::UnsupportedType, name, std::string(typeName(tensor->type)));
        return values;
    }
    const std::optional<Error>& error() const { return m_error; }

private:
    Weight fail(Errc code, const std::string& name, std::string detail)
    {
        if (!m_error)
            m_error = Error{code, name, std::move(detail)};
        return {};
    }
    const GgufFile& m_file;
    const Backend& m_backend;
    std::optional<Error> m_error;
};

} // namespace

Result<ModelConfig> readConfig(const GgufFile& file)
{
    const auto architecture = file.stringValue("general.architecture");
    if (!architecture)
        return Error{Errc::BadMetadata, "general.architecture", "is missing"};
    if (*architecture != "llama")
        return Error{Errc::UnsupportedArchitecture, std::string(*architecture), {}};
    // Read wrongly rather than not at all would be worse: the positions of such models are scaled, which this version does not do.
    for (const char* scaled : {"llama.rope.scaling.type", "llama.rope.scale_linear"})
        if (file.has(scaled) && file.stringValue(scaled) != "none")
            return Error{Errc::UnsupportedArchitecture, "llama", std::string("with scaled positions (") + scaled + ")"};
    if (file.tensor("rope_freqs.weight"))
        return Error{Errc::UnsupportedArchitecture, "llama", "with scaled positions (rope_freqs.weight)"};

    Metadata metadata(file);
    ModelConfig config;
    config.name = std::string(file.stringValue("general.name").value_or("unnamed model"));
    config.layers = metadata.number("llama.block_count", 1, 1024);
    config.hidden = metadata.number("llama.embedding_length", 1, 1 << 20);
    config.heads = metadata.number("llama.attention.head_count", 1, 4096);
    config.kvHeads = file.has("llama.attention.head_count_kv") ? metadata.number("llama.attention.head_count_kv", 1, 4096) : config.heads;
    config.feedForward = metadata.number("llama.feed_forward_length", 1, 1 << 22);
    config.context = metadata.number("llama.context_length", 16, 1u << 30);
    config.normEpsilon = static_cast<float>(metadata.real("llama.attention.layer_norm_rms_epsilon"));
    config.ropeBase = file.has("llama.rope.freq_base") ? metadata.real("llama.rope.freq_base") : 10000.0;
    config.headWidth = config.hidden / config.heads;
    if (file.has("llama.attention.key_length"))
        config.headWidth = metadata.number("llama.attention.key_length", 1, 1024);
    if (const auto tensor = file.tensor("token_embd.weight"); tensor && tensor->shape.size() == 2 && tensor->shape[1] <= (1u << 24))
        config.vocabulary = static_cast<std::uint32_t>(tensor->shape[1]);
    else
        metadata.fail("token_embd.weight", "is missing or not a matrix");
    if (config.heads % config.kvHeads != 0)
        metadata.fail("llama.attention.head_count_kv", "does not divide the number of heads");
    if (config.headWidth % 16 != 0)
        metadata.fail("llama.embedding_length", "gives heads whose width is not a multiple of 16");
    if (const auto turned = file.unsignedValue("llama.rope.dimension_count"); turned && *turned != config.headWidth)
        metadata.fail("llama.rope.dimension_count", "is not the width of a head");
    if (metadata.error())
        return *metadata.error();
    return config;
}

Result<std::unique_ptr<ModelWeights>> bindWeights(std::unique_ptr<const GgufFile> file, const ModelConfig& config, const Backend& backend)
{
    auto weights = std::make_unique<ModelWeights>();
    TensorBinder binder(*file, backend);
    const std::uint64_t wide = static_cast<std::uint64_t>(config.heads) * config.headWidth;
    const std::uint64_t narrow = static_cast<std::uint64_t>(config.kvHeads) * config.headWidth;
    weights->embedding = binder.matrix("token_embd.weight", config.vocabulary, config.hidden);
    weights->output = file->tensor("output.weight") ? binder.matrix("output.weight", config.vocabulary, config.hidden) : weights->embedding;
    weights->outputNorm = binder.vector("output_norm.weight", config.hidden);
    for (std::uint32_t n = 0; n < config.layers && !binder.error(); ++n) {
        const std::string block = "blk." + std::to_string(n) + ".";
        weights->layers.push_back({
            .attentionNorm = binder.vector(block + "attn_norm.weight", config.hidden),
            .query = binder.matrix(block + "attn_q.weight", wide, config.hidden),
            .key = binder.matrix(block + "attn_k.weight", narrow, config.hidden),
            .value = binder.matrix(block + "attn_v.weight", narrow, config.hidden),
            .attentionOutput = binder.matrix(block + "attn_output.weight", config.hidden, wide),
            .feedForwardNorm = binder.vector(block + "ffn_norm.weight", config.hidden),
            .gate = binder.matrix(block + "ffn_gate.weight", config.feedForward, config.hidden),
            .up = binder.matrix(block + "ffn_up.weight", config.feedForward, config.hidden),
            .down = binder.matrix(block + "ffn_down.weight", config.hidden, config.feedForward),
        });
    }
    if (binder.error())
        return *binder.error();
    weights->file = std::move(file);
    return weights;
}

} // namespace octavo
