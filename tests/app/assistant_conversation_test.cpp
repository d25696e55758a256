// SPDX-License-Identifier: Apache-2.0
#include "assistant/conversation_service.h"

#include <QTemporaryDir>
#include <gtest/gtest.h>

#include "documents/token_map.h"
#include "library/query.h"
#include "support/sample_book.h"
#include "support/scripted_engine.h"

using namespace octavo::app;
using octavo::test::EngineScript;
using octavo::test::ScriptedEngine;

namespace {

// One run of the program: its engine forgets at the end, its library and the script's disk stay.
struct ProgramRun {
    ProgramRun(const QString& dataDir, const std::shared_ptr<EngineScript>& script)
        : library(Library::open(dataDir).value()), engine(script), service(*library, engine, dataDir)
    {
        (void)service.openModel(QStringLiteral("model.gguf"), {});
    }

    std::unique_ptr<Library> library;
    ScriptedEngine engine;
    ConversationService service;
};

class ConversationTest : public ::testing::Test {
protected:
    void restart() { m_run = std::make_unique<ProgramRun>(dataDir(), m_script); }
    QString dataDir() const { return m_dir.filePath(QStringLiteral("data")); }
    ConversationService& service() { return m_run->service; }
    DocumentId addBook() { return service().addDocument(octavo::test::writeSampleBook(m_dir.path()), {})->id; }
    SessionId startSession(DocumentId book) { return service().startSession({book})->summary.id; }
    Answer ask(
        SessionId session, const char* question = "Who gets the doubloon?", const AnswerEvents& events = {}, std::stop_token stop = {})
    {
        return service().ask(session, QString::fromUtf8(question), {}, events, std::move(stop)).value();
    }

    QTemporaryDir m_dir;
    std::shared_ptr<EngineScript> m_script = std::make_shared<EngineScript>();
    std::unique_ptr<ProgramRun> m_run = std::make_unique<ProgramRun>(dataDir(), m_script);
};

} // namespace

TEST_F(ConversationTest, EstimateTellsTokensMemoryAndTheMeasuredTime)
{
    const DocumentId book = addBook();
    const ReadEstimate before = *service().estimate(book, {});
    EXPECT_GT(before.tokens, 1000);
    EXPECT_EQ(before.memoryBytes, 100 * before.tokens);
    EXPECT_EQ(before.diskBytes, before.memoryBytes);
    EXPECT_EQ(before.plan.reason, QStringLiteral("So says the script."));
    EXPECT_EQ(before.seconds, 0);
    ASSERT_TRUE(service().read(book, {}, {}));
    EXPECT_EQ(service().estimate(book, {})->seconds, 0);   // nothing left to read
    const DocumentId other
        = service().addDocument(octavo::test::writeSampleBook(m_dir.path(), "Another text. " + octavo::test::sampleBookText()), {})->id;
    const ReadEstimate measured = *service().estimate(other, {});
    EXPECT_NEAR(measured.seconds, static_cast<double>(measured.tokens) / 1000, 0.01);
}

TEST_F(ConversationTest, ReadingReportsProgressAndIsRemembered)
{
    const DocumentId book = addBook();
    QList<ReadProgress> steps;
    const ReadResult result = *service().read(book, [&](const ReadProgress& step) { steps.append(step); }, {});
    EXPECT_FALSE(result.stopped);
    EXPECT_EQ(result.document.state, DocumentSummary::State::Read);
    ASSERT_GT(steps.size(), 2);
    EXPECT_GT(steps.first().secondsLeft, 0);
    EXPECT_EQ(steps.last().readTokens, steps.last().tokens);
    restart();
    EXPECT_EQ(service().documents()->first().state, DocumentSummary::State::Read);
    const ReadResult again = *service().read(book, {}, {});
    EXPECT_EQ(again.facts.readTokens, 0);
    EXPECT_EQ(again.facts.reusedTokens, again.facts.tokens);
}

