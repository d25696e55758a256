// SPDX-License-Identifier: Apache-2.0
#include "model/weights.h"

#include <algorithm>
#include <unordered_set>

#include "compute/cpu/kernels.h"
#include "model/architecture.h"

namespace octavo {

namespace {

// The sizes that tensors are made of.
struct Extents {
    explicit Extents(const ModelConfig& config)
        : hidden(config.hidden), queries(std::uint64_t{config.heads} * config.headWidth), keys(std::uint64_t{config.kvHeads} * config.headWidth),
          headWidth(config.headWidth), feedForward(config.feedForward)
    {
    }
    std::uint64_t hidden;
    std::uint64_t queries;
    std::uint64_t keys;
    std::uint64_t headWidth;
    std::uint64_t feedForward;
};

struct LayerMatrix {
    std::string_view name;                      // between "blk.N." and ".weight" or ".bias"
    Projection LayerWeights::*projection;
    std::uint64_t Extents::*rows;
    std::uint64_t Extents::*columns;
    bool ofHeads;                               // queries, keys or values, whose biases some architectures must have
};
constexpr LayerMatrix kLayerMatrices[] = {
    {"attn_q", &LayerWeights::query, &Extents::queries, &Extents::hidden, true},
    {"attn_k", &LayerWeights::key, &Extents::keys, &Extents::hidden, true},
    {"attn_v", &LayerWeights::value, &Extents::keys, &Extents::hidden, true},
    {"attn_output", &LayerWeights::attentionOutput, &Extents::hidden, &Extents::queries, false},
    {"ffn_gate", &LayerWeights::gate, &Extents::feedForward, &Extents::hidden, false},
    {"ffn_up", &LayerWeights::up, &Extents::feedForward, &Extents::hidden, false},
    {"ffn_down", &LayerWeights::down, &Extents::hidden, &Extents::feedForward, false},
};

struct LayerNorm {
    std::string_view name;
    std::vector<float> LayerWeights::*norm;
    std::uint64_t Extents::*size;
    bool ofHeads;                               // only where the architecture norms heads
};
constexpr LayerNorm kLayerNorms[] = {
    {"attn_norm", &LayerWeights::attentionNorm, &Extents::hidden, false},
    {"attn_q_norm", &LayerWeights::queryNorm, &Extents::headWidth, true},
    {"attn_k_norm", &LayerWeights::keyNorm, &Extents::headWidth, true},
    {"ffn_norm", &LayerWeights::feedForwardNorm, &Extents::hidden, false},
};

constexpr std::string_view kEmbedding = "token_embd.weight";
constexpr std::string_view kOutput = "output.weight";
constexpr std::string_view kOutputNorm = "output_norm.weight";

std::string layerTensor(std::uint32_t layer, std::string_view name, const char* kind)
{
    return "blk." + std::to_string(layer) + "." + std::string(name) + kind;
}

Result<void> check(const GgufFile& file, const ModelConfig& config, const Backend& backend)
{
    std::unordered_set<std::string_view> known;
    const std::vector<ExpectedTensor> all = expectedTensors(config);
    for (const ExpectedTensor& expected : all) {
        known.insert(expected.name);
        const GgufTensor* tensor = file.tensor(expected.name);
        if (!tensor && expected.required)
            return Error{Errc::BadTensor, expected.name, "is missing"};
        if (!tensor)
            continue;
        if (tensor->shape != expected.shape)
            return Error{Errc::BadTensor, expected.name, "does not have the shape that the metadata ask for"};
        const bool isMatrix = expected.shape.size() == 2;
        if (isMatrix ? !backend.supports(tensor->type) : blockLayout(tensor->type)->elements != 1 || !cpu::hasKernels(tensor->type))
            return Error{Errc::UnsupportedType, expected.name, std::string(typeName(tensor->type))};
    }
    for (const GgufTensor& tensor : file.tensors())
        if (!known.contains(tensor.name))
            return Error{Errc::UnsupportedArchitecture, tensor.name, "is not read by this version"};
    return {};
}

Weight matrix(const GgufTensor& tensor)
{
    const BlockLayout layout = *blockLayout(tensor.type);
    return {tensor.type, tensor.shape[1], tensor.shape[0], tensor.data.data(), tensor.shape[0] / layout.elements * layout.bytes};
}

std::vector<float> vectorIfThere(const GgufFile& file, const std::string& name)
{
    const GgufTensor* tensor = file.tensor(name);
    return tensor ? *floatsOf(*tensor) : std::vector<float>();
}

} // namespace

std::optional<std::vector<float>> floatsOf(const GgufTensor& tensor)
{
    if (!cpu::hasKernels(tensor.type))
        return std::nullopt;
    const BlockLayout layout = *blockLayout(tensor.type);
    std::vector<float> values(tensor.data.size() / layout.bytes * layout.elements);
    cpu::dequantize(tensor.type, tensor.data.data(), values.size(), values.data());
    return values;
}

std::vector<ExpectedTensor> expectedTensors(const ModelConfig& config)
{
    const Architecture& architecture = *findArchitecture(config.architecture);
    const Extents extents(config);
    std::vector<ExpectedTensor> tensors = {
        {std::string(kEmbedding), {config.hidden, config.vocabulary}},
        {std::string(kOutput), {config.hidden, config.vocabulary}, false},
        {std::string(kOutputNorm), {config.hidden}},
        {"rope_freqs.weight", {extents.headWidth / 2}, false}, // read with the metadata
    };
    for (std::uint32_t layer = 0; layer < config.layers; ++layer) {
        for (const LayerNorm& norm : kLayerNorms)
            if (!norm.ofHeads || architecture.normedHeads)
                tensors.push_back({layerTensor(layer, norm.name, ".weight"), {extents.*norm.size}});
        for (const LayerMatrix& matrix : kLayerMatrices) {
            tensors.push_back({layerTensor(layer, matrix.name, ".weight"), {extents.*matrix.columns, extents.*matrix.rows}});
            tensors.push_back({layerTensor(layer, matrix.name, ".bias"), {extents.*matrix.rows}, matrix.ofHeads && architecture.biasedHeads});
        }
    }
    return tensors;
}

Result<std::unique_ptr<ModelWeights>> bindWeights(std::unique_ptr<const GgufFile> file, const ModelConfig& config, const Backend& backend)
{
    if (const auto checked = check(*file, config, backend); !checked)
        return checked.error();
    auto weights = std::make_unique<ModelWeights>();
    weights->embedding = matrix(*file->tensor(kEmbedding));
    const GgufTensor* output = file->tensor(kOutput);
    weights->output.weight = output ? matrix(*output) : weights->embedding;
    weights->outputNorm = *floatsOf(*file->tensor(kOutputNorm));
    weights->layers.resize(config.layers);
    for (std::uint32_t n = 0; n < config.layers; ++n) {
        LayerWeights& layer = weights->layers[n];
        for (const LayerNorm& norm : kLayerNorms)
            layer.*norm.norm = vectorIfThere(*file, layerTensor(n, norm.name, ".weight"));
        for (const LayerMatrix& part : kLayerMatrices) {
            Projection& projection = layer.*part.projection;
            projection.weight = matrix(*file->tensor(layerTensor(n, part.name, ".weight")));
            projection.bias = vectorIfThere(*file, layerTensor(n, part.name, ".bias"));
        }
    }
    weights->file = std::move(file);
    return weights;
}

Projection* ModelWeights::projection(std::string_view tensor)
{
    if (tensor == kOutput)
        return file->tensor(kOutput) ? &output : nullptr;
    for (std::uint32_t n = 0; n < layers.size(); ++n)
        for (const LayerMatrix& part : kLayerMatrices)
            if (tensor == layerTensor(n, part.name, ".weight"))
                return &(layers[n].*part.projection);
    return nullptr;
}

} // namespace octavo
