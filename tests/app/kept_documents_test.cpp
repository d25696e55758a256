// SPDX-License-Identifier: Apache-2.0
// What is kept of documents on the disk, through the conversation service, with a tiny model: quota, pins, and what a person is told.
#include <QDir>
#include <QFile>
#include <QLocale>
#include <QTemporaryDir>
#include <gtest/gtest.h>

#include "assistant/conversation_service.h"
#include "assistant/local_engine.h"
#include "support/tiny_gguf.h"

namespace octavo::app {
namespace {

class KeptDocuments : public ::testing::Test {
protected:
    void SetUp() override
    {
        test::writeTinyLlama(folder.filePath(QStringLiteral("tiny.gguf")).toStdString());
        restart();
        for (const QString& name : {QStringLiteral("first.txt"), QStringLiteral("second.txt")}) {
            QFile file(folder.filePath(name));
            ASSERT_TRUE(file.open(QIODevice::WriteOnly));
            for (int n = 0; n < 300; ++n)
                file.write("Line " + QByteArray::number(n) + " of the " + name.toUtf8() + " about a whale.\n");
        }
        first = service->addDocument(folder.filePath(QStringLiteral("first.txt")), {})->id;
        second = service->addDocument(folder.filePath(QStringLiteral("second.txt")), {})->id;
    }

    void restart()
    {
        service.reset();
        engine.reset();
        library.reset();
        library = Library::open(dataDir()).value();
        engine = makeLocalEngine({{2}, ReadingPlan{{0, 64}, 4, 4, 64, {}}});
        service = std::make_unique<ConversationService>(*library, *engine, dataDir());
        ASSERT_TRUE(service->openModel(folder.filePath(QStringLiteral("tiny.gguf")), {}).ok());
    }

    QString dataDir() const { return folder.filePath(QStringLiteral("data")); }
    QStringList files() const { return QDir(dataDir() + QStringLiteral("/readings")).entryList(QDir::Files); }
    ReadResult read(DocumentId id) { return service->read(id, {}, {}).value(); }

