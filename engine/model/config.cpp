// SPDX-License-Identifier: Apache-2.0
#include "model/config.h"

#include <cmath>
#include <cstring>

#include "model/architecture.h"

namespace octavo {

namespace {

// Reads numbers below one architecture's prefix and remembers the first failure.
class Metadata {
public:
    Metadata(const GgufFile& file, std::string_view prefix) : m_file(file), m_prefix(std::string(prefix) + ".") {}

    bool has(std::string_view key) const { return m_file.has(full(key)); }
    std::uint32_t number(std::string_view key, std::uint64_t least, std::uint64_t most)
    {
        const auto value = m_file.unsignedValue(full(key));
        if (!value || *value < least || *value > most) {
            fail(key, value ? "is " + std::to_string(*value) : absence(key));
            return static_cast<std::uint32_t>(least);
        }
        return static_cast<std::uint32_t>(*value);
    }
    std::uint32_t number(std::string_view key, std::uint64_t least, std::uint64_t most, std::uint32_t otherwise)
    {
        return has(key) ? number(key, least, most) : otherwise;
    }
    double real(std::string_view key)
    {
        const auto value = anyNumber(key);
        if (!value || !(*value > 0) || !std::isfinite(*value)) {
            fail(key, value ? "is not positive" : absence(key));
            return 1;
        }
        return *value;
    }
    double real(std::string_view key, double otherwise) { return has(key) ? real(key) : otherwise; }
    std::string text(std::string_view key, const char* otherwise)
    {
        if (!has(key))
            return otherwise;
        const auto value = m_file.stringValue(full(key));
        if (!value)
            fail(key, absence(key));
        return std::string(value.value_or(otherwise));
    }
    // Whole or real, whichever way the file writes it.
    std::optional<double> anyNumber(std::string_view key) const
    {
        if (const auto whole = m_file.unsignedValue(full(key)))
            return static_cast<double>(*whole);
        if (const auto flag = m_file.boolValue(full(key)))
            return *flag ? 1 : 0;
        return m_file.floatValue(full(key));
    }
    void fail(std::string_view key, std::string detail, Errc code = Errc::BadMetadata)
    {
        if (!m_error)
            m_error = Error{code, full(key), std::move(detail)};
    }
    const std::optional<Error>& error() const { return m_error; }

private:
    std::string full(std::string_view key) const { return m_prefix + std::string(key); }
    std::string absence(std::string_view key) const { return has(key) ? "is not of the expected type" : "is missing"; }

