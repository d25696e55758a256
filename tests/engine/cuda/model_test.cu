// SPDX-License-Identifier: Apache-2.0
// A tiny Llama read and asked on the GPU as on the CPU. Built twice, as attention_test.cu.
#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "compute/cuda/cuda_backend.h"
#include "compute/cuda/layer_stream.h"
#include "engine/cuda/test_device.h"
#include "octavo/engine/asking.h"
#include "octavo/engine/reading_hops.h"
#include "support/random_blocks.h"
#include "support/temporary_folder.h"
#include "support/tiny_gguf.h"

namespace octavo::cuda {
namespace {

class CudaModel : public ::testing::Test {
protected:
    std::shared_ptr<const Model> open(const test::TinyLlamaOptions& options, bool onGpu, const ModelOptions& with = {}, std::optional<std::uint32_t> gpuLayers = {})
    {
        writeTinyLlama(folder / "tiny.gguf", options);
        const EngineOptions how{2, Precision::Float32, onGpu ? DeviceChoice::Cuda : DeviceChoice::Cpu, gpuLayers};
        auto engine = Engine::create(how, onGpu ? std::make_unique<CudaBackend>(0) : nullptr);
        auto opened = Model::open(folder / "tiny.gguf", *engine, with);
        EXPECT_TRUE(opened.ok()) << opened.error().subject << " " << opened.error().detail;
        return *opened;
    }

    static std::vector<TokenId> someIds(std::size_t count)
    {
        std::mt19937 random(3);
        std::vector<TokenId> ids(count);
        for (TokenId& id : ids)
            id = test::kTinyFirstByte + static_cast<TokenId>(random() % 256);
        return ids;
    }

    static std::unique_ptr<Reading> read(const std::shared_ptr<const Model>& model, std::span<const TokenId> ids, const ReadingPlan& plan)
    {
        auto reading = Reading::start(model, plan, 400);
        EXPECT_TRUE(reading.ok() && (*reading)->read(ids, {}, {}).ok());
        return std::move(*reading);
    }

    // The largest difference, as a share of the largest logit.
    static double difference(const std::vector<float>& a, const std::vector<float>& b)
    {
        double off = 0, size = 0;
        for (std::size_t n = 0; n < a.size(); ++n) {
            off = std::max(off, std::isfinite(a[n]) ? std::abs(static_cast<double>(a[n]) - b[n]) : 1e9);
            size = std::max(size, std::abs(static_cast<double>(b[n])));
        }
        return off / size;
    }

    // For asking, of two layers, and what opens a model with it.
    ModelOptions askingAdapter()
    {
        test::GgufWriter adapter;
        for (const auto& [key, value] : {std::pair("general.type", "adapter"), {"general.architecture", "llama"}, {"adapter.type", "lora"}, {"octavo.adapter.scope", "asking"}})
            adapter.set(key, value);
        adapter.set("adapter.lora.alpha", 16.0f);
        std::uint64_t seed = 1;
        for (const char* name : {"blk.0.attn_q.weight", "blk.1.attn_output.weight", "blk.1.ffn_gate.weight"}) {
            const std::uint64_t rows = std::string_view(name).find("gate") == std::string_view::npos ? wide.hidden : wide.feedForward;
            adapter.setTensor(name + std::string(".lora_a"), test::TensorType::F32, {wide.hidden, 4}, test::randomBlocks(test::TensorType::F32, wide.hidden, 4, seed++));
            adapter.setTensor(name + std::string(".lora_b"), test::TensorType::F32, {4, rows}, test::randomBlocks(test::TensorType::F32, 4, rows, seed++));
        }
        adapter.write(folder / "adapter.gguf");
        return {{folder / "adapter.gguf"}, {}};
    }

