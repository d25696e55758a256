// SPDX-License-Identifier: Apache-2.0
// The list of long work: what waits, goes on and is paused, and that pausing loses nothing.
#include "octavo/app/assistant.h"

#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <gtest/gtest.h>

#include "support/scripted_engine.h"
#include "support/summary_book.h"

namespace octavo::app {
namespace {

constexpr int kPatience = 10'000;   // ms; only a failing test waits so long

using Kind = WorkItem::Kind;
using State = WorkItem::State;

class AssistantWork : public ::testing::Test {
protected:
    AssistantWork()
    {
        QObject::connect(m_assistant.get(), &Assistant::workChanged, m_assistant.get(), [this](const QList<WorkItem>& work) { m_work = work; });
        QObject::connect(m_assistant.get(), &Assistant::readProgress, m_assistant.get(), [this](const ReadProgress& progress) { m_read = progress; });
        m_assistant->start();
        settle();
    }

    void settle() { EXPECT_TRUE(QTest::qWaitFor([this] { return !m_assistant->busy(); }, kPatience)); }
    template <class Condition>
    void waitFor(Condition condition, int line = __builtin_LINE()) { EXPECT_TRUE(QTest::qWaitFor(condition, kPatience)) << "from line " << line; }

    QString bookFile(const char* name, qsizetype share = 10) const
    {
        const QString path = m_folder.filePath(QLatin1String(name));
        QFile file(path);
        EXPECT_TRUE(file.open(QIODevice::WriteOnly));
        file.write(test::summaryBookText().left(test::summaryBookText().size() / share) + name);   // the name makes each another
        return path;
    }

    // Books that are so short that nobody is asked first, being read, slowly, one after the other.
    void openSlowly(const QStringList& files)
    {
        m_script->chunkDelay = std::chrono::milliseconds(10);
        m_script->chunkTokens = 16;
        m_assistant->openPaths(files);
        waitFor([&] { return m_work.size() == files.size() && m_work[0].state == State::Running && m_read.readTokens > 0; });
    }

