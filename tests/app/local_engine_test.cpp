// SPDX-License-Identifier: Apache-2.0
// The real engine behind the assistant's seam, on tiny models: what is reused, what is told, which file is named.
#include "assistant/local_engine.h"

#include <QDir>
#include <QTemporaryDir>
#include <chrono>
#include <fstream>
#include <gtest/gtest.h>
#include <thread>

#include "support/tiny_gguf.h"

namespace octavo::app {
namespace {

std::filesystem::path nativePath(const QString& path) { return path.toStdString(); }

class LocalEngine : public ::testing::Test {
protected:
    void SetUp() override
    {
        test::writeTinyLlama(nativePath(model()));
        for (int n = 0; n < 400; ++n)
            text += "Line " + QByteArray::number(n) + " of a book about a whale.\n";
        engine = newEngine();
    }

    QString model() const { return folder.filePath(QStringLiteral("tiny.gguf")); }
    QString readings() const { return folder.filePath(QStringLiteral("readings")); }

    std::unique_ptr<BookEngine> newEngine() const
    {
        auto made = makeLocalEngine({{2}, ReadingPlan{{0, 64}, 4, 4, 64, {}}});
        const auto opened = made->open(model(), {});
        EXPECT_TRUE(opened.ok());
        return made;
    }

    Outcome<ReadFacts> read(BookEngine& with, qint64 document, const QByteArray& what, std::stop_token stop = {}) const
    {
        return with.read({document, what, readings()}, [](const ReadStep&) {}, stop);
    }

    // Stops a little after a thousand tokens of document 1.
    Outcome<ReadFacts> readAPart() const
    {
        std::stop_source stop;
        return engine->read({1, text, readings()}, [&](const ReadStep& step) {
            if (step.doneTokens > 1000)
                stop.request_stop();
        }, stop.get_token());
    }

    AskRequest request(std::vector<qint64> documents) const
    {
        AskRequest asked;
        asked.documents = std::move(documents);
        asked.turns = {{true, QStringLiteral("Who?")}};
        asked.passages.assign(asked.documents.size(), {0, 100, 100, 900});
        asked.maxTokens = 5;
        return asked;
    }

