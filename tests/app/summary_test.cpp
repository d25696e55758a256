// SPDX-License-Identifier: Apache-2.0
// Summaries through the service, with an engine that follows a script: what is asked, what is kept, and that nothing is passed over silently.
#include "assistant/summary_service.h"

#include <QDir>
#include <QTemporaryDir>
#include <gtest/gtest.h>

#include "archive/archive.h"
#include "assistant/summary_chapters.h"
#include "assistant/summary_words.h"
#include "documents/token_map.h"
#include "support/files.h"
#include "support/sample_book.h"
#include "support/scripted_engine.h"
#include "support/summary_book.h"

namespace octavo::app {
namespace {

using Kind = SummaryPart::Kind;
using Gap = SummaryPart::Gap;

struct SummaryProgram {
    SummaryProgram(const QString& dataDir, const std::shared_ptr<test::EngineScript>& script)
        : library(Library::open(dataDir).value()), engine(script), conversation(*library, engine, dataDir), summaries(*library, engine, conversation)
    {
        (void)conversation.openModel(QStringLiteral("model.gguf"), {});
    }

    std::unique_ptr<Library> library;
    test::ScriptedEngine engine;
    ConversationService conversation;
    SummaryService summaries;
};

class SummaryTest : public ::testing::Test {
protected:
    // Each chapter's answer names its animal; a whole's is `whole`.
    void SetUp() override
    {
        script->others = 0.001F;   // the whole looks at its favourite alone
        script->favourite = 0;
        script->onAsk = [this] {
            const AskRequest& request = script->asked.back();
            const bool aboutChapter = !request.hidden.empty();
            script->pieces = aboutChapter ? QStringList{QStringLiteral("Here the "), animalIn(request), QStringLiteral(" drinks.")} : QStringList{whole};
        };
        restart();
    }

    QString animalIn(const AskRequest& request)
    {
        const auto document = program->conversation.document(request.documents.front()).value();
        const auto tokens = program->conversation.tokenized(request.documents.front(), {}).value();
        const DocumentSpan seen = test::seenBy(request, static_cast<std::uint32_t>(tokens->tokens.size()));
        const ByteRange bytes = bytesOf(tokens->tokens, {seen.begin, seen.end}, document->text.size());
        for (const char* animal : test::kSummaryAnimals)
            if (document->text.mid(bytes.begin, bytes.size()).contains(animal))
                return QString::fromLatin1(animal);
        return QStringLiteral("nothing");
    }

    void restart()
    {
        program.reset();
        program = std::make_unique<SummaryProgram>(folder.filePath(QStringLiteral("data")), script);
    }

    DocumentId addRead(const QByteArray& text = test::summaryBookText())
    {
        const DocumentId id = program->conversation.addDocument(test::writeSampleBook(folder.path(), text), {}).value().id;
        EXPECT_TRUE(program->conversation.read(id, {}, {}).ok());
        return id;
    }

    Summary start(const QList<DocumentId>& documents) { return program->summaries.start(documents, {}).value(); }
    Summary write(SessionId session, const SummaryEvents& events = {}, std::stop_token stop = {})
    {
        EXPECT_TRUE(program->summaries.write(session, {}, events, std::move(stop)).ok());
        return program->summaries.summary(session).value();
    }

