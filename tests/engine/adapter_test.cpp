// SPDX-License-Identifier: Apache-2.0
// LoRA adapters: what is applied, what is refused, and that readings of another adapter are stale. That B(A x) is right is shown
// against transformers (conformance_test.cpp).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "octavo/engine/asking.h"
#include "octavo/engine/reading.h"
#include "support/random_blocks.h"
#include "support/temporary_folder.h"
#include "support/tiny_gguf.h"

namespace octavo {
namespace {

class Adapter : public ::testing::Test {
protected:
    void SetUp() override { test::writeTinyLlama(folder / "tiny.gguf"); }

    // An adapter of one matrix of the tiny Llama, rank 4.
    static test::GgufWriter adapter(std::uint64_t seed = 1)
    {
        test::GgufWriter writer;
        writer.set("general.type", "adapter");
        writer.set("general.architecture", "llama");
        writer.set("adapter.type", "lora");
        writer.set("adapter.lora.alpha", 8.0f);
        writer.setTensor("blk.1.ffn_up.weight.lora_a", test::TensorType::F32, {64, 4}, test::randomBlocks(test::TensorType::F32, 64, 4, seed));
        writer.setTensor("blk.1.ffn_up.weight.lora_b", test::TensorType::F32, {4, 128}, test::randomBlocks(test::TensorType::F32, 4, 128, seed + 1));
        return writer;
    }

    // One that later layers notice, too.
    static test::GgufWriter deepAdapter(std::uint64_t seed = 1)
    {
        test::GgufWriter writer = adapter(seed);
        writer.setTensor("blk.0.attn_output.weight.lora_a", test::TensorType::F32, {64, 4}, test::randomBlocks(test::TensorType::F32, 64, 4, seed + 2));
        writer.setTensor("blk.0.attn_output.weight.lora_b", test::TensorType::F32, {4, 64}, test::randomBlocks(test::TensorType::F32, 4, 64, seed + 3));
        return writer;
    }

    static test::GgufWriter forAsking(std::uint64_t seed = 1)
    {
        test::GgufWriter writer = deepAdapter(seed);
        writer.set("octavo.adapter.scope", "asking");
        return writer;
    }

    static test::GgufWriter gates(const std::vector<float>& values)
    {
        test::GgufWriter writer = adapter();
        writer.removeTensor("blk.1.ffn_up.weight.lora_a");
        writer.removeTensor("blk.1.ffn_up.weight.lora_b");
        writer.setTensor("octavo.gate", test::TensorType::F32, {4, 2}, test::encodeF32(values));
        return writer;
    }

    Result<std::shared_ptr<const Model>> open(const std::vector<test::GgufWriter>& adapters) const
    {
        ModelOptions options;
        for (const test::GgufWriter& writer : adapters) {
            options.adapters.push_back(folder / ("adapter" + std::to_string(options.adapters.size()) + ".gguf"));
            writer.write(options.adapters.back());
        }
        return Model::open(folder / "tiny.gguf", *Engine::create({2, Precision::Float32}), options);
    }

    static std::vector<float> logits(std::shared_ptr<const Model> model, const ReadingPlan& plan = {{0, 8}, 4, 2, 64})
    {
        std::vector<TokenId> ids(30);
        for (std::size_t n = 0; n < ids.size(); ++n)
            ids[n] = static_cast<TokenId>((n * 37 + 11) % test::kTinyVocabulary);
        const auto reading = Reading::start(std::move(model), plan, ids.size());
        EXPECT_TRUE((*reading)->read(ids, {}, {}).ok());
        return *(*reading)->lastLogits();
    }

    // After a reading of 20 tokens and a question of 10.
    static std::vector<float> askedLogits(const Reading& reading)
    {
        const Reading* readings[] = {&reading};
        const auto asking = Asking::over(readings, {});
        EXPECT_TRUE((*asking)->prefill(std::vector<TokenId>{3, 1, 4, 1, 5, 9, 2, 6, 5, 3}, {}).ok());
        return (*asking)->lastLogits();
    }

    static std::unique_ptr<Reading> read(std::shared_ptr<const Model> model)
    {
        auto reading = Reading::start(std::move(model), {{0, 8}, 4, 2, 64}, 30);
        EXPECT_TRUE((*reading)->read(kText, {}, {}).ok());
        return std::move(*reading);
    }

