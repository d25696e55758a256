// SPDX-License-Identifier: Apache-2.0
// The default model on a GPU: the facts of the reference, and a planted fact found as the CPU finds it. Too much for the emulator.
#ifndef OCTAVO_CUDA_EMULATED
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <numeric>

#include "compute/cuda/cuda_backend.h"
#include "engine/cuda/test_device.h"
#include "octavo/engine/asking.h"
#include "support/paths.h"

namespace octavo::cuda {
namespace {

// Where the build says, or the environment: these tests are carried to machines with a GPU (engine/bench/gpu_check.sh).
std::filesystem::path placeOf(const char* variable, const char* built)
{
    const char* set = std::getenv(variable);
    return set ? set : built;
}

class DefaultModelOnGpu : public ::testing::Test {
protected:
    void SetUp() override
    {
        int devices = 0;
        if (cudaGetDeviceCount(&devices) != cudaSuccess || devices == 0)
            GTEST_SKIP() << "no CUDA device";
        modelFile = placeOf("OCTAVO_MODEL", test::kModelFile);
        shared = placeOf("OCTAVO_SHARED", test::kSharedDir);
        for (const std::filesystem::path& file : {modelFile, shared / "reference/fixtures.json", shared / "books/moby-dick.txt"})
            if (!std::filesystem::exists(file))
                GTEST_SKIP() << file << " is not there";
        facts = nlohmann::json::parse(std::ifstream(shared / "reference/fixtures.json"));
        model = open(true);
    }

    std::shared_ptr<const Model> open(bool onGpu) const
    {
        const EngineOptions how{0, Precision::Float32, onGpu ? DeviceChoice::Cuda : DeviceChoice::Cpu};
        auto opened = Model::open(modelFile, *Engine::create(how, onGpu ? std::make_unique<CudaBackend>(0) : nullptr));
        EXPECT_TRUE(opened.ok()) << opened.error().subject << ' ' << opened.error().detail;
        return *opened;
    }

    std::vector<float> logits(const std::vector<TokenId>& ids, const ReadingPlan& plan) const
    {
        auto reading = Reading::start(model, plan, ids.size());
        EXPECT_TRUE(reading.ok() && (*reading)->read(ids, {}, {}).ok());
        return *(*reading)->lastLogits();
    }

    static void expectTop(const std::vector<float>& logits, const nlohmann::json& top)
    {
        for (const auto& entry : top)
            EXPECT_NEAR(logits[entry[0].get<std::size_t>()], entry[1].get<float>(), 0.05);
        EXPECT_EQ(std::max_element(logits.begin(), logits.end()) - logits.begin(), top[0][0].get<TokenId>());
    }

    // Mean negative log likelihood of a planted number's digits, in so many bytes of a novel.
    static double needle(const Model& of, const std::shared_ptr<const Model>& owner, const std::filesystem::path& book, std::size_t bytes, const KvFormat& kv)
    {
        std::ifstream file(book, std::ios::binary);
        file.seekg(60'000);
        std::string text(bytes, '\0');
        file.read(text.data(), static_cast<std::streamsize>(text.size()));
        text.resize(static_cast<std::size_t>(file.gcount()));
        text.insert(text.find(' ', text.size() / 3), "\n\nThe secret number of Lisbon is 48213. Remember it. 48213 is the secret number of Lisbon.\n\n");
        const auto encode = [&](const std::string& words) { return of.tokenizer().encode(words, SpecialTokens::Parse).ids; };
        const std::vector<TokenId> intro = encode(of.chat().documentIntro("You are a helpful assistant.")), ids = encode(text);
        ReadingPlan plan;
        plan.kv = kv;
        auto reading = Reading::start(owner, plan, ids.size() + 1000);
        EXPECT_TRUE((*reading)->read(intro, {}, {}).ok() && (*reading)->read(ids, {}, {}).ok());
        auto asking = Asking::over(std::vector<const Reading*>{reading->get()}, {});
        EXPECT_TRUE((*asking)->prefill(encode("\n\nWhat is the secret number of Lisbon?" + of.chat().answerIntro() + "The secret number of Lisbon is"), {}).ok());
        const std::vector<TokenId> answer = encode(" 48213");
        const auto scores = (*asking)->prefillAndScore(answer, 0, {});
        double sum = 0;
        for (const TokenScore& score : *scores)
            sum += score.nll;
        return sum / static_cast<double>(answer.size());
    }

    std::filesystem::path modelFile, shared;
    nlohmann::json facts;
    std::shared_ptr<const Model> model;
};

TEST_F(DefaultModelOnGpu, GivesTheReferencesLogits)
{
    for (const auto& fact : facts["logits"])
        expectTop(logits(model->tokenizer().encode(fact["prompt"].get<std::string>(), SpecialTokens::Parse).ids, ReadingPlan::full()), fact["top"]);
    const auto& fact = facts["tensorized"];
    const ReadingPlan plan{fact["dims"].get<std::vector<std::uint32_t>>(), fact["gate"].get<float>(), fact["sinks"].get<std::uint32_t>(), 64, {}};
    const auto ids = fact["ids"].get<std::vector<TokenId>>();
    expectTop(logits(ids, plan), fact["top"]);
    auto reading = Reading::start(model, plan, ids.size());
    const auto scores = (*reading)->readAndScore(ids, 96, {});
    ASSERT_TRUE(scores.ok());
    double nll = 0;
    for (const TokenScore& score : *scores)
        nll += score.nll / 64;
    EXPECT_NEAR(nll, fact["nll_last_64"].get<double>(), 0.01);
}

// Few tokens go another way (Linear::few…) than many.
TEST_F(DefaultModelOnGpu, WritesAsItReads)
{
    const auto& fact = facts["logits"][0];
    const auto ids = model->tokenizer().encode(fact["prompt"].get<std::string>(), SpecialTokens::Parse).ids;
    auto reading = Reading::start(model, ReadingPlan::full(), ids.size());
    ASSERT_TRUE((*reading)->read(std::span(ids).first(1), {}, {}).ok());
    auto asking = Asking::over(std::vector<const Reading*>{reading->get()}, {});
    for (std::size_t n = 1; n < ids.size(); ++n)
        ASSERT_TRUE((*asking)->prefill(std::span(ids).subspan(n, 1), {}).ok());
    const std::vector<float> row = (*asking)->lastLogits();
    double off = 0;
    for (const auto& entry : fact["top"])
        off = std::max(off, std::abs(static_cast<double>(row[entry[0].get<std::size_t>()]) - entry[1].get<double>()));
    std::cout << "token by token, inputs rounded to int8, logits are off by " << off << '\n';
    EXPECT_LT(off, 0.5);
    EXPECT_EQ(std::max_element(row.begin(), row.end()) - row.begin(), fact["top"][0][0].get<TokenId>());
}

TEST_F(DefaultModelOnGpu, FindsAPlantedFactAsTheCpuDoes)
{
    const auto cpu = open(false);
    for (const KvFormat kv : {KvFormat{}, KvFormat{KvType::Q8_0, KvType::Q8_0}}) {
        const double found = needle(*model, model, shared / "books/moby-dick.txt", 14'000, kv), expected = needle(*cpu, cpu, shared / "books/moby-dick.txt", 14'000, kv);
        std::cout << "mean NLL of the right digits, " << kv.toString() << ": GPU " << found << ", CPU " << expected << '\n';
        EXPECT_NEAR(found, expected, 0.05);
        EXPECT_LT(found, 1.0); // found at all: a digit by chance is 2.3
    }
}

} // namespace
} // namespace octavo::cuda
#endif
