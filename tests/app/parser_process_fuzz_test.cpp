// SPDX-License-Identifier: Apache-2.0
// The corpus with changes that a bad disk, a cut transfer or a stranger might have made, parsed as the app does it. The same files on every run;
// OCTAVO_LONG_TESTS: an hour of ever new ones. A file whose parser died or was too slow is kept below the build's tests/parser_faults/.
#include <filesystem>
#include <fstream>
#include <map>

#include <QElapsedTimer>
#include <QTemporaryDir>
#include <gtest/gtest.h>

#include "documents/file_format.h"
#include "documents/parser_process.h"
#include "documents/soundness.h"
#include "support/child_processes.h"
#include "support/corpus.h"
#include "support/mutations.h"

namespace octavo::app {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using Kind = ParseFault::Kind;

constexpr auto kPatience = 10s;
constexpr auto kPatienceOnBusyMachines = 60s;         // the second time; the app's own
constexpr auto kLimit = 120s;                         // of the slowest, whatever signs of life it gives
constexpr qint64 kMostMemory = qint64(1) << 30;       // that this process may ever have taken
constexpr int kRounds = 4;
constexpr qint64 kHour = 3'600'000;                   // milliseconds
const bool kLong = qEnvironmentVariableIsSet("OCTAVO_LONG_TESTS");

// What became of the files of one format.
struct Outcomes {
    int read = 0;
    int refused = 0;
    int died = 0;
    int tooSlow = 0;
    qint64 slowest = 0;   // milliseconds
};

qint64 mostMemoryTaken()
{
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);) {
        if (line.starts_with("VmHWM:"))
            return std::stoll(line.substr(6)) << 10;
    }
    return 0;
}

void keep(const std::string& name, const std::string& bytes)
{
    const fs::path folder = OCTAVO_PARSER_FAULTS;
    fs::create_directories(folder);
    std::ofstream(folder / name, std::ios::binary) << bytes;
}

class Harm {
public:
    void parse(const test::CorpusFile& file, const std::string& bytes, const std::string& called)
    {
        ParseOptions options;
        options.format = file.format.parser;
        options.mostTextBytes = 32 << 20;
        options.patience = kPatience;
        QElapsedTimer time;
        time.start();
        const QByteArray view = QByteArray::fromRawData(bytes.data(), qsizetype(bytes.size()));
        auto parsed = parseBytes(view, options, {});
        if (!parsed && parsed.error().kind == Kind::TooSlow) {
            options.patience = kPatienceOnBusyMachines;
            parsed = parseBytes(view, options, {});
        }
        Outcomes& outcomes = m_outcomes[file.suffix()];
        outcomes.slowest = std::max(outcomes.slowest, time.elapsed());
        EXPECT_LT(time.elapsed(), std::chrono::milliseconds(kLimit).count()) << called;
        EXPECT_EQ(test::childProcesses(), 0) << called;
        if (parsed) {
            ++outcomes.read;
            expectSound(*parsed, called);
            return;
        }
        const Kind kind = parsed.error().kind;
        EXPECT_TRUE(kind != Kind::NoParser && kind != Kind::Stopped) << called;
        ++(kind == Kind::Died ? outcomes.died : kind == Kind::TooSlow ? outcomes.tooSlow : outcomes.refused);
        if (kind == Kind::Died || kind == Kind::TooSlow)
            keep(called, bytes);
        if (kind == Kind::Died)
            ADD_FAILURE() << called << ": its parser died";
    }

    void print() const
    {
        std::printf("%-8s %8s %8s %6s %9s %12s\n", "", "read", "refused", "died", "too slow", "slowest, ms");
        for (const auto& [suffix, outcomes] : m_outcomes)
            std::printf("%-8s %8d %8d %6d %9d %12lld\n", suffix.c_str(), outcomes.read, outcomes.refused, outcomes.died, outcomes.tooSlow, outcomes.slowest);
    }

    // Poppler takes minutes to make up the table of places of some damaged files, one of 10,000 or so: that is what the limit is for.
    void expectFewTooSlow() const
    {
        int all = 0, slow = 0;
        for (const auto& [suffix, outcomes] : m_outcomes) {
            all += outcomes.read + outcomes.refused;
            slow += outcomes.tooSlow;
        }
        EXPECT_LE(slow, 1 + all / 1000);
    }

private:
    static void expectSound(const FormattedText& text, const std::string& called)
    {
        EXPECT_TRUE(isUtf8(text.text)) << called;
        for (qsizetype at = 0; at < text.places.size(); ++at) {
            const PlaceMark& mark = text.places[at];
            EXPECT_TRUE(mark.byte >= (at == 0 ? 0 : text.places[at - 1].byte) && mark.byte < text.text.size()) << called;
            EXPECT_LE(mark.page, std::max(text.pages, 0)) << called;
        }
        Part whole;
        whole.bytes = {0, text.text.size()};
        whole.parts = text.parts;
        EXPECT_TRUE(outlineFits(whole, text.text.size())) << called;
    }

    std::map<std::string, Outcomes> m_outcomes;
};

TEST(ParserProcessFuzz, ADamagedFileIsReadOrRefused)
{
    const std::vector<test::CorpusFile> files = test::parsedCorpus();
    ASSERT_GT(files.size(), 40u);
    const QTemporaryDir empty;
    const fs::path before = fs::current_path();
    fs::current_path(empty.path().toStdString());
    Harm harm;
    QElapsedTimer time;
    time.start();
    const auto goesOn = [&](int round) { return kLong ? !time.hasExpired(kHour) : round < kRounds; };
    for (int round = 0; goesOn(round); ++round) {
        for (std::size_t at = 0; at < files.size() && goesOn(round); ++at) {
            const std::uint64_t seed = std::uint64_t(round) * files.size() + at;
            test::Mutations mutations(seed);
            const std::string bytes = mutations.of(files[at].bytes, files[(at + seed / 7) % files.size()].bytes);
            harm.parse(files[at], bytes, std::to_string(seed) + '-' + files[at].path.filename().string());
        }
    }
    fs::current_path(before);
    harm.print();
    harm.expectFewTooSlow();
    EXPECT_TRUE(fs::is_empty(empty.path().toStdString()));
    EXPECT_LT(mostMemoryTaken(), kMostMemory);
}

} // namespace
} // namespace octavo::app
