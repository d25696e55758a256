// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <span>
#include <vector>

#include "octavo/engine/asking.h"
#include "support/temporary_folder.h"
#include "support/tiny_gguf.h"

namespace octavo::test {

// A test with a tiny Llama, open on two threads.
class TinyModel : public ::testing::Test {
protected:
    void SetUp() override { model = open({}); }

    std::shared_ptr<const Model> open(const TinyLlamaOptions& options, const char* name = "tiny.gguf")
    {
        writeTinyLlama(folder / name, options);
        auto opened = Model::open(folder / name, *Engine::create({2}));
        EXPECT_TRUE(opened.ok()) << opened.error().detail;
        return *opened;
    }

    static std::vector<TokenId> someIds(std::size_t count, std::uint32_t seed = 1)
    {
        std::mt19937 random(seed);
        std::vector<TokenId> ids(count);
        for (TokenId& id : ids)
            id = kTinyFirstByte + static_cast<TokenId>(random() % 256);
        return ids;
    }

    std::unique_ptr<Reading> read(std::span<const TokenId> ids, const ReadingPlan& how, std::uint64_t planned) const
    {
        auto reading = Reading::start(model, how, planned);
        EXPECT_TRUE(reading.ok() && (*reading)->read(ids, {}, {}).ok());
        return std::move(*reading);
    }

    // Logits after asking `question` of readings.
    static std::vector<float> ask(std::vector<const Reading*> readings, std::span<const TokenId> question)
    {
        auto asking = Asking::over(readings, {});
        EXPECT_TRUE(asking.ok() && (*asking)->prefill(question, {}).ok());
        return (*asking)->lastLogits();
    }

    TemporaryFolder folder;
    std::shared_ptr<const Model> model;
    const ReadingPlan plan{{0, 64}, 4, 4, 64, {}};
};

} // namespace octavo::test
