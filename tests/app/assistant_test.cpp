// SPDX-License-Identifier: Apache-2.0
#include "library/library.h"
#include "octavo/app/assistant.h"

#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <gtest/gtest.h>
#include <semaphore>

#include "support/sample_book.h"
#include "support/scripted_engine.h"

using namespace octavo::app;
using octavo::test::EngineScript;
using octavo::test::ScriptedEngine;

namespace {

constexpr int kPatience = 10000;   // ms; only a failing test waits so long

class AssistantTest : public ::testing::Test {
protected:
    void start()
    {
        m_assistant.reset();
        m_assistant = std::make_unique<Assistant>(AssistantOptions{dataDir(), QStringLiteral("model.gguf"), 1},
                                                  std::make_unique<ScriptedEngine>(m_script));
        m_log.clear();
        Assistant* a = m_assistant.get();
        const auto note = [this](const char* name) { return [this, name] { m_log.append(QString::fromLatin1(name)); }; };
        QObject::connect(a, &Assistant::modelReady, a, note("modelReady"));
        QObject::connect(a, &Assistant::libraryChanged, a, note("libraryChanged"));
        QObject::connect(a, &Assistant::sessionsChanged, a, note("sessionsChanged"));
        QObject::connect(a, &Assistant::noticed, a, note("noticed"));
        QObject::connect(a, &Assistant::readingsSpace, a, note("readingsSpace"));
        QObject::connect(a, &Assistant::documentAdded, a, note("documentAdded"));
        QObject::connect(a, &Assistant::documentOpened, a, note("documentOpened"));
        QObject::connect(a, &Assistant::estimated, a, note("estimated"));
        QObject::connect(a, &Assistant::readProgress, a, [this] {
            if (m_log.isEmpty() || m_log.last() != QStringLiteral("readProgress"))
                m_log.append(QStringLiteral("readProgress"));
        });
        QObject::connect(a, &Assistant::readFinished, a, note("readFinished"));
        QObject::connect(a, &Assistant::sessionOpened, a, note("sessionOpened"));
        QObject::connect(a, &Assistant::branchesReady, a, note("branchesReady"));
        QObject::connect(a, &Assistant::messageAdded, a, note("messageAdded"));
        QObject::connect(a, &Assistant::answerStarted, a, note("answerStarted"));
        QObject::connect(a, &Assistant::answerPiece, a, [this] {
            if (m_log.isEmpty() || m_log.last() != QStringLiteral("answerPiece"))
                m_log.append(QStringLiteral("answerPiece"));
        });
        QObject::connect(a, &Assistant::answerFinished, a, note("answerFinished"));
        QObject::connect(a, &Assistant::hopsReady, a, note("hopsReady"));
        QObject::connect(a, &Assistant::failed, a, note("failed"));
        a->start();
        settle();
    }

    // Waits until nothing runs; gives the signals since the last time, in order.
    QStringList settle()
    {
        EXPECT_TRUE(QTest::qWaitFor([this] { return !m_assistant->busy(); }, kPatience));
        return std::exchange(m_log, {});
    }

    DocumentId openBook()
    {
        QSignalSpy added(m_assistant.get(), &Assistant::documentAdded);
        m_assistant->openPaths({octavo::test::writeSampleBook(m_dir.path())});
        settle();
        return added.first().first().value<DocumentSummary>().id;
    }

    SessionId startSession(DocumentId book)
    {
        QSignalSpy opened(m_assistant.get(), &Assistant::sessionOpened);
        m_assistant->startSession({book});
        settle();
        return opened.first().first().value<Session>().summary.id;
    }

    QString dataDir() const { return m_dir.filePath(QStringLiteral("data")); }

    QTemporaryDir m_dir;
    std::shared_ptr<EngineScript> m_script = std::make_shared<EngineScript>();
    std::unique_ptr<Assistant> m_assistant;
    QStringList m_log;
};

QStringList names(const char* list)
{
    return QString::fromLatin1(list).split(QLatin1Char(' '));
}

} // namespace

