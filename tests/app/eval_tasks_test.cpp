// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <sstream>

#include "eval/coverage.h"
#include "eval/dice.h"
#include "eval/eval_table.h"
#include "eval/task_maker.h"

namespace octavo::app {
namespace {

// Every four bytes a token: enough to fill lengths.
class QuarterTokenizer final : public Tokenizer {
public:
    TokenizedText encode(std::string_view text, SpecialTokens) const override
    {
        TokenizedText tokens;
        for (std::size_t at = 0; at < text.size(); at += 4) {
            tokens.ids.push_back(static_cast<TokenId>(at % 1000));
            tokens.begins.push_back(at);
        }
        return tokens;
    }
    std::string_view bytes(TokenId) const override { return {}; }
    bool isSpecial(TokenId) const override { return false; }
    std::size_t vocabularySize() const override { return 1000; }
    std::optional<TokenId> bos() const override { return std::nullopt; }
    std::optional<TokenId> eos() const override { return std::nullopt; }
    bool endsTurn(TokenId) const override { return false; }
};

// Sentences of made-up words, with all the letters that words need.
std::string inventedBook()
{
    Dice dice(7);
    std::string book;
    while (book.size() < 400'000) {
        book += "When ";
        for (int word = 0; word < 9; ++word)
            book += dice.letters(4 + static_cast<int>(dice.below(5)), 'a') + ' ';
        book += "came home. ";
    }
    return book;
}

class EvalTasks : public testing::Test {
protected:
    QuarterTokenizer tokenizer;
    TaskMaker maker{tokenizer, inventedBook(), {{"The lighthouse of Skerry was built by Ann Dahl in 1851.", "Who built the lighthouse of Skerry?", {"Ann Dahl", "Dahl"}}}, 3};