TEST_F(ConversationTest, AnswerHasSourcesHopsTimingsAndIsThereAfterARestart)
{
    const DocumentId book = addBook();
    ASSERT_TRUE(service().read(book, {}, {}));
    const SessionId session = startSession(book);
    m_script->favourite = 7;
    const Answer answer = ask(session);
    EXPECT_EQ(answer.message.state, Message::State::Complete);
    EXPECT_EQ(answer.message.text, QStringLiteral("Ahab nails it."));
    EXPECT_TRUE(answer.message.note.isEmpty());
    EXPECT_EQ(answer.timings.readTokens, 0);
    EXPECT_GT(answer.timings.reusedTokens, 0);
    ASSERT_GE(answer.message.sources.size(), 1);
    const Source& first = answer.message.sources.first();
    EXPECT_NEAR(first.weight, 0.5 / 0.8, 0.05);
    EXPECT_EQ(first.document, book);
    EXPECT_GT(first.line, 1);
    const QByteArray text = octavo::test::sampleBookText();
    EXPECT_EQ(first.text, QString::fromUtf8(text.mid(first.bytes.begin, first.bytes.size())).trimmed());
    EXPECT_EQ(first.line, 1 + text.left(first.bytes.begin).count('\n'));
    for (qsizetype at = 1; at < answer.message.sources.size(); ++at)
        EXPECT_GE(answer.message.sources[at - 1].weight, answer.message.sources[at].weight);

    restart();
    const Session found = *service().session(session);
    EXPECT_EQ(found.summary.title, QStringLiteral("Who gets the doubloon?"));
    ASSERT_EQ(found.messages.size(), 2);
    EXPECT_EQ(found.messages[1].text, answer.message.text);
    EXPECT_TRUE(found.messages[1].hasHops);
    ASSERT_EQ(found.messages[1].sources.size(), answer.message.sources.size());
    EXPECT_EQ(found.messages[1].sources[0].text, first.text);
    const HopView view = *service().hops(found.messages[1].id, 0, 0);
    EXPECT_EQ(view.answerTokens, (QStringList{QStringLiteral("Ahab "), QStringLiteral("nails "), QStringLiteral("it.")}));
    EXPECT_NEAR(view.outsideShare, 0.2, 1e-6);
}

TEST_F(ConversationTest, QuestionIsStoredBeforeTheEngineStartsAndPiecesWhileItStreams)
{
    const DocumentId book = addBook();
    const SessionId session = startSession(book);
    // What another program, or this one after a crash, would find in the library.
    const auto branchOnDisk
        = [&] { return *Library::open(dataDir()).value()->read([&](Library& in) { return in.messages().branch(session); }); };
    QList<Message> atAsk;
    QList<Message> atFirstPiece;
    m_script->onAsk = [&] { atAsk = branchOnDisk(); };
    m_script->onPiece = [&](int piece) {
        if (piece == 0)
            atFirstPiece = branchOnDisk();
    };
    ask(session, "Saved?");
    ASSERT_EQ(atAsk.size(), 2);
    EXPECT_EQ(atAsk[0].text, QStringLiteral("Saved?"));
    ASSERT_EQ(atFirstPiece.size(), 2);
    EXPECT_EQ(atFirstPiece[1].text, QStringLiteral("Ahab "));
    EXPECT_EQ(atFirstPiece[1].state, Message::State::Stopped);   // so it would load, had the program ended there
    EXPECT_FALSE(atFirstPiece[1].note.isEmpty());
}

TEST_F(ConversationTest, DocumentNotReadYetIsReadFirstAndFoundOnDiskAfterARestart)
{
    const SessionId session = startSession(addBook());
    QList<ReadProgress> steps;
    int finished = 0;
    AnswerEvents events;
    events.readProgress = [&](const ReadProgress& step) { steps.append(step); };
    events.readFinished = [&](const DocumentSummary&, bool) { ++finished; };
    const Answer first = ask(session, "One?", events);
    EXPECT_GT(first.timings.readTokens, 0);
    EXPECT_FALSE(steps.isEmpty());
    EXPECT_EQ(finished, 1);
    EXPECT_EQ(ask(session, "Two?", events).timings.readTokens, 0);
    EXPECT_EQ(finished, 1);
    restart();
    const Answer later = ask(session, "Three?", events);
    EXPECT_EQ(later.timings.readTokens, 0);
    EXPECT_EQ(later.timings.reusedTokens, first.timings.readTokens);
    EXPECT_EQ(finished, 2);
    m_script->onDisk.clear();   // the engine had to free it, and the disk was cleared
    EXPECT_EQ(ask(session, "Four?", events).timings.readTokens, first.timings.readTokens);
    EXPECT_EQ(finished, 3);
}

