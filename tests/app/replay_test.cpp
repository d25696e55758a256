// SPDX-License-Identifier: Apache-2.0
#include "assistant/replay.h"

#include <QTemporaryDir>
#include <gtest/gtest.h>

#include "assistant/local_engine.h"
#include "support/paths.h"
#include "support/sample_book.h"
#include "support/scripted_engine.h"

using namespace octavo::app;
using octavo::test::EngineScript;
using octavo::test::ScriptedEngine;

namespace {

class ReplayTest : public ::testing::Test {
protected:
    void SetUp() override
    {
        m_model = m_service.openModel(QStringLiteral("model.gguf"), {}).value();
        const DocumentId book = m_service.addDocument(octavo::test::writeSampleBook(m_dir.path()), {})->id;
        m_session = m_service.startSession({book})->summary.id;
        for (const char* question : {"Who gets the doubloon?", "And then?"})
            ASSERT_TRUE(m_service.ask(m_session, QString::fromUtf8(question), {99, 0.5F, 17}, {}, {}).ok());
    }

    QList<ReplayedAnswer> replayed() { return replay(m_service, *m_library, m_session, m_model, {}, {}).value(); }

    QTemporaryDir m_dir;
    std::shared_ptr<EngineScript> m_script = std::make_shared<EngineScript>();
    std::unique_ptr<Library> m_library = Library::open(m_dir.filePath(QStringLiteral("data"))).value();
    ScriptedEngine m_engine{m_script};
    ConversationService m_service{*m_library, m_engine, m_dir.filePath(QStringLiteral("data"))};
    EngineModel m_model;
    SessionId m_session = 0;
};

} // namespace

TEST_F(ReplayTest, QuestionsAreAskedAgainAsTheyWereAndComeOutTheSame)
{
    const QList<ReplayedAnswer> answers = replayed();
    ASSERT_EQ(answers.size(), 2);
    EXPECT_TRUE(answers[0].same && answers[1].same);
    EXPECT_EQ(answers[1].question, QStringLiteral("And then?"));
    const AskRequest& last = m_script->asked.back();
    EXPECT_EQ(last.maxTokens, 99);
    EXPECT_EQ(last.temperature, 0.5F);
    EXPECT_EQ(last.seed, 17U);
    EXPECT_EQ(last.turns.size(), 3U);
}

TEST_F(ReplayTest, AnotherAnswerAndOtherSourcesAreSeen)
{
    m_script->favourite = 9;
    EXPECT_FALSE(replayed()[0].same) << "the same words, from another place";
    m_script->favourite = 1;
    m_script->pieces = {QStringLiteral("Starbuck.")};
    const QList<ReplayedAnswer> answers = replayed();
    EXPECT_FALSE(answers[0].same || answers[1].same);
    EXPECT_EQ(answers[0].before, QStringLiteral("Ahab nails it."));
    EXPECT_EQ(answers[0].now, QStringLiteral("Starbuck."));
    EXPECT_FALSE(answers[1].why.isEmpty()) << "what was said before it is another";
}

TEST_F(ReplayTest, AnotherModelIsToldAndUnknownSettingsToo)
{
    m_model.answerHash = QStringLiteral("fedcba98");
    const auto other = replay(m_service, *m_library, m_session, m_model, {}, {});
    ASSERT_FALSE(other.ok());
    EXPECT_EQ(other.error().kind, Failure::Kind::Model);
    const SessionId old = *m_library->write([](Library& in) {
        const SessionId session = in.sessions().add(QStringLiteral("Old"), {1});
        Message message;
        message.at = QDateTime::currentDateTime();
        message.parent = in.messages().add(session, message);
        message.role = Message::Role::Assistant;
        in.messages().add(session, message);
        return session;
    });
    EXPECT_FALSE(settingsOf(*m_library, old)->has_value());
    const auto answers = replay(m_service, *m_library, old, m_model, {}, {});
    ASSERT_TRUE(answers.ok());
    EXPECT_FALSE(answers->first().same);
    EXPECT_FALSE(answers->first().why.isEmpty());
}

// With chance and all, on this machine.
TEST(DefaultModel, AnAnswerComesOutTheSameInAnotherRun)
{
    const QString model = QString::fromUtf8(octavo::test::kModelFile);
    if (!QFile::exists(model))
        GTEST_SKIP() << "no default model";
    QTemporaryDir dir;
    const auto library = Library::open(dir.path()).value();
    SessionId session = 0;
    QString text;
    const auto run = [&](const std::function<void(ConversationService&, const EngineModel&)>& work) {
        const auto engine = makeLocalEngine({});
        ConversationService service(*library, *engine, dir.path());
        const EngineModel opened = service.openModel(model, {}).value();
        work(service, opened);
    };
    run([&](ConversationService& service, const EngineModel&) {
        const DocumentId book = service.addDocument(octavo::test::writeSampleBook(dir.path()), {})->id;
        session = service.startSession({book})->summary.id;
        text = service.ask(session, QStringLiteral("Who nails the doubloon to the mast?"), {24, 0.9F, 1234567}, {}, {})->message.text;
        EXPECT_FALSE(text.isEmpty());
    });
    run([&](ConversationService& service, const EngineModel& opened) {
        const auto answers = replay(service, *library, session, opened, {}, {}).value();
        ASSERT_EQ(answers.size(), 1);
        EXPECT_TRUE(answers[0].same) << text.toStdString() << " | " << answers[0].now.toStdString();
    });
}

// Octavo's adapter changes what answers are made with, not the readings; and what was written with it is not looked at as if it were written without.
TEST(DefaultModel, AnswersWithOctavosAdapterOverTheSameReadings)
{
    const QString model = QString::fromUtf8(octavo::test::kModelFile);
    if (!QFile::exists(model))
        GTEST_SKIP() << "no default model";
    QTemporaryDir dir;
    const auto library = Library::open(dir.path()).value();
    const QString file = octavo::test::writeSampleBook(dir.path());
    SessionId session = 0;
    QString hash, answerHash;
    for (const bool withAdapter : {true, false}) {
        LocalEngineOptions options;
        options.ownAdapters = withAdapter;
        const auto engine = makeLocalEngine(options);
        ConversationService service(*library, *engine, dir.path());
        const EngineModel opened = service.openModel(model, {}).value();
        EXPECT_EQ(opened.adapters.size(), withAdapter ? 1 : 0);
        if (withAdapter) {
            hash = opened.hash;
            answerHash = opened.answerHash;
            EXPECT_NE(answerHash, hash);
            const DocumentId book = service.addDocument(file, {})->id;
            session = service.startSession({book})->summary.id;
            ASSERT_TRUE(service.ask(session, QStringLiteral("Who nails the doubloon to the mast?"), {8, 0, 1}, {}, {}).ok());
            continue;
        }
        EXPECT_EQ(opened.hash, hash);
        EXPECT_EQ(opened.answerHash, hash);
        const auto before = service.session(session).value();
        const auto read = service.read(before.summary.documents.first(), {}, {});
        ASSERT_TRUE(read.ok());
        EXPECT_EQ(read->facts.readTokens, 0) << "what was kept with the adapter is of use without";
        const auto verified = service.verify(before.messages.last().id, {}, {}, {});
        ASSERT_FALSE(verified.ok());
        EXPECT_EQ(verified.error().kind, Failure::Kind::Model);
        EXPECT_EQ(replay(service, *library, session, opened, {}, {}).error().kind, Failure::Kind::Model);
    }
}