    QTemporaryDir folder;
    std::unique_ptr<Library> library;
    std::unique_ptr<BookEngine> engine;
    std::unique_ptr<ConversationService> service;
    DocumentId first = 0, second = 0;
};

TEST_F(KeptDocuments, TheOneNotUsedForLongestMakesRoomForTheNext)
{
    const ReadResult result = read(first);
    EXPECT_TRUE(result.notice.isEmpty());
    ASSERT_EQ(files(), QStringList{result.facts.file});
    const qint64 one = service->readings().contents()->bytes;
    EXPECT_GT(one, 0);
    EXPECT_LT(one, service->estimate(first, {})->diskBytes * 3 / 2) << "the estimate is of the right size";
    ASSERT_TRUE(service->readings().setQuota(one * 3 / 2).ok());
    const auto session = service->startSession({first});
    ASSERT_TRUE(session.ok());

    restart(); // what is asked in this run is in use, and stays
    EXPECT_TRUE(read(second).notice.isEmpty());
    ASSERT_EQ(files().size(), 1);
    EXPECT_NE(files().first(), result.facts.file);
    EXPECT_EQ(service->summary(first)->readTokens, 0) << "it says that it has to be read again";
    EXPECT_EQ(service->summary(first)->state, DocumentSummary::State::New);
    EXPECT_TRUE(service->session(session->summary.id).ok()) << "sessions are never touched";
    EXPECT_GT(read(first).facts.readTokens, 0);
}

TEST_F(KeptDocuments, OfATextThatHasChangedAtItsEndOnlyTheEndIsReadAndThatIsTold)
{
    const qint64 before = read(first).facts.tokens;
    QFile file(folder.filePath(QStringLiteral("first.txt")));
    ASSERT_TRUE(file.open(QIODevice::Append) && file.write(QByteArray("And it ends otherwise now.\n").repeated(20)) > 0);
    file.close();
    EXPECT_TRUE(service->summary(first)->changed);
    for (const bool fromDisk : {false, true}) {
        if (fromDisk)
            restart();
        const auto again = service->addDocument(file.fileName(), {});
        ASSERT_TRUE(again.ok());
        EXPECT_NE(again->id, first);
        const ReadResult result = read(again->id);
        EXPECT_GT(result.facts.reusedTokens, before / 2);
        EXPECT_EQ(result.facts.reusedTokens + result.facts.readTokens, result.facts.tokens);
        EXPECT_TRUE(result.notice.contains(QLocale().toString(result.facts.reusedTokens))) << result.notice.toStdString();
        EXPECT_TRUE(read(again->id).notice.isEmpty()) << "told once";
        ASSERT_TRUE(*service->forgetReading(again->id));
    }
}

TEST_F(KeptDocuments, APinnedOneStaysAndTheNextIsReadButNotKept)
{
    const QString kept = read(first).facts.file;
    ASSERT_TRUE(service->setPinned(first, true).ok());
    ASSERT_TRUE(service->readings().setQuota(service->readings().contents()->bytes * 3 / 2).ok());
    restart();
    const ReadResult result = read(second);
    EXPECT_FALSE(result.notice.isEmpty());
    EXPECT_FALSE(result.stopped);
    EXPECT_EQ(files(), QStringList{kept});
    const auto session = service->startSession({second});
    EXPECT_TRUE(service->ask(session->summary.id, QStringLiteral("Who?"), {4}, {}, {}).ok());
    // Once there is room, it is kept.
    ASSERT_TRUE(service->setPinned(first, false).ok());
    restart();
    EXPECT_TRUE(read(second).notice.isEmpty());
    EXPECT_EQ(files().size(), 1);
    EXPECT_FALSE(files().contains(kept));
}

TEST_F(KeptDocuments, OneCanBeDeletedByItself)
{
    read(first);
    read(second);
    EXPECT_TRUE(*service->forgetReading(first));
    EXPECT_FALSE(*service->forgetReading(first));
    EXPECT_EQ(files().size(), 1);
    EXPECT_EQ(service->summary(first)->readTokens, 0);
    EXPECT_EQ(read(second).facts.readTokens, 0);
    EXPECT_GT(read(first).facts.readTokens, 0);
}

TEST_F(KeptDocuments, AReadIsAJobUntilItEnds)
{
    QList<DocumentId> during;
    ASSERT_TRUE(service->read(first, [&](const ReadProgress&) { during = *service->interruptedReads(); }, {}).ok());
    EXPECT_EQ(during, QList<DocumentId>{first});
    EXPECT_TRUE(service->interruptedReads()->isEmpty());
    std::stop_source stop;
    ASSERT_TRUE(service->read(second, [&](const ReadProgress&) { stop.request_stop(); }, stop.get_token()).ok());
    EXPECT_TRUE(service->interruptedReads()->isEmpty()) << "a stop is a person's wish";
}

TEST_F(KeptDocuments, WhatADamagedReadingCostsIsToldOnce)
{
    const QString kept = read(first).facts.file;
    const auto session = service->startSession({first});
    restart();
    QFile file(dataDir() + QStringLiteral("/readings/") + kept);
    ASSERT_TRUE(file.open(QIODevice::ReadWrite) && file.seek(file.size() / 3) && file.write("damage") == 6);
    file.close();
    QStringList told;
    AnswerEvents events;
    events.noticed = [&](const QString& sentence) { told.append(sentence); };
    ASSERT_TRUE(service->ask(session->summary.id, QStringLiteral("Who?"), {4}, events, {}).ok());
    ASSERT_TRUE(service->ask(session->summary.id, QStringLiteral("Where?"), {4}, events, {}).ok());
    ASSERT_EQ(told.size(), 1);
    EXPECT_TRUE(told.first().contains(kept));
}

} // namespace
} // namespace octavo::app