TEST_F(ConversationTest, StoppedReadingIsAskedAsFarAsItWent)
{
    const DocumentId book = addBook();
    std::stop_source stop;
    const ReadResult read = *service().read(book, [&](const ReadProgress& step) {
        if (step.readTokens > step.tokens / 2)
            stop.request_stop();
    }, stop.get_token());
    EXPECT_TRUE(read.stopped);
    EXPECT_EQ(read.document.state, DocumentSummary::State::PartlyRead);
    const Answer answer = ask(startSession(book));
    EXPECT_EQ(answer.message.state, Message::State::Complete);
    EXPECT_TRUE(answer.message.note.contains(QStringLiteral("5"))) << answer.message.note.toStdString();
    EXPECT_TRUE(answer.message.note.contains(QStringLiteral("%")));
    EXPECT_EQ(m_script->reads, 1);
    ASSERT_TRUE(service().read(book, {}, {}));
    EXPECT_TRUE(ask(startSession(book)).message.note.isEmpty());
}

TEST_F(ConversationTest, QuestionThatInterruptsReadingIsAnsweredFromWhatWasReadSoFar)
{
    const DocumentId book = addBook();
    const DocumentId other = service().addDocument(octavo::test::writeSampleBook(m_dir.path(), "# Other\n\nA short text.\n"), {})->id;
    const SessionId session = startSession(book);
    std::vector<Answer> answers;
    Answer ofOther;
    const auto interrupt = [&](const ReadProgress& step) {
        if (step.document != book || (step.readTokens != step.tokens && answers.size() > 1))
            return;
        answers.push_back(ask(session));
        if (answers.size() == 1)
            ofOther = ask(startSession(other));   // has to be read first, in the midst of the other
    };
    const ReadResult read = *service().read(book, interrupt, {});
    EXPECT_FALSE(read.stopped);
    EXPECT_EQ(read.document.state, DocumentSummary::State::Read);
    EXPECT_EQ(m_script->reads, 2);   // each once
    ASSERT_EQ(answers.size(), 3u);
    for (const Answer& answer : answers) {
        EXPECT_EQ(answer.message.state, Message::State::Complete) << answer.message.note.toStdString();
        EXPECT_EQ(answer.timings.readTokens, 0);
        EXPECT_GT(answer.timings.reusedTokens, 0);
    }
    EXPECT_LT(answers[0].timings.reusedTokens, answers[1].timings.reusedTokens);
    EXPECT_TRUE(answers[0].message.note.contains(QStringLiteral("read so far"))) << answers[0].message.note.toStdString();
    EXPECT_EQ(service().session(session)->messages[1].note, answers[0].message.note);
    EXPECT_TRUE(answers[2].message.note.isEmpty());   // at its end all of it had been read
    EXPECT_EQ(ofOther.message.state, Message::State::Complete);
    EXPECT_TRUE(ofOther.message.note.isEmpty());
    EXPECT_EQ(service().summary(other)->state, DocumentSummary::State::Read);
}

TEST_F(ConversationTest, ReadingThatFailsMidwayIsTriedAgainByTheNextQuestion)
{
    const DocumentId book = addBook();
    m_script->failsAfterReading = Failure{Failure::Kind::OutOfMemory, QStringLiteral("Out of memory.")};
    EXPECT_FALSE(service().read(book, {}, {}).ok());
    m_script->failsAfterReading.reset();
    const Answer answer = ask(startSession(book));
    EXPECT_TRUE(answer.message.note.isEmpty()) << answer.message.note.toStdString();
    EXPECT_EQ(m_script->reads, 2);
}

TEST_F(ConversationTest, StopEndsEachPhaseAndKeepsWhatWasDone)
{
    const SessionId session = startSession(addBook());
    std::stop_source before;
    before.request_stop();
    const Answer never = ask(session, "Never begun?", {}, before.get_token());
    EXPECT_EQ(never.message.state, Message::State::Stopped);
    EXPECT_FALSE(never.message.note.isEmpty());

    std::stop_source reading;
    AnswerEvents events;
    events.readProgress = [&](const ReadProgress&) { reading.request_stop(); };
    const Answer unread = ask(session, "Stopped while reading?", events, reading.get_token());
    EXPECT_EQ(unread.message.state, Message::State::Stopped);
    EXPECT_TRUE(unread.message.note.contains(QStringLiteral("%"))) << unread.message.note.toStdString();

    std::stop_source writing;
    events = {};
    events.piece = [&](const QString&) { writing.request_stop(); };
    const Answer half = ask(session, "Stopped while writing?", events, writing.get_token());
    EXPECT_EQ(half.message.state, Message::State::Stopped);
    EXPECT_EQ(half.message.text, QStringLiteral("Ahab "));
    EXPECT_TRUE(half.message.hasHops);

    const Session stored = *service().session(session);
    ASSERT_EQ(stored.messages.size(), 6);
    EXPECT_EQ(stored.messages[5].text, QStringLiteral("Ahab "));
    EXPECT_EQ(ask(session, "And on?").message.state, Message::State::Complete);
}

