// SPDX-License-Identifier: Apache-2.0
// Memory runs out once at every place where reading, keeping, opening and asking want much of it: what was done is kept and can go on.
#include <gtest/gtest.h>

#include "support/allocation_meter.h"
#include "support/tiny_model.h"

namespace octavo {
namespace {

using test::FailingAllocation;

class NoMemory : public test::TinyModel {
protected:
    static constexpr std::uint64_t kPlanned = 8000;
    const std::vector<TokenId> ids = someIds(1300);

    // Calls run(n) with the n-th large allocation failing, for every n there is; how many there were.
    template <class Run>
    static long atEveryAllocation(const Run& run)
    {
        for (long n = 0;; ++n)
            if (!run(n))
                return n;
    }

    template <class T>
    static void expectTold(const Result<T>& result, const char* what)
    {
        if (!result.ok()) {
            EXPECT_EQ(result.error().code, Errc::OutOfMemory) << what << ": " << result.error().subject << " " << result.error().detail;
        }
    }
};

TEST_F(NoMemory, ReadingGoesOn)
{
    const ReadingPlan how{{0, 16}, 4, 4, 64, {}};
    const std::vector<float> logits = *read(ids, how, kPlanned)->lastLogits();
    const auto file = folder / "book.oct";
    const long places = atEveryAllocation([&](long n) {
        std::filesystem::remove(file);
        auto reading = Reading::start(model, how, kPlanned);
        bool happened = false, kept = false;
        {
            const FailingAllocation failing(n);
            const auto begun = (*reading)->keepIn(file, {}, std::chrono::duration<double>(0));
            expectTold(begun, "keepIn");
            const auto done = (*reading)->read(ids, {}, {});
            expectTold(done, "read");
            happened = failing.happened();
            kept = begun.ok();
        }
        EXPECT_TRUE((*reading)->read(std::span(ids).subspan((*reading)->tokens()), {}, {}).ok());
        EXPECT_EQ(*(*reading)->lastLogits(), logits) << "allocation " << n;
        const auto finished = (*reading)->finishKeeping();
        EXPECT_TRUE(finished.ok() || !kept);
        return happened;
    });
    EXPECT_GT(places, 10);
}

TEST_F(NoMemory, OpeningIsRefusedAndWorksTheNextTime)
{
    const auto file = folder / "book.oct";
    ASSERT_TRUE(read(ids, plan, kPlanned)->save(file, {}).ok());
    const long places = atEveryAllocation([&](long n) {
        bool happened = false;
        {
            const FailingAllocation failing(n);
            expectTold(Reading::load(file, model, plan, kPlanned, ids, {}), "load");
            happened = failing.happened();
        }
        const auto loaded = Reading::load(file, model, plan, kPlanned, ids, {});
        EXPECT_TRUE(loaded.ok() && (*loaded)->tokens() == ids.size());
        return happened;
    });
    EXPECT_GT(places, 1);
}

TEST_F(NoMemory, AQuestionIsAnsweredTheNextTime)
{
    const auto reading = read(ids, plan, kPlanned);
    const Reading* readings[] = {reading.get()};
    const std::vector<TokenId> question = someIds(200, 2);
    const std::vector<float> logits = ask({reading.get()}, question);
    AskingOptions options;
    options.spans = {{0, 600}, {600, 1300}};
    const long places = atEveryAllocation([&](long n) {
        auto asking = Asking::over(readings, options);
        bool happened = false;
        std::uint64_t asked = 0;
        {
            const FailingAllocation failing(n);
            const auto done = (*asking)->prefill(question, {});
            expectTold(done, "prefill");
            asked = done.ok() ? question.size() : 0;
            happened = failing.happened();
        }
        EXPECT_EQ((*asking)->conversationTokens(), asked) << "a question is added whole or not at all";
        if (asked == 0) {
            EXPECT_TRUE((*asking)->prefill(question, {}).ok());
        }
        EXPECT_EQ((*asking)->lastLogits(), logits);
        return happened;
    });
    EXPECT_GT(places, 5);
}

} // namespace
} // namespace octavo
