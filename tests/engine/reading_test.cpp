// SPDX-License-Identifier: Apache-2.0
// Reading, asking and keeping readings, on a tiny model: what is kept, what is refused, what stops.
#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <thread>

#include "octavo/engine/asking.h"
#include "support/temporary_folder.h"
#include "support/tiny_gguf.h"

namespace octavo {
namespace {

class TinyModel : public ::testing::Test {
protected:
    void SetUp() override { model = open({}); }

    std::shared_ptr<const Model> open(const test::TinyLlamaOptions& options, const char* name = "tiny.gguf")
    {
        test::writeTinyLlama(folder / name, options);
        auto opened = Model::open(folder / name, *Engine::create({2}));
        EXPECT_TRUE(opened.ok()) << opened.error().detail;
        return *opened;
    }

    static std::vector<TokenId> someIds(std::size_t count, std::uint32_t seed = 1)
    {
        std::mt19937 random(seed);
        std::vector<TokenId> ids(count);
        for (TokenId& id : ids)
            id = test::kTinyFirstByte + static_cast<TokenId>(random() % 256);
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

    test::TemporaryFolder folder;
    std::shared_ptr<const Model> model;
    const ReadingPlan plan{{0, 64}, 4, 4, 64};
};

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

TEST_F(TinyModel, ReadingInPiecesIsReadingAtOnce)
{
    const auto ids = someIds(1500);
    const std::vector<float> whole = *read(ids, plan, 1500)->lastLogits();
    auto reading = Reading::start(model, plan, 1500);
    for (std::size_t at = 0, n = 1; at < ids.size(); n = n * 3 % 700 + 1) {
        const std::size_t count = std::min(n, ids.size() - at);
        ASSERT_TRUE((*reading)->read(std::span(ids).subspan(at, count), {}, {}).ok());
        at += count;
    }
    const std::vector<float> pieces = *(*reading)->lastLogits();
    for (std::size_t n = 0; n < whole.size(); ++n)
        ASSERT_NEAR(pieces[n], whole[n], 0.01);
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
        double sum = token.hops->outside;
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
    ASSERT_TRUE(reading->save(file, false, {}).ok());
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
    ASSERT_TRUE(half->save(file, true, {}).ok());
    auto loaded = Reading::load(file, model, plan, 2000, ids, {});
    ASSERT_TRUE(loaded.ok());
    ASSERT_TRUE((*loaded)->read(std::span(ids).subspan(1024), {}, {}).ok());
    EXPECT_EQ(*(*loaded)->lastLogits(), whole);

    ASSERT_TRUE(half->save(file, false, {}).ok());
    loaded = Reading::load(file, model, plan, 2000, ids, {});
    ASSERT_TRUE(loaded.ok());
    EXPECT_EQ((*loaded)->read(std::span(ids).subspan(1024), {}, {}).error().code, Errc::InvalidArgument);
}

TEST_F(TinyModel, AKeptReadingThatIsNotRightIsRefused)
{
    const auto ids = someIds(600);
    const auto reading = read(ids, plan, 2000);
    const auto file = folder / "good.oct";
    ASSERT_TRUE(reading->save(file, true, {}).ok());
    std::ifstream in(file, std::ios::binary);
    const std::string good((std::istreambuf_iterator<char>(in)), {});

    const auto refused = [&](const std::string& bytes) {
        const auto bad = folder / "bad.oct";
        std::ofstream(bad, std::ios::binary) << bytes;
        const auto loaded = Reading::load(bad, model, plan, 2000, ids, {});
        EXPECT_FALSE(loaded.ok());
        return loaded.ok() ? Errc::InvalidArgument : loaded.error().code;
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
    EXPECT_EQ(Reading::load(file, model, plan, 2001, ids, {}).error().code, Errc::StaleReading);
    EXPECT_EQ(Reading::load(file, model, ReadingPlan{{0, 128}, 4, 4, 64}, 2000, ids, {}).error().code, Errc::StaleReading);
    EXPECT_EQ(Reading::load(file, model, plan, 2000, someIds(600, 9), {}).error().code, Errc::StaleReading);
    EXPECT_EQ(Reading::load(file, model, plan, 2000, someIds(100), {}).error().code, Errc::StaleReading);
    EXPECT_EQ(reading->save(folder / "no" / "such" / "folder.oct", true, {}).error().code, Errc::WriteFailed);
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