    const GgufFile& m_file;
    std::string m_prefix;
    std::optional<Error> m_error;
};

// Settings that would change what the model computes in a way that the forward pass does not know, with the value that changes nothing.
struct Foreign {
    const char* key;
    double harmless;
};
constexpr Foreign kForeign[] = {
    {"expert_count", 0},
    {"attn_logit_softcapping", 0},
    {"final_logit_softcapping", 0},
    {"attention.max_alibi_bias", 0},
    {"attention.clamp_kqv", 0},
    {"attention.scale", 0},
    {"attention.causal", 1},
    {"attention.temperature_scale", 0},
    {"logit_scale", 1},
    {"residual_scale", 1},
    {"embedding_scale", 1},
    {"use_parallel_residual", 0},
    {"rope.scaling.yarn_ext_factor", 1},
    {"rope.scaling.yarn_log_multiplier", 0},
};

void refuseForeign(Metadata& metadata, const ModelConfig& config)
{
    for (const auto& [key, harmless] : kForeign)
        if (metadata.has(key) && metadata.anyNumber(key) != harmless)
            metadata.fail(key, "is not read by this version", Errc::UnsupportedArchitecture);
    // A window as wide as the trained context hides nothing that the model was trained to see.
    if (metadata.has("attention.sliding_window")) {
        const auto window = metadata.anyNumber("attention.sliding_window");
        if (!window || (*window != 0 && *window < config.context))
            metadata.fail("attention.sliding_window", "hides tokens, which is not read by this version", Errc::UnsupportedArchitecture);
    }
    if (metadata.has("rope.dimension_sections"))
        metadata.fail("rope.dimension_sections", "is not read by this version", Errc::UnsupportedArchitecture);
}

// Stretched positions, as conversion to GGUF writes them and transformers computes them (rope_type linear, yarn, llama3).
RopeSettings readRope(Metadata& metadata, const Architecture& architecture, const ModelConfig& config, const GgufTensor* divisors)
{
    RopeSettings rope;
    rope.pairing = architecture.pairing;
    rope.base = metadata.real("rope.freq_base", rope.base);
    if (rope.base <= 1)
        metadata.fail("rope.freq_base", "is not above 1");
    const std::string type = metadata.text("rope.scaling.type", "linear"); // what files older than the key mean
    if (type == "linear") {
        rope.factor = metadata.has("rope.scaling.factor") ? metadata.real("rope.scaling.factor") : metadata.real("rope.scale_linear", 1.0);
        rope.scaling = rope.factor == 1 ? RopeSettings::Scaling::None : RopeSettings::Scaling::Linear;
    } else if (type == "yarn") {
        rope.scaling = RopeSettings::Scaling::Yarn;
        rope.factor = metadata.real("rope.scaling.factor");
        rope.originalContext = metadata.number("rope.scaling.original_context_length", 1, 1u << 30, config.context);
        rope.betaFast = metadata.real("rope.scaling.yarn_beta_fast", rope.betaFast);
        rope.betaSlow = metadata.real("rope.scaling.yarn_beta_slow", rope.betaSlow);
        // The paper's temperature (its equation 22); the file's factors come on top of it.
        rope.attentionFactor = (rope.factor > 1 ? 0.1 * std::log(rope.factor) + 1 : 1.0) * metadata.real("rope.scaling.attn_factor", 1.0)
            * metadata.real("rope.scaling.yarn_attn_factor", 1.0);
    } else if (type != "none") {
        metadata.fail("rope.scaling.type", "is " + type, Errc::UnsupportedArchitecture);
    }
    if (divisors) {
        const std::size_t pairs = config.headWidth / 2;
        rope.pairDivisors.resize(pairs);
        if (divisors->type != GgmlType::F32 || divisors->data.size() != pairs * sizeof(float))
            metadata.fail("rope.dimension_count", "does not fit rope_freqs.weight");
        else
            std::memcpy(rope.pairDivisors.data(), divisors->data.data(), divisors->data.size());
        for (const float divisor : rope.pairDivisors)
            if (!(divisor > 0) || !std::isfinite(divisor))
                metadata.fail("rope.dimension_count", "has a divisor in rope_freqs.weight that is not positive");
    }
    return rope;
}

} // namespace

Result<ModelConfig> readConfig(const GgufFile& file)
{
    const auto name = file.stringValue("general.architecture");
    if (!name)
        return Error{Errc::BadMetadata, "general.architecture", "is missing"};
    const Architecture* architecture = findArchitecture(*name);
    if (!architecture)
        return Error{Errc::UnsupportedArchitecture, std::string(*name), {}};

    Metadata metadata(file, *name);
    ModelConfig config;
    config.name = std::string(file.stringValue("general.name").value_or("unnamed model"));
    config.architecture = std::string(*name);
    config.layers = metadata.number("block_count", 1, 1024);
    if (config.layers > file.tensors().size()) // before anything is sized by it
        metadata.fail("block_count", "is more than the file has tensors");
    config.hidden = metadata.number("embedding_length", 1, 1 << 20);
    config.heads = metadata.number("attention.head_count", 1, 4096);
    config.kvHeads = metadata.number("attention.head_count_kv", 1, 4096, config.heads);
    config.feedForward = metadata.number("feed_forward_length", 1, 1 << 22);
    config.context = metadata.number("context_length", 16, 1u << 30);
    config.normEpsilon = static_cast<float>(metadata.real("attention.layer_norm_rms_epsilon"));
    config.headWidth = metadata.number("attention.key_length", 1, 1024, config.hidden / config.heads);
    if (const auto tensor = file.tensor("token_embd.weight"); tensor && tensor->shape.size() == 2 && tensor->shape[1] <= (1u << 24))
        config.vocabulary = static_cast<std::uint32_t>(tensor->shape[1]);
    else
        return Error{Errc::BadTensor, "token_embd.weight", tensor ? "is not a matrix" : "is missing"};
    if (config.heads % config.kvHeads != 0)
        metadata.fail("attention.head_count_kv", "does not divide the number of heads");
    if (config.headWidth % 16 != 0 || config.headWidth == 0)
        metadata.fail(metadata.has("attention.key_length") ? "attention.key_length" : "embedding_length",
                      "gives heads whose width is not a multiple of 16");
    if (metadata.number("attention.value_length", 1, 1024, config.headWidth) != config.headWidth)
        metadata.fail("attention.value_length", "is not the width of a key");
    if (metadata.number("rope.dimension_count", 1, 1024, config.headWidth) != config.headWidth)
        metadata.fail("rope.dimension_count", "is not the width of a head");
    config.rope = readRope(metadata, *architecture, config, file.tensor("rope_freqs.weight"));
    refuseForeign(metadata, config);
    if (metadata.error())
        return *metadata.error();
    return config;
}

} // namespace octavo
