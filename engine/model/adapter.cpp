// SPDX-License-Identifier: Apache-2.0
#include "model/adapter.h"

#include <cmath>

namespace octavo {

namespace {

constexpr std::string_view kDown = ".lora_a";
constexpr std::string_view kUp = ".lora_b";
constexpr std::string_view kGates = "octavo.gate";

Error badTensor(std::string_view name, std::string detail) { return {Errc::BadTensor, std::string(name), std::move(detail)}; }

// alpha of a LoRA adapter that is made for models of `architecture`.
Result<float> readAlpha(const GgufFile& file, std::string_view architecture)
{
    const auto expect = [&](const char* key, std::string_view value) -> Result<void> {
        const auto found = file.stringValue(key);
        if (found == value)
            return {};
        if (!found)
            return Error{Errc::BadMetadata, key, "is missing"};
        return Error{Errc::UnsupportedArchitecture, key, "is " + std::string(*found) + ", not " + std::string(value)};
    };
    if (const auto type = expect("general.type", "adapter"); !type)
        return type.error();
    if (const auto type = expect("adapter.type", "lora"); !type)
        return type.error();
    if (file.has("adapter.alora.invocation_tokens")) // takes effect only behind certain tokens
        return Error{Errc::UnsupportedArchitecture, "adapter.alora.invocation_tokens", "is not read by this version"};
    const auto made = file.stringValue("general.architecture");
    if (made != architecture)
        return Error{Errc::UnsupportedArchitecture, std::string(made.value_or("")), "adapter of another architecture than the model's"};
    const auto alpha = file.floatValue("adapter.lora.alpha");
    if (!alpha || !std::isfinite(*alpha))
        return Error{Errc::BadMetadata, "adapter.lora.alpha", alpha ? "is not a number" : "is missing"};
    return static_cast<float>(*alpha);
}

Result<AdapterScope> readScope(const GgufFile& file)
{
    constexpr const char* kKey = "octavo.adapter.scope";
    const auto scope = file.stringValue(kKey);
    if (!scope && !file.has(kKey))
        return AdapterScope::All;
    if (scope == "asking")
        return AdapterScope::Asking;
    return Error{Errc::UnsupportedArchitecture, kKey, scope ? "is " + std::string(*scope) + ", not asking" : "is not a text"};
}

Result<FloatMatrix> unpack(const GgufTensor& tensor)
{
    auto values = floatsOf(tensor);
    if (!values)
        return Error{Errc::UnsupportedType, tensor.name, std::string(typeName(tensor.type))};
    return FloatMatrix{tensor.shape[1], tensor.shape[0], std::move(*values)};
}

Result<void> addShare(const GgufTensor& a, const GgufTensor& b, float alpha, AdapterScope scope, Projection& projection)
{
    const auto isMatrix = [](const GgufTensor& tensor) { return tensor.shape.size() == 2; };
    if (!isMatrix(a) || a.shape[0] != projection.weight.columns)
        return badTensor(a.name, "does not have as many columns as the model's matrix");
    if (!isMatrix(b) || b.shape[1] != projection.weight.rows)
        return badTensor(b.name, "does not have as many rows as the model's matrix");
    if (b.shape[0] != a.shape[1])
        return badTensor(b.name, "does not have the rank of its other half");
    auto down = unpack(a);
    if (!down)
        return down.error();
    auto up = unpack(b);
    if (!up)
        return up.error();
    const float scale = alpha != 0 ? alpha / static_cast<float>(down->rows) : 1.0f; // alpha 0: unscaled, as llama.cpp reads it
    std::vector<float> across(up->values.size());
    for (std::size_t row = 0; row < up->rows; ++row)
        for (std::size_t rank = 0; rank < up->columns; ++rank)
            across[rank * up->rows + row] = up->values[row * up->columns + rank] *= scale;
    projection.adapters.push_back({std::move(*down), std::move(*up), std::move(across), scope == AdapterScope::Asking});
    return {};
}

Result<void> setGates(const GgufTensor& tensor, ModelConfig& config)
{
    if (tensor.shape != std::vector<std::uint64_t>{config.heads, config.layers})
        return badTensor(tensor.name, "is not of the model's heads and layers");
    if (tensor.type != GgmlType::F32)
        return Error{Errc::UnsupportedType, tensor.name, std::string(typeName(tensor.type))};
    if (!config.gates.empty())
        return badTensor(tensor.name, "was brought by another adapter already");
    config.gates = *floatsOf(tensor);
    for (const float gate : config.gates)
        if (!std::isfinite(gate))
            return badTensor(tensor.name, "holds a number that is not finite");
    return {};
}

} // namespace

Result<AdapterScope> applyAdapter(const GgufFile& file, ModelConfig& config, ModelWeights& weights, ContentHash& all, ContentHash& asking)
{
    const auto alpha = readAlpha(file, config.architecture);
    if (!alpha)
        return alpha.error();
    const auto scope = readScope(file);
    if (!scope)
        return scope.error();
    ContentHash& hash = *scope == AdapterScope::Asking ? asking : all;
    hash.add(*alpha);
    for (const GgufTensor& tensor : file.tensors()) {
        hash.add(tensor);
        const std::string_view name = tensor.name;
        if (name == kGates) {
            if (*scope == AdapterScope::Asking)
                return badTensor(name, "is of no use for asking, which has no gates");
            if (const auto set = setGates(tensor, config); !set)
                return set.error();
            continue;
        }
        const bool isDown = name.ends_with(kDown);
        if (!isDown && !name.ends_with(kUp))
            return Error{Errc::UnsupportedArchitecture, tensor.name, "is neither half of a low-rank pair"};
        const std::string base(name.substr(0, name.size() - kDown.size()));
        const GgufTensor* other = file.tensor(base + std::string(isDown ? kUp : kDown));
        if (!other)
            return badTensor(name, "has no other half");
        Projection* projection = weights.projection(base);
        if (!projection)
            return Error{Errc::UnsupportedArchitecture, tensor.name, "is for a tensor that adapters cannot be applied to"};
        if (isDown)
            if (const auto added = addShare(tensor, *other, *alpha, *scope, *projection); !added)
                return added.error();
    }
    return scope;
}

} // namespace octavo