TEST_F(AssistantTest, EachCallAnswersWithItsSignals)
{
    start();
    const QString path = octavo::test::writeSampleBook(m_dir.path());
    m_assistant->openPaths({path});
    EXPECT_EQ(settle(), names("documentAdded documentOpened estimated readProgress readFinished"));
    m_assistant->startSession({1});
    EXPECT_EQ(settle(), names("sessionOpened sessionsChanged"));
    m_assistant->ask(1, QStringLiteral("Who?"));
    EXPECT_EQ(settle(), names("messageAdded answerStarted answerPiece answerFinished sessionsChanged"));
    m_assistant->regenerate(1);
    EXPECT_EQ(settle(), names("answerStarted answerPiece answerFinished sessionsChanged"));
    m_assistant->editQuestion(1, 1, QStringLiteral("Who else?"));
    EXPECT_EQ(settle(), names("sessionOpened messageAdded answerStarted answerPiece answerFinished sessionsChanged"));
    m_assistant->showBranch(1, 2);
    EXPECT_EQ(settle(), names("sessionOpened"));
    m_assistant->openBranches(1);
    EXPECT_EQ(settle(), names("branchesReady"));
    m_assistant->openHops(2, 0, 0);
    EXPECT_EQ(settle(), names("hopsReady"));
    m_assistant->openDocument(1);
    EXPECT_EQ(settle(), names("documentOpened"));
    m_assistant->openSession(1);
    EXPECT_EQ(settle(), names("sessionOpened documentOpened"));
    m_assistant->renameSession(1, QStringLiteral("Whales"));
    EXPECT_EQ(settle(), names("sessionsChanged"));
    const QString archive = dataDir() + QStringLiteral("/all.octavo");
    m_assistant->exportSession(1, archive);
    m_assistant->exportLibrary(archive);
    m_assistant->checkLibrary();
    EXPECT_EQ(settle(), names("noticed noticed noticed"));
    m_assistant->measureReadings();
    m_assistant->setReadingsQuota(1 << 30);
    EXPECT_EQ(settle(), names("readingsSpace readingsSpace"));
    m_assistant->forgetReading(1);
    EXPECT_EQ(settle(), names("libraryChanged readingsSpace"));
    m_assistant->openPaths({archive});
    EXPECT_EQ(settle(), names("libraryChanged sessionsChanged noticed sessionOpened documentOpened"));
    m_assistant->trashSession(1);
    m_assistant->restoreSession(1);
    m_assistant->trashSession(1);
    m_assistant->eraseSessions({1});
    EXPECT_EQ(settle(), names("sessionsChanged sessionsChanged sessionsChanged sessionsChanged"));
    m_assistant->removeDocument(1);
    EXPECT_EQ(settle(), names("libraryChanged"));
    for (const auto& call : {std::function<void()>([&] { m_assistant->openDocument(99); }),
             std::function<void()>([&] { m_assistant->openSession(99); }), std::function<void()>([&] { m_assistant->read(99); }),
             std::function<void()>([&] { m_assistant->ask(99, QStringLiteral("?")); }),
             std::function<void()>([&] { m_assistant->editQuestion(99, 1, QStringLiteral("?")); }),
             std::function<void()>([&] { m_assistant->showBranch(1, 99); }),
             std::function<void()>([&] { m_assistant->openHops(99, 0, 0); }),
             std::function<void()>([&] { m_assistant->openPaths({QStringLiteral("/nope")}); })}) {
        call();
        EXPECT_EQ(settle(), names("failed"));
    }
}

TEST_F(AssistantTest, AReadThatACrashHasCutOffGoesOnAtTheNextStart)
{
    start();
    const DocumentId book = openBook();
    m_assistant.reset();
    m_script->onDisk.clear();
    const auto left = Library::open(dataDir()).value()->write([&](Library& in) { in.jobs().begin(JobRepository::Kind::Read, book); });
    ASSERT_TRUE(left.ok());
    const int before = m_script->reads;
    start();
    EXPECT_EQ(m_script->reads, before + 1);
    start();
    EXPECT_EQ(m_script->reads, before + 1) << "it has ended";
}

