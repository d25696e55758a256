// SPDX-License-Identifier: Apache-2.0
// Reading, asking and keeping readings, on a tiny model: what is kept, what is refused, what stops.
#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <thread>

#include "support/tiny_model.h"

namespace octavo {
namespace {

using test::TinyModel;

TEST_F(TinyModel, WeightTypesGiveNearlyTheSameLogits)
{
    const auto ids = someIds(40);
    const std::vector<float> exact = *read(ids, plan, 40)->lastLogits();
    for (const auto& [type, tolerance] : {std::pair{test::TensorType::F16, 0.02f}, {test::TensorType::Q8_0, 0.1f}, {test::TensorType::Q4_0, 1.5f},
                                          {test::TensorType::Q4_1, 1.5f}}) {
        const auto other = open({.weights = type}, "other.gguf");
        auto reading = Reading::start(other, plan, 40);
        ASSERT_TRUE(reading.ok() && (*reading)->read(ids, {}, {}).ok());
        const std::vector<float> logits = *(*reading)->lastLogits();
        for (std::size_t n = 0; n < exact.size(); ++n)
            ASSERT_NEAR(logits[n], exact[n], tolerance);
    }
}

TEST_F(TinyModel, PiecesOfAnySizeGiveTheSameReadingBitForBit)
{
    const auto ids = someIds(1500);
    for (const ReadingPlan& how : {plan, ReadingPlan{{0, 8, 32}, 2, 0, 64, {}}, ReadingPlan{{0, 64}, 4, 4, 64, {KvType::Q8_0, KvType::Q8_0}},
                                   ReadingPlan{{0, 64}, 4, 4, 64, {}, {200, {1}}}, ReadingPlan::full()}) {
        const auto whole = read(ids, how, 4096);
        for (const std::size_t size : {1, 7, 64, 512, 4096}) {
            auto reading = Reading::start(model, how, 4096);
            for (std::size_t at = 0; at < ids.size(); at += size)
                ASSERT_TRUE((*reading)->read(std::span(ids).subspan(at, std::min(size, ids.size() - at)), {}, {}).ok());
            ASSERT_EQ(*(*reading)->lastLogits(), *whole->lastLogits()) << how.toString() << ", pieces of " << size;
            ASSERT_EQ(ask({reading->get()}, someIds(5, 2)), ask({whole.get()}, someIds(5, 2))) << how.toString() << ", pieces of " << size;
        }
    }
}

TEST_F(TinyModel, StopKeepsWholeChunksAndReadingGoesOn)
{
    const auto ids = someIds(3000);
    const std::vector<float> whole = *read(ids, plan, 3000)->lastLogits();
    auto reading = Reading::start(model, plan, 3000);
    std::stop_source stop;
    const auto stopped = (*reading)->read(
        ids, [&](const ReadingProgress& progress) {
            if (progress.done >= 1024)
                stop.request_stop();
        },
        stop.get_token());
    ASSERT_FALSE(stopped.ok());
    EXPECT_EQ(stopped.error().code, Errc::Stopped);
    EXPECT_EQ((*reading)->tokens(), 1024u);
    ASSERT_TRUE((*reading)->read(std::span(ids).subspan(1024), {}, {}).ok());
    EXPECT_EQ(*(*reading)->lastLogits(), whole);
}

TEST_F(TinyModel, StopInTheMiddleOfAChunkLeavesNoTrace)
{
    const auto ids = someIds(2000);
    const std::vector<float> whole = *read(ids, plan, 2000)->lastLogits();
    auto reading = Reading::start(model, plan, 2000);
    for (int tries = 0; (*reading)->tokens() < ids.size() && tries < 1000; ++tries) {
        std::stop_source stop;
        std::thread late([&] {
            // A little later each time, and in the end late enough for a chunk on a busy machine under a sanitizer.
            std::this_thread::sleep_for(std::chrono::milliseconds(tries + tries * tries / 64));
            stop.request_stop();
        });
        (void)(*reading)->read(std::span(ids).subspan((*reading)->tokens()), {}, stop.get_token());
        late.join();
    }
    ASSERT_EQ((*reading)->tokens(), ids.size());
    EXPECT_EQ(*(*reading)->lastLogits(), whole);
}

TEST_F(TinyModel, RefusesWhatDoesNotFit)
{
    auto reading = Reading::start(model, plan, 100);
    const auto tooLong = (*reading)->read(someIds(101), {}, {});
    ASSERT_FALSE(tooLong.ok());
    EXPECT_EQ(tooLong.error().code, Errc::ContextFull);
    EXPECT_EQ(tooLong.error().needed, 101u);
    EXPECT_EQ(tooLong.error().room, 100u);
    EXPECT_EQ((*reading)->tokens(), 0u);

    const TokenId bad[] = {5, 1'000'000};
    EXPECT_EQ((*reading)->read(bad, {}, {}).error().code, Errc::InvalidArgument);
    const auto huge = Reading::start(model, plan, std::uint64_t{1} << 40);
    ASSERT_FALSE(huge.ok());
    EXPECT_EQ(huge.error().code, Errc::OutOfMemory);
    EXPECT_GT(huge.error().needed, huge.error().room);

    for (const WideLayers& wide : {WideLayers{128, {2}}, {1u << 20, {0}}, {32, {0}}, {128, {}}, {128, {1, 0}}, {0, {0}}})
        EXPECT_EQ(Reading::start(model, ReadingPlan{{0, 64}, 4, 4, 64, {}, wide}, 100).error().code, Errc::InvalidArgument) << wide.toString();
    EXPECT_EQ(Reading::start(model, ReadingPlan{{0}, 4, 0, 64, {}, {128, {0}}}, 100).error().code, Errc::InvalidArgument);

    ASSERT_TRUE((*reading)->read(someIds(50), {}, {}).ok());
    const Reading* readings[] = {reading->get()};
    AskingOptions options;
    options.room = 10;
    auto asking = Asking::over(readings, options);
    EXPECT_EQ((*asking)->prefill(someIds(11), {}).error().code, Errc::ContextFull);
    EXPECT_EQ((*asking)->roomLeft(), 10u);
    ASSERT_TRUE((*asking)->prefill(someIds(8), {}).ok());
    Sampler sampler({.temperature = 1.0f, .topK = 0, .topP = 1, .minP = 0, .seed = 3}); // random words rarely end a turn
    const auto answer = (*asking)->generate(sampler, 100, {}, {});
    ASSERT_TRUE(answer.ok());
    EXPECT_LE(answer->ids.size(), 3u); // the last one needs no room: nothing comes after it
    EXPECT_TRUE(answer->end == Answer::End::RoomUsedUp || answer->end == Answer::End::Turn);
}

TEST_F(TinyModel, AStoppedQuestionLeavesTheConversationAsItWas)
{
    const auto reading = read(someIds(600), plan, 1000);
    const Reading* readings[] = {reading.get()};
    auto asking = Asking::over(readings, {});
    ASSERT_TRUE((*asking)->prefill(someIds(20, 2), {}).ok());
    const std::vector<float> before = (*asking)->lastLogits();
    std::stop_source stop;
    stop.request_stop();
    EXPECT_EQ((*asking)->prefill(someIds(300, 3), stop.get_token()).error().code, Errc::Stopped);
    EXPECT_EQ((*asking)->tokens(), 620u);
    EXPECT_EQ((*asking)->lastLogits(), before);
    ASSERT_TRUE((*asking)->prefill(someIds(10, 4), {}).ok());
    std::vector<TokenId> both = someIds(20, 2);
    const auto more = someIds(10, 4);
    both.insert(both.end(), more.begin(), more.end());
    const std::vector<float> straight = ask({reading.get()}, both);
    const std::vector<float> after = (*asking)->lastLogits();
    for (std::size_t n = 0; n < after.size(); ++n)
        ASSERT_NEAR(after[n], straight[n], 1e-3);
}

TEST_F(TinyModel, SeveralReadingsAreAskedWithoutTouchingThem)
{
    const auto first = read(someIds(300, 1), plan, 2000), second = read(someIds(500, 2), plan, 2000);
    const auto question = someIds(12, 3);
    const std::vector<float> alone = ask({first.get()}, question);
    const std::vector<float> together = ask({first.get(), second.get()}, question);
    EXPECT_NE(alone, together);
    EXPECT_EQ(ask({first.get()}, question), alone);
    // The same reading twice puts the same keys into other rows: legal, and the tokens add up.
    const Reading* twice[] = {first.get(), first.get()};
    EXPECT_EQ((*Asking::over(twice, {}))->tokens(), 600u);
}

TEST_F(TinyModel, HopRecordsAddUpToOne)
{
    const auto reading = read(someIds(700), plan, 2000);
    const Reading* readings[] = {reading.get()};
    AskingOptions options;
    options.spans = {{10, 100}, {100, 100}, {100, 400}, {450, 700}};
    options.topTokens = 5;
    auto asking = Asking::over(readings, options);
    ASSERT_TRUE((*asking)->prefill(someIds(9, 2), {}).ok());
    Sampler sampler({.temperature = 1.0f, .topK = 0, .topP = 1, .minP = 0, .seed = 1});
    int tokens = 0;
    const auto answer = (*asking)->generate(sampler, 6, [&](const AnswerToken& token) {
        ++tokens;
        ASSERT_NE(token.hops, nullptr);
        ASSERT_EQ(token.hops->spans.size(), 4u);
        EXPECT_EQ(token.hops->spans[1], 0.0f);
        double sum = token.hops->outside + token.hops->sinks;
        for (const float span : token.hops->spans)
            sum += span;
        EXPECT_NEAR(sum, 1.0, 1e-5);
        ASSERT_EQ(token.hops->top.size(), 5u);
        for (std::size_t n = 0; n < 5; ++n) {
            const TokenAttention& top = token.hops->top[n];
            EXPECT_TRUE((top.token >= 10 && top.token < 400) || top.token >= 450);
            EXPECT_LE(top.weight, token.hops->top[n ? n - 1 : 0].weight);
        }
    }, {});
    ASSERT_TRUE(answer.ok());
    EXPECT_EQ(static_cast<std::size_t>(tokens), answer->ids.size());
}

TEST_F(TinyModel, AKeptReadingAnswersTheSameBitForBit)
{
    const auto ids = someIds(900);
    const auto reading = read(ids, plan, 2000);
    const auto file = folder / Reading::fileName(*model, plan, 2000, ids);
    ASSERT_TRUE(reading->save(file, {}).ok());
    auto loaded = Reading::load(file, model, plan, 2000, ids, {});
    ASSERT_TRUE(loaded.ok()) << loaded.error().detail;
    EXPECT_EQ((*loaded)->tokens(), 900u);
    EXPECT_EQ(ask({loaded->get()}, someIds(7, 5)), ask({reading.get()}, someIds(7, 5)));
    EXPECT_EQ(*(*loaded)->lastLogits(), *reading->lastLogits());
    EXPECT_FALSE(std::filesystem::exists(file.string() + ".partial"));
    EXPECT_TRUE((*loaded)->read({}, {}, {}).ok()); // nothing is left to read, and that is no failure
}

TEST_F(TinyModel, AnUnfinishedKeptReadingGoesOn)
{
    const auto ids = someIds(1800);
    const std::vector<float> whole = *read(ids, plan, 2000)->lastLogits();
    const auto half = read(std::span(ids).first(1024), plan, 2000);
    const auto file = folder / "half.oct";
    ASSERT_TRUE(half->save(file, {}).ok());
    auto loaded = Reading::load(file, model, plan, 2000, ids, {});
    ASSERT_TRUE(loaded.ok());
    ASSERT_TRUE((*loaded)->read(std::span(ids).subspan(1024), {}, {}).ok());
    EXPECT_EQ(*(*loaded)->lastLogits(), whole);
}

TEST_F(TinyModel, AKeptReadingIsGoodForAnyLengthThatPutsItsRowsInTheSamePlaces)
{
    const ReadingPlan stepped{{0, 64}, 4, 4, 8, {}}; // 8 positions a row, fewer from 48 rows on
    const auto ids = someIds(600);
    const auto file = folder / "stepped.oct";
    ASSERT_TRUE(read(ids, stepped, 2000)->save(file, {}).ok());
    EXPECT_TRUE(Reading::load(file, model, stepped, 3000, ids, {}).ok());
    EXPECT_EQ(Reading::fileName(*model, stepped, 2000, ids), Reading::fileName(*model, stepped, 3000, ids));
    EXPECT_EQ(Reading::load(file, model, stepped, 200'000, ids, {}).error().code, Errc::StaleReading);
    EXPECT_NE(Reading::fileName(*model, stepped, 2000, ids), Reading::fileName(*model, stepped, 200'000, ids));
}

TEST_F(TinyModel, AKeptReadingThatIsNotRightIsRefused)
{
    const auto ids = someIds(600);
    const auto reading = read(ids, plan, 2000);
    const auto file = folder / "good.oct";
    ASSERT_TRUE(reading->save(file, {}).ok());
    std::ifstream in(file, std::ios::binary);
    const std::string good((std::istreambuf_iterator<char>(in)), {});

    const auto refused = [&](const std::string& bytes) {
        const auto bad = folder / "bad.oct";
        std::ofstream(bad, std::ios::binary) << bytes;
        const auto loaded = Reading::load(bad, model, plan, 2000, ids, {});
        EXPECT_TRUE(!loaded || (*loaded)->damage()); // KeptReading tells how much of it is used
        if (!loaded)
            return loaded.error().code;
        return (*loaded)->damage() ? (*loaded)->damage()->code : Errc::InvalidArgument;
    };
    // One flipped bit anywhere, and any length that is not the whole, must be noticed.
    for (std::size_t at = 0; at < good.size(); at += good.size() / 37 + 1) {
        std::string flipped = good;
        flipped[at] ^= 4;
        refused(flipped);
        EXPECT_EQ(refused(good.substr(0, at)), Errc::Truncated) << "cut at " << at;
    }
    std::string newer = good;
    newer[8] = 99;
    EXPECT_EQ(refused(newer), Errc::UnsupportedVersion);

    EXPECT_EQ(Reading::load(folder / "none.oct", model, plan, 2000, ids, {}).error().code, Errc::NotFound);
    std::stop_source stop;
    stop.request_stop();
    EXPECT_EQ(Reading::load(file, model, plan, 2000, ids, stop.get_token()).error().code, Errc::Stopped);
    EXPECT_EQ(Reading::load(file, model, ReadingPlan{{0, 128}, 4, 4, 64, {}}, 2000, ids, {}).error().code, Errc::StaleReading);
    EXPECT_EQ(Reading::load(file, model, plan, 2000, someIds(600, 9), {}).error().code, Errc::StaleReading);
    EXPECT_EQ(Reading::load(file, model, plan, 2000, someIds(100), {}).error().code, Errc::StaleReading);
    EXPECT_EQ(reading->save(folder / "no" / "such" / "folder.oct", {}).error().code, Errc::WriteFailed);
}

TEST(Sampler, IsGreedyAtZeroAndRepeatableAbove)
{
    const std::vector<float> logits{1, 5, 2, 4.9f, -3};
    const auto pick = [&](Sampler& sampler) {
        std::vector<float> copy = logits;
        return sampler.pick(copy);
    };
    Sampler greedy({});
    EXPECT_EQ(pick(greedy), 1);
    Sampler first({.temperature = 1, .seed = 7}), second({.temperature = 1, .seed = 7});
    for (int n = 0; n < 50; ++n)
        EXPECT_EQ(pick(first), pick(second));
    Sampler two({.temperature = 1, .topK = 2, .seed = 1});
    Sampler likely({.temperature = 1, .topK = 0, .topP = 0.5f, .minP = 0, .seed = 1});
    Sampler near({.temperature = 1, .topK = 0, .topP = 1, .minP = 0.5f, .seed = 1});
    int picks[2] = {};
    for (int n = 0; n < 200; ++n) {
        const TokenId id = pick(two);
        ASSERT_TRUE(id == 1 || id == 3);
        ++picks[id == 3];
        const TokenId other = pick(near);
        EXPECT_TRUE(other == 1 || other == 3);
        EXPECT_EQ(pick(likely), 1); // p = 0.50 of all five, just over half
    }
    EXPECT_GT(picks[0], 60);
    EXPECT_GT(picks[1], 60);
    Sampler penalized({.repetitionPenalty = 2});
    EXPECT_EQ(pick(penalized), 1);
    EXPECT_EQ(pick(penalized), 3); // 5 / 2 < 4.9
}

} // namespace
} // namespace octavo
