// SPDX-License-Identifier: Apache-2.0
// The table of architectures: which tensors each expects, what of the metadata is understood, and what is refused.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>

#include "model/architecture.h"
#include "model/config.h"
#include "model/weights.h"
#include "octavo/engine/reading.h"
#include "support/random_blocks.h"
#include "support/temporary_folder.h"
#include "support/tiny_gguf.h"

namespace octavo {
namespace {

// Heads are wider than hidden / heads, so that no two sizes are the same.
ModelConfig tinyConfig(const Architecture& architecture)
{
    ModelConfig config;
    config.architecture = std::string(architecture.name);
    config.layers = 2;
    config.hidden = 64;
    config.heads = 6;
    config.kvHeads = 2;
    config.headWidth = 32;
    config.feedForward = 96;
    config.vocabulary = test::kTinyVocabulary;
    return config;
}

// A model's file with every tensor of the registry, the optional ones too.
test::GgufWriter tinyModel(const Architecture& architecture)
{
    const ModelConfig config = tinyConfig(architecture);
    test::GgufWriter writer;
    const auto set = [&](const char* key, auto value) { writer.set(config.architecture + "." + key, value); };
    writer.set("general.architecture", config.architecture);
    set("block_count", config.layers);
    set("context_length", std::uint32_t{512});
    set("embedding_length", config.hidden);
    set("feed_forward_length", config.feedForward);
    set("attention.head_count", config.heads);
    set("attention.head_count_kv", config.kvHeads);
    set("attention.key_length", config.headWidth);
    set("attention.layer_norm_rms_epsilon", 1e-5f);
    test::tinyVocabulary().writeTo(writer);
    std::uint64_t seed = 0;
    for (const ExpectedTensor& tensor : expectedTensors(config)) {
        std::uint64_t elements = 1;
        for (const std::uint64_t extent : tensor.shape)
            elements *= extent;
        std::string values = test::randomBlocks(test::TensorType::F32, tensor.shape.size() == 1 ? 1 : tensor.shape[0],
                                                tensor.shape.size() == 1 ? elements : tensor.shape[1], ++seed);
        if (tensor.name == "rope_freqs.weight")
            values = test::encodeF32(std::vector<float>(elements, 1.5f));
        writer.setTensor(tensor.name, test::TensorType::F32, tensor.shape, std::move(values));
    }
    return writer;
}

class EveryArchitecture : public ::testing::TestWithParam<Architecture> {
protected:
    Result<std::shared_ptr<const Model>> open(const test::GgufWriter& writer)
    {
        writer.write(folder / "model.gguf");
        return Model::open(folder / "model.gguf", *Engine::create({1}));
    }
    test::TemporaryFolder folder;
};

// Written down a second time, by hand from the formats' own lists (gguf-py's constants.py).
TEST_P(EveryArchitecture, ExpectsTheTensorsOfItsFormat)
{
    const bool isQwen2 = GetParam().name == "qwen2", isQwen3 = GetParam().name == "qwen3";
    using Shape = std::vector<std::uint64_t>;
    std::map<std::string, std::pair<Shape, bool>> expected = {
        {"token_embd.weight", {{64, test::kTinyVocabulary}, true}},
        {"output.weight", {{64, test::kTinyVocabulary}, false}}, // else the embedding
        {"output_norm.weight", {{64}, true}},
        {"rope_freqs.weight", {{16}, false}},
    };
    for (const std::string block : {"blk.0.", "blk.1."}) {
        const std::pair<const char*, Shape> matrices[] = {{"attn_q", {64, 192}}, {"attn_k", {64, 64}}, {"attn_v", {64, 64}}, {"attn_output", {192, 64}},
                                                          {"ffn_gate", {64, 96}}, {"ffn_up", {64, 96}}, {"ffn_down", {96, 64}}};
        for (const auto& [name, shape] : matrices) {
            const bool ofHeads = std::string(name) != "attn_output" && std::string(name).starts_with("attn");
            expected[block + name + ".weight"] = {shape, true};
            expected[block + name + ".bias"] = {{shape[1]}, isQwen2 && ofHeads};
        }
        expected[block + "attn_norm.weight"] = {{64}, true};
        expected[block + "ffn_norm.weight"] = {{64}, true};
        if (isQwen3) {
            expected[block + "attn_q_norm.weight"] = {{32}, true};
            expected[block + "attn_k_norm.weight"] = {{32}, true};
        }
    }
    std::map<std::string, std::pair<Shape, bool>> registry;
    for (const ExpectedTensor& tensor : expectedTensors(tinyConfig(GetParam())))
        registry[tensor.name] = {tensor.shape, tensor.required};
    EXPECT_EQ(registry, expected);
}

TEST_P(EveryArchitecture, RunsWithWhatTheRegistryNames)
{
    const auto model = open(tinyModel(GetParam()));
    ASSERT_TRUE(model.ok()) << model.error().detail;
    EXPECT_EQ((*model)->config().rope.pairing == RopeSettings::Pairing::Neighbours, GetParam().name == "llama");
    const auto reading = Reading::start(*model, ReadingPlan{{0, 8}, 4, 2, 64}, 40);
    std::vector<TokenId> ids(40);
    for (std::size_t n = 0; n < ids.size(); ++n)
        ids[n] = static_cast<TokenId>(n);
    ASSERT_TRUE((*reading)->read(ids, {}, {}).ok());
    const std::vector<float> logits = (*reading)->lastLogits().value();
    for (const float logit : logits)
        ASSERT_TRUE(std::isfinite(logit));
}

TEST_P(EveryArchitecture, EachTensorIsRead)
{
    // A tensor that is bound but never read would leave the logits as they are when its values change.
    const auto logits = [&](const test::GgufWriter& writer) {
        const auto model = open(writer);
        EXPECT_TRUE(model.ok());
        const auto reading = Reading::start(*model, ReadingPlan::full(), 12);
        EXPECT_TRUE((*reading)->read(std::vector<TokenId>{5, 9, 200, 3, 77, 5, 8, 250, 31, 1, 60, 61}, {}, {}).ok());
        return *(*reading)->lastLogits();
    };
    const auto before = logits(tinyModel(GetParam()));
    for (const ExpectedTensor& tensor : expectedTensors(tinyConfig(GetParam()))) {
        test::GgufWriter writer = tinyModel(GetParam());
        std::uint64_t elements = 1;
        for (const std::uint64_t extent : tensor.shape)
            elements *= extent;
        writer.setTensor(tensor.name, test::TensorType::F32, tensor.shape, test::encodeF32(std::vector<float>(elements, 0.4f)));
        EXPECT_NE(logits(writer), before) << tensor.name;
    }
}

TEST_P(EveryArchitecture, RefusesAMissingAMisshapedAndAnUnknownTensorByName)
{
    const auto expectRefused = [&](const test::GgufWriter& writer, Errc code, const std::string& name) {
        const auto model = open(writer);
        ASSERT_FALSE(model.ok()) << name;
        EXPECT_EQ(model.error().code, code) << name;
        EXPECT_EQ(model.error().subject, (folder / "model.gguf").string());
        EXPECT_TRUE(model.error().detail.starts_with(name + " ")) << model.error().detail;
    };
    for (const ExpectedTensor& tensor : expectedTensors(tinyConfig(GetParam()))) {
        test::GgufWriter without = tinyModel(GetParam());
        without.removeTensor(tensor.name);
        if (tensor.required)
            expectRefused(without, Errc::BadTensor, tensor.name);
        else
            EXPECT_TRUE(open(without).ok()) << tensor.name;
        if (tensor.name == "token_embd.weight" || tensor.name == "rope_freqs.weight")
            continue; // their sizes are checked with the metadata
        test::GgufWriter misshaped = tinyModel(GetParam());
        std::vector<std::uint64_t> shape = tensor.shape;
        shape.back() += 32;
        std::uint64_t elements = 1;
        for (const std::uint64_t extent : shape)
            elements *= extent;
        misshaped.setTensor(tensor.name, test::TensorType::F32, shape, std::string(elements * sizeof(float), '\0'));
        expectRefused(misshaped, Errc::BadTensor, tensor.name);
    }
    for (const char* foreign : {"blk.0.ffn_gate_inp.weight", "blk.1.attn_sub_norm.weight", "blk.2.attn_q.weight", "blk.0.attn_q.scale"}) {
        test::GgufWriter writer = tinyModel(GetParam());
        writer.setTensor(foreign, test::TensorType::F32, {64}, std::string(256, '\0'));
        expectRefused(writer, Errc::UnsupportedArchitecture, foreign);
    }
}

INSTANTIATE_TEST_SUITE_P(Architectures, EveryArchitecture, ::testing::ValuesIn(architectures().begin(), architectures().end()),
                         [](const auto& tested) { return std::string(tested.param.name); });

struct Refusal {
    const char* key;          // below "llama."
    std::function<void(test::GgufWriter&, const std::string&)> set;
    Errc code;
};

template <class T>
Refusal with(const char* key, T value, Errc code = Errc::UnsupportedArchitecture)
{
    return {key, [value](test::GgufWriter& writer, const std::string& name) { writer.set(name, value); }, code};
}

TEST(Config, RefusesWhatItWouldReadWrongly)
{
    const Refusal refusals[] = {
        with("expert_count", std::uint32_t{8}),
        with("attention.sliding_window", std::uint32_t{128}),
        with("attention.causal", false),
        with("attention.scale", 0.5f),
        with("attn_logit_softcapping", 50.0f),
        with("final_logit_softcapping", 30.0f),
        with("logit_scale", 0.25f),
        with("embedding_scale", 12.0f),
        with("residual_scale", 0.22f),
        with("rope.dimension_sections", std::vector<std::int32_t>{16, 24, 24, 0}),
        with("rope.scaling.type", "longrope"),
        with("rope.scaling.type", std::uint32_t{1}, Errc::BadMetadata),
        with("rope.scaling.factor", 0.0f, Errc::BadMetadata),
        with("rope.scaling.factor", -2.0f, Errc::BadMetadata),
        with("rope.scaling.factor", INFINITY, Errc::BadMetadata),
        with("rope.freq_base", 1.0f, Errc::BadMetadata),
        with("rope.dimension_count", std::uint32_t{8}, Errc::BadMetadata),
        with("attention.value_length", std::uint32_t{32}, Errc::BadMetadata),
        with("attention.key_length", std::uint32_t{24}, Errc::BadMetadata),
        with("attention.head_count_kv", std::uint32_t{3}, Errc::BadMetadata),
        with("attention.head_count", std::vector<std::uint32_t>{4, 2}, Errc::BadMetadata),
        with("block_count", std::uint32_t{0}, Errc::BadMetadata),
        with("feed_forward_length", "128", Errc::BadMetadata),
    };
    const test::TemporaryFolder folder;
    for (const auto& [key, set, code] : refusals) {
        test::GgufWriter writer = test::tinyLlama();
        set(writer, std::string("llama.") + key);
        writer.write(folder / "tiny.gguf");
        const auto config = readConfig(**GgufFile::open(folder / "tiny.gguf"));
        ASSERT_FALSE(config.ok()) << key;
        EXPECT_EQ(config.error().code, code) << key;
        EXPECT_EQ(config.error().subject, std::string("llama.") + key);
        EXPECT_FALSE(config.error().detail.empty());
    }
    for (const auto& set : {with("expert_count", std::uint32_t{0}), with("attention.sliding_window", std::uint32_t{512}),
                            with("attention.sliding_window", std::uint32_t{0}), with("logit_scale", 1.0f), with("rope.scaling.type", "none"),
                            with("attention.causal", true)}) {
        test::GgufWriter writer = test::tinyLlama();
        set.set(writer, std::string("llama.") + set.key);
        writer.write(folder / "tiny.gguf");
        EXPECT_TRUE(readConfig(**GgufFile::open(folder / "tiny.gguf")).ok()) << set.key << ", which changes nothing here";
    }
}

RopeSettings ropeOf(const std::function<void(test::GgufWriter&)>& change)
{
    const test::TemporaryFolder folder;
    test::GgufWriter writer = test::tinyLlama();
    change(writer);
    writer.write(folder / "tiny.gguf");
    const auto config = readConfig(**GgufFile::open(folder / "tiny.gguf"));
    EXPECT_TRUE(config.ok());
    return config.ok() ? config.value().rope : RopeSettings();
}

TEST(Config, StretchedPositionsAreReadInEveryWayTheyAreWritten)
{
    using Scaling = RopeSettings::Scaling;
    EXPECT_EQ(ropeOf([](test::GgufWriter&) {}).scaling, Scaling::None);
    const auto older = ropeOf([](test::GgufWriter& writer) { writer.set("llama.rope.scale_linear", 4.0f); });
    EXPECT_EQ(older.scaling, Scaling::Linear);
    EXPECT_EQ(older.factor, 4.0);
    const auto untyped = ropeOf([](test::GgufWriter& writer) { writer.set("llama.rope.scaling.factor", 2.0f); });
    EXPECT_EQ(untyped.scaling, Scaling::Linear);
    EXPECT_EQ(untyped.factor, 2.0);
    const auto none = ropeOf([](test::GgufWriter& writer) {
        writer.set("llama.rope.scaling.type", "none");
        writer.set("llama.rope.scaling.factor", 2.0f);
    });
    EXPECT_EQ(none.scaling, Scaling::None);

    const auto yarn = ropeOf([](test::GgufWriter& writer) {
        writer.set("llama.rope.scaling.type", "yarn");
        writer.set("llama.rope.scaling.factor", 4.0f);
        writer.set("llama.rope.scaling.original_context_length", std::uint32_t{128});
    });
    EXPECT_EQ(yarn.scaling, Scaling::Yarn);
    EXPECT_EQ(yarn.originalContext, 128.0);
    EXPECT_EQ(yarn.betaFast, 32.0);
    EXPECT_EQ(yarn.betaSlow, 1.0);
    EXPECT_NEAR(yarn.attentionFactor, 0.1 * std::log(4.0) + 1, 1e-12);

    const auto tuned = ropeOf([](test::GgufWriter& writer) {
        writer.set("llama.rope.scaling.type", "yarn");
        writer.set("llama.rope.scaling.factor", 4.0f);
        writer.set("llama.rope.scaling.attn_factor", 0.5f);
        writer.set("llama.rope.scaling.yarn_beta_fast", 16.0f);
        writer.set("llama.rope.scaling.yarn_beta_slow", 2.0f);
    });
    EXPECT_EQ(tuned.originalContext, 512.0) << "the file's context, where no other is named";
    EXPECT_EQ(tuned.betaFast, 16.0);
    EXPECT_EQ(tuned.betaSlow, 2.0);
    EXPECT_NEAR(tuned.attentionFactor, (0.1 * std::log(4.0) + 1) / 2, 1e-12);

    const std::vector<float> divisors = {1, 1, 1, 2, 4, 8, 8, 8};
    const auto llama3 = ropeOf([&](test::GgufWriter& writer) { writer.setTensor("rope_freqs.weight", test::TensorType::F32, {8}, test::encodeF32(divisors)); });
    EXPECT_EQ(llama3.scaling, Scaling::None);
    EXPECT_EQ(llama3.pairDivisors, divisors);
}

TEST(Config, RefusesDivisorsThatDoNotFit)
{
    const test::TemporaryFolder folder;
    for (const std::vector<float>& wrong : {std::vector<float>{1, 1, 1, 1}, {1, 1, 1, 1, 1, 1, 1, 0}, {1, 1, 1, 1, 1, 1, 1, NAN}, {-1, 1, 1, 1, 1, 1, 1, 1}}) {
        test::GgufWriter writer = test::tinyLlama();
        writer.setTensor("rope_freqs.weight", test::TensorType::F32, {wrong.size()}, test::encodeF32(wrong));
        writer.write(folder / "tiny.gguf");
        const auto config = readConfig(**GgufFile::open(folder / "tiny.gguf"));
        ASSERT_FALSE(config.ok());
        EXPECT_EQ(config.error().code, Errc::BadMetadata);
        EXPECT_THAT(config.error().subject + config.error().detail, ::testing::HasSubstr("rope_freqs.weight"));
    }
}

} // namespace
} // namespace octavo
