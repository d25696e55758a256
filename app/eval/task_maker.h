// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "eval/eval_task.h"
#include "octavo/engine/result.h"
#include "octavo/engine/tokenizer.h"

namespace octavo::app {

class Dice;

// A question about a text of one's own, for the tasks "qa".
struct GivenQuestion {
    std::string document;
    std::string question;
    std::vector<std::string> answers;   // any of them is right
};

// Makes tasks of any length: those of RULER ("RULER: What's the Real Context Size of Your Long-Context Language Models?", arXiv 2404.06654) by
// its settings (synthetic.yaml: 7 digits, 4 keys, values or queries, a chain of 4 hops, 10 words 30 times among words 3 times, α = 2), and
// Octavo's own about facts hidden in a book. What differs from RULER: the haystack is a book of the caller's, not essays; words come from that
// book and from two short lists; tasks with several values are asked with the chat template around the text, not in a bare prompt.
// The same seed, book and tokenizer give the same tasks on any machine.
// Threads: const calls are safe from any thread. Lifetime: the tokenizer must outlive it.
class TaskMaker {
public:
    // `book` is haystack and source of words; `questions` are what "qa" asks, which without any is refused.
    TaskMaker(const Tokenizer& tokenizer, std::string book, std::vector<GivenQuestion> questions, std::uint64_t seed);

    // niah_single_1 … 3, niah_multikey_1 … 3, niah_multivalue, niah_multiquery, vt, cwe, fwe, qa: RULER's.
    // fact: one fact, sample n of N at depth (n + ½)/N; facts: one of five; two_step: two facts that have to be joined.
    // code: which of many made-up files defines a function that others call.
    static const std::vector<std::string>& names();

    // Sample `sample` of `samples`. Text, question, prompt and answer together have at most `tokens` tokens, and nearly as many.
    // Errors: InvalidArgument (no such task, too few tokens for it, a book that is too short, no questions).
    Result<EvalTask> make(const std::string& name, std::uint64_t tokens, unsigned sample, unsigned samples) const;

    // What the builders of tasks share.
    std::uint64_t count(const std::string& text) const;                     // tokens
    Result<std::string> piece(Dice& dice, std::uint64_t tokens) const;      // of the book, from a random sentence on; ends with one where it can
    const std::vector<std::string>& words() const { return m_words; }       // distinct words of the book, four letters or more, lower case
    const std::vector<GivenQuestion>& questions() const { return m_questions; }

private:
    const Tokenizer& m_tokenizer;
    std::string m_book;
    std::vector<std::uint64_t> m_begins;    // of the book's tokens, in bytes
    std::vector<std::string> m_words;
    std::vector<GivenQuestion> m_questions;
    std::uint64_t m_seed;
};

// What a builder gets besides the maker.
struct TaskOrder {
    std::string name;
    std::uint64_t tokens = 0;               // for text, question and answer
    unsigned sample = 0;
    unsigned samples = 1;
};

// Builders, one per family (niah_tasks.cpp, list_tasks.cpp, fact_tasks.cpp, code_tasks.cpp, question_tasks.cpp).
Result<EvalTask> niahTask(const TaskMaker& maker, const TaskOrder& order, Dice& dice);
Result<EvalTask> variableTask(const TaskMaker& maker, const TaskOrder& order, Dice& dice);
Result<EvalTask> commonWordsTask(const TaskMaker& maker, const TaskOrder& order, Dice& dice);
Result<EvalTask> frequentWordsTask(const TaskMaker& maker, const TaskOrder& order, Dice& dice);
Result<EvalTask> questionTask(const TaskMaker& maker, const TaskOrder& order, Dice& dice);
Result<EvalTask> factTask(const TaskMaker& maker, const TaskOrder& order, Dice& dice);
Result<EvalTask> codeTask(const TaskMaker& maker, const TaskOrder& order, Dice& dice);

// Puts sentences into a text at depths (0 … 1), behind the end of the sentence or line that stands there, and notes where as evidence.
// `depths` has one for each; sentences with the same depth keep their order.
struct HiddenSentence {
    std::string text;
    double depth = 0;
    bool isEvidence = true;
};
void hide(std::vector<HiddenSentence> sentences, EvalTask& task);

// Puts words before a task's text; its evidence moves along.
void putBefore(const std::string& words, EvalTask& task);

Error tooFewTokens(const TaskOrder& order, std::uint64_t needed);

} // namespace octavo::app