TEST_F(ConversationTest, EngineFailuresEndInAMessageThatSaysWhy)
{
    struct Row {
        const char* name;
        std::optional<Failure> EngineScript::*phase;
        Failure failure;
        const char* text;      // what was streamed until then stays
    };
    const Row rows[] = {
        {"reading", &EngineScript::readFailure, {Failure::Kind::OutOfMemory, QStringLiteral("Out of memory.")}, ""},
        {"answering", &EngineScript::askFailure, {Failure::Kind::Engine, QStringLiteral("It broke.")}, "Ahab nails it."},
        {"context full", &EngineScript::askFailure, {Failure::Kind::ContextFull, QStringLiteral("No room.")}, "Ahab nails it."},
    };
    const DocumentId book = addBook();
    for (const Row& row : rows) {
        SCOPED_TRACE(row.name);
        const SessionId session = startSession(book);
        (*m_script).*row.phase = row.failure;
        const Answer answer = ask(session);
        (*m_script).*row.phase = std::nullopt;
        EXPECT_EQ(answer.message.state, Message::State::Failed);
        EXPECT_EQ(answer.message.note, row.failure.sentence);
        EXPECT_EQ(answer.message.text, QString::fromUtf8(row.text));
        EXPECT_EQ(service().session(session)->messages.last().note, row.failure.sentence);
        EXPECT_EQ(ask(session).message.state, Message::State::Complete);   // the next question works
    }
}

TEST_F(ConversationTest, AnswerThatFillsTheContextSaysSo)
{
    m_script->full = true;
    const Answer answer = ask(startSession(addBook()));
    EXPECT_EQ(answer.message.state, Message::State::Complete);
    EXPECT_FALSE(answer.message.note.isEmpty());
}

TEST_F(ConversationTest, EarlierTurnsOfTheBranchAreAskedAlong)
{
    const SessionId session = startSession(addBook());
    ask(session, "One?");
    m_script->readFailure.reset();
    m_script->askFailure = Failure{Failure::Kind::Engine, QStringLiteral("x")};
    ask(session, "Failed?");
    m_script->askFailure.reset();
    ask(session, "Two?");
    const std::vector<Turn>& turns = m_script->asked.back().turns;
    ASSERT_EQ(turns.size(), 3u);
    EXPECT_EQ(turns[0].text, QStringLiteral("One?"));
    EXPECT_FALSE(turns[1].user);
    EXPECT_EQ(turns[1].text, QStringLiteral("Ahab nails it."));
    EXPECT_EQ(turns[2].text, QStringLiteral("Two?"));
}

TEST_F(ConversationTest, RegeneratedAnswerIsABranchOfItsOwn)
{
    const SessionId session = startSession(addBook());
    const Answer first = ask(session);
    m_script->pieces = {QStringLiteral("Another.")};
    const Answer second = service().regenerate(session, {}, {}, {}).value();
    EXPECT_EQ(second.message.parent, first.message.parent);
    EXPECT_GT(m_script->asked.back().temperature, 0);
    EXPECT_EQ(m_script->asked.back().turns.size(), 1u);
    const Session shown = *service().session(session);
    ASSERT_EQ(shown.messages.size(), 2);
    EXPECT_EQ(shown.messages[1].id, second.message.id);
    EXPECT_FALSE(service().regenerate(startSession(shown.summary.documents.first()), {}, {}, {}).ok());   // nothing asked yet
}

TEST_F(ConversationTest, ChangedFileIsANewDocumentAndOldSessionsKeepTheirs)
{
    const DocumentId old = addBook();
    const SessionId session = startSession(old);
    EXPECT_EQ(addBook(), old);
    const DocumentId changed = service().addDocument(octavo::test::writeSampleBook(m_dir.path(), "# New\n\nAll is new.\n"), {})->id;
    EXPECT_NE(changed, old);
    EXPECT_EQ(service().session(session)->summary.documents, QList<DocumentId>{old});
    EXPECT_EQ((*service().document(old))->text, octavo::test::sampleBookText());
}