    test::TemporaryFolder folder;
    test::TinyLlamaOptions wide{.hidden = 256, .feedForward = 160, .heads = 4, .kvHeads = 2};
};

constexpr double kHalves = 0.01;  // halves all the way: 2^-11, over two layers and some roundings each
constexpr double kWhole = 0.06;   // inputs of few rows rounded to int8

TEST_F(CudaModel, ReadsAndAsksAsTheCpuDoes)
{
    OCTAVO_NEEDS_DEVICE(device, 0);
    const std::vector<TokenId> ids = someIds(211);
    for (const KvFormat kv : {KvFormat{}, KvFormat{KvType::Q8_0, KvType::Q8_0}}) {
        const ReadingPlan plan{{0, 64}, 1, 4, 8, kv};
        const auto cpu = open(wide, false), gpu = open(wide, true);
        EXPECT_EQ(gpu->device(), device.name());
        const auto expected = read(cpu, std::span(ids).first(200), plan), result = read(gpu, std::span(ids).first(200), plan);
        EXPECT_LT(difference(*result->lastLogits(), *expected->lastLogits()), 2 * kHalves);

        AskingOptions options;
        options.spans = {{10, 60}, {60, 190}};
        options.topTokens = 3;
        auto asked = Asking::over(std::vector<const Reading*>{result.get()}, options), wanted = Asking::over(std::vector<const Reading*>{expected.get()}, options);
        ASSERT_TRUE(asked.ok() && wanted.ok());
        std::size_t at = 200;
        for (const std::size_t count : {7u, 1u, 3u}) { // many rows, and few
            ASSERT_TRUE((*asked)->prefill(std::span(ids).subspan(at, count), {}).ok());
            ASSERT_TRUE((*wanted)->prefill(std::span(ids).subspan(at, count), {}).ok());
            EXPECT_LT(difference((*asked)->lastLogits(), (*wanted)->lastLogits()), 2 * kHalves) << count;
            for (std::size_t span = 0; span < 2; ++span)
                EXPECT_NEAR((*asked)->lastHops().spans[span], (*wanted)->lastHops().spans[span], 0.01);
            at += count;
        }
        // A branch, and going back.
        auto branch = (*asked)->fork();
        ASSERT_TRUE(branch.ok());
        ASSERT_TRUE((*asked)->rewind(7).ok());
        for (Asking* each : {branch->get(), asked->get()})
            ASSERT_TRUE(each->prefill(std::span(ids).subspan(207, 4), {}).ok());
        EXPECT_EQ((*branch)->conversationTokens(), 15u);
        EXPECT_LT(difference((*asked)->lastLogits(), (*wanted)->lastLogits()), 2 * kHalves);
    }
}

// What an adapter for asking changes is multiplied by two matrices: one while reading, one while asking.
TEST_F(CudaModel, AnAdapterForAskingLeavesReadingAsItIs)
{
    OCTAVO_NEEDS_DEVICE(device, 0);
    const std::vector<TokenId> ids = someIds(120);
    const ModelOptions with = askingAdapter();
    const ReadingPlan plan{{0, 64}, 1, 4, 8, {}};
    const auto unadapted = read(open(wide, true), std::span(ids).first(100), plan);
    const auto expected = read(open(wide, false, with), std::span(ids).first(100), plan), result = read(open(wide, true, with), std::span(ids).first(100), plan);
    EXPECT_EQ(*result->lastLogits(), *unadapted->lastLogits());
    const auto ask = [&](const Reading& reading, std::size_t count) {
        auto asking = Asking::over(std::vector<const Reading*>{&reading}, {});
        EXPECT_TRUE((*asking)->prefill(std::span(ids).subspan(100, count), {}).ok());
        return (*asking)->lastLogits();
    };
    for (const std::size_t count : {1u, 15u}) {
        EXPECT_LT(difference(ask(*result, count), ask(*expected, count)), 2 * kHalves) << count;
        EXPECT_GT(difference(ask(*result, count), ask(*unadapted, count)), 10 * kHalves) << "the adapter does not show";
    }
}

TEST_F(CudaModel, MultipliesEveryKindOfWeight)
{
    OCTAVO_NEEDS_DEVICE(device, 0);
    const std::vector<TokenId> ids = someIds(90);
    using test::TensorType;
    const std::pair<TensorType, std::optional<TensorType>> kinds[] = {{TensorType::F16, {}}, {TensorType::Q4_1, {}}, {TensorType::Q8_0, {}}, {TensorType::Q4_1, TensorType::Q8_0}};
    for (const auto& [type, ups] : kinds) { // gate and up of two types cannot go through one product
        wide.weights = type;
        wide.ups = ups;
        const auto cpu = open(wide, false), gpu = open(wide, true);
        const ReadingPlan plan{{0, 64}, 1, 4, 8, {}};
        const auto expected = read(cpu, std::span(ids).first(80), plan), result = read(gpu, std::span(ids).first(80), plan);
        EXPECT_LT(difference(*result->lastLogits(), *expected->lastLogits()), kWhole);
        auto asked = Asking::over(std::vector<const Reading*>{result.get()}, {}), wanted = Asking::over(std::vector<const Reading*>{expected.get()}, {});
        for (Asking* each : {asked->get(), wanted->get()})
            ASSERT_TRUE(each->prefill(std::span(ids).subspan(80, 2), {}).ok());
        EXPECT_LT(difference((*asked)->lastLogits(), (*wanted)->lastLogits()), kWhole);
    }
}

// A reading made on the GPU is kept, opened on the CPU and read on there; and the other way round. Hops of what a token saw come from the CPU.
TEST_F(CudaModel, ReadingsMoveBetweenDevices)
{
    OCTAVO_NEEDS_DEVICE(device, 0);
    const std::vector<TokenId> ids = someIds(300);
    const ReadingPlan plan{{0, 64}, 1, 4, 8, {}, {128, {1}}};
    const auto cpu = open(wide, false), gpu = open(wide, true);
    const auto whole = read(cpu, ids, plan);
    for (const bool gpuFirst : {true, false}) {
        const auto& first = gpuFirst ? gpu : cpu;
        const auto& second = gpuFirst ? cpu : gpu;
        const auto begun = read(first, std::span(ids).first(270), plan);
        ASSERT_TRUE(begun->save(folder / "kept.oct", {}).ok());
        auto opened = Reading::load(folder / "kept.oct", second, plan, 400, ids, {});
        ASSERT_TRUE(opened.ok()) << opened.error().subject << opened.error().detail;
        EXPECT_EQ((*opened)->tokens(), 270u);
        ASSERT_TRUE((*opened)->read(std::span(ids).subspan(270), {}, {}).ok());
        EXPECT_LT(difference(*(*opened)->lastLogits(), *whole->lastLogits()), 2 * kHalves) << gpuFirst;
    }
    const auto result = read(gpu, ids, plan);
    const auto hops = result->hopsOf(250, {}, 5, {}), expected = whole->hopsOf(250, {}, 5, {});
    ASSERT_TRUE(hops.ok() && expected.ok());
    for (std::size_t n = 0; n < hops->weights.size(); ++n)
        EXPECT_NEAR(hops->weights[n], expected->weights[n], 0.01);
}

// A stop drops the chunk; reading goes on as if it had not been.
TEST_F(CudaModel, AStopLosesNothing)
{
    OCTAVO_NEEDS_DEVICE(device, 0);
    const std::vector<TokenId> ids = someIds(200);
    const ReadingPlan plan{{0, 64}, 1, 4, 8, {}};
    const auto gpu = open(wide, true);
    const auto whole = read(gpu, ids, plan);
    auto reading = Reading::start(gpu, plan, 400);
    ASSERT_TRUE((*reading)->read(std::span(ids).first(100), {}, {}).ok());
    std::stop_source stop;
    stop.request_stop();
    const auto stopped = (*reading)->read(std::span(ids).subspan(100), {}, stop.get_token());
    ASSERT_FALSE(stopped.ok());
    EXPECT_EQ(stopped.error().code, Errc::Stopped);
    EXPECT_EQ((*reading)->tokens(), 100u);
    ASSERT_TRUE((*reading)->read(std::span(ids).subspan(100), {}, {}).ok());
    EXPECT_LT(difference(*(*reading)->lastLogits(), *whole->lastLogits()), kHalves);
}

// Layers that are brought for each pass compute what they do where they stay, whatever passes take turns, and after a pass that was stopped.
TEST_F(CudaModel, LayersThatDoNotStayComputeTheSame)
{
    OCTAVO_NEEDS_DEVICE(device, 0);
    wide.layers = 7;
    wide.weights = test::TensorType::Q4_1; // rows that are padded on the device
    const std::vector<TokenId> ids = someIds(130);
    const ReadingPlan plan{{0, 64}, 1, 4, 8, {}};
    const ModelOptions with = askingAdapter();
    const auto askOne = [&](const Reading& reading, std::size_t at) {
        auto asking = Asking::over(std::vector<const Reading*>{&reading}, {});
        EXPECT_TRUE((*asking)->prefill(std::span(ids).subspan(at, 5), {}).ok() && (*asking)->prefill(std::span(ids).subspan(at + 5, 1), {}).ok());
        return (*asking)->lastLogits();
    };
    const auto stays = open(wide, true, with);
    const auto expected = read(stays, std::span(ids).first(100), plan);
    const std::vector<float> answer = askOne(*expected, 100);
    for (const auto& [wanted, kept] : {std::pair(0u, 0u), {4u, 4u}, {5u, 7u}, {99u, 7u}}) { // two slots take the place of two layers
        const auto model = open(wide, true, with, wanted);
        EXPECT_EQ(model->gpuLayers(), kept);
        EXPECT_EQ(model->device().find(std::to_string(kept) + " of 7 layers") != std::string::npos, kept < 7) << model->device();
        if (kept == 7)
            continue;
        auto reading = Reading::start(model, plan, 400);
        ASSERT_TRUE((*reading)->read(std::span(ids).first(70), {}, {}).ok());
        askOne(**reading, 100);
        std::stop_source stop;
        stop.request_stop();
        EXPECT_FALSE((*reading)->read(std::span(ids).subspan(70, 30), {}, stop.get_token()).ok());
        ASSERT_TRUE((*reading)->read(std::span(ids).subspan(70, 30), {}, {}).ok());
        EXPECT_LT(difference(*(*reading)->lastLogits(), *expected->lastLogits()), kHalves) << wanted;
        EXPECT_LT(difference(askOne(**reading, 100), answer), kHalves) << wanted;
    }
}

#ifdef OCTAVO_CUDA_EMULATED
// With a little more memory, one layer more stays; and less than what two of them and everything else take is no use.
TEST_F(CudaModel, AsManyLayersStayAsFit)
{
    wide.layers = 7;
    wide.feedForward = 2048;
    writeTinyLlama(folder / "tiny.gguf", wide);
    std::vector<std::uint32_t> stay;
    for (int megabytes = 8; megabytes < 256 && (stay.empty() || stay.back() < 7); ++megabytes) {
        const auto model = Model::open(folder / "tiny.gguf", *Engine::create({2, Precision::Float32, DeviceChoice::Cuda}, std::make_unique<CudaBackend>(100 + megabytes)));
        if (model.ok()) {
            EXPECT_TRUE(stay.empty() || stay.back() <= (*model)->gpuLayers());
            stay.push_back((*model)->gpuLayers());
        } else {
            EXPECT_TRUE(stay.empty());
            EXPECT_EQ(model.error().code, Errc::OutOfMemory);
            EXPECT_GT(model.error().needed, model.error().room);
        }
    }
    ASSERT_FALSE(stay.empty());
    EXPECT_EQ(stay.front(), 0u);
    EXPECT_EQ(stay.back(), 7u);
    EXPECT_TRUE(std::ranges::find(stay, 3u) != stay.end());
}

// Keys and values that find no room take that of layers, and layers have it again when those are gone; nothing else changes.
TEST_F(CudaModel, LayersMakeRoomForReadings)
{
    wide.layers = 7;
    wide.feedForward = 1024;
    writeTinyLlama(folder / "tiny.gguf", wide);
    const auto openWith = [&](int megabytes) {
        auto opened = Model::open(folder / "tiny.gguf", *Engine::create({2, Precision::Float32, DeviceChoice::Cuda}, std::make_unique<CudaBackend>(100 + megabytes)));
        return opened.ok() ? *opened : nullptr;
    };
    int megabytes = 8;
    std::shared_ptr<const Model> model = openWith(megabytes);
    while (megabytes < 256 && (!model || model->gpuLayers() < 7))
        model = openWith(++megabytes);
    model = openWith(megabytes + 16); // scratch of the first pass stays
    ASSERT_TRUE(model && model->gpuLayers() == 7);
    const std::vector<TokenId> ids = someIds(90);
    const ReadingPlan plan{{0, 64}, 1, 4, 8, {}};
    const std::vector<float> expected = *read(model, ids, plan)->lastLogits();
    std::vector<std::unique_ptr<Reading>> others; // with hop values of their own
    while (model->gpuLayers() == 7 && others.size() < 100) {
        auto reading = Reading::start(model, ReadingPlan{{0, 1024}}, 400);
        ASSERT_TRUE(reading.ok());
        others.push_back(std::move(*reading));
    }
    EXPECT_LE(model->gpuLayers(), 4u);
    EXPECT_LT(difference(*read(model, ids, plan)->lastLogits(), expected), kHalves);
    others.clear();
    EXPECT_LT(difference(*read(model, ids, plan)->lastLogits(), expected), kHalves);
    EXPECT_EQ(model->gpuLayers(), 7u);
    // More than all of them have is told.
    for (bool full = false; !full; ) {
        auto reading = Reading::start(model, ReadingPlan{{0, 1024}}, 400);
        full = !reading.ok();
        if (!full)
            others.push_back(std::move(*reading));
        else
            EXPECT_EQ(reading.error().code, Errc::OutOfMemory);
    }
    EXPECT_LE(model->gpuLayers(), 1u);
}

TEST(LayerStream, LayersThatAreBroughtStandApart)
{
    for (const std::uint32_t layers : {7u, 16u, 30u, 32u}) {
        const std::vector<std::uint32_t> order = streamingOrder(layers);
        EXPECT_EQ(std::set(order.begin(), order.end()).size(), layers);
        std::set<std::uint32_t> brought;
        for (const std::uint32_t layer : order) {
            brought.insert(layer);
            const bool apart = !brought.contains(layer - 1) && !brought.contains(layer + 1);
            EXPECT_TRUE(apart || brought.size() * 2 > layers) << layer << " of " << layers;
        }
    }
}

TEST(LayerStream, KeepsWhatFits)
{
    const std::vector<std::uint64_t> eight(8, 100);
    EXPECT_EQ(residentLayers(eight, 50, 850), 8u);
    EXPECT_EQ(residentLayers(eight, 50, 849), 5u);
    EXPECT_EQ(residentLayers(eight, 50, 700), 4u);
    EXPECT_EQ(residentLayers(eight, 50, 250), 0u);
    EXPECT_EQ(residentLayers(eight, 50, 249), std::nullopt);
    EXPECT_EQ(residentLayers({100, 100}, 50, 249), std::nullopt);
}

TEST_F(CudaModel, WhatDoesNotFitIsLeftToTheCpuOrTold)
{
    writeTinyLlama(folder / "tiny.gguf", wide);
    const auto onGpu = Model::open(folder / "tiny.gguf", *Engine::create({2, Precision::Float32, DeviceChoice::Cuda}, std::make_unique<CudaBackend>(2)));
    ASSERT_FALSE(onGpu.ok());
    EXPECT_EQ(onGpu.error().code, Errc::OutOfMemory);
    EXPECT_GT(onGpu.error().needed, onGpu.error().room);
    const auto anywhere = Model::open(folder / "tiny.gguf", *Engine::create({2, Precision::Float32, DeviceChoice::Auto}, std::make_unique<CudaBackend>(2)));
    ASSERT_TRUE(anywhere.ok());
    EXPECT_NE((*anywhere)->device().find("CPU"), std::string::npos);
    EXPECT_NE((*anywhere)->whyNoGpu().find("memory"), std::string::npos) << (*anywhere)->whyNoGpu();
}
#endif

TEST_F(CudaModel, HeadsWithoutKernelsAreLeftToTheCpu)
{
    OCTAVO_NEEDS_DEVICE(device, 0);
    test::writeTinyLlama(folder / "narrow.gguf", {});
    const auto onGpu = Model::open(folder / "narrow.gguf", *Engine::create({2, Precision::Float32, DeviceChoice::Cuda}, std::make_unique<CudaBackend>(0)));
    ASSERT_FALSE(onGpu.ok());
    const auto anywhere = Model::open(folder / "narrow.gguf", *Engine::create({2, Precision::Float32, DeviceChoice::Auto}, std::make_unique<CudaBackend>(0)));
    ASSERT_TRUE(anywhere.ok());
    EXPECT_NE((*anywhere)->device().find("CPU"), std::string::npos);
    EXPECT_NE((*anywhere)->whyNoGpu().find("16 wide"), std::string::npos) << (*anywhere)->whyNoGpu();
}

} // namespace
} // namespace octavo::cuda
