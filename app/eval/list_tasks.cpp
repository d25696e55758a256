// SPDX-License-Identifier: Apache-2.0
// RULER's variable tracking and counting of words.
#include <algorithm>
#include <cmath>

#include "eval/dice.h"
#include "eval/task_maker.h"

namespace octavo::app {

namespace {

constexpr unsigned kHops = 4;
constexpr int kNameLetters = 5, kValueDigits = 5;
constexpr const char* kNoise = "The grass is green. The sky is blue. The sun is yellow. Here we go. There and back again.\n";
constexpr std::uint64_t kExampleTokens = 500;

constexpr std::size_t kCommon = 10;      // words to be named
constexpr unsigned kCommonTimes = 30, kUncommonTimes = 3;
constexpr std::size_t kExampleUncommon = 20;
constexpr unsigned kExampleCommonTimes = 10;

constexpr double kAlpha = 2.0;
constexpr double kZetaOfAlpha = 1.6449340668482264; // π²/6
constexpr int kCodeLetters = 6;
constexpr std::uint64_t kWordsPerCode = 50;         // the vocabulary is a fiftieth of the words

// The task as an example that has been answered: text, question, answer.
std::string answered(const EvalTask& task) { return task.text + '\n' + task.question + ' ' + task.answerStart + rightAnswer(task) + "\n\n"; }

EvalTask chain(const TaskMaker& maker, std::uint64_t room, Dice& dice)
{
    EvalTask task;
    task.maxTokens = 30;
    const std::string value = dice.number(kValueDigits);
    std::vector<HiddenSentence> statements;
    for (unsigned hop = 0; hop <= kHops; ++hop) {
        const std::string name = dice.letters(kNameLetters, 'A');
        statements.push_back({"VAR " + name + " = " + (hop == 0 ? value : "VAR " + task.answers.back()), 0, true});
        task.answers.push_back(name);
    }
    std::vector<double> depths;
    for (std::size_t at = 0; at < statements.size(); ++at)
        depths.push_back(static_cast<double>(1 + dice.below(999)) / 1000);
    std::sort(depths.begin(), depths.end()); // a variable is assigned after the one whose value it takes
    for (std::size_t at = 0; at < statements.size(); ++at)
        statements[at].depth = depths[at];
    task.question = "Question: Find all variables that are assigned the value " + value + " in the text above.";
    task.answerStart = "Answer: According to the chain(s) of variable assignment in the text above, " + std::to_string(task.answers.size())
        + " variables are assigned the value " + value + ", they are:";
    const std::uint64_t each = maker.count(kNoise) + 1;
    const std::uint64_t statementTokens = 16 * statements.size();
    for (std::uint64_t used = statementTokens; used + each <= room; used += each)
        task.text += kNoise;
    hide(std::move(statements), task);
    putBefore("Memorize and track the chain(s) of variable assignment hidden in the following text.\n\n", task);
    return task;
}

EvalTask wordList(const TaskMaker& maker, std::size_t uncommon, unsigned commonTimes, Dice& dice)
{
    EvalTask task;
    task.maxTokens = 120;
    std::vector<std::string> pool = maker.words();
    dice.shuffle(pool);
    task.answers.assign(pool.begin(), pool.begin() + kCommon);
    std::vector<std::string> list;
    for (std::size_t word = 0; word < std::min(pool.size(), kCommon + uncommon); ++word)
        for (unsigned time = 0; time < (word < kCommon ? commonTimes : uncommon == kExampleUncommon ? 1 : kUncommonTimes); ++time)
            list.push_back(pool[word]);
    dice.shuffle(list);
    task.text = "Below is a numbered list of words. In these words, some appear more often than others. Memorize the ones that appear most often.\n";
    for (std::size_t at = 0; at < list.size(); ++at)
        task.text += std::to_string(at + 1) + ". " + list[at] + ' ';
    task.question = "Question: What are the 10 most common words in the above list?";
    task.answerStart = "Answer: The top 10 words that appear most often in the list are:";
    return task;
}

} // namespace

Result<EvalTask> variableTask(const TaskMaker& maker, const TaskOrder& order, Dice& dice)
{
    const std::string example = answered(chain(maker, kExampleTokens, dice));
    const std::uint64_t taken = maker.count(example) + 160;
    if (order.tokens < taken + kExampleTokens)
        return tooFewTokens(order, taken + kExampleTokens);
    EvalTask task = chain(maker, order.tokens - taken, dice);
    putBefore(example, task);
    return task;
}

Result<EvalTask> commonWordsTask(const TaskMaker& maker, const TaskOrder& order, Dice& dice)
{
    if (maker.words().size() < 1000)
        return Error{Errc::InvalidArgument, "--tasks", "cwe needs a book of at least 1000 different words"};
    const std::string example = answered(wordList(maker, kExampleUncommon, kExampleCommonTimes, dice));
    const std::uint64_t taken = maker.count(example) + 200;
    const auto fits = [&](std::size_t uncommon) {
        Dice measured(1);
        return taken + maker.count(wordList(maker, uncommon, kCommonTimes, measured).text) <= order.tokens;
    };
    const std::size_t least = kExampleUncommon + 1;
    if (!fits(least))
        return tooFewTokens(order, taken + 2500);
    std::size_t fitting = least, beyond = maker.words().size() - kCommon + 1;
    while (beyond - fitting > std::max<std::size_t>(1, fitting / 100)) {
        const std::size_t middle = (fitting + beyond) / 2;
        (fits(middle) ? fitting : beyond) = middle;
    }
    EvalTask task = wordList(maker, fitting - fitting / 50, kCommonTimes, dice); // other words may take a few tokens more than those measured
    putBefore(example, task);
    return task;
}

Result<EvalTask> frequentWordsTask(const TaskMaker& maker, const TaskOrder& order, Dice& dice)
{
    EvalTask task;
    task.maxTokens = 50;
    const std::string intro = "Read the following coded text and track the frequency of each coded word. Find the three most frequently appeared coded words. ";
    task.question = "Question: Do not provide any explanation. Please ignore the dots '....'. What are the three most frequently appeared words in the above coded text?";
    task.answerStart = "Answer: According to the coded text above, the three most frequently appeared words are:";
    const std::uint64_t taken = maker.count(intro) + 160;
    if (order.tokens < taken + 600)
        return tooFewTokens(order, taken + 600);

    // A word of six random letters is about four tokens; the list is then made as long as fits.
    std::vector<std::string> codes{"...."};
    for (std::uint64_t code = 0; code < std::max<std::uint64_t>(8, order.tokens / 4 / kWordsPerCode); ++code)
        codes.push_back(dice.letters(kCodeLetters, 'a'));
    const auto listOf = [&](std::uint64_t words) {
        std::vector<std::string> list;
        for (std::size_t rank = 0; rank < codes.size(); ++rank) {
            const auto times = static_cast<std::uint64_t>(static_cast<double>(words) * std::pow(static_cast<double>(rank + 1), -kAlpha) / kZetaOfAlpha);
            list.insert(list.end(), times, codes[rank]);
        }
        return list;
    };
    const auto tokensOf = [&](const std::vector<std::string>& list) {
        std::string text;
        for (const std::string& word : list)
            text += word + ' ';
        return maker.count(text);
    };
    std::uint64_t fitting = 100, beyond = order.tokens;
    while (beyond - fitting > std::max<std::uint64_t>(1, fitting / 100)) {
        const std::uint64_t middle = (fitting + beyond) / 2;
        (taken + tokensOf(listOf(middle)) <= order.tokens ? fitting : beyond) = middle;
    }
    std::vector<std::string> list = listOf(fitting - fitting / 50);
    dice.shuffle(list);
    task.text = intro;
    for (const std::string& word : list)
        task.text += word + ' ';
    task.answers = {codes[1], codes[2], codes[3]};
    return task;
}

} // namespace octavo::app