TEST_F(ConversationTest, RemovedDocumentStillAnswersInItsSession)
{
    const DocumentId book = addBook();
    const SessionId session = startSession(book);
    ask(session);
    ASSERT_TRUE(service().removeDocument(book));
    EXPECT_EQ(m_script->forgotten, std::vector<qint64>{book});
    EXPECT_TRUE(service().documents()->isEmpty());
    EXPECT_EQ(ask(session).message.state, Message::State::Complete);
}

TEST_F(ConversationTest, AQuestionInOtherWordsIsABranchBesideTheOldOne)
{
    const SessionId session = startSession(addBook());
    const MessageId first = ask(session, "Who?").message.parent;
    ask(session, "And why?");
    ASSERT_EQ(service().session(session)->messages.size(), 4);
    EXPECT_TRUE(service().session(session)->messages[0].versions.isEmpty());
    const QString title = service().session(session)->summary.title;

    ASSERT_EQ(service().beginInsteadOf(session, first)->messages.size(), 0);
    const MessageId second = ask(session, "Whom?").message.parent;
    const auto edited = service().session(session);
    ASSERT_EQ(edited->messages.size(), 2);
    EXPECT_EQ(edited->messages[0].text, QStringLiteral("Whom?"));
    EXPECT_EQ(edited->messages[0].versions, (QList<MessageId>{first, second}));
    EXPECT_TRUE(edited->messages[1].versions.isEmpty());
    EXPECT_EQ(edited->summary.title, title) << "it has one already";
    EXPECT_EQ(m_script->asked.back().turns.size(), 1u) << "nothing of the other branch was told";

    const auto old = service().showBranch(session, first);
    ASSERT_EQ(old->messages.size(), 4);
    EXPECT_EQ(old->messages[2].text, QStringLiteral("And why?"));
    EXPECT_EQ(service().session(session)->messages.size(), 4) << "it stays shown";
    EXPECT_EQ(service().allMessages(session)->size(), 6);

    ASSERT_TRUE(service().regenerate(session, {}, {}, {}));
    const auto again = service().session(session);
    ASSERT_EQ(again->messages.size(), 4);
    EXPECT_EQ(again->messages[3].versions.size(), 2);
    EXPECT_EQ(service().showBranch(session, again->messages[3].versions[0])->messages[3].id, again->messages[3].versions[0]);

    EXPECT_EQ(service().beginInsteadOf(session, again->messages[1].id).error().kind, Failure::Kind::Usage) << "an answer";
    const SessionId other = startSession(addBook());
    EXPECT_EQ(service().beginInsteadOf(other, first).error().kind, Failure::Kind::Usage);
    EXPECT_EQ(service().endAt(other, first).error().kind, Failure::Kind::Usage);
    EXPECT_EQ(service().endAt(session, again->messages[1].id).error().kind, Failure::Kind::Usage) << "an answer";
    EXPECT_EQ(service().showBranch(other, first).error().kind, Failure::Kind::Usage);
    EXPECT_EQ(service().showBranch(session, 999).error().kind, Failure::Kind::Usage);
    EXPECT_EQ(service().session(session)->messages.size(), 4);
}