TEST_F(AssistantTest, RestartFindsLibrarySessionsAndAnswers)
{
    start();
    const SessionId session = startSession(openBook());
    m_assistant->ask(session, QStringLiteral("Who gets the doubloon?"));
    settle();

    m_assistant = std::make_unique<Assistant>(
        AssistantOptions{dataDir(), QStringLiteral("model.gguf"), 1}, std::make_unique<ScriptedEngine>(m_script));
    QSignalSpy library(m_assistant.get(), &Assistant::libraryChanged);
    QSignalSpy sessions(m_assistant.get(), &Assistant::sessionsChanged);
    QSignalSpy opened(m_assistant.get(), &Assistant::sessionOpened);
    m_assistant->start();
    m_assistant->openSession(session);
    settle();
    ASSERT_EQ(library.size(), 1);
    EXPECT_EQ(library.first().first().value<QList<DocumentSummary>>().first().state, DocumentSummary::State::Read);
    EXPECT_EQ(sessions.first().first().value<QList<SessionSummary>>().first().title, QStringLiteral("Who gets the doubloon?"));
    EXPECT_EQ(opened.first().first().value<Session>().messages.last().text, QStringLiteral("Ahab nails it."));
}

TEST_F(AssistantTest, StopEndsReadingAndKeepsIt)
{
    start();
    m_script->chunkDelay = std::chrono::milliseconds(20);
    QSignalSpy finished(m_assistant.get(), &Assistant::readFinished);
    QSignalSpy progress(m_assistant.get(), &Assistant::readProgress);
    m_assistant->openPaths({octavo::test::writeSampleBook(m_dir.path())});
    ASSERT_TRUE(progress.wait(kPatience));
    EXPECT_TRUE(m_assistant->busy());
    m_assistant->stop();
    settle();
    ASSERT_EQ(finished.size(), 1);
    EXPECT_TRUE(finished.first().at(1).toBool());
    EXPECT_EQ(finished.first().first().value<DocumentSummary>().state, DocumentSummary::State::PartlyRead);
    m_assistant->read(1);
    settle();
    EXPECT_FALSE(finished.last().at(1).toBool());   // and the next reading goes on
}

TEST_F(AssistantTest, StopEndsAnAnswerAndQuestionsThatWaitButNotARename)
{
    start();
    const SessionId session = startSession(openBook());
    m_script->pieceDelay = std::chrono::milliseconds(20);
    m_script->pieces = QStringList(1000, QStringLiteral("word "));
    QSignalSpy piece(m_assistant.get(), &Assistant::answerPiece);
    QSignalSpy finished(m_assistant.get(), &Assistant::answerFinished);
    QSignalSpy sessions(m_assistant.get(), &Assistant::sessionsChanged);
    m_assistant->ask(session, QStringLiteral("One?"));
    m_assistant->ask(session, QStringLiteral("Two?"));
    m_assistant->renameSession(session, QStringLiteral("Renamed"));
    ASSERT_TRUE(piece.wait(kPatience));
    m_assistant->stop();
    settle();
    ASSERT_EQ(finished.size(), 2);
    for (const auto& signal : finished)
        EXPECT_EQ(signal.at(1).value<Message>().state, Message::State::Stopped);
    EXPECT_FALSE(finished.first().at(1).value<Message>().text.isEmpty());
    EXPECT_EQ(sessions.last().first().value<QList<SessionSummary>>().first().title, QStringLiteral("Renamed"));
}

class AssistantWhileReading : public AssistantTest {
protected:
    // Leaves a session about a short text, and a book of which the first chunk has been read.
    void SetUp() override
    {
        start();
        m_short = open(QStringLiteral("short.md"), "# Short\n\nA short text.\n");
        m_ofShort = startSession(m_short);
        m_script->chunkDelay = std::chrono::milliseconds(20);
        m_script->chunkTokens = 32;
        QSignalSpy progress(m_assistant.get(), &Assistant::readProgress);
        QSignalSpy added(m_assistant.get(), &Assistant::documentAdded);
        m_assistant->openPaths({write(QStringLiteral("book.md"), octavo::test::sampleBookText())});
        ASSERT_TRUE(progress.wait(kPatience));
        m_book = added.first().first().value<DocumentSummary>().id;
        m_log.clear();
    }

