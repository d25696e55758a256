// SPDX-License-Identifier: Apache-2.0
// Programs that crash in every way: each leaves a report that tells where, and nothing of what a person read or wrote; and it ends as it would have.
#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <barrier>
#include <csignal>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <thread>

#include "crash/build_id.h"
#include "crash/crash_folder.h"
#include "crash/crash_handler.h"
#include "crash/event_log.h"
#include "octavo/app/crash_reports.h"

using namespace octavo::app;

namespace {

const char* const kSecret = "Ahab confessed the doubloon";

[[gnu::noinline]] int overflow(int depth)
{
    volatile char room[4096] = {};
    return depth == 0 ? room[0] : overflow(depth - 1) + room[depth % 4096];
}

[[gnu::noinline]] void touch(int* place) { *place = 7; }

class Crash : public ::testing::Test {
protected:
    void SetUp() override
    {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
        GTEST_SKIP() << "sanitizers have handlers of their own";
#endif
    }

    // Dies, in a process of its own, with a secret in its memory.
    void prepare() const
    {
        const rlimit noCore{0, 0};
        ::setrlimit(RLIMIT_CORE, &noCore);
        installCrashHandler(dataDir(), QStringLiteral("1.2.3-test"));
        EventLog::instance().add("reading begins, document", 4711);
        static const QByteArray document = QByteArray(kSecret).repeated(1000);
    }

    QString dataDir() const { return m_folder.path(); }

    void expectReport(const char* signal, const char* alsoIn = "") const
    {
        const QString file = takeUnseenCrashReport(dataDir());
        ASSERT_FALSE(file.isEmpty());
        const QString text = crashReportText(file);
        EXPECT_TRUE(text.contains(QStringLiteral("1.2.3-test"))) << text.toStdString();
        EXPECT_TRUE(text.contains(QLatin1String(buildId()))) << text.toStdString();
        EXPECT_TRUE(text.contains(QLatin1String(signal))) << text.toStdString();
        EXPECT_TRUE(text.contains(QStringLiteral("  app_tests+0x"))) << "where it was, without the folder: " << text.toStdString();
        EXPECT_TRUE(text.contains(QStringLiteral("reading begins, document 4711"))) << text.toStdString();
        EXPECT_TRUE(text.contains(QLatin1String(alsoIn))) << text.toStdString();
        EXPECT_FALSE(text.contains(QLatin1String(kSecret)));
        for (const QString& folder : {dataDir(), QDir::homePath(), QCoreApplication::applicationDirPath()})
            EXPECT_FALSE(text.contains(folder)) << "a path may name a person: " << text.toStdString();
        EXPECT_EQ(QFile::permissions(file) & (QFile::ReadGroup | QFile::ReadOther | QFile::WriteGroup | QFile::WriteOther), QFile::Permissions());
        EXPECT_TRUE(takeUnseenCrashReport(dataDir()).isEmpty()) << "told once";
        EXPECT_TRUE(QFile::remove(file));
    }

    QTemporaryDir m_folder;
};

} // namespace

TEST_F(Crash, EverySignalLeavesAReportAndEndsTheProgramAsItWould)
{
    for (const auto& [signal, name] : {std::pair(SIGSEGV, "SIGSEGV"), {SIGBUS, "SIGBUS"}, {SIGFPE, "SIGFPE"}, {SIGILL, "SIGILL"}, {SIGABRT, "SIGABRT"}}) {
        SCOPED_TRACE(name);
        EXPECT_EXIT({ prepare(); ::raise(signal); }, ::testing::KilledBySignal(signal), "");
        expectReport(name);
    }
}

TEST_F(Crash, AWrongPointerAThreadAStackThatOverflowsAndAnExceptionAreTold)
{
    int* volatile nowhere = nullptr;
    EXPECT_EXIT({ prepare(); touch(nowhere); }, ::testing::KilledBySignal(SIGSEGV), "");
    expectReport("SIGSEGV");
    EXPECT_EXIT({ prepare(); std::thread([&] { touch(nowhere); }).join(); }, ::testing::KilledBySignal(SIGSEGV), "");
    expectReport("SIGSEGV");
    EXPECT_EXIT({ prepare(); std::exit(overflow(1'000'000)); }, ::testing::KilledBySignal(SIGSEGV), "");
    expectReport("SIGSEGV");
    // gtest would catch an exception of the test's own thread.
    EXPECT_EXIT({ prepare(); std::thread([] { throw std::runtime_error(kSecret); }).join(); }, ::testing::KilledBySignal(SIGABRT), "");
    expectReport("SIGABRT", "runtime_error");
}

TEST_F(Crash, ThreadsThatCrashTogetherLeaveOneWholeReport)
{
    int* volatile nowhere = nullptr;
    for (int n = 0; n < 20; ++n) {
        EXPECT_EXIT(
            {
                prepare();
                std::barrier together(4);
                std::vector<std::jthread> threads;
                for (int thread = 0; thread < 4; ++thread)
                    threads.emplace_back([&] {
                        together.arrive_and_wait();
                        touch(nowhere);
                    });
            },
            ::testing::KilledBySignal(SIGSEGV), "");
        expectReport("SIGSEGV");   // its events are written last
    }
}

TEST_F(Crash, OnlyTheNewestReportsStay)
{
    QDir(dataDir()).mkpath(crashFolder(dataDir()));
    for (int n = 10; n < 35; ++n) {
        QFile file(crashFolder(dataDir()) + QStringLiteral("/202611%1-000000-1%2").arg(n).arg(n % 2 ? kUnseenReport : kSeenReport));
        ASSERT_TRUE(file.open(QIODevice::WriteOnly));
    }
    EXPECT_TRUE(takeUnseenCrashReport(dataDir()).endsWith(QStringLiteral("20261133-000000-1.txt")));
    const QStringList left = QDir(crashFolder(dataDir())).entryList(QDir::Files, QDir::Name);
    ASSERT_EQ(left.size(), kKeptCrashReports);
    EXPECT_EQ(left.first(), QStringLiteral("20261125-000000-1.txt"));
    EXPECT_TRUE(takeUnseenCrashReport(QStringLiteral("/nowhere")).isEmpty());
}

TEST(BuildId, IsOneThatTheLinkerGives)
{
    EXPECT_GE(buildId().size(), 16);
    EXPECT_EQ(QByteArray::fromHex(buildId()).toHex(), buildId());
}

TEST(EventLog, KeepsTheLastEventsOfAllThreads)
{
    EventLog& log = EventLog::instance();
    {
        std::vector<std::jthread> threads;
        for (int n = 0; n < 4; ++n)
            threads.emplace_back([&log] {
                for (int at = 0; at < 5000; ++at) {
                    log.add("step", at);
                    (void)log.at(static_cast<std::size_t>(at) % EventLog::kEvents);
                }
            });
    }
    for (int n = 0; n < 3; ++n)
        log.add("last", n);
    for (std::size_t n = 0; n < EventLog::kEvents; ++n)
        EXPECT_GE(log.at(n).milliseconds, 0);
    for (int n = 0; n < 3; ++n) {
        const EventLog::Event event = log.at(EventLog::kEvents - 3 + static_cast<std::size_t>(n));
        EXPECT_STREQ(event.what, "last");
        EXPECT_EQ(event.number, n);
    }
}