TEST_F(ConversationTest, AnAnswerWithoutAChapterIsAVersionThatSaysSo)
{
    const DocumentId book = addBook();
    const SessionId session = startSession(book);
    const Answer first = ask(session);
    ask(session, "And why?");
    const Part chapter = (*service().document(book))->outline.parts[1];
    ASSERT_EQ(service().endAt(session, first.message.parent)->messages.size(), 1);
    AnswerOptions options;
    options.hidden = {{book, chapter.bytes}};
    const Answer without = service().regenerate(session, options, {}, {}).value();
    EXPECT_EQ(without.message.parent, first.message.parent);
    EXPECT_EQ(without.message.versions.size(), 2);
    EXPECT_TRUE(without.message.note.contains(chapter.title)) << without.message.note.toStdString();
    const AskRequest& asked = m_script->asked.back();
    EXPECT_EQ(asked.temperature, 0) << "nothing else is to make it another";
    ASSERT_EQ(asked.hidden.size(), 1U);
    const auto tokens = *service().tokenized(book, {});
    const auto count = [&](ByteRange bytes) { return std::count_if(tokens->tokens.begin(), tokens->tokens.end(), [&](auto at) { return static_cast<qint64>(at) >= bytes.begin && static_cast<qint64>(at) < bytes.end; }); };
    EXPECT_NEAR(asked.hidden[0].end - asked.hidden[0].begin, static_cast<double>(count(chapter.bytes)), 1);
    EXPECT_EQ(asked.turns.size(), 1U);

    const auto settings = m_run->library->messages().settingsOf(without.message.id);
    ASSERT_TRUE(settings.has_value());
    EXPECT_EQ(settings->hidden, options.hidden);
    EXPECT_TRUE(m_run->library->messages().settingsOf(first.message.id)->hidden.isEmpty());

    // Parts that overlap are hidden once; all of them together are refused, in a sentence.
    options.hidden = {{book, chapter.bytes}, {book, {chapter.bytes.begin + 10, chapter.bytes.end}}};
    ASSERT_TRUE(service().regenerate(session, options, {}, {}));
    EXPECT_EQ(m_script->asked.back().hidden.size(), 1U);
    options.hidden = {{book, {0, (*service().document(book))->text.size()}}};
    const Answer nothing = service().regenerate(session, options, {}, {}).value();
    EXPECT_EQ(nothing.message.state, Message::State::Failed);
    EXPECT_FALSE(nothing.message.note.isEmpty());
}

TEST_F(ConversationTest, AWishGoesWithTheQuestionAndIsKnownAfterwards)
{
    const SessionId session = startSession(addBook());
    AnswerOptions options;
    options.wish = QString::fromLatin1(kShortAnswer);
    const Answer answer = service().ask(session, QStringLiteral("Who?"), options, {}, {}).value();
    EXPECT_EQ(m_script->asked.back().wish, options.wish);
    EXPECT_EQ(m_script->asked.back().turns.back().text, QStringLiteral("Who?")) << "the question is as it was asked";
    EXPECT_EQ(m_run->library->messages().settingsOf(answer.message.id)->wish, options.wish);
    ASSERT_TRUE(service().verify(answer.message.id, {}, [](const Verification&) {}, {}));
    EXPECT_EQ(m_script->judged.back().wish, options.wish) << "an answer is judged by what it was asked with";
}

TEST_F(ConversationTest, AnAnswerIsVerifiedSourceBySource)
{
    const DocumentId book = addBook();
    const SessionId session = startSession(book);
    const Message answer = ask(session).message;
    ASSERT_FALSE(answer.sources.isEmpty());
    ask(session, "And why?");
    const std::size_t asked = m_script->asked.size();
    restart();
    m_script->judged.clear();
    QList<Verification> found;
    ASSERT_TRUE(service().verify(answer.id, {}, [&](const Verification& one) { found.append(one); }, {}));
    ASSERT_EQ(found.size(), answer.sources.size());
    EXPECT_EQ(m_script->asked.size(), asked) << "nothing is written";
    EXPECT_EQ(m_script->judged.size(), 2 + static_cast<std::size_t>(found.size())) << "everything in sight, elsewhere, and without each";
    EXPECT_TRUE(m_script->judged[0].hidden.empty());
    EXPECT_EQ(m_script->judged[0].turns.size(), 1U) << "as it was asked: what came later is not told";
    for (qsizetype at = 0; at < found.size(); ++at) {
        EXPECT_EQ(found[at].message, answer.id);
        EXPECT_EQ(found[at].source, at);
        EXPECT_NEAR(found[at].nll, 1, 1e-5);
        EXPECT_EQ(found[at].tokenDrops.size(), found[at].begins.size());
        EXPECT_EQ(found[at].tokens, found[at].begins.size());
    }
    EXPECT_NEAR(found[0].drop, 10 * 0.8 * answer.sources[0].weight, 0.05) << "the script takes ten times its share from it";
    EXPECT_TRUE(found[0].matters());
    EXPECT_LT(found[0].elsewhereDrop, 1);
    const auto tokens = *service().tokenized(book, {});
    EXPECT_EQ(m_script->judged[2].hidden[0].begin, tokensOf(tokens->tokens, answer.sources[0].bytes).begin);
    const auto overlaps = [&](const DocumentSpan& a, const DocumentSpan& b) { return a.begin < b.end && b.begin < a.end; };
    for (std::size_t at = 2; at < m_script->judged.size(); ++at)
        EXPECT_FALSE(overlaps(m_script->judged[1].hidden[0], m_script->judged[at].hidden[0])) << "elsewhere is at no source";

    const auto refuse = [](const Verification&) { FAIL() << "nothing to verify"; };
    EXPECT_EQ(service().verify(answer.parent, {}, refuse, {}).error().kind, Failure::Kind::Usage) << "a question";
    EXPECT_EQ(service().verify(999, {}, refuse, {}).error().kind, Failure::Kind::Usage);
    AnswerSettings other = *m_run->library->messages().settingsOf(answer.id);
    other.modelHash = QStringLiteral("ffff");
    m_run->library->messages().storeSettings(answer.id, other);
    EXPECT_EQ(service().verify(answer.id, {}, refuse, {}).error().kind, Failure::Kind::Model);
}