    QString write(const QString& name, const QByteArray& text)
    {
        QFile file(m_dir.filePath(name));
        EXPECT_TRUE(file.open(QIODevice::WriteOnly) && file.write(text) == text.size());
        return file.fileName();
    }

    DocumentId open(const QString& name, const QByteArray& text)
    {
        QSignalSpy added(m_assistant.get(), &Assistant::documentAdded);
        m_assistant->openPaths({write(name, text)});
        settle();
        return added.first().first().value<DocumentSummary>().id;
    }

    // Answers begin when m_held is released.
    void holdAnswers()
    {
        m_script->onAsk = [this] { m_held.acquire(); };
    }

    std::counting_semaphore<> m_held{0};
    DocumentId m_short = 0;
    SessionId m_ofShort = 0;
    DocumentId m_book = 0;
};

TEST_F(AssistantWhileReading, AQuestionIsAnsweredBeforeReadingEndsAndReadingEndsComplete)
{
    QSignalSpy finished(m_assistant.get(), &Assistant::answerFinished);
    QSignalSpy read(m_assistant.get(), &Assistant::readFinished);
    QSignalSpy opened(m_assistant.get(), &Assistant::sessionOpened);
    m_assistant->startSession({m_book});
    ASSERT_TRUE(opened.wait(kPatience));
    m_assistant->ask(opened.first().first().value<Session>().summary.id, QStringLiteral("Who?"));
    ASSERT_TRUE(finished.wait(kPatience));
    EXPECT_TRUE(read.isEmpty());
    const Message answer = finished.first().at(1).value<Message>();
    EXPECT_EQ(answer.state, Message::State::Complete);
    EXPECT_TRUE(answer.note.contains(QStringLiteral("read so far"))) << answer.note.toStdString();
    EXPECT_FALSE(answer.sources.isEmpty());
    settle();
    ASSERT_EQ(read.size(), 1);
    EXPECT_FALSE(read.first().at(1).toBool());
    const auto document = read.first().first().value<DocumentSummary>();
    EXPECT_EQ(document.state, DocumentSummary::State::Read);
    EXPECT_EQ(document.readTokens, document.tokens);
}

TEST_F(AssistantWhileReading, AStopEndsTheAnswerFirstAndReadingNext)
{
    QSignalSpy finished(m_assistant.get(), &Assistant::answerFinished);
    QSignalSpy read(m_assistant.get(), &Assistant::readFinished);
    QSignalSpy started(m_assistant.get(), &Assistant::answerStarted);
    QSignalSpy progress(m_assistant.get(), &Assistant::readProgress);
    holdAnswers();
    m_assistant->ask(m_ofShort, QStringLiteral("One?"));
    m_assistant->ask(m_ofShort, QStringLiteral("Two?"));
    ASSERT_TRUE(started.wait(kPatience));
    m_assistant->stop();
    m_held.release(2);
    ASSERT_TRUE(QTest::qWaitFor([&] { return finished.size() == 2; }, kPatience));
    for (const auto& signal : finished)
        EXPECT_EQ(signal.at(1).value<Message>().state, Message::State::Stopped);
    progress.clear();
    ASSERT_TRUE(progress.wait(kPatience));   // reading goes on
    EXPECT_TRUE(read.isEmpty());
    m_assistant->stop();
    settle();
    ASSERT_EQ(read.size(), 1);
    EXPECT_TRUE(read.first().at(1).toBool());
}

TEST_F(AssistantWhileReading, StopReadingLeavesTheAnswer)
{
    QSignalSpy finished(m_assistant.get(), &Assistant::answerFinished);
    QSignalSpy read(m_assistant.get(), &Assistant::readFinished);
    QSignalSpy started(m_assistant.get(), &Assistant::answerStarted);
    holdAnswers();
    m_assistant->ask(m_ofShort, QStringLiteral("One?"));
    ASSERT_TRUE(started.wait(kPatience));
    m_assistant->stopReading();
    m_held.release(2);
    settle();
    ASSERT_EQ(finished.size(), 1);
    EXPECT_EQ(finished.first().at(1).value<Message>().state, Message::State::Complete);
    ASSERT_EQ(read.size(), 1);
    EXPECT_TRUE(read.first().at(1).toBool());
}

