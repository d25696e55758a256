// SPDX-License-Identifier: Apache-2.0
// What readings and conversations share: prefixes, branches, several readings asked at once, one engine for several threads.
#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <thread>

#include "memory/kv_cache.h"
#include "run/work_queue.h"
#include "support/tiny_model.h"

namespace octavo {
namespace {

class Branches : public test::TinyModel {
protected:
    static std::vector<TokenId> changedFrom(std::vector<TokenId> ids, std::size_t from, std::size_t length)
    {
        const std::vector<TokenId> other = someIds(length, 77);
        ids.resize(from);
        ids.insert(ids.end(), other.begin() + static_cast<std::ptrdiff_t>(from), other.end());
        return ids;
    }
    static void expectClose(const std::vector<float>& a, const std::vector<float>& b, double tolerance)
    {
        ASSERT_EQ(a.size(), b.size());
        for (std::size_t n = 0; n < a.size(); ++n)
            ASSERT_NEAR(a[n], b[n], tolerance);
    }
    const ReadingPlan plans[4] = {plan, {{0, 4, 16}, 4, 2, 64, {}}, {{0, 64}, 4, 4, 64, {KvType::Q8_0, KvType::F16}}, ReadingPlan::full()};
};

TEST_F(Branches, CostIsKnownToTheByteBeforeReading)
{
    for (const ReadingPlan& how : plans)
        for (const std::size_t tokens : {1u, 256u, 257u, 1500u}) {
            const auto reading = read(someIds(tokens), how, 4000);
            EXPECT_EQ(Reading::cost(model->config(), how, tokens).kv, reading->kvBytes()) << how.toString();
        }
    const ReadingCost cost = Reading::cost(model->config(), plan, 100'000);
    EXPECT_GT(cost.snapshots, 0u);
    EXPECT_LE(cost.snapshots, cost.kv / 8);
    EXPECT_EQ(Reading::cost(model->config(), ReadingPlan::full(), 100'000).hops, 0u);
    ReadingPlan packed = plan;
    packed.kv = {KvType::Q8_0, KvType::Q8_0};
    EXPECT_EQ(Reading::cost(model->config(), packed, 256).kv, 256u * 2 * 2 * 2 * (16 + 2)); // heads of 16: one block with its scale
}

TEST_F(Branches, ANewEndIsReadFromTheLastKeptPlaceAndGivesTheSameBits)
{
    const auto before = someIds(2000), after = changedFrom(before, 1700, 2100);
    for (const ReadingPlan& how : plans) {
        const auto old = read(before, how, 4000);
        const std::vector<float> oldAnswer = ask({old.get()}, someIds(4, 9));
        const std::uint64_t kept = how.isFull() ? 1700 : 1700 / old->snapshotInterval() * old->snapshotInterval();
        EXPECT_EQ(old->resumableAt(1700), kept);
        EXPECT_EQ(old->resumableAt(2000), 2000u);
        EXPECT_EQ(old->resumableAt(9999), 2000u);
        auto edited = old->fork(1700, 4100);
        ASSERT_TRUE(edited.ok());
        ASSERT_EQ((*edited)->tokens(), kept);
        EXPECT_TRUE(kept < kPageTokens || &(*edited)->cache().page(0) == &old->cache().page(0)) << "pages are shared, not copied";
        ASSERT_TRUE((*edited)->read(std::span(after).subspan(kept), {}, {}).ok());
        const auto anew = read(after, how, 4100);
        EXPECT_EQ(*(*edited)->lastLogits(), *anew->lastLogits()) << how.toString();
        EXPECT_EQ(ask({edited->get()}, someIds(4, 9)), ask({anew.get()}, someIds(4, 9))) << how.toString();
        EXPECT_EQ(ask({old.get()}, someIds(4, 9)), oldAnswer) << "the old reading is as it was";
    }
}

TEST_F(Branches, AForkAtTheEndGoesOnLikeTheOriginal)
{
    const auto ids = someIds(1300);
    for (const ReadingPlan& how : plans) {
        auto reading = read(std::span(ids).first(900), how, 4000);
        auto fork = reading->fork(900, 4000);
        ASSERT_TRUE(fork.ok());
        EXPECT_EQ(*(*fork)->lastLogits(), *reading->lastLogits());
        ASSERT_TRUE((*fork)->read(someIds(400, 5), {}, {}).ok());
        ASSERT_TRUE(reading->read(std::span(ids).subspan(900), {}, {}).ok());
        EXPECT_EQ(*reading->lastLogits(), *read(ids, how, 4000)->lastLogits()) << how.toString();
    }
}

TEST_F(Branches, AForkWhoseRowsWouldStandElsewhereIsRefused)
{
    const ReadingPlan stepped{{0, 64}, 4, 4, 8, {}};
    const auto reading = read(someIds(600), stepped, 2000);
    EXPECT_EQ(reading->fork(600, 200'000).error().code, Errc::StaleReading);
}

TEST_F(Branches, AKeptReadingServesATextWithTheSameBeginning)
{
    const auto before = someIds(2000), after = changedFrom(before, 1700, 1900);
    for (const ReadingPlan& how : plans) {
        const auto file = folder / "before.oct";
        ASSERT_TRUE(read(before, how, 4000)->save(file, {}).ok());
        auto loaded = Reading::load(file, model, how, 4000, after, {});
        ASSERT_TRUE(loaded.ok()) << loaded.error().detail;
        EXPECT_EQ((*loaded)->tokens(), *Reading::reusableTokens(file, *model, how, 4000, after));
        EXPECT_GE((*loaded)->tokens(), how.isFull() ? 1700u : 1u);
        ASSERT_TRUE((*loaded)->read(std::span(after).subspan((*loaded)->tokens()), {}, {}).ok());
        EXPECT_EQ(*(*loaded)->lastLogits(), *read(after, how, 4000)->lastLogits()) << how.toString();
        EXPECT_EQ(*Reading::reusableTokens(file, *model, how, 4000, before), 2000u);
        EXPECT_EQ(Reading::load(file, model, how, 4000, someIds(500, 8), {}).error().code, Errc::StaleReading);
        EXPECT_EQ(*Reading::reusableTokens(file, *model, how, 4000, someIds(500, 8)), 0u);
        // What was kept along the way is kept again.
        ASSERT_TRUE((*loaded)->save(file, {}).ok());
        EXPECT_EQ((*Reading::load(file, model, how, 4000, after, {}))->resumableAt(1700), (*loaded)->resumableAt(1700));
    }
}

TEST_F(Branches, AConversationBranchesAndGoesBack)
{
    const auto reading = read(someIds(700), plan, 4000);
    const Reading* readings[] = {reading.get()};
    auto asking = Asking::over(readings, {});
    const auto first = someIds(300, 2), left = someIds(20, 3), right = someIds(20, 4);
    ASSERT_TRUE((*asking)->prefill(first, {}).ok());
    auto branch = (*asking)->fork();
    ASSERT_TRUE(branch.ok());
    EXPECT_EQ((*branch)->lastLogits(), (*asking)->lastLogits());
    ASSERT_TRUE((*asking)->prefill(left, {}).ok());
    const std::vector<float> leftAnswer = (*asking)->lastLogits();
    ASSERT_TRUE((*branch)->prefill(right, {}).ok());
    const std::vector<float> rightAnswer = (*branch)->lastLogits();
    EXPECT_NE(leftAnswer, rightAnswer);

    // Back to where they parted, on the other way: what the branch holds is not touched.
    ASSERT_TRUE((*asking)->rewind(300).ok());
    EXPECT_EQ((*asking)->conversationTokens(), 300u);
    ASSERT_TRUE((*asking)->prefill(right, {}).ok());
    EXPECT_EQ((*asking)->lastLogits(), rightAnswer);
    ASSERT_TRUE((*branch)->rewind(100).ok());
    std::vector<TokenId> rest(first.begin() + 100, first.end());
    rest.insert(rest.end(), left.begin(), left.end());
    ASSERT_TRUE((*branch)->prefill(rest, {}).ok());
    expectClose((*branch)->lastLogits(), leftAnswer, 1e-3); // its question is cut into other passes
    ASSERT_TRUE((*asking)->rewind(0).ok());
    Sampler sampler({});
    EXPECT_EQ((*asking)->generate(sampler, 5, {}, {}).error().code, Errc::InvalidArgument) << "nothing is asked any more";
}

// In a model of one layer keys do not depend on how a text was read, so where they stand when asked is all that can differ.
TEST_F(Branches, ReadingsOfDifferentRowsAreAskedInTheSamePlaces)
{
    model = open({.layers = 1});
    const auto first = someIds(500, 1), second = someIds(300, 2), question = someIds(9, 3);
    const ReadingPlan narrow{{0, 24}, 4, 4, 64, {}}, three{{0, 4, 16}, 4, 4, 64, {}};
    const auto a = read(first, plan, 4000), b = read(second, plan, 4000);
    const std::vector<float> expected = ask({a.get(), b.get()}, question);
    for (const ReadingPlan& other : {ReadingPlan::full(), narrow, three}) {
        const auto otherFirst = read(first, other, 600);
        const auto otherSecond = read(second, other, 600);
        expectClose(ask({otherFirst.get(), b.get()}, question), expected, 2e-3);
        expectClose(ask({a.get(), otherSecond.get()}, question), expected, 2e-3);
    }
}

// Hidden tokens might hold anything: in a model of one layer, where only keys and values tell, nothing of them is left in the answer.
TEST_F(Branches, WhatIsHiddenLeavesNoTraceInTheAnswer)
{
    model = open({.layers = 1});
    auto ids = someIds(600), question = someIds(9, 3);
    const auto first = read(ids, plan, 4000);
    std::copy_n(someIds(100, 8).begin(), 100, ids.begin() + 290);
    const auto second = read(ids, plan, 4000);
    const auto answer = [&](const Reading& reading, std::vector<TokenSpan> hidden) {
        const Reading* readings[] = {&reading};
        auto asking = Asking::over(readings, {.spans = {{0, 300}, {300, 600}}, .hidden = std::move(hidden), .perHead = true});
        EXPECT_TRUE((*asking)->prefill(question, {}).ok());
        if (asking.value()->lastHops().spans[1] == 0)
            ADD_FAILURE() << "the rest is still seen";
        return (*asking)->lastLogits();
    };
    EXPECT_NE(answer(*first, {}), answer(*second, {}));
    EXPECT_EQ(answer(*first, {{290, 390}}), answer(*second, {{290, 390}}));
    EXPECT_EQ(answer(*first, {{10, 11}, {290, 295}, {295, 390}}), answer(*second, {{10, 11}, {290, 395 - 5}}));
    EXPECT_EQ(answer(*first, {}), ask({first.get()}, question)) << "nothing hidden, nothing changed";
    const Reading* readings[] = {first.get()};
    EXPECT_EQ(Asking::over(readings, {.hidden = {{5, 3}}}).error().code, Errc::InvalidArgument);
    auto asking = Asking::over(readings, {.spans = {{100, 200}}, .hidden = {{100, 200}}});
    ASSERT_TRUE((*asking)->prefill(question, {}).ok());
    EXPECT_EQ((*asking)->lastHops().spans[0], 0.0f);
}

TEST_F(Branches, AQuestionMayComeInBetweenTwoChunksOfAReading)
{
    const auto ids = someIds(2000);
    const std::vector<float> whole = *read(ids, plan, 4000)->lastLogits();
    auto reading = Reading::start(model, plan, 4000);
    int asked = 0;
    ASSERT_TRUE((*reading)->read(ids, [&](const ReadingProgress& progress) {
        const std::vector<float> now = ask({reading->get()}, someIds(6, 2));
        EXPECT_EQ(now, ask({read(std::span(ids).first(progress.done), plan, 4000).get()}, someIds(6, 2)));
        ++asked;
    }, {}).ok());
    EXPECT_EQ(asked, 4);
    EXPECT_EQ(*(*reading)->lastLogits(), whole);
}

TEST_F(Branches, ThreadsThatShareAnEngineGetWhatEachWouldGetAlone)
{
    const auto ids = someIds(3000), other = someIds(3000, 5), question = someIds(40, 6);
    const auto book = read(someIds(600, 7), plan, 4000);
    const std::vector<float> first = *read(ids, plan, 4000)->lastLogits(), second = *read(other, plan, 4000)->lastLogits();
    const std::vector<float> answer = ask({book.get()}, question);
    std::vector<float> firstThen, secondThen;
    std::thread one([&] { firstThen = *read(ids, plan, 4000)->lastLogits(); });
    std::thread two([&] { secondThen = *read(other, plan, 4000)->lastLogits(); });
    for (int n = 0; n < 20; ++n)
        EXPECT_EQ(ask({book.get()}, question), answer);
    one.join();
    two.join();
    EXPECT_EQ(firstThen, first);
    EXPECT_EQ(secondThen, second);
}

TEST(WorkQueue, AQuestionGoesBeforeReadingsThatWaitLonger)
{
    WorkQueue queue;
    std::string order;
    std::vector<std::thread> threads;
    std::atomic<int> waiting = 0;
    {
        const auto turn = queue.take(WorkQueue::Kind::Reading, {});
        const auto wait = [&](WorkQueue::Kind kind, char name) {
            threads.emplace_back([&queue, &order, &waiting, kind, name] {
                ++waiting;
                const auto mine = queue.take(kind, {});
                order += name; // only one has a turn
            });
            while (waiting < static_cast<int>(threads.size()))
                std::this_thread::yield();
            std::this_thread::sleep_for(std::chrono::milliseconds(30)); // till it stands in the queue
        };
        wait(WorkQueue::Kind::Reading, 'r');
        wait(WorkQueue::Kind::Reading, 's');
        wait(WorkQueue::Kind::Asking, 'a');
        std::stop_source stop;
        std::thread impatient([&] { EXPECT_FALSE(queue.take(WorkQueue::Kind::Asking, stop.get_token())); });
        stop.request_stop();
        impatient.join();
    }
    for (std::thread& thread : threads)
        thread.join();
    EXPECT_EQ(order, "ars");
}

} // namespace
} // namespace octavo