    QTemporaryDir folder;
    std::shared_ptr<test::EngineScript> script = std::make_shared<test::EngineScript>();
    QString whole = QStringLiteral("A quagga, a narwhal, an ocelot and a tapir come to the water.");
    std::unique_ptr<SummaryProgram> program;
};

TEST_F(SummaryTest, EachChapterIsAskedAloneThenTheWholeFromTheirSummaries)
{
    const DocumentId book = addRead();
    const Summary begun = start({book});
    ASSERT_EQ(begun.parts.size(), 5);
    EXPECT_TRUE(script->asked.empty());
    const Summary written = write(begun.session.id);
    EXPECT_TRUE(written.isComplete());
    EXPECT_FALSE(written.running);
    ASSERT_EQ(script->asked.size(), 5U);
    std::uint32_t end = 0;
    const auto tokens = static_cast<std::uint32_t>(program->conversation.tokenized(book, {}).value()->tokens.size());
    for (std::size_t n = 0; n < 4; ++n) {
        ASSERT_FALSE(script->asked[n].hidden.empty());
        const DocumentSpan seen = test::seenBy(script->asked[n], tokens);
        EXPECT_LE(seen.begin, end) << "chapters follow each other without a gap";
        EXPECT_GE(seen.begin + 1, end) << "and share a token at most";
        EXPECT_GT(seen.end, seen.begin);
        end = seen.end;
        EXPECT_EQ(script->asked[n].turns.size(), 1U) << "no turn before is seen";
        EXPECT_TRUE(written.parts[static_cast<qsizetype>(n)].message.text.contains(QString::fromLatin1(test::kSummaryAnimals[n])));
        EXPECT_TRUE(written.parts[static_cast<qsizetype>(n)].message.hasHops);
        EXPECT_FALSE(written.parts[static_cast<qsizetype>(n)].message.sources.isEmpty());
    }
    EXPECT_EQ(end, tokens) << "to the end of the text";
    EXPECT_EQ(script->asked[4].passages.front().size(), 4U);
    EXPECT_TRUE(script->asked[4].hidden.empty());
    const SummaryPart& top = written.parts[written.topOf(book)];
    EXPECT_EQ(top.kind, Kind::Whole);
    EXPECT_EQ(top.message.text, whole);
    EXPECT_TRUE(program->conversation.hops(top.message.id, 0, 0).ok()) << "it can be inspected like an answer";
    ASSERT_FALSE(top.message.sources.isEmpty());
    EXPECT_EQ(top.message.sources.first().bytes, written.parts[0].message.sources.first().bytes) << "it leads to where its chapter's summary looked";
    EXPECT_GT(written.parts[0].wholeAttention, 0.9);
    EXPECT_TRUE(written.gaps().isEmpty()) << "what is mentioned is not passed over, however little it was looked at";
}

TEST_F(SummaryTest, ItIsThereAfterARestartAsASessionOfItsOwn)
{
    const Summary before = write(start({addRead()}).session.id);
    restart();
    const Summary after = program->summaries.summary(before.session.id).value();
    EXPECT_EQ(markdownOf(after), markdownOf(before));
    EXPECT_TRUE(program->library->read([](Library& in) { return in.sessions().list(); })->first().isSummary);
    EXPECT_TRUE(program->summaries.interrupted()->isEmpty());
    EXPECT_FALSE(program->summaries.summary(before.session.id + 1).ok());
}

TEST_F(SummaryTest, WhatTheWholePassesOverIsNamedAndReadAgain)
{
    whole = QStringLiteral("A quagga and an ocelot come to the water.");
    const DocumentId book = addRead();
    const Summary written = write(start({book}).session.id);
    ASSERT_EQ(written.gaps(), (QList<int>{1, 3}));
    EXPECT_EQ(written.parts[1].gap, Gap::PassedOver);
    EXPECT_EQ(written.parts[2].mentioned, QStringList{QStringLiteral("ocelot")});
    ASSERT_EQ(coverageWords(written).size(), 1);
    EXPECT_TRUE(coverageWords(written)[0].contains(QStringLiteral("Chapter 2; Chapter 4")));
    EXPECT_FALSE(coverageWords(written)[0].contains(QStringLiteral("Chapter 1")));

    script->asked.clear();
    ASSERT_TRUE(program->summaries.readAgain(written.session.id, written.gaps(), {}, {}, {}).ok());
    EXPECT_EQ(script->asked.size(), 2U) << "just these chapters";
    EXPECT_GT(script->asked[0].temperature, 0) << "the same words again would be no use";
    const Summary after = program->summaries.summary(written.session.id).value();
    EXPECT_TRUE(after.gaps().isEmpty());
    EXPECT_TRUE(coverageWords(after).isEmpty());
    EXPECT_TRUE(after.parts[1].again);
    EXPECT_FALSE(after.parts[0].again);
    EXPECT_TRUE(markdownOf(after).contains(QStringLiteral("**Chapter 4:** Here the tapir drinks.")));
    script->asked.clear();
    write(written.session.id);
    EXPECT_TRUE(script->asked.empty()) << "the whole stays as it is";
}

TEST_F(SummaryTest, AChapterThatTheWholeLookedAtIsNotPassedOverThoughItMentionsNothing)
{
    whole = QStringLiteral("Somebody comes to the water.");
    script->favourite = 2;
    const Summary written = write(start({addRead()}).session.id);
    EXPECT_EQ(written.gaps(), (QList<int>{0, 1, 3}));
}

TEST_F(SummaryTest, AStopKeepsWhatIsDoneAndGoingOnAsksForTheRest)
{
    const Summary begun = start({addRead()});
    std::stop_source stop;
    std::chrono::steady_clock::time_point stopped;
    script->pieceDelay = std::chrono::milliseconds(20);
    script->onPiece = [&](int) {
        if (script->asked.size() == 2 && !stop.stop_requested()) {
            stopped = std::chrono::steady_clock::now();
            stop.request_stop();
        }
    };
    const Summary half = write(begun.session.id, {}, stop.get_token());
    EXPECT_LT(std::chrono::steady_clock::now() - stopped, std::chrono::milliseconds(200));
    EXPECT_TRUE(half.parts[0].isDone());
    EXPECT_EQ(half.parts[1].message.state, Message::State::Stopped);
    EXPECT_EQ(half.parts[1].message.text, QStringLiteral("Here the "));
    EXPECT_EQ(half.parts[2].message.id, 0);
    EXPECT_TRUE(coverageWords(half).join(QLatin1Char(' ')).contains(QStringLiteral("Chapter 3; Chapter 4")));
    EXPECT_FALSE(half.running) << "a start does not go on with what a person has stopped";
    script->asked.clear();
    EXPECT_TRUE(write(begun.session.id).isComplete());
    EXPECT_EQ(script->asked.size(), 4U);
}

TEST_F(SummaryTest, AKilledRunGoesOnWhereItWas)
{
    const Summary begun = start({addRead()});
    QTemporaryDir killed;
    script->onPiece = [&](int piece) {
        if (script->asked.size() != 3 || piece != 0)
            return;
        // The disk as it is at this moment is what a kill leaves.
        for (const QString& name : QDir(folder.filePath(QStringLiteral("data"))).entryList({QStringLiteral("library.db*")}, QDir::Files))
            ASSERT_TRUE(QFile::copy(folder.filePath(QStringLiteral("data/") + name), killed.filePath(name)));
    };
    write(begun.session.id);
    script->onPiece = {};
    program.reset();
    program = std::make_unique<SummaryProgram>(killed.path(), script);
    ASSERT_EQ(*program->summaries.interrupted(), QList<SessionId>{begun.session.id});
    const Summary found = program->summaries.summary(begun.session.id).value();
    EXPECT_TRUE(found.running);
    EXPECT_TRUE(found.parts[1].isDone());
    EXPECT_EQ(found.parts[2].message.state, Message::State::Stopped);
    script->asked.clear();
    ASSERT_TRUE(program->conversation.read(found.session.documents.first(), {}, {}).ok());
    EXPECT_TRUE(write(begun.session.id).isComplete());
    EXPECT_EQ(script->asked.size(), 3U) << "chapter 3 anew, chapter 4, and the whole";
    EXPECT_TRUE(program->summaries.interrupted()->isEmpty());
}

TEST_F(SummaryTest, WhatWasNotReadIsToldNotMadeUp)
{
    const DocumentId book = program->conversation.addDocument(test::writeSampleBook(folder.path(), test::summaryBookText()), {}).value().id;
    std::stop_source stop;
    script->chunkTokens = 3000;   // chapter 1 and a part of chapter 2
    ASSERT_TRUE(program->conversation.read(book, [&](const ReadProgress&) { stop.request_stop(); }, stop.get_token()).ok());
    const Summary written = write(start({book}).session.id);
    EXPECT_TRUE(written.parts[0].isDone());
    for (const int at : {1, 2, 3}) {
        EXPECT_EQ(written.parts[at].message.state, Message::State::Failed);
        EXPECT_EQ(written.parts[at].gap, Gap::Unsaid);
    }
    EXPECT_EQ(script->asked.size(), 2U) << "chapter 1, and the whole of what there is";
    EXPECT_TRUE(coverageWords(written).join(QLatin1Char(' ')).contains(QStringLiteral("Chapter 2; Chapter 3; Chapter 4")));
    ASSERT_TRUE(program->conversation.read(book, {}, {}).ok());
    EXPECT_TRUE(write(written.session.id).isComplete());
    EXPECT_EQ(script->asked.size(), 6U) << "the missing chapters, and the whole anew";
}

TEST_F(SummaryTest, AnEngineThatFailsAtOneChapterIsNotTheEnd)
{
    const auto answers = script->onAsk;
    script->onAsk = [&, answers] {
        answers();
        script->askFailure.reset();
        if (script->asked.size() == 2)
            script->askFailure = Failure{Failure::Kind::Engine, QStringLiteral("The engine failed.")};
    };
    const Summary written = write(start({addRead()}).session.id);
    EXPECT_EQ(written.parts[1].message.state, Message::State::Failed);
    EXPECT_EQ(written.parts[1].message.note, QStringLiteral("The engine failed."));
    EXPECT_TRUE(written.parts[4].isDone());
    script->askFailure.reset();
    EXPECT_TRUE(write(written.session.id).isComplete());
}

TEST_F(SummaryTest, SeveralDocumentsHaveOneEachAndOneTogether)
{
    const DocumentId book = addRead(), note = addRead("# A note\n\nThe narwhal sings. The narwhal sings again.\n");
    const Summary written = write(start({book, note}).session.id);
    ASSERT_EQ(written.parts.size(), 7);
    EXPECT_EQ(written.topOf(book), 4);
    EXPECT_EQ(written.topOf(note), 5) << "of one chapter there is no whole besides";
    EXPECT_EQ(written.parts[5].kind, Kind::Chapter);
    EXPECT_EQ(written.topOf(0), 6);
    EXPECT_EQ(written.parts[6].kind, Kind::Together);
    EXPECT_EQ(script->asked.back().passages.front().size(), 2U);
    EXPECT_TRUE(written.isComplete());
}

TEST_F(SummaryTest, ItGoesIntoAnArchiveAndComesOutOfItWhole)
{
    whole = QStringLiteral("A quagga and an ocelot come to the water.");
    const Summary written = write(start({addRead()}).session.id);
    ASSERT_TRUE(program->summaries.readAgain(written.session.id, {1}, {}, {}, {}).ok());
    const Summary before = program->summaries.summary(written.session.id).value();
    const QString file = folder.filePath(QStringLiteral("summary.octavo"));
    ASSERT_TRUE(exportSession(*program->library, before.session.id, file).ok());
    program.reset();
    program = std::make_unique<SummaryProgram>(folder.filePath(QStringLiteral("other")), script);
    const auto imported = importArchive(*program->library, file, {});
    ASSERT_TRUE(imported.ok()) << imported.error().sentence.toStdString();
    const Summary after = program->summaries.summary(*imported->session).value();
    EXPECT_EQ(markdownOf(after), markdownOf(before));
    EXPECT_EQ(after.gaps(), before.gaps());
    EXPECT_NEAR(after.parts[0].wholeAttention, before.parts[0].wholeAttention, 1e-3);
}

TEST_F(SummaryTest, NothingIsStartedWithoutAModelOrADocument)
{
    EXPECT_FALSE(program->summaries.start({}, {}).ok());
    EXPECT_FALSE(program->summaries.start({99}, {}).ok());
}

// Chapters as "title: tokens".
QStringList chaptersIn(const Part& outline, const QByteArray& text)
{
    TokenBegins tokens;   // of ten bytes
    for (qsizetype at = 0; at < text.size(); at += 10)
        tokens.push_back(static_cast<std::uint64_t>(at));
    Document document;
    document.title = outline.title;
    document.text = text;
    document.outline = outline;
    document.outline.bytes = {0, text.size()};
    qint64 end = 0;
    QStringList found;
    for (const SummaryChapter& chapter : chaptersOf(document, tokens)) {
        EXPECT_EQ(chapter.bytes.begin, end);
        EXPECT_GT(chapter.bytes.end, end);
        end = chapter.bytes.end;
        found.append(QStringLiteral("%1: %2").arg(chapter.title).arg(chapter.bytes.size() / 10));
    }
    EXPECT_EQ(end, text.size()) << "all of the text";
    return found;
}

Part chapter(const char* title, qint64 begin, qint64 end, const QList<Part>& parts = {}, PartKind kind = PartKind::Chapter)
{
    return {QString::fromUtf8(title), kind, {10 * begin, 10 * end}, parts};
}

TEST(SummaryChapters, AreOfASensibleSizeAndCoverTheText)
{
    const QByteArray text = QByteArray("Ten bytes ").repeated(60'000);
    const auto of = [&](qint64 tokens, const QList<Part>& parts) { return chaptersIn({QStringLiteral("Book"), PartKind::Book, {}, parts}, text.first(10 * tokens)); };
    EXPECT_EQ(of(300, {}), QStringList{QStringLiteral("Book: 300")});
    EXPECT_EQ(of(4000, {chapter("One", 0, 2000), chapter("Two", 2000, 4000)}), (QStringList{QStringLiteral("One: 2000"), QStringLiteral("Two: 2000")}));
    EXPECT_EQ(of(4000, {chapter("One", 50, 2000), chapter("Two", 2000, 3950)}), (QStringList{QStringLiteral("One: 2000"), QStringLiteral("Two: 2000")}))
        << "what stands before the first and after the last goes with them";
    EXPECT_EQ(of(4000, {chapter("One", 0, 300), chapter("Two", 300, 600), chapter("Three", 600, 2000), chapter("Four", 2000, 4000)}),
              (QStringList{QStringLiteral("One – Three: 2000"), QStringLiteral("Four: 2000")}));
    EXPECT_EQ(of(16'000, {chapter("One", 0, 2000), chapter("Two", 2000, 16'000, {chapter("A", 2010, 8000), chapter("B", 8000, 16'000)})}),
              (QStringList{QStringLiteral("One: 2000"), QStringLiteral("Two ▸ A: 6000"), QStringLiteral("Two ▸ B: 8000")}));
    const QStringList cut = of(30'000, {});
    ASSERT_EQ(cut.size(), 3);
    EXPECT_TRUE(cut[0].startsWith(QStringLiteral("Book (1 of 3): ")));
}

TEST(SummaryWords, TellChaptersFromEachOther)
{
    const QList<QStringList> words = distinctiveWords({"The whale and the ship. The whale!", "The ship and the cat. A Cat, and a whale", "Mary's R2D2 met r2d2; 1999 1999"});
    EXPECT_EQ(words[0], (QStringList{QStringLiteral("the"), QStringLiteral("whale")})) << "in two of three chapters each, so by their number";
    EXPECT_EQ(words[1][0], QStringLiteral("cat"));
    EXPECT_EQ(words[2], QStringList{QStringLiteral("r2d2")});
    EXPECT_EQ(wordsIn(QStringLiteral("The CATS saw a Cat."), {QStringLiteral("cat"), QStringLiteral("saw"), QStringLiteral("see")}),
              (QStringList{QStringLiteral("cat"), QStringLiteral("saw")}));
    EXPECT_TRUE(distinctiveWords({"one chapter alone, alone"})[0].isEmpty());
}

} // namespace
} // namespace octavo::app
