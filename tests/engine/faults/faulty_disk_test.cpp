// SPDX-License-Identifier: Apache-2.0
// Every call to the disk that keeping a reading and opening it makes goes wrong once, in every way: the reading itself is as good as ever, what is
// told is true, and what is left is of use or refused, never believed. A program of its own: it replaces those calls.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "support/faulty_calls.h"
#include "support/tiny_model.h"

namespace octavo {
namespace {

using test::FaultyCalls;
using Fault = FaultyCalls::Fault;

class FaultyDisk : public test::TinyModel {
protected:
    static constexpr std::chrono::duration<double> kAfterEachChunk{0};
    static constexpr std::size_t kTokens = 1300;

    void SetUp() override
    {
        TinyModel::SetUp();
        logits = *read(ids, plan, kPlanned)->lastLogits();
        std::filesystem::create_directory(folder / "readings");
    }

    // How much of the reading at `file` is of use; what is read on from there must be the same reading.
    std::uint64_t useful()
    {
        auto loaded = Reading::load(file, model, plan, kPlanned, ids, {});
        if (!loaded)
            return 0;
        const std::uint64_t found = (*loaded)->tokens();
        EXPECT_TRUE((*loaded)->read(std::span(ids).subspan(found), {}, {}).ok());
        EXPECT_EQ(ask({loaded->get()}, std::span(ids).first(3)), asked);
        return found;
    }

    void emptyFolder() const
    {
        std::filesystem::remove_all(folder / "readings");
        std::filesystem::create_directory(folder / "readings");
    }

    // The next try finds nothing in its way, whatever the one before has left behind.
    void keepsAnew()
    {
        ASSERT_TRUE(read(ids, plan, kPlanned)->save(file, {}).ok());
        EXPECT_EQ(useful(), kTokens);
    }

    static constexpr std::uint64_t kPlanned = 4000;
    const std::vector<TokenId> ids = someIds(kTokens);
    std::vector<float> logits;
    std::vector<float> asked;
    std::filesystem::path file = folder / "readings/book.oct";
};

TEST_F(FaultyDisk, KeepingFailsAtEveryCall)
{
    asked = ask({read(ids, plan, kPlanned).get()}, std::span(ids).first(3));
    for (const Fault fault : {Fault::DiskError, Fault::DiskFull, Fault::Short, Fault::Interrupted}) {
        long call = 0, told = 0, whole = 0;
        for (bool happened = true; happened; ++call) {
            emptyFolder();
            bool kept = false;
            {
                const FaultyCalls faulty(folder / "readings", FaultyCalls::Calls::Writing, fault, call);
                auto reading = Reading::start(model, plan, kPlanned);
                const auto begun = (*reading)->keepIn(file, {}, kAfterEachChunk);
                ASSERT_TRUE((*reading)->read(ids, {}, {}).ok());
                const auto finished = (*reading)->finishKeeping();
                kept = begun.ok() && finished.ok();
                EXPECT_EQ(*(*reading)->lastLogits(), logits) << "the disk is no reason to read wrongly";
                happened = faulty.happened();
            }
            told += !kept;
            const std::uint64_t found = useful();
            whole += found == kTokens;
            if (fault == Fault::Short || fault == Fault::Interrupted) {
                EXPECT_TRUE(kept) << "no fault at all: call " << call;
            }
            if (kept) {
                EXPECT_EQ(found, kTokens) << "was told to be kept: call " << call;
            }
            keepsAnew();
        }
        EXPECT_GT(call, 20);
        std::printf("fault %d: %ld calls, %ld times told, %ld times all was kept\n", static_cast<int>(fault), call, told, whole);
    }
}

TEST_F(FaultyDisk, TheProcessDiesAtEveryCall)
{
    asked = ask({read(ids, plan, kPlanned).get()}, std::span(ids).first(3));
    long call = 0;
    std::uint64_t before = 0;
    for (bool died = true; died; ++call) {
        emptyFolder();
        const pid_t child = ::fork();
        if (child == 0) {
            const FaultyCalls faulty(folder / "readings", FaultyCalls::Calls::Writing, Fault::Death, call);
            auto mine = Model::open(folder / "tiny.gguf", *Engine::create({1})); // the threads of the other did not come along
            auto reading = Reading::start(*mine, plan, kPlanned);
            (void)(*reading)->keepIn(file, {}, kAfterEachChunk);
            (void)(*reading)->read(ids, {}, {});
            (void)(*reading)->finishKeeping();
            ::_exit(0);
        }
        ASSERT_GT(child, 0);
        int status = 0;
        ASSERT_EQ(::waitpid(child, &status, 0), child);
        ASSERT_TRUE(WIFEXITED(status));
        died = WEXITSTATUS(status) == FaultyCalls::kDied;
        const std::uint64_t found = useful();
        EXPECT_GE(found, before) << "a process that lives longer leaves no less: call " << call;
        before = found;
        keepsAnew();
    }
    EXPECT_GT(call, 20);
    EXPECT_EQ(before, kTokens);
    std::printf("died at each of %ld calls\n", call - 1);
}

TEST_F(FaultyDisk, OpeningFailsAtEveryCall)
{
    const auto reading = read(ids, plan, kPlanned);
    asked = ask({reading.get()}, std::span(ids).first(3));
    ASSERT_TRUE(reading->save(file, {}).ok());
    for (const Fault fault : {Fault::DiskError, Fault::Short, Fault::Interrupted}) {
        long call = 0, refused = 0, whole = 0;
        for (bool happened = true; happened; ++call) {
            std::uint64_t found = 0;
            {
                const FaultyCalls faulty(folder / "readings", FaultyCalls::Calls::Reading, fault, call);
                found = useful();
                happened = faulty.happened();
            }
            refused += found == 0;
            whole += found == kTokens;
            if (fault != Fault::DiskError) {
                EXPECT_EQ(found, kTokens) << "no fault at all: call " << call;
            }
            EXPECT_EQ(useful(), kTokens) << "nothing is the worse for it";
        }
        EXPECT_GT(call, 10);
        std::printf("fault %d: %ld calls, %ld times refused, %ld times all was of use\n", static_cast<int>(fault), call, refused, whole);
    }
}

// After a power cut any block that was written lately may be missing, or hold what stood there before.
TEST_F(FaultyDisk, LosesAnyBlocksInAPowerCut)
{
    constexpr std::size_t kBlock = 4096;
    const auto reading = read(ids, plan, kPlanned);
    asked = ask({reading.get()}, std::span(ids).first(3));
    ASSERT_TRUE(reading->save(file, {}).ok());
    std::ifstream in(file, std::ios::binary);
    const std::string good{std::istreambuf_iterator<char>(in), {}};
    const std::size_t blocks = (good.size() + kBlock - 1) / kBlock;
    std::mt19937 random(1);
    for (int cut = 0; cut < 100; ++cut) {
        std::string left = good;
        const std::size_t lost = 1 + random() % (blocks / 2);
        for (std::size_t n = 0; n < lost; ++n) {
            const std::size_t at = random() % blocks * kBlock;
            std::fill_n(left.begin() + static_cast<std::ptrdiff_t>(at), std::min(kBlock, left.size() - at), cut % 2 == 0 ? '\0' : 'x');
        }
        std::ofstream(file, std::ios::binary) << left;
        const auto loaded = Reading::load(file, model, plan, kPlanned, ids, {});
        EXPECT_TRUE(!loaded || (*loaded)->damage()) << "cut " << cut << " went unseen";
        useful();
    }
}

} // namespace
} // namespace octavo
