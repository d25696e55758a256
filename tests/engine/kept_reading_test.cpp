// SPDX-License-Identifier: Apache-2.0
// Readings that are written while they are read: what a killed process, a cut or damaged file, another text's file and a full disk leave.
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <fstream>
#include <cstdio>
#include <optional>
#include <random>
#include <thread>

#include "memory/kv_cache.h"
#include "support/tiny_model.h"

namespace octavo {
namespace {

std::string bytesOf(const std::filesystem::path& file)
{
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

void put(const std::filesystem::path& file, const std::string& bytes) { std::ofstream(file, std::ios::binary) << bytes; }

std::filesystem::path checkpointOf(const std::filesystem::path& file) { return file.string() + ".resume"; }

class KeptReading : public test::TinyModel {
protected:
    static constexpr std::chrono::duration<double> kAfterEachChunk{0};

    // Loads `file`, reads the rest, and compares the result with a reading that nothing happened to. How many tokens were found; nothing if none could be.
    std::optional<std::uint64_t> goesOn(const std::filesystem::path& file, const ReadingPlan& how, std::span<const TokenId> ids, const std::vector<float>& logits)
    {
        auto loaded = Reading::load(file, model, how, 8000, ids, {});
        if (!loaded)
            return std::nullopt;
        const std::uint64_t found = (*loaded)->tokens();
        EXPECT_TRUE(std::ranges::equal((*loaded)->ids(), ids.first(found)));
        EXPECT_TRUE((*loaded)->read(ids.subspan(found), {}, {}).ok());
        const auto last = (*loaded)->lastLogits();
        EXPECT_TRUE(!last || *last == logits); // none if nothing was left to read and the state is what was lost
        return found;
    }

    const std::vector<ReadingPlan> plans{plan, ReadingPlan{{0, 8, 32}, 2, 0, 64, {}}, ReadingPlan{{0, 64}, 4, 4, 64, {KvType::Q8_0, KvType::Q8_0}},
                                         ReadingPlan{{0, 64}, 4, 4, 64, {}, {200, {0}}}, ReadingPlan::full()};
};

TEST_F(KeptReading, GoesOnFromWhereverTheProcessWasKilled)
{
    const auto ids = someIds(3000);
    for (const ReadingPlan& how : plans) {
        const auto whole = read(ids, how, 8000);
        const std::vector<float> logits = *whole->lastLogits();
        const auto file = folder / "book.oct", left = folder / "left.oct";
        auto reading = Reading::start(model, how, 8000);
        ASSERT_TRUE((*reading)->keepIn(file, {}, kAfterEachChunk).ok());
        std::vector<std::pair<std::uint64_t, std::uint64_t>> found; // told, found
        const auto killedHere = [&](const ReadingProgress& progress) { // what is on disk at this moment is what a kill leaves
            std::filesystem::copy_file(file, left, std::filesystem::copy_options::overwrite_existing);
            if (std::filesystem::exists(checkpointOf(file)))
                std::filesystem::copy_file(checkpointOf(file), checkpointOf(left), std::filesystem::copy_options::overwrite_existing);
            found.emplace_back(progress.done, goesOn(left, how, ids, logits).value_or(0));
        };
        ASSERT_TRUE((*reading)->read(ids, killedHere, {}).ok());
        ASSERT_EQ(found.size(), 6u);
        for (const auto& [told, kept] : found) {
            EXPECT_LE(kept, told);
            EXPECT_GE(kept + 512, told) << how.toString(); // a checkpoint may be put off once, where it would be written too often
        }
        ASSERT_TRUE((*reading)->finishKeeping().ok());
        EXPECT_FALSE(std::filesystem::exists(checkpointOf(file)));
        EXPECT_EQ(goesOn(file, how, ids, logits), 3000u);
        ASSERT_TRUE(whole->save(folder / "saved.oct", {}).ok());
        EXPECT_EQ(bytesOf(file), bytesOf(folder / "saved.oct")) << "kept on the way or saved at the end: the same file";
    }
}

TEST_F(KeptReading, GoesOnFromAnEndThatIsNoWholePage)
{
    const auto ids = someIds(2000);
    const std::vector<float> logits = *read(ids, plan, 8000)->lastLogits();
    const auto file = folder / "book.oct";
    auto reading = read(std::span(ids).first(700), plan, 8000);
    ASSERT_TRUE(reading->keepIn(file, {}).ok()); // and here the process ends
    EXPECT_EQ(goesOn(file, plan, ids, logits), 700u);
    ASSERT_TRUE(reading->read(std::span(ids).subspan(700, 400), {}, {}).ok());
    ASSERT_TRUE(reading->finishKeeping().ok());
    EXPECT_EQ(goesOn(file, plan, ids, logits), 1100u);
}

TEST_F(KeptReading, IsUsedUpToWhereItIsDamaged)
{
    const ReadingPlan how{{0, 16}, 4, 4, 64, {}};
    const auto probe = Reading::start(model, how, 8000);
    const std::uint64_t interval = (*probe)->snapshotInterval();
    ASSERT_LE(interval, 2000u) << "hop values must be kept along the way for this test to see any";
    const auto ids = someIds(3 * interval + 300);
    const auto reading = read(ids, how, 8000);
    const std::vector<float> logits = *reading->lastLogits();
    const auto file = folder / "book.oct", bad = folder / "bad.oct";
    ASSERT_TRUE(reading->save(file, {}).ok());
    const std::string good = bytesOf(file);
    std::size_t used = 0;
    for (std::size_t at = 0; at < good.size(); at += good.size() / 61 + 1) {
        std::string flipped = good;
        flipped[at] ^= 16;
        for (const std::string& bytes : {flipped, good.substr(0, at)}) {
            put(bad, bytes);
            if (const auto found = goesOn(bad, how, ids, logits)) {
                ++used;
                EXPECT_TRUE(*found % interval == 0 || *found == ids.size());
                EXPECT_GE(*found + interval, ids.size() * at / good.size() / interval * interval) << "more was lost than what depends on it";
            }
        }
    }
    EXPECT_GT(used, 40u);
}

// 1,000 of them: each is seen, or stands where nothing is read from.
TEST_F(KeptReading, AFlippedBitIsSeenOrHarmless)
{
    const ReadingPlan how{{0, 16}, 4, 4, 64, {KvType::Q8_0, KvType::Q8_0}};
    const auto ids = someIds(900);
    const auto reading = read(ids, how, 8000);
    const auto question = std::span(ids).first(3);
    const std::vector<float> answer = ask({reading.get()}, question);
    const auto file = folder / "book.oct", bad = folder / "bad.oct";
    ASSERT_TRUE(reading->save(file, {}).ok());
    const std::string good = bytesOf(file);
    std::mt19937_64 random(1);
    int seen = 0, refused = 0, harmless = 0;
    for (int n = 0; n < 1000; ++n) {
        std::string flipped = good;
        const std::size_t at = random() % good.size();
        flipped[at] = static_cast<char>(flipped[at] ^ (1 << random() % 8));
        put(bad, flipped);
        const auto loaded = Reading::load(bad, model, how, 8000, ids, {});
        if (!loaded) {
            ++refused;
            continue;
        }
        ((*loaded)->damage() ? seen : harmless) += 1;
        ASSERT_TRUE((*loaded)->read(std::span(ids).subspan((*loaded)->tokens()), {}, {}).ok());
        EXPECT_EQ(ask({loaded->get()}, question), answer) << "bit in byte " << at;
    }
    std::printf("%d seen, %d refused, %d harmless\n", seen, refused, harmless);
    EXPECT_GT(seen, 800); // most bytes are keys and values
}

TEST_F(KeptReading, OnlyADamagedPageIsReadAgain)
{
    const ReadingPlan hops{{0, 16}, 4, 4, 64, {}};
    const std::uint64_t interval = (*Reading::start(model, hops, 8000))->snapshotInterval();
    const auto ids = someIds(3 * interval + 300);
    const auto file = folder / "book.oct";
    for (const ReadingPlan& how : {hops, ReadingPlan::full()}) {
        const auto reading = read(ids, how, 8000);
        ASSERT_TRUE(reading->save(file, {}).ok());
        const std::string good = bytesOf(file);
        const std::uint64_t pageBytes = reading->cache().pageBytes();
        for (const std::size_t page : {std::size_t{0}, std::size_t{3}, (2 * interval) / kPageTokens, ids.size() / kPageTokens}) {
            // What one page holds is found nowhere else.
            const std::string_view bytes(reinterpret_cast<const char*>(reading->cache().page(page).bytes()), pageBytes);
            const std::size_t at = good.find(bytes);
            ASSERT_NE(at, std::string::npos);
            ASSERT_EQ(at % 64, 0u);
            std::string bad = good;
            bad[at + pageBytes / 2] ^= 1;
            put(file, bad);
            auto loaded = Reading::load(file, model, how, 8000, ids, {}, Reading::Check::Later);
            ASSERT_TRUE(loaded.ok());
            EXPECT_EQ((*loaded)->tokens(), ids.size());
            EXPECT_FALSE((*loaded)->isChecked());
            const auto again = (*loaded)->check({}, {});
            ASSERT_TRUE(again.ok());
            EXPECT_GT(*again, 0u);
            EXPECT_LE(*again, (how.isFull() ? 0 : interval) + kPageTokens);
            ASSERT_TRUE((*loaded)->damage());
            EXPECT_NE((*loaded)->damage()->detail.find(std::to_string(page + 1)), std::string::npos) << "names the page";
            EXPECT_EQ(*(*loaded)->check({}, {}), 0u) << "once";
            ASSERT_TRUE((*loaded)->save(folder / "mended.oct", {}).ok());
            EXPECT_EQ(bytesOf(folder / "mended.oct"), good) << how.toString() << ", page " << page;
        }
    }
}

TEST_F(KeptReading, IsNotUsedBeforeItWasChecked)
{
    const auto ids = someIds(1000);
    const auto file = folder / "book.oct";
    ASSERT_TRUE(read(std::span(ids).first(900), plan, 8000)->save(file, {}).ok());
    auto loaded = Reading::load(file, model, plan, 8000, ids, {}, Reading::Check::Later);
    ASSERT_TRUE(loaded.ok());
    Reading& reading = **loaded;
    const Reading* readings[] = {&reading};
    const auto isRefused = [](const auto& result) { return !result.ok() && result.error().code == Errc::InvalidArgument; };
    EXPECT_TRUE(isRefused(reading.read(std::span(ids).subspan(900), {}, {})));
    EXPECT_TRUE(isRefused(reading.fork(900, 8000)));
    EXPECT_TRUE(isRefused(reading.save(folder / "other.oct", {})));
    EXPECT_TRUE(isRefused(reading.keepIn(folder / "other.oct", {})));
    EXPECT_TRUE(isRefused(reading.hopsOf(3, {}, 1, {})));
    EXPECT_TRUE(isRefused(Asking::over(readings, {})));
    std::stop_source stop;
    stop.request_stop();
    const auto stopped = reading.check({}, stop.get_token());
    ASSERT_FALSE(stopped.ok());
    EXPECT_EQ(stopped.error().code, Errc::Stopped);
    EXPECT_FALSE(reading.isChecked());
    ASSERT_TRUE(reading.check({}, {}).ok());
    EXPECT_TRUE(reading.read(std::span(ids).subspan(900), {}, {}).ok());
    EXPECT_TRUE(Asking::over(readings, {}).ok());
}

// Bytes that this process has asked the system to read from files so far.
std::uint64_t bytesRead()
{
    std::ifstream io("/proc/self/io");
    std::string name;
    std::uint64_t bytes = 0;
    io >> name >> bytes;
    return bytes;
}

TEST_F(KeptReading, OpeningLeavesThePagesInTheFile)
{
    const auto ids = someIds(6000);
    const auto file = folder / "book.oct";
    ASSERT_TRUE(read(ids, plan, 8000)->save(file, {}).ok());
    const std::uint64_t before = bytesRead();
    if (before == 0)
        GTEST_SKIP() << "the system does not count what a process reads";
    const auto loaded = Reading::load(file, model, plan, 8000, ids, {}, Reading::Check::Later);
    EXPECT_LT(bytesRead() - before, std::filesystem::file_size(file) / 4);
    ASSERT_TRUE(loaded.ok());
    EXPECT_EQ((*loaded)->tokens(), 6000u);
}

TEST_F(KeptReading, IsWrittenByOneAtATime)
{
    const auto ids = someIds(1000);
    const auto file = folder / "book.oct";
    auto first = Reading::start(model, plan, 8000), second = Reading::start(model, plan, 8000);
    ASSERT_TRUE((*first)->keepIn(file, {}).ok());
    for (int n = 0; n < 2; ++n) {
        const auto refused = (*second)->keepIn(file, {});
        ASSERT_FALSE(refused.ok());
        EXPECT_EQ(refused.error().code, Errc::InUse);
    }
    ASSERT_TRUE((*first)->read(ids, {}, {}).ok());
    ASSERT_TRUE((*first)->finishKeeping().ok());
    EXPECT_EQ(goesOn(file, plan, ids, *(*first)->lastLogits()), 1000u) << "the second one has disturbed nothing";
    EXPECT_TRUE((*second)->keepIn(file, {}).ok()) << "the first one is done";
}

TEST_F(KeptReading, IsForNobodyElsesEyes)
{
    const auto before = ::umask(0);
    const auto file = folder / "book.oct";
    auto reading = Reading::start(model, plan, 8000);
    ASSERT_TRUE((*reading)->keepIn(file, {}, kAfterEachChunk).ok());
    ASSERT_TRUE((*reading)->read(someIds(700), {}, {}).ok());
    ::umask(before);
    using std::filesystem::perms;
    for (const auto& path : {file, checkpointOf(file)})
        EXPECT_EQ(std::filesystem::status(path).permissions(), perms::owner_read | perms::owner_write) << path;
}

TEST_F(KeptReading, TakesNoCheckpointOfAnotherText)
{
    const auto ids = someIds(768), others = someIds(768, 7); // whole pages, and no place where hop values are kept along the way
    const auto file = folder / "book.oct", other = folder / "other.oct";
    for (const auto& [text, path] : {std::pair{&ids, &file}, {&others, &other}}) {
        auto reading = Reading::start(model, plan, 8000);
        ASSERT_TRUE((*reading)->keepIn(*path, {}, kAfterEachChunk).ok());
        ASSERT_TRUE((*reading)->read(*text, [](const ReadingProgress&) { std::this_thread::sleep_for(std::chrono::milliseconds(20)); }, {}).ok());
    }
    EXPECT_EQ((*Reading::load(file, model, plan, 8000, ids, {}))->tokens(), 768u);
    std::filesystem::copy_file(checkpointOf(other), checkpointOf(file), std::filesystem::copy_options::overwrite_existing);
    const auto loaded = Reading::load(file, model, plan, 8000, ids, {});
    EXPECT_TRUE(!loaded || (*loaded)->tokens() < 768u);
    // A new beginning under the same name forgets the old end.
    auto anew = Reading::start(model, plan, 8000);
    ASSERT_TRUE((*anew)->keepIn(file, {}).ok());
    EXPECT_FALSE(std::filesystem::exists(checkpointOf(file)));
    EXPECT_EQ((*Reading::load(file, model, plan, 8000, ids, {}))->tokens(), 0u);
}

// A file may grow no further than so many bytes while this lives: as on a full disk, writes fail, and the process lives.
class FileSizeLimit {
public:
    explicit FileSizeLimit(rlim_t bytes) : m_handler(std::signal(SIGXFSZ, SIG_IGN))
    {
        getrlimit(RLIMIT_FSIZE, &m_before);
        const rlimit limit{bytes, m_before.rlim_max};
        setrlimit(RLIMIT_FSIZE, &limit);
    }
    ~FileSizeLimit()
    {
        setrlimit(RLIMIT_FSIZE, &m_before);
        std::signal(SIGXFSZ, m_handler);
    }

private:
    void (*m_handler)(int);
    rlimit m_before{};
};

TEST_F(KeptReading, AFullDiskIsToldAndReadingGoesOn)
{
    const ReadingPlan how{{0, 16}, 4, 4, 64, {}};
    const auto ids = someIds(4000);
    const auto whole = read(ids, how, 8000);
    ASSERT_TRUE(whole->save(folder / "whole.oct", {}).ok());
    const std::vector<float> logits = *whole->lastLogits();
    const auto size = std::filesystem::file_size(folder / "whole.oct");
    const auto file = folder / "book.oct";
    for (const std::uint64_t room : {std::uint64_t{10}, size / 3, size / 2, size - 10}) {
        std::filesystem::remove(file);
        auto reading = Reading::start(model, how, 8000);
        {
            const FileSizeLimit full(room);
            const auto begun = (*reading)->keepIn(file, {}, kAfterEachChunk);
            ASSERT_TRUE((*reading)->read(ids, {}, {}).ok());
            const auto kept = begun ? (*reading)->finishKeeping() : begun;
            ASSERT_FALSE(kept.ok()) << room << " bytes of " << size;
            EXPECT_EQ(kept.error().code, Errc::WriteFailed);
            EXPECT_TRUE((*reading)->finishKeeping().ok()) << "told once: the reading is good, and may be asked";
        }
        EXPECT_EQ(*(*reading)->lastLogits(), logits);
        EXPECT_LE(goesOn(file, how, ids, logits).value_or(0), 4000u); // whatever is left is good
        EXPECT_TRUE((*reading)->save(file, {}).ok());
        EXPECT_EQ(goesOn(file, how, ids, logits), 4000u);
    }
}

} // namespace
} // namespace octavo