    QTemporaryDir m_folder;
    std::shared_ptr<test::EngineScript> m_script = std::make_shared<test::EngineScript>();
    std::unique_ptr<Assistant> m_assistant = std::make_unique<Assistant>(AssistantOptions{m_folder.filePath(QStringLiteral("data")), QStringLiteral("model.gguf"), 1},
                                                                         std::make_unique<test::ScriptedEngine>(m_script));
    QList<WorkItem> m_work;
    ReadProgress m_read;
};

TEST_F(AssistantWork, WhatIsOpenedAndReadIsListedUntilItsEnd)
{
    QSignalSpy ended(m_assistant.get(), &Assistant::workEnded);
    m_assistant->openPaths({bookFile("a.md")});
    EXPECT_TRUE(QTest::qWaitFor([&] { return ended.size() == 2 && m_work.isEmpty(); }, kPatience));
    const auto opened = ended[0][0].value<WorkItem>(), read = ended[1][0].value<WorkItem>();
    EXPECT_EQ(opened.kind, Kind::Opening);
    EXPECT_TRUE(opened.path.endsWith(QLatin1String("a.md")));
    EXPECT_EQ(read.kind, Kind::Reading);
    EXPECT_EQ(read.subject, 1);
    EXPECT_FALSE(read.stopped);
    EXPECT_GT(read.seconds, 0);
}

TEST_F(AssistantWork, PausedReadingKeepsWhatWasReadAndTheNextGoesOn)
{
    openSlowly({bookFile("a.md"), bookFile("b.md")});
    EXPECT_EQ(m_work[1].state, State::Waiting);
    const WorkId first = m_work[0].id;
    m_assistant->pauseWork(first);
    waitFor([&] { return m_work.size() == 2 && m_work[0].state == State::Paused && m_work[1].state == State::Running; });
    const qint64 kept = m_script->onDisk.begin()->second;
    m_script->chunkDelay = {};
    waitFor([&] { return m_work.size() == 1; });
    settle();
    EXPECT_EQ(m_work[0].id, first);
    EXPECT_FALSE(m_assistant->busy()) << "what is paused is no work";

    QSignalSpy finished(m_assistant.get(), &Assistant::readFinished);
    m_assistant->goOnWithWork(first);
    settle();
    ASSERT_EQ(finished.size(), 1);
    EXPECT_FALSE(finished[0][1].toBool());
    EXPECT_TRUE(m_work.isEmpty());
    EXPECT_GE(m_read.reusedTokens, kept > 0 ? 1 : 0) << "read again from its beginning";
    m_assistant->goOnWithWork(first);
    m_assistant->pauseWork(first);
    settle();
    EXPECT_EQ(finished.size(), 1) << "it is not there any more";
}

TEST_F(AssistantWork, StopEndsOneAloneAlsoWhileItWaits)
{
    openSlowly({bookFile("a.md"), bookFile("b.md"), bookFile("c.md")});
    QSignalSpy finished(m_assistant.get(), &Assistant::readFinished);
    m_assistant->stopWork(m_work[1].id);
    m_assistant->stopWork(m_work[0].id);
    waitFor([&] { return m_work.size() == 1 && m_work[0].subject == 3 && m_work[0].state == State::Running; });
    EXPECT_EQ(finished.size(), 2);
    m_assistant->pauseWork(m_work[0].id);
    settle();
    ASSERT_EQ(m_work.size(), 1);
    m_assistant->stopWork(m_work[0].id);
    waitFor([&] { return m_work.isEmpty(); });
}

TEST_F(AssistantWork, APausedReadingThatIsReadOtherwiseOrRemovedIsNotListedTwice)
{
    openSlowly({bookFile("a.md")});
    m_assistant->pauseWork(m_work[0].id);
    settle();
    m_script->chunkDelay = {};
    m_assistant->read(1);
    settle();
    EXPECT_TRUE(m_work.isEmpty());

    openSlowly({bookFile("b.md")});
    m_assistant->pauseWork(m_work[0].id);
    settle();
    m_assistant->removeDocument(2);
    settle();
    EXPECT_TRUE(m_work.isEmpty());
}

TEST_F(AssistantWork, APausedSummaryStopsWithItsReadingsAndGoesOnWithWhatIsMissing)
{
    m_assistant->openPaths({bookFile("a.md", 1)});
    settle();
    m_script->pieceDelay = std::chrono::milliseconds(20);
    QSignalSpy changed(m_assistant.get(), &Assistant::summaryChanged);
    QSignalSpy finished(m_assistant.get(), &Assistant::summaryFinished);
    m_assistant->summarize({1});
    waitFor([&] { return changed.size() >= 2 && m_work.size() == 1; });
    ASSERT_EQ(m_work[0].kind, Kind::Summary);
    EXPECT_EQ(m_work[0].state, State::Running);
    m_assistant->pauseWork(m_work[0].id);
    settle();
    ASSERT_EQ(m_work.size(), 1);
    EXPECT_EQ(m_work[0].state, State::Paused);
    ASSERT_FALSE(finished.isEmpty());
    EXPECT_FALSE(finished.last()[0].value<Summary>().isComplete());
    m_assistant->goOnWithWork(m_work[0].id);
    settle();
    EXPECT_TRUE(finished.last()[0].value<Summary>().isComplete());
    EXPECT_TRUE(m_work.isEmpty());
}

TEST_F(AssistantWork, AnAnswerIsListedAndCanBeStoppedButNotPaused)
{
    m_assistant->openPaths({bookFile("a.md")});
    settle();
    m_assistant->startSession({1});
    settle();
    m_script->pieceDelay = std::chrono::milliseconds(50);
    m_assistant->ask(1, QStringLiteral("Who?"));
    waitFor([&] { return m_work.size() == 1 && m_work[0].state == State::Running; });
    EXPECT_EQ(m_work[0].kind, Kind::Answer);
    EXPECT_EQ(m_work[0].subject, 1);
    m_assistant->pauseWork(m_work[0].id);
    EXPECT_NE(m_work[0].state, State::Paused);
    QSignalSpy ended(m_assistant.get(), &Assistant::workEnded);
    m_assistant->stopWork(m_work[0].id);
    settle();
    ASSERT_EQ(ended.size(), 1);
    EXPECT_TRUE(ended[0][0].value<WorkItem>().stopped);
}

} // namespace
} // namespace octavo::app