TEST_F(AssistantWhileReading, OtherDocumentsWaitTheirTurnButOpenAtOnce)
{
    QSignalSpy read(m_assistant.get(), &Assistant::readFinished);
    QSignalSpy opened(m_assistant.get(), &Assistant::documentOpened);
    m_assistant->openPaths({write(QStringLiteral("second.md"), "# Second\n\nAnother text.\n")});
    ASSERT_TRUE(opened.wait(kPatience));
    EXPECT_TRUE(read.isEmpty());
    settle();
    ASSERT_EQ(read.size(), 2);
    EXPECT_EQ(read.first().first().value<DocumentSummary>().id, m_book);
    for (const auto& signal : read)
        EXPECT_FALSE(signal.at(1).toBool());
}

TEST_F(AssistantWhileReading, DocumentsBeingReadOrWaitingForItCanBeRemoved)
{
    QSignalSpy added(m_assistant.get(), &Assistant::documentAdded);
    QSignalSpy estimated(m_assistant.get(), &Assistant::estimated);
    QSignalSpy read(m_assistant.get(), &Assistant::readFinished);
    QSignalSpy library(m_assistant.get(), &Assistant::libraryChanged);
    m_assistant->openPaths({write(QStringLiteral("second.md"), "# Second\n\nAnother.\n"), write(QStringLiteral("third.md"), "# Third\n\nOne more.\n")});
    ASSERT_TRUE(QTest::qWaitFor([&] { return estimated.size() == 2; }, kPatience));
    const DocumentId second = added.first().first().value<DocumentSummary>().id;
    const DocumentId third = added.last().first().value<DocumentSummary>().id;
    m_assistant->startSession({second});        // which keeps its text
    m_assistant->removeDocument(second);
    ASSERT_TRUE(library.wait(kPatience));
    EXPECT_TRUE(read.isEmpty());
    m_assistant->removeDocument(m_book);
    EXPECT_FALSE(settle().contains(QStringLiteral("failed")));
    ASSERT_EQ(read.size(), 2);                  // not the second
    EXPECT_EQ(read.first().first().value<DocumentSummary>().id, m_book);
    EXPECT_TRUE(read.first().at(1).toBool());
    EXPECT_EQ(read.last().first().value<DocumentSummary>().id, third);
    EXPECT_FALSE(read.last().at(1).toBool());
    QList<DocumentId> left;
    for (const DocumentSummary& document : library.last().first().value<QList<DocumentSummary>>())
        left.append(document.id);
    EXPECT_EQ(left, (QList<DocumentId>{third, m_short}));
    EXPECT_EQ(m_script->forgotten, (std::vector<qint64>{second, m_book}));
}

TEST_F(AssistantWhileReading, ADocumentIsRemovedWhileAnAnswerReadsIt)
{
    m_assistant->stop();
    settle();
    m_assistant = std::make_unique<Assistant>(AssistantOptions{dataDir(), QStringLiteral("model.gguf"), 1},
                                              std::make_unique<ScriptedEngine>(m_script));
    m_assistant->start();
    QSignalSpy opened(m_assistant.get(), &Assistant::sessionOpened);
    QSignalSpy progress(m_assistant.get(), &Assistant::readProgress);
    QSignalSpy finished(m_assistant.get(), &Assistant::answerFinished);
    m_assistant->startSession({m_book});
    ASSERT_TRUE(opened.wait(kPatience));
    m_assistant->ask(opened.first().first().value<Session>().summary.id, QStringLiteral("Who?"));
    ASSERT_TRUE(progress.wait(kPatience));
    m_assistant->removeDocument(m_book);
    settle();
    ASSERT_EQ(finished.size(), 1);
    EXPECT_EQ(finished.first().at(1).value<Message>().state, Message::State::Stopped);
    EXPECT_EQ(m_script->forgotten, std::vector<qint64>{m_book});
}