    QTemporaryDir folder;
    QByteArray text;
    std::unique_ptr<BookEngine> engine;
};

TEST_F(LocalEngine, ReadsOnceAndFindsItAgainAfterARestart)
{
    const auto first = read(*engine, 1, text);
    ASSERT_TRUE(first.ok()) << first.error().sentence.toStdString();
    EXPECT_TRUE(first->complete);
    EXPECT_EQ(first->readTokens, first->tokens);
    EXPECT_EQ(first->tokens, static_cast<qint64>(engine->tokenize(text, {})->size()));
    const auto again = read(*engine, 1, text);
    EXPECT_EQ(again->readTokens, 0);
    EXPECT_EQ(again->reusedTokens, first->tokens);
    const auto answer = engine->ask(request({1}), [](const QString&) {}, {});
    ASSERT_TRUE(answer.ok());

    const auto restarted = newEngine();
    const auto reopened = read(*restarted, 9, text);
    ASSERT_TRUE(reopened.ok());
    EXPECT_EQ(reopened->readTokens, 0);
    EXPECT_EQ(reopened->reusedTokens, first->tokens);
    const auto same = restarted->ask(request({9}), [](const QString&) {}, {});
    ASSERT_TRUE(same.ok());
    EXPECT_EQ(same->answer, answer->answer);
}

TEST_F(LocalEngine, OfADocumentWithANewEndOnlyTheEndIsRead)
{
    const auto before = read(*engine, 1, text);
    ASSERT_TRUE(before.ok());
    QByteArray edited = text;
    edited.replace(edited.size() - 600, 600, QByteArray("and all of it ends in another way. ").repeated(40));
    const auto fresh = makeLocalEngine({{2}, ReadingPlan{{0, 64}, 4, 4, 64, {}}});
    ASSERT_TRUE(fresh->open(model(), {}).ok());
    const auto whole = fresh->read({1, edited, {}}, [](const ReadStep&) {}, {}); // knows nothing of the first
    ASSERT_TRUE(whole.ok());
    EXPECT_EQ(whole->readTokens, whole->tokens);
    const auto expected = fresh->ask(request({1}), [](const QString&) {}, {});

    const auto restarted = newEngine();
    for (BookEngine* with : {engine.get(), restarted.get()}) { // from memory, and from the first one's file
        const auto after = with->read({2, edited, with == engine.get() ? QString() : readings()}, [](const ReadStep&) {}, {});
        ASSERT_TRUE(after.ok());
        EXPECT_GT(after->reusedTokens, before->tokens / 2);
        EXPECT_EQ(after->reusedTokens + after->readTokens, after->tokens);
        EXPECT_EQ(after->tokens, whole->tokens);
        EXPECT_EQ(with->ask(request({2}), [](const QString&) {}, {})->answer, expected->answer);
    }
}

TEST_F(LocalEngine, AnEditedQuestionKeepsTheTurnsBeforeIt)
{
    ASSERT_TRUE(read(*engine, 1, text).ok());
    AskRequest asked = request({1});
    const auto first = engine->ask(asked, [](const QString&) {}, {});
    ASSERT_TRUE(first.ok());
    asked.turns.push_back({false, first->answer});
    asked.turns.push_back({true, QStringLiteral("And then, after all that has happened?")});
    ASSERT_TRUE(engine->ask(asked, [](const QString&) {}, {}).ok());
    asked.turns.back().text = QStringLiteral("And before?");
    const auto edited = engine->ask(asked, [](const QString&) {}, {});
    ASSERT_TRUE(edited.ok());
    const auto anew = newEngine();
    ASSERT_TRUE(read(*anew, 1, text).ok());
    const auto straight = anew->ask(asked, [](const QString&) {}, {});
    EXPECT_EQ(edited->answer, straight->answer);
    EXPECT_LT(edited->promptTokens, straight->promptTokens);
    const auto again = engine->ask(asked, [](const QString&) {}, {});
    EXPECT_EQ(again->promptTokens, 1) << "the same question once more: only its last token is looked from again";
    EXPECT_EQ(again->answer, straight->answer);
}

TEST_F(LocalEngine, OfADamagedReadingWhatDependsOnTheDamageIsReadAgain)
{
    ASSERT_TRUE(read(*engine, 1, text).ok());
    const QStringList kept = QDir(readings()).entryList(QDir::Files);
    ASSERT_EQ(kept.size(), 1);
    {
        std::fstream file(nativePath(QDir(readings()).filePath(kept[0])), std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(100'000);
        file.put('\x55').put('\x2a');
    }
    const auto restarted = newEngine();
    const auto beforeAsking = [&](BookEngine& with) { return with.read({1, text, readings(), true, true}, [](const ReadStep&) {}, {}); };
    const auto opened = read(*restarted, 1, text);
    ASSERT_TRUE(opened.ok());
    EXPECT_EQ(opened->readTokens, 0);
    EXPECT_TRUE(opened->damage.isEmpty()) << "opening does not look at all of it";
    const auto again = beforeAsking(*restarted);
    ASSERT_TRUE(again.ok());
    EXPECT_TRUE(again->complete);
    EXPECT_TRUE(again->damage.contains(kept[0])) << again->damage.toStdString();
    EXPECT_GT(again->readTokens, 0);
    EXPECT_LE(again->readTokens, 512) << "a page, and what leads up to it";
    EXPECT_EQ(again->readTokens + again->reusedTokens, again->tokens);
    EXPECT_TRUE(beforeAsking(*restarted)->damage.isEmpty()) << "told once";
    const auto mended = newEngine();
    EXPECT_TRUE(beforeAsking(*mended)->damage.isEmpty()) << "and kept whole";
}

TEST_F(LocalEngine, GoesOnWithAModelWhoseFileIsGone)
{
    ASSERT_TRUE(read(*engine, 1, text).ok());
    const auto before = engine->ask(request({1}), [](const QString&) {}, {});
    ASSERT_TRUE(QFile::remove(model()));
    engine->forget(1);
    ASSERT_TRUE(read(*engine, 1, text).ok());
    const auto after = engine->ask(request({1}), [](const QString&) {}, {});
    ASSERT_TRUE(before.ok() && after.ok());
    EXPECT_EQ(after->answer, before->answer);
    EXPECT_FALSE(engine->open(model(), {}).ok());
    EXPECT_TRUE(engine->ask(request({1}), [](const QString&) {}, {}).ok()) << "a model that cannot be opened leaves the one before";
}

TEST_F(LocalEngine, TwoThatReadOneTextAtOnceDisturbNothing)
{
    const auto other = newEngine();
    Outcome<ReadFacts> second = Failure{};
    const auto first = engine->read({1, text, readings()}, [&](const ReadStep& step) {
        if (step.doneTokens > 1000 && step.doneTokens < 2000)
            second = read(*other, 1, text);
    }, {});
    ASSERT_TRUE(first.ok());
    ASSERT_FALSE(second.ok());
    EXPECT_EQ(second.error().kind, Failure::Kind::File);
    EXPECT_EQ(read(*other, 1, text)->readTokens, 0) << "the first one is done, and has kept it";
}

TEST_F(LocalEngine, AStoppedReadingIsAskedAndGoesOn)
{
    const auto stopped = readAPart();
    ASSERT_TRUE(stopped.ok());
    EXPECT_FALSE(stopped->complete);
    EXPECT_GT(stopped->readTokens, 1000);
    EXPECT_LT(stopped->readTokens, stopped->tokens);
    AskRequest asked = request({1});
    asked.passages = {{0, 100, 1000, static_cast<std::uint32_t>(stopped->tokens - 5)}};
    const auto answer = engine->ask(asked, [](const QString&) {}, {});
    ASSERT_TRUE(answer.ok()) << answer.error().sentence.toStdString();
    for (const AnswerTokenHops& hops : answer->hops)
        EXPECT_EQ(hops.passages[3], 0.0f); // not read yet, so not looked at
    const auto rest = read(*engine, 1, text);
    ASSERT_TRUE(rest.ok());
    EXPECT_TRUE(rest->complete);
    EXPECT_EQ(rest->reusedTokens, stopped->readTokens);
    EXPECT_EQ(rest->reusedTokens + rest->readTokens, rest->tokens);
}

TEST_F(LocalEngine, AStoppedReadingGoesOnAfterARestart)
{
    const auto stopped = readAPart();
    ASSERT_TRUE(stopped.ok());
    engine.reset();
    const auto rest = read(*newEngine(), 1, text);
    ASSERT_TRUE(rest.ok());
    EXPECT_EQ(rest->reusedTokens, stopped->readTokens);
    EXPECT_TRUE(rest->complete);
}

TEST_F(LocalEngine, QuestionsInterruptReadingAndChangeNothingOfIt)
{
    const auto undisturbed = newEngine();
    ASSERT_TRUE(undisturbed->read({1, text, {}}, [](const ReadStep&) {}, {}).ok());
    const auto expected = undisturbed->ask(request({1}), [](const QString&) {}, {});

    ASSERT_TRUE(read(*engine, 2, "A second text, much shorter.").ok());
    AskRequest both = request({1, 2});
    both.passages = {{0, 100, 1000, 4000}, {0, 10}};
    std::vector<AskFacts> answers;
    const auto whole = engine->read({1, text, readings()}, [&](const ReadStep& step) {
        const auto answer = engine->ask(both, [](const QString&) {}, {});
        ASSERT_TRUE(answer.ok()) << answer.error().sentence.toStdString();
        ASSERT_FALSE(answer->hops.empty());
        const std::vector<float>& passages = answer->hops.front().passages;
        EXPECT_GT(passages[0], 0.0f);
        EXPECT_EQ(passages[3] > 0.0f, step.doneTokens > 4000); // only what has been read is looked at
        EXPECT_GT(passages[4], 0.0f);
        answers.push_back(*answer);
    }, {});
    ASSERT_TRUE(whole.ok());
    EXPECT_TRUE(whole->complete);
    EXPECT_EQ(whole->readTokens, whole->tokens);
    ASSERT_GT(answers.size(), 10u);
    const auto answer = engine->ask(request({1}), [](const QString&) {}, {});
    ASSERT_TRUE(expected.ok() && answer.ok());
    EXPECT_EQ(answer->answer, expected->answer);
    ASSERT_EQ(answer->hops.size(), expected->hops.size());
    for (std::size_t n = 0; n < answer->hops.size(); ++n)
        EXPECT_EQ(answer->hops[n].passages, expected->hops[n].passages);
}

TEST_F(LocalEngine, AQuestionThatInterruptsReadingMayReadAnotherDocument)
{
    int interruptions = 0;
    const auto whole = engine->read({1, text, readings()}, [&](const ReadStep&) {
        if (interruptions++ == 0) {
            EXPECT_TRUE(read(*engine, 2, "A second text, much shorter.")->complete);
        }
        EXPECT_TRUE(engine->ask(request({2}), [](const QString&) {}, {}).ok());
        if (interruptions == 5) {
            engine->forget(2);
            EXPECT_EQ(read(*engine, 2, "A second text, much shorter.")->readTokens, 0); // found on disk
        }
    }, {});
    ASSERT_TRUE(whole.ok());
    EXPECT_TRUE(whole->complete);
    EXPECT_GT(interruptions, 5);
    EXPECT_EQ(read(*newEngine(), 1, text)->readTokens, 0); // and kept whole
}

TEST_F(LocalEngine, InterruptionsDoNotCountAsReading)
{
    const auto begin = std::chrono::steady_clock::now();
    std::chrono::duration<double> apart{0};
    const auto whole = engine->read({1, text, {}}, [&](const ReadStep&) {
        const auto told = std::chrono::steady_clock::now();
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
        apart += std::chrono::steady_clock::now() - told;
    }, {});
    const std::chrono::duration<double> all = std::chrono::steady_clock::now() - begin;
    ASSERT_TRUE(whole.ok());
    EXPECT_GT(whole->seconds, 0);
    EXPECT_LE(whole->seconds, (all - apart).count());
}

TEST_F(LocalEngine, AStoppedReadingIsKeptThoughOthersAreReadNext)
{
    const auto stopped = readAPart();
    ASSERT_TRUE(stopped.ok());
    ASSERT_TRUE(read(*engine, 2, "A second text, much shorter.").ok()); // while the first is still being saved
    engine.reset();
    EXPECT_EQ(read(*newEngine(), 1, text)->reusedTokens, stopped->readTokens);
}

TEST_F(LocalEngine, ThePlanIsChosenByTheModelUnlessOneIsGiven)
{
    const auto given = engine->planFor(5000);
    EXPECT_EQ(given.dims, (QList<quint32>{0, 64}));
    EXPECT_TRUE(given.reason.contains(QStringLiteral("as asked for"))) << given.reason.toStdString();
    const auto choosing = makeLocalEngine({{2}, {}});
    ASSERT_TRUE(choosing->open(model(), {}).ok());
    const auto chosen = choosing->planFor(5000); // the tiny model's context is 512
    EXPECT_EQ(chosen.attention, QStringLiteral("tensorized"));
    EXPECT_EQ(chosen.dims, (QList<quint32>{0, 128}));
    EXPECT_LT(chosen.keysPerToken, chosen.fullKeysPerToken);
    EXPECT_TRUE(chosen.reason.contains(QStringLiteral("512"))) << chosen.reason.toStdString();
    EXPECT_TRUE(choosing->planFor(20).reason.contains(QStringLiteral("full attention"))) << choosing->planFor(20).reason.toStdString();
    // A short text and a long one, or one with three dimensions, are asked together.
    const QByteArray longest = text.repeated(3);
    EXPECT_EQ(choosing->planFor(choosing->tokenize(longest, {})->size()).dims.size(), 3);
    ASSERT_TRUE(read(*choosing, 1, longest).ok());
    ASSERT_TRUE(read(*choosing, 2, "A second text, much shorter.").ok());
    AskRequest both = request({1, 2});
    both.passages[1] = {0, 10};
    EXPECT_TRUE(choosing->ask(both, [](const QString&) {}, {}).ok());
}

TEST_F(LocalEngine, CountsAndPlansWithTheHeadOfAModelAlone)
{
    const auto head = makeLocalEngine({{2}, ReadingPlan{{0, 64}, 4, 4, 64, {}}});
    const auto opened = head->openHead(model(), {});
    ASSERT_TRUE(opened.ok());
    EXPECT_TRUE(opened->hash.isEmpty());
    EXPECT_EQ(*head->tokenize(text, {}), *engine->tokenize(text, {}));
    EXPECT_EQ(head->planFor(5000).kvBytesPerToken, engine->planFor(5000).kvBytesPerToken);
    EXPECT_FALSE(head->read({1, text, {}}, [](const ReadStep&) {}, {}).ok());
    const auto whole = head->open(model(), {});
    ASSERT_TRUE(whole.ok());
    EXPECT_EQ(whole->source, opened->source);
    EXPECT_TRUE(read(*head, 1, text).ok());
    EXPECT_FALSE(head->openHead(folder.filePath(QStringLiteral("none.gguf")), {}).ok());
}

TEST_F(LocalEngine, NothingWorksWithoutAModelAndNothingBreaks)
{
    const auto bare = makeLocalEngine({{1}, {}});
    EXPECT_FALSE(bare->tokenize(text, {}).ok());
    EXPECT_FALSE(read(*bare, 1, text).ok());
    EXPECT_FALSE(bare->ask(request({1}), [](const QString&) {}, {}).ok());
}

TEST_F(LocalEngine, AModelWithUnknownTurnsIsRefusedInOneSentence)
{
    const QString other = folder.filePath(QStringLiteral("gemma.gguf"));
    test::GgufWriter writer = test::tinyLlama();
    writer.set("tokenizer.chat_template", "{{ '<start_of_turn>user\n' + message['content'] + '<end_of_turn>\n' }}");
    writer.write(nativePath(other));
    const auto refused = engine->open(other, {});
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().kind, Failure::Kind::Model);
    EXPECT_TRUE(refused.error().sentence.contains(other)) << refused.error().sentence.toStdString();
    EXPECT_TRUE(read(*engine, 1, text).ok());   // the model before it stays open

    writer.remove("tokenizer.chat_template");
    writer.write(nativePath(other));
    EXPECT_TRUE(engine->open(other, {}).ok());
}

TEST_F(LocalEngine, HopsOfEveryAnswerTokenAddUpToOne)
{
    ASSERT_TRUE(read(*engine, 1, text).ok());
    ASSERT_TRUE(read(*engine, 2, "A second text, much shorter.").ok());
    AskRequest asked = request({1, 2});
    asked.passages[1] = {0, 10};
    asked.temperature = 1;
    asked.seed = 4;
    QString streamed;
    const auto answer = engine->ask(asked, [&](const QString& piece) { streamed += piece; }, {});
    ASSERT_TRUE(answer.ok());
    EXPECT_EQ(streamed, answer->answer);
    ASSERT_FALSE(answer->hops.empty());
    for (const AnswerTokenHops& hops : answer->hops) {
        ASSERT_EQ(hops.passages.size(), 6u);
        double sum = hops.outside;
        for (const float passage : hops.passages)
            sum += passage;
        EXPECT_NEAR(sum, 1.0, 1e-4);
        ASSERT_FALSE(hops.top.empty());
        for (const TokenWeight& top : hops.top)
            EXPECT_TRUE(top.document == 0 || top.document == 1);
    }
}

TEST_F(LocalEngine, AWarmConversationAnswersLikeAColdOne)
{
    ASSERT_TRUE(read(*engine, 1, text).ok());
    AskRequest asked = request({1});
    asked.maxTokens = 40;
    const auto first = engine->ask(asked, [](const QString&) {}, {});
    ASSERT_TRUE(first.ok());
    asked.turns.push_back({false, first->answer});
    asked.turns.push_back({true, QStringLiteral("And then?")});
    const auto warm = engine->ask(asked, [](const QString&) {}, {});
    const auto restarted = newEngine();
    ASSERT_TRUE(read(*restarted, 1, text).ok());
    const auto cold = restarted->ask(asked, [](const QString&) {}, {});
    ASSERT_TRUE(warm.ok() && cold.ok());
    EXPECT_EQ(warm->answer, cold->answer);
}

TEST_F(LocalEngine, WhatIsHiddenGetsNoAttentionAndAnswersLikeWithoutIt)
{
    ASSERT_TRUE(read(*engine, 1, text).ok());
    AskRequest asked = request({1});
    const auto seen = engine->ask(asked, [](const QString&) {}, {});
    asked.hidden = {{0, 100, 900}};
    const auto without = engine->ask(asked, [](const QString&) {}, {});
    ASSERT_TRUE(seen.ok() && without.ok());
    for (const AnswerTokenHops& token : without->hops)
        EXPECT_EQ(token.passages[2], 0) << "exactly, of the passage that is hidden";
    EXPECT_GT(seen->hops[0].passages[2], 0);

    const auto likely = engine->likelihood(asked, without->answer, {});
    asked.hidden.clear();
    const auto unlikely = engine->likelihood(asked, without->answer, {});
    ASSERT_TRUE(likely.ok() && unlikely.ok());
    EXPECT_NE(likely->nll, unlikely->nll);
    EXPECT_EQ(likely->tokenBegins, unlikely->tokenBegins);
    const auto again = engine->ask(asked, [](const QString&) {}, {});
    ASSERT_TRUE(again.ok());
    EXPECT_EQ(again->answer, seen->answer) << "and is seen again as soon as it is not hidden";
}

TEST_F(LocalEngine, AWishIsPartOfWhatIsAsked)
{
    ASSERT_TRUE(read(*engine, 1, text).ok());
    AskRequest asked = request({1}), wishing = request({1});
    wishing.wish = QStringLiteral("Answer in one sentence.");
    const auto plain = engine->ask(asked, [](const QString&) {}, {}), wished = engine->ask(wishing, [](const QString&) {}, {});
    ASSERT_TRUE(plain.ok() && wished.ok());
    EXPECT_NE(plain->hops[0].passages, wished->hops[0].passages);
    asked.turns.back().text += QStringLiteral(" Answer in one sentence.");
    EXPECT_EQ(engine->ask(asked, [](const QString&) {}, {})->answer, wished->answer);
}

// An answer is judged as if it were being written: each token after all before it, in one piece or in several.
TEST_F(LocalEngine, LikelihoodIsThatOfTheAnswerTokenByToken)
{
    ASSERT_TRUE(read(*engine, 1, text).ok());
    const AskRequest asked = request({1});
    const QString answer = QStringLiteral("a book about a whale, line by line");
    const auto whole = engine->likelihood(asked, answer, {});
    ASSERT_TRUE(whole.ok());
    ASSERT_GT(whole->nll.size(), 3U);
    EXPECT_EQ(whole->tokenBegins.size(), whole->nll.size());
    EXPECT_EQ(whole->tokenBegins.front(), 0U);
    for (const float nll : whole->nll)
        EXPECT_GT(nll, 0);
    const auto part = engine->likelihood(asked, answer.first(whole->tokenBegins[3]), {});
    ASSERT_TRUE(part.ok());
    for (std::size_t token = 0; token < part->nll.size() && token < 2; ++token)
        EXPECT_NEAR(part->nll[token], whole->nll[token], 1e-4);
    EXPECT_TRUE(engine->likelihood(asked, {}, {})->nll.empty());
    std::stop_source stop;
    stop.request_stop();
    EXPECT_EQ(engine->likelihood(asked, answer, stop.get_token()).error().kind, Failure::Kind::Stopped);
    EXPECT_EQ(engine->likelihood(request({7}), answer, {}).error().kind, Failure::Kind::Engine) << "not read";
}

// The mean of all heads is what ask() told of the token when it was written. (Those after the first may be cut otherwise than they were written.)
TEST_F(LocalEngine, HeadsLookedOnAverageWhereTheAnswerLooked)
{
    ASSERT_TRUE(read(*engine, 1, text).ok());
    AskRequest asked = request({1});
    asked.hidden = {{0, 0, 100}};
    const auto answer = engine->ask(asked, [](const QString&) {}, {});
    ASSERT_TRUE(answer.ok());
    const auto first = engine->headLooks(asked, answer->answer, {0, 1}, {}), all = engine->headLooks(asked, answer->answer, {}, {});
    ASSERT_TRUE(first.ok() && all.ok());
    const std::size_t heads = std::size_t{first->layers} * first->heads, passages = answer->hops[0].passages.size();
    ASSERT_GT(heads, 1U);
    ASSERT_EQ(first->passages.size(), heads * passages);
    for (std::size_t passage = 0; passage < passages; ++passage) {
        float mean = 0;
        for (std::size_t head = 0; head < heads; ++head)
            mean += first->passages[head * passages + passage] / static_cast<float>(heads);
        EXPECT_NEAR(mean, answer->hops[0].passages[passage], 1e-4) << "passage " << passage;
    }
    EXPECT_NE(first->passages, all->passages);
    for (const auto& looks : {*first, *all}) {
        for (std::size_t head = 0; head < heads; ++head) {
            float sum = looks.sinks[head] + looks.outside[head];
            for (std::size_t passage = 0; passage < passages; ++passage)
                sum += looks.passages[head * passages + passage];
            EXPECT_NEAR(sum, 1, 1e-4);
            EXPECT_EQ(looks.passages[head * passages], 0) << "what is hidden";
        }
    }
    EXPECT_EQ(engine->ask(asked, [](const QString&) {}, {})->answer, answer->answer) << "looking changes nothing";
}

TEST_F(LocalEngine, AWarmConversationIsNotUsedWhenMoreWasReadSince)
{
    auto silent = test::tinyLlama(); // whose likeliest token is always the first, which ends the turn
    silent.setTensor("output.weight", test::TensorType::F32, {64, test::kTinyVocabulary}, test::encodeF32(std::vector<float>(64 * test::kTinyVocabulary)));
    silent.write(nativePath(model()));
    engine = newEngine();
    ASSERT_TRUE(readAPart().ok());
    const auto promptTokens = [&](std::vector<Turn> turns) {
        AskRequest asked = request({1});
        asked.turns = std::move(turns);
        const auto answer = engine->ask(asked, [](const QString&) {}, {});
        EXPECT_TRUE(answer.ok() && answer->answer.isEmpty());
        return answer->promptTokens;
    };
    const Turn who{true, QStringLiteral("Who?")};
    const std::vector<Turn> goingOn = {who, {false, {}}, {true, QStringLiteral("And then?")}};
    const qint64 first = promptTokens({who});
    const qint64 second = promptTokens(goingOn);
    promptTokens({who});
    EXPECT_EQ(promptTokens(goingOn), second); // warm: only what is new
    promptTokens({who});
    ASSERT_TRUE(read(*engine, 1, text).ok());
    EXPECT_EQ(promptTokens(goingOn), first + second);
}

TEST_F(LocalEngine, AskingWhatWasNotReadIsTold)
{
    const auto answer = engine->ask(request({77}), [](const QString&) {}, {});
    ASSERT_FALSE(answer.ok());
    EXPECT_FALSE(answer.error().sentence.isEmpty());
}

TEST_F(LocalEngine, TooLongAQuestionIsContextFull)
{
    ASSERT_TRUE(read(*engine, 1, text).ok());
    AskRequest asked = request({1});
    asked.turns[0].text = QString(20'000, QLatin1Char('q'));
    const auto answer = engine->ask(asked, [](const QString&) {}, {});
    ASSERT_FALSE(answer.ok());
    EXPECT_EQ(answer.error().kind, Failure::Kind::ContextFull);
}

TEST_F(LocalEngine, BadModelFilesAreToldInOneSentenceThatNamesTheFile)
{
    struct Row {
        const char* name;
        std::function<void(const std::filesystem::path&)> make;
        Failure::Kind kind;
    };
    const auto write = [](const std::string& bytes) {
        return [bytes](const std::filesystem::path& path) { std::ofstream(path, std::ios::binary) << bytes; };
    };
    const auto changed = [](const char* key, const char* value) {
        return [=](const std::filesystem::path& path) {
            auto writer = test::tinyLlama();
            writer.set(key, value);
            writer.write(path);
        };
    };
    std::ifstream in(nativePath(model()), std::ios::binary);
    const std::string good((std::istreambuf_iterator<char>(in)), {});
    const Row rows[] = {
        {"missing.gguf", [](const std::filesystem::path&) {}, Failure::Kind::File},
        {"folder.gguf", [](const std::filesystem::path& path) { std::filesystem::create_directory(path); }, Failure::Kind::File},
        {"empty.gguf", write(""), Failure::Kind::Model},
        {"text.gguf", write("Call me Ishmael. Some years ago, never mind how long precisely."), Failure::Kind::Model},
        {"cut-header.gguf", write(good.substr(0, 900)), Failure::Kind::Model},
        {"cut-weights.gguf", write(good.substr(0, good.size() - 5000)), Failure::Kind::Model},
        {"other.gguf", changed("general.architecture", "mamba"), Failure::Kind::Model},
        {"scaled.gguf", changed("llama.rope.scaling.type", "yarn"), Failure::Kind::Model},
        {"vocabulary.gguf", changed("tokenizer.ggml.model", "llama"), Failure::Kind::Model},
    };
    for (const Row& row : rows) {
        SCOPED_TRACE(row.name);
        const QString file = folder.filePath(QString::fromLatin1(row.name));
        row.make(nativePath(file));
        const auto opened = makeLocalEngine({{1}, {}})->open(file, {});
        ASSERT_FALSE(opened.ok());
        EXPECT_EQ(opened.error().kind, row.kind);
        EXPECT_TRUE(opened.error().sentence.contains(file)) << opened.error().sentence.toStdString();
        EXPECT_TRUE(opened.error().sentence.endsWith(QLatin1Char('.')));
    }
}

} // namespace
} // namespace octavo::app