TEST_F(ConversationTest, HeadsTellWhereEachLookedForSomeWords)
{
    const SessionId session = startSession(addBook());
    const Message answer = ask(session).message;
    const HeadsView view = service().heads(answer.id, 1, 2, {}, {}).value();
    EXPECT_EQ(view.words, QStringLiteral("nails "));
    ASSERT_EQ(m_script->lookedAt.size(), 1U);
    EXPECT_EQ(m_script->lookedAt[0], (ByteRange{5, 11}));
    ASSERT_EQ(view.layers, 2);
    ASSERT_EQ(view.heads, 3);
    ASSERT_EQ(view.places.size(), 1 + answer.sources.size());
    EXPECT_EQ(view.shares.size(), view.places.size() * 6);
    EXPECT_NEAR(view.at(0, 0, 0), 0.8, 1e-3);
    EXPECT_NEAR(view.at(0, 1, 2), 0.4, 1e-3);
    EXPECT_NEAR(view.at(1, 0, 1), 0.8 * answer.sources[0].weight, 1e-3) << "of it, the passage that the script likes, and its neighbours";
    EXPECT_EQ(view.where[1].bytes, answer.sources[0].bytes);

    const HeadPath path = service().headPath(answer.id, 1, 2).value();
    EXPECT_EQ(path.path.answer, QStringLiteral("nails "));
    EXPECT_NEAR(path.outsideShare, 0.6, 1e-3);
    EXPECT_EQ(service().hops(answer.id, 1, 2)->path.nodes.size(), path.path.nodes.size()) << "all heads look alike here";
    EXPECT_EQ(service().headPath(answer.id, 2, 0).error().kind, Failure::Kind::Usage);
    EXPECT_EQ(service().headPath(answer.id + 1, 0, 0).error().kind, Failure::Kind::Usage);
    EXPECT_EQ(service().heads(answer.parent, 0, 0, {}, {}).error().kind, Failure::Kind::Usage);
}

TEST_F(ConversationTest, WhatIsNotThereIsAFailure)
{
    EXPECT_EQ(service().ask(99, QStringLiteral("?"), {}, {}, {}).error().kind, Failure::Kind::Usage);
    EXPECT_EQ(service().session(99).error().kind, Failure::Kind::Usage);
    EXPECT_EQ(service().document(99).error().kind, Failure::Kind::Usage);
    EXPECT_EQ(service().read(99, {}, {}).error().kind, Failure::Kind::Usage);
    EXPECT_EQ(service().startSession({99}).error().kind, Failure::Kind::Usage);
    EXPECT_EQ(service().hops(99, 0, 0).error().kind, Failure::Kind::Usage);
    EXPECT_FALSE(service().addDocument(m_dir.filePath(QStringLiteral("nope.txt")), {}).ok());
}

TEST_F(ConversationTest, WithoutAModelDocumentsOpenAndQuestionsAreKept)
{
    m_script->openFailure = Failure{Failure::Kind::Model, QStringLiteral("model.gguf is not a model.")};
    restart();
    const DocumentId book = addBook();
    EXPECT_EQ(service().read(book, {}, {}).error().kind, Failure::Kind::Model);
    EXPECT_EQ(service().estimate(book, {}).error().kind, Failure::Kind::Model);
    const SessionId session = startSession(book);
    EXPECT_EQ(ask(session, "Kept?").message.state, Message::State::Failed);
    EXPECT_EQ(service().session(session)->messages.first().text, QStringLiteral("Kept?"));
}