TEST_F(AssistantWhileReading, DestructionEndsItAndKeepsWhatWasRead)
{
    m_assistant->ask(m_ofShort, QStringLiteral("Kept?"));
    start();
    QSignalSpy library(m_assistant.get(), &Assistant::libraryChanged);
    QSignalSpy opened(m_assistant.get(), &Assistant::sessionOpened);
    m_assistant->openSession(m_ofShort);
    m_assistant->removeDocument(m_short);   // for the list
    settle();
    EXPECT_EQ(opened.first().first().value<Session>().messages.first().text, QStringLiteral("Kept?"));
    EXPECT_EQ(library.last().first().value<QList<DocumentSummary>>().first().state, DocumentSummary::State::PartlyRead);
}

TEST_F(AssistantTest, DestructionStopsAndKeepsWhatWasWritten)
{
    start();
    const SessionId session = startSession(openBook());
    m_script->pieceDelay = std::chrono::milliseconds(20);
    m_script->pieces = QStringList(1000, QStringLiteral("word "));
    QSignalSpy piece(m_assistant.get(), &Assistant::answerPiece);
    m_assistant->ask(session, QStringLiteral("One?"));
    ASSERT_TRUE(piece.wait(kPatience));
    start();
    QSignalSpy opened(m_assistant.get(), &Assistant::sessionOpened);
    m_assistant->openSession(session);
    settle();
    const Message answer = opened.first().first().value<Session>().messages.last();
    EXPECT_EQ(answer.state, Message::State::Stopped);
    EXPECT_TRUE(answer.text.startsWith(QStringLiteral("word ")));
}

TEST_F(AssistantTest, EngineFailureIsTheAnswersStateNotAFailedCall)
{
    start();
    const SessionId session = startSession(openBook());
    m_script->askFailure = Failure{Failure::Kind::ContextFull, QStringLiteral("No room.")};
    QSignalSpy finished(m_assistant.get(), &Assistant::answerFinished);
    m_assistant->ask(session, QStringLiteral("Who?"));
    EXPECT_EQ(settle(), names("messageAdded answerStarted answerPiece answerFinished sessionsChanged"));
    EXPECT_EQ(finished.first().at(1).value<Message>().state, Message::State::Failed);
    EXPECT_EQ(finished.first().at(1).value<Message>().note, QStringLiteral("No room."));
}

TEST_F(AssistantTest, SearchNarrowsTheListUntilItIsCleared)
{
    start();
    const DocumentId book = openBook();
    m_assistant->ask(startSession(book), QStringLiteral("Who gets the doubloon?"));
    const SessionId other = startSession(book);
    QSignalSpy sessions(m_assistant.get(), &Assistant::sessionsChanged);
    const auto shown = [&] { return sessions.last().first().value<QList<SessionSummary>>().size(); };
    m_assistant->searchSessions(QStringLiteral("doubloon"));
    settle();
    EXPECT_EQ(shown(), 1);
    m_assistant->renameSession(other, QStringLiteral("Other"));   // does not bring the others back
    settle();
    EXPECT_EQ(shown(), 1);
    m_assistant->searchSessions({});
    settle();
    EXPECT_EQ(shown(), 2);
    m_assistant->trashSession(other);
    settle();
    EXPECT_EQ(shown(), 1);
    m_assistant->restoreSession(other);
    settle();
    EXPECT_EQ(shown(), 2);
}

TEST_F(AssistantTest, UnusableModelOrLibraryIsToldByEveryCall)
{
    m_script->openFailure = Failure{Failure::Kind::Model, QStringLiteral("model.gguf is not a model.")};
    start();
    m_assistant->openPaths({octavo::test::writeSampleBook(m_dir.path())});
    EXPECT_EQ(settle(), names("documentAdded documentOpened failed"));

    ASSERT_TRUE(QDir().mkpath(m_dir.filePath(QStringLiteral("bad/library.db"))));
    Assistant broken(AssistantOptions{m_dir.filePath(QStringLiteral("bad")), {}, 1}, std::make_unique<ScriptedEngine>(m_script));
    QSignalSpy failed(&broken, &Assistant::failed);
    broken.start();
    broken.startSession({1});
    EXPECT_TRUE(QTest::qWaitFor([&] { return !broken.busy(); }, kPatience));
    ASSERT_EQ(failed.size(), 2);
    EXPECT_EQ(failed.first().first().value<Failure>().kind, Failure::Kind::Library);
}