    static inline const std::vector<TokenId> kText{2, 7, 1, 8, 2, 8, 1, 8, 2, 8, 4, 5, 9, 0, 4, 5, 2, 3, 5, 3};
    test::TemporaryFolder folder;
};

TEST_F(Adapter, ChangesTheModelAndItsHash)
{
    const auto plain = open({}), one = open({adapter(1)}), other = open({adapter(5)}), both = open({adapter(1), adapter(5)});
    ASSERT_TRUE(plain.ok() && one.ok() && other.ok() && both.ok());
    std::set<std::string> hashes;
    std::set<std::vector<float>> results;
    for (const auto& model : {plain, one, other, both}) {
        hashes.insert((*model)->hash());
        results.insert(logits(*model));
    }
    EXPECT_EQ(hashes.size(), 4u);
    EXPECT_EQ(results.size(), 4u);
    EXPECT_EQ((*one)->hash(), (*open({adapter(1)}))->hash());

    test::GgufWriter scaled = adapter(1);
    scaled.set("adapter.lora.alpha", 9.0f);
    EXPECT_NE((*open({scaled}))->hash(), (*one)->hash());
}

TEST_F(Adapter, MakesReadingsOfAnotherStale)
{
    const auto one = open({adapter(1)}), other = open({adapter(5)});
    const std::vector<TokenId> ids = {5, 6, 7, 8};
    const auto reading = Reading::start(*one, ReadingPlan::full(), 8);
    ASSERT_TRUE((*reading)->read(ids, {}, {}).ok());
    ASSERT_TRUE((*reading)->save(folder / "kept.oct", {}).ok());
    EXPECT_TRUE(Reading::load(folder / "kept.oct", *one, ReadingPlan::full(), 8, ids, {}).ok());
    const auto stale = Reading::load(folder / "kept.oct", *other, ReadingPlan::full(), 8, ids, {});
    ASSERT_FALSE(stale.ok());
    EXPECT_EQ(stale.error().code, Errc::StaleReading);
}

TEST_F(Adapter, ForAskingLeavesReadingsAsTheyAre)
{
    const auto plain = open({}), asking = open({forAsking()}), all = open({deepAdapter()});
    ASSERT_TRUE(plain.ok() && asking.ok() && all.ok());
    EXPECT_EQ((*asking)->hash(), (*plain)->hash());
    EXPECT_EQ((*plain)->askingHash(), (*plain)->hash());
    EXPECT_EQ((*all)->askingHash(), (*all)->hash());
    EXPECT_NE((*asking)->askingHash(), (*plain)->hash());
    EXPECT_NE((*asking)->askingHash(), (*open({forAsking(5)}))->askingHash());
    EXPECT_NE((*asking)->askingHash(), (*open({forAsking(), adapter(9)}))->askingHash()) << "it depends on the reading, too";

    const auto plainly = read(*plain), same = read(*asking), otherwise = read(*all);
    EXPECT_EQ(*same->lastLogits(), *plainly->lastLogits());
    EXPECT_NE(*otherwise->lastLogits(), *plainly->lastLogits());
    EXPECT_NE(askedLogits(*same), askedLogits(*plainly));
    EXPECT_NE(askedLogits(*same), askedLogits(*otherwise));

    ASSERT_TRUE(plainly->save(folder / "kept.oct", {}).ok());
    const auto kept = Reading::load(folder / "kept.oct", *asking, {{0, 8}, 4, 2, 64}, 30, kText, {});
    ASSERT_TRUE(kept.ok()) << "a reading that was kept without the adapter is of use with it";
    EXPECT_EQ(askedLogits(**kept), askedLogits(*same));
}

TEST_F(Adapter, OfferedIsAppliedToItsModel)
{
    const auto plain = open({}), asked = open({forAsking()});
    ASSERT_TRUE(plain.ok() && asked.ok());
    const auto offer = [&](test::GgufWriter writer, const std::string& madeFor, const std::vector<std::filesystem::path>& adapters = {}) {
        writer.set("octavo.adapter.model", madeFor.c_str());
        writer.set("general.name", "finds keys");
        const std::string bytes = writer.bytes();
        ModelOptions options{adapters, {std::as_bytes(std::span(bytes))}};
        return Model::open(folder / "tiny.gguf", *Engine::create({2, Precision::Float32}), options);
    };
    const auto applied = offer(forAsking(), (*plain)->hash());
    ASSERT_TRUE(applied.ok());
    EXPECT_EQ((*applied)->askingHash(), (*asked)->askingHash());
    EXPECT_THAT((*applied)->offeredAdapters(), ::testing::ElementsAre("finds keys"));
    EXPECT_EQ(askedLogits(*read(*applied)), askedLogits(*read(*asked))) << "its bytes are gone by now";

    adapter(9).write(folder / "own.gguf");
    for (const auto& passedOver : {offer(forAsking(), "0123456789abcdef"), offer(forAsking(), (*plain)->hash(), {folder / "own.gguf"})}) {
        ASSERT_TRUE(passedOver.ok());
        EXPECT_EQ((*passedOver)->askingHash(), (*passedOver)->hash());
        EXPECT_TRUE((*passedOver)->offeredAdapters().empty());
    }
    EXPECT_EQ(offer(gates(std::vector<float>(8, NAN)), (*plain)->hash()).error().code, Errc::BadTensor);
}

TEST_F(Adapter, BringsGates)
{
    const auto plain = open({}), same = open({gates(std::vector<float>(8, 4.0f))}), own = open({gates({4, 4, 4, 4, 4, 4, 0, 4})});
    ASSERT_TRUE(plain.ok() && same.ok() && own.ok());
    EXPECT_TRUE((*plain)->config().gates.empty());
    EXPECT_THAT((*own)->config().gates, ::testing::ElementsAre(4, 4, 4, 4, 4, 4, 0, 4));
    EXPECT_EQ(logits(*same), logits(*plain)) << "the plan's own gate";
    EXPECT_NE(logits(*own), logits(*plain));
    EXPECT_EQ(logits(*own, ReadingPlan::full()), logits(*plain, ReadingPlan::full())) << "the finest hop has no gate";
    EXPECT_NE((*same)->hash(), (*own)->hash());
}

TEST_F(Adapter, RefusesWhatItCannotApplyAndNamesTheFile)
{
    struct Row {
        const char* what;
        std::function<void(test::GgufWriter&)> change;
        Errc code;
        const char* subject;    // within the file
    };
    const auto tensor = [](const char* name, std::vector<std::uint64_t> shape) {
        return [name, shape](test::GgufWriter& writer) {
            std::uint64_t elements = 1;
            for (const std::uint64_t extent : shape)
                elements *= extent;
            writer.setTensor(name, test::TensorType::F32, shape, std::string(elements * sizeof(float), '\0'));
        };
    };
    const Row rows[] = {
        {"a model", [](auto& w) { w.set("general.type", "model"); }, Errc::UnsupportedArchitecture, "general.type"},
        {"untyped", [](auto& w) { w.remove("general.type"); }, Errc::BadMetadata, "general.type"},
        {"a control vector", [](auto& w) { w.set("adapter.type", "control_vector"); }, Errc::UnsupportedArchitecture, "adapter.type"},
        {"activated by tokens", [](auto& w) { w.set("adapter.alora.invocation_tokens", std::vector<std::uint32_t>{1}); }, Errc::UnsupportedArchitecture,
         "adapter.alora.invocation_tokens"},
        {"for qwen2", [](auto& w) { w.set("general.architecture", "qwen2"); }, Errc::UnsupportedArchitecture, "qwen2"},
        {"no alpha", [](auto& w) { w.remove("adapter.lora.alpha"); }, Errc::BadMetadata, "adapter.lora.alpha"},
        {"alpha not a number", [](auto& w) { w.set("adapter.lora.alpha", NAN); }, Errc::BadMetadata, "adapter.lora.alpha"},
        {"for writing", [](auto& w) { w.set("octavo.adapter.scope", "writing"); }, Errc::UnsupportedArchitecture, "octavo.adapter.scope"},
        {"of scope 1", [](auto& w) { w.set("octavo.adapter.scope", 1.0f); }, Errc::UnsupportedArchitecture, "octavo.adapter.scope"},
        {"gates for asking", [](auto& w) {
             w.set("octavo.adapter.scope", "asking");
             w.setTensor("octavo.gate", test::TensorType::F32, {4, 2}, test::encodeF32(std::vector<float>(8, 1.0f)));
         }, Errc::BadTensor, "octavo.gate"},
        {"no B", [](auto& w) { w.removeTensor("blk.1.ffn_up.weight.lora_b"); }, Errc::BadTensor, "blk.1.ffn_up.weight.lora_a"},
        {"no A", [](auto& w) { w.removeTensor("blk.1.ffn_up.weight.lora_a"); }, Errc::BadTensor, "blk.1.ffn_up.weight.lora_b"},
        {"narrow A", tensor("blk.1.ffn_up.weight.lora_a", {32, 4}), Errc::BadTensor, "blk.1.ffn_up.weight.lora_a"},
        {"A a vector", tensor("blk.1.ffn_up.weight.lora_a", {64}), Errc::BadTensor, "blk.1.ffn_up.weight.lora_a"},
        {"short B", tensor("blk.1.ffn_up.weight.lora_b", {4, 64}), Errc::BadTensor, "blk.1.ffn_up.weight.lora_b"},
        {"another rank", tensor("blk.1.ffn_up.weight.lora_b", {5, 128}), Errc::BadTensor, "blk.1.ffn_up.weight.lora_b"},
        {"a deeper model", [&](auto& w) { tensor("blk.2.attn_q.weight.lora_a", {64, 4})(w); tensor("blk.2.attn_q.weight.lora_b", {4, 64})(w); },
         Errc::UnsupportedArchitecture, "blk.2.attn_q.weight.lora_a"},
        {"the embedding", [&](auto& w) { tensor("token_embd.weight.lora_a", {64, 4})(w); tensor("token_embd.weight.lora_b", {4, 64})(w); },
         Errc::UnsupportedArchitecture, "token_embd.weight.lora_a"},
        {"a tied output", [&](auto& w) { tensor("output.weight.lora_a", {64, 4})(w); tensor("output.weight.lora_b", {4, 275})(w); }, Errc::UnsupportedArchitecture,
         "output.weight.lora_a"},
        {"a norm", tensor("blk.0.attn_norm.weight", {64}), Errc::UnsupportedArchitecture, "blk.0.attn_norm.weight"},
        {"gates turned round", tensor("octavo.gate", {2, 4}), Errc::BadTensor, "octavo.gate"},
        {"gates in halves", [](auto& w) { w.setTensor("octavo.gate", test::TensorType::F16, {4, 2}, std::string(16, '\0')); }, Errc::UnsupportedType, "octavo.gate"},
        {"gates not numbers", [](auto& w) { w.setTensor("octavo.gate", test::TensorType::F32, {4, 2}, test::encodeF32(std::vector<float>(8, NAN))); },
         Errc::BadTensor, "octavo.gate"},
    };
    for (const auto& [what, change, code, subject] : rows) {
        test::GgufWriter writer = adapter();
        change(writer);
        const auto model = open({writer});
        ASSERT_FALSE(model.ok()) << what;
        EXPECT_EQ(model.error().code, code) << what;
        EXPECT_EQ(model.error().subject, (folder / "adapter0.gguf").string()) << what;
        EXPECT_TRUE(model.error().detail.starts_with(std::string(subject) + " ")) << what << ": " << model.error().detail;
    }
    const auto twice = open({gates(std::vector<float>(8, 1.0f)), gates(std::vector<float>(8, 2.0f))});
    ASSERT_FALSE(twice.ok());
    EXPECT_EQ(twice.error().subject, (folder / "adapter1.gguf").string());

    ModelOptions options;
    options.adapters = {folder / "nowhere.gguf"};
    const auto missing = Model::open(folder / "tiny.gguf", *Engine::create({1}), options);
    ASSERT_FALSE(missing.ok());
    EXPECT_EQ(missing.error().code, Errc::NotFound);
    EXPECT_EQ(missing.error().subject, options.adapters[0].string());
}

} // namespace
} // namespace octavo