    static std::size_t count(const std::string& text, const std::string& words)
    {
        std::size_t found = 0;
        for (std::size_t at = text.find(words); at != std::string::npos; at = text.find(words, at + 1))
            ++found;
        return found;
    }
};

TEST_F(EvalTasks, FillTheirLengthAndNoMore)
{
    for (const std::string& name : TaskMaker::names()) {
        for (const std::uint64_t tokens : {4096, 16384}) {
            const auto task = maker.make(name, tokens, 1, 4);
            ASSERT_TRUE(task.ok()) << name << ": " << task.error().detail;
            const std::uint64_t whole = maker.count(task->text) + maker.count(task->question) + maker.count(task->answerStart) + task->maxTokens;
            EXPECT_LE(whole, tokens) << name;
            EXPECT_GE(whole, tokens * 85 / 100) << name;
        }
    }
}

TEST_F(EvalTasks, EvidenceHoldsTheAnswers)
{
    for (const std::string& name : TaskMaker::names()) {
        for (unsigned sample = 0; sample < 4; ++sample) {
            const auto task = maker.make(name, 4096, sample, 4);
            ASSERT_TRUE(task.ok()) << name;
            if (name == "cwe" || name == "fwe") {
                EXPECT_TRUE(task->evidence.empty()) << name;
                continue;
            }
            ASSERT_FALSE(task->evidence.empty()) << name;
            std::string evidence;
            std::size_t before = 0;
            for (const EvalTask::Range& range : task->evidence) {
                ASSERT_LE(before, range.begin) << name;
                ASSERT_LE(range.end, task->text.size()) << name;
                before = range.end;
                evidence += task->text.substr(range.begin, range.end - range.begin);
            }
            for (const std::string& answer : task->answers)
                EXPECT_NE(evidence.find(answer), std::string::npos) << name << ": " << answer << " is not in " << evidence;
            if (name == "vt" || name == "qa")   // a chain's names stand in an example's links, short answers may be anywhere
                continue;
            for (const std::string& answer : task->answers)
                EXPECT_EQ(count(task->text, answer), count(evidence, answer)) << name;
        }
    }
}

TEST_F(EvalTasks, TheSameSeedGivesTheSameTaskAndAnotherSampleAnother)
{
    TaskMaker again(tokenizer, inventedBook(), maker.questions(), 3), other(tokenizer, inventedBook(), maker.questions(), 4);
    for (const std::string& name : TaskMaker::names()) {
        const auto task = maker.make(name, 4096, 0, 2);
        EXPECT_EQ(task->text, again.make(name, 4096, 0, 2)->text) << name;
        EXPECT_NE(task->text, other.make(name, 4096, 0, 2)->text) << name;
        EXPECT_NE(task->text, maker.make(name, 4096, 1, 2)->text) << name;
    }
}

TEST_F(EvalTasks, FactsAreSpreadOverTheWholeText)
{
    for (unsigned sample = 0; sample < 10; ++sample) {
        const auto task = maker.make("fact", 8192, sample, 10);
        EXPECT_NEAR(task->depth, (sample + 0.5) / 10, 0.02);
    }
}

TEST_F(EvalTasks, AChainIsAssignedInOrder)
{
    const auto task = maker.make("vt", 4096, 0, 1);
    const std::string own = task->text.substr(task->text.rfind("Memorize"));   // behind the example that has been answered
    std::size_t before = 0;
    for (std::size_t link = 0; link < task->answers.size(); ++link) {
        const std::string statement = "VAR " + task->answers[link] + " = " + (link == 0 ? "" : "VAR " + task->answers[link - 1]);
        const std::size_t at = own.find(statement);
        ASSERT_NE(at, std::string::npos) << statement;
        EXPECT_GE(at, before);
        before = at;
    }
    EXPECT_EQ(task->answers.size(), 5u);
}

TEST_F(EvalTasks, CommonWordsAreTheCommonestByFar)
{
    const auto task = maker.make("cwe", 8192, 0, 1);
    std::istringstream words(task->text.substr(task->text.rfind("Memorize the ones")));
    std::map<std::string, int> times;
    for (std::string word; words >> word;)
        ++times[word];
    for (const std::string& answer : task->answers)
        EXPECT_EQ(times[answer], 30) << answer;
    EXPECT_EQ(std::count_if(times.begin(), times.end(), [](const auto& word) { return word.second > 3; }), 10);
}

TEST_F(EvalTasks, CodedWordsAreFrequentByRank)
{
    const auto task = maker.make("fwe", 8192, 0, 1);
    std::istringstream words(task->text);
    std::map<std::string, int> times;
    for (std::string word; words >> word;)
        ++times[word];
    const std::set<std::string> answers(task->answers.begin(), task->answers.end());
    int least = 1 << 30;
    for (const std::string& answer : answers)
        least = std::min(least, times[answer]);
    for (const auto& [word, count] : times)
        EXPECT_TRUE(answers.contains(word) || word == "...." || count < least) << word;
}

TEST_F(EvalTasks, AFunctionIsDefinedInOneFileAndCalledInOthers)
{
    for (unsigned sample = 0; sample < 5; ++sample) {
        const auto task = maker.make("code", 8192, sample, 5);
        const std::string function = task->question.substr(std::string("In which file is the function ").size(), task->question.find(" defined") - std::string("In which file is the function ").size());
        EXPECT_EQ(count(task->text, "def " + function + "("), 1u);
        EXPECT_GE(count(task->text, function + "("), 4u) << "others call it";
        const std::size_t heading = task->text.rfind("==== ", task->text.find("def " + function + "("));
        EXPECT_EQ(task->text.compare(heading + 5, task->answers[0].size(), task->answers[0]), 0);
    }
}

TEST(EvalCoverage, EveryChapterHasItsMarkerAndWhatBecameOfItIsCounted)
{
    std::string text;
    QList<SummaryChapter> chapters;
    for (int chapter = 0; chapter < 4; ++chapter) {
        const auto begin = static_cast<qint64>(text.size());
        for (int sentence = 0; sentence < 30; ++sentence)
            text += "The sea was calm on day " + std::to_string(sentence) + ". ";
        chapters.append({QStringLiteral("Chapter %1").arg(chapter + 1), {begin, static_cast<qint64>(text.size())}});
    }
    const MarkedBook book = withMarkers(text, chapters, 5);
    ASSERT_EQ(book.markers.size(), 4u);
    EXPECT_EQ(withMarkers(text, chapters, 5).text, book.text);
    Summary summary;
    for (std::size_t n = 0; n < 4; ++n) {
        const std::string sentence = book.text.substr(book.markers[n].bytes.begin, book.markers[n].bytes.end - book.markers[n].bytes.begin);
        EXPECT_NE(sentence.find(book.markers[n].thing), std::string::npos);
        SummaryPart part;
        part.title = chapters[static_cast<qsizetype>(n)].title;
        part.bytes = {n == 0 ? 0 : summary.parts.back().bytes.end, static_cast<qint64>(n < 3 ? book.markers[n].bytes.end + 40 : book.text.size())};
        summary.parts.append(part);
    }
    summary.parts[0].message.text = QStringLiteral("There was the %1.").arg(QString::fromStdString(book.markers[0].thing).toUpper());
    summary.parts[2].gap = SummaryPart::Gap::PassedOver;
    SummaryPart whole;
    whole.kind = SummaryPart::Kind::Whole;
    whole.message.text = QStringLiteral("It ends with the %1.").arg(QString::fromStdString(book.markers[1].thing).replace(QLatin1Char(' '), QLatin1Char('-')));
    summary.parts.append(whole);
    const std::vector<MarkerFate> fates = fatesOf(book, summary);
    ASSERT_EQ(fates.size(), 4u);
    const auto told = [&](std::size_t n) { return std::array{fates[n].byChapter, fates[n].byWhole, fates[n].flagged, fates[n].isSilent()}; };
    EXPECT_EQ(told(0), (std::array{true, false, false, true}));
    EXPECT_EQ(told(1), (std::array{false, true, false, false}));
    EXPECT_EQ(told(2), (std::array{false, false, true, false}));
    EXPECT_EQ(told(3), (std::array{false, false, false, true}));
}

TEST_F(EvalTasks, RefuseWhatCannotBeMade)
{
    EXPECT_EQ(maker.make("no such task", 4096, 0, 1).error().code, Errc::InvalidArgument);
    for (const std::string& name : TaskMaker::names()) {
        EXPECT_EQ(maker.make(name, 100, 0, 1).error().code, Errc::InvalidArgument) << name;
        EXPECT_EQ(maker.make(name, 0, 0, 1).error().code, Errc::InvalidArgument) << name;
    }
    EXPECT_EQ(maker.make("fact", 1'000'000, 0, 1).error().code, Errc::InvalidArgument);   // the book is shorter
    EXPECT_EQ(TaskMaker(tokenizer, inventedBook(), {}, 1).make("qa", 4096, 0, 1).error().code, Errc::InvalidArgument);
}

TEST(EvalScore, CountsTheAnswersThatAreNamed)
{
    EvalTask task;
    task.answers = {"8231", "Ann Dahl"};
    EXPECT_EQ(scoreOf(task, " 8231 and ann dahl."), 1);
    EXPECT_EQ(scoreOf(task, " 8231"), 0.5);
    EXPECT_EQ(scoreOf(task, ""), 0);
    EXPECT_EQ(rightAnswer(task), " 8231, Ann Dahl");
    task.match = EvalTask::Match::Any;
    EXPECT_EQ(scoreOf(task, "It was ANN DAHL"), 1);
    EXPECT_EQ(rightAnswer(task), " 8231");
}

EvalSample sampleOf(const char* task, std::uint64_t tokens, unsigned number, double score, std::optional<Provenance> provenance = {})
{
    EvalSample sample{task, tokens, number, 0.5, {}};
    sample.result.output = "out";
    sample.result.score = score;
    sample.result.answerNll = 1 - score;
    sample.result.provenance = provenance;
    return sample;
}

TEST(EvalTable, MeansAreOverSamplesAndSourcesOverRightAnswers)
{
    const std::vector<EvalRow> rows = evalRowsOf({sampleOf("fact", 4096, 0, 1, Provenance{true, true, 2, 0}), sampleOf("fact", 4096, 1, 1, Provenance{false, true, 3, 0.5}),
                                                  sampleOf("fact", 4096, 2, 0, Provenance{false, false, -1, 0}), sampleOf("cwe", 4096, 0, 0.4)});
    ASSERT_EQ(rows.size(), 2u);
    EXPECT_DOUBLE_EQ(rows[0].score, 2.0 / 3);
    EXPECT_DOUBLE_EQ(rows[0].top1, 0.5);
    EXPECT_DOUBLE_EQ(rows[0].top3, 1);
    EXPECT_DOUBLE_EQ(rows[0].maskedMore, 2.0 / 3);
    EXPECT_DOUBLE_EQ(rows[0].maskedDrop, 4.0 / 3);
    EXPECT_DOUBLE_EQ(rows[1].score, 0.4);
    EXPECT_EQ(rows[1].top3, -1);   // nothing to say
    EXPECT_EQ(plotOf(rows, {}).lines.size(), 2u);
}

TEST(EvalTable, ASampleComesBackFromItsLine)
{
    const EvalSample sample = sampleOf("vt", 8192, 3, 0.8, Provenance{false, true, 0.25, -0.5});
    const auto back = evalSampleOf(nlohmann::json::parse(jsonOf(sample).dump()));
    ASSERT_TRUE(back.ok());
    EXPECT_EQ(jsonOf(*back), jsonOf(sample));
    EXPECT_FALSE(evalSampleOf(nlohmann::json::parse("{}")).ok());
    EXPECT_FALSE(evalSampleOf(nlohmann::json::parse("{\"task\": 1}")).ok());
    EXPECT_FALSE(evalSampleOf(nlohmann::json::parse("broken", nullptr, false)).ok());
}

} // namespace
} // namespace octavo::app
