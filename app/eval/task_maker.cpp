// SPDX-License-Identifier: Apache-2.0
#include "eval/task_maker.h"

#include <algorithm>
#include <cctype>
#include <set>

#include "eval/dice.h"

namespace octavo::app {

namespace {

using Builder = Result<EvalTask>(const TaskMaker&, const TaskOrder&, Dice&);

struct NamedBuilder {
    const char* name;
    Builder* build;
};
constexpr NamedBuilder kBuilders[] = {{"niah_single_1", niahTask},   {"niah_single_2", niahTask},   {"niah_single_3", niahTask},
                                      {"niah_multikey_1", niahTask}, {"niah_multikey_2", niahTask}, {"niah_multikey_3", niahTask},
                                      {"niah_multivalue", niahTask}, {"niah_multiquery", niahTask}, {"vt", variableTask},
                                      {"cwe", commonWordsTask},      {"fwe", frequentWordsTask},    {"qa", questionTask},
                                      {"fact", factTask},            {"facts", factTask},           {"two_step", factTask},
                                      {"code", codeTask}};

constexpr std::uint64_t kFrameTokens = 96; // what a chat template puts around text, question and answer
constexpr std::size_t kSentenceSearch = 2000; // bytes in which the end of a sentence is looked for
constexpr std::size_t kLeastWord = 4, kLongestWord = 10;

std::vector<std::string> wordsOf(const std::string& book)
{
    std::set<std::string> found;
    std::string word;
    for (const char c : book + ' ') {
        if (c >= 'a' && c <= 'z') {
            word += c;
            continue;
        }
        if (word.size() >= kLeastWord && word.size() <= kLongestWord && std::isspace(static_cast<unsigned char>(c)))
            found.insert(word);
        word.clear();
    }
    return {found.begin(), found.end()};
}

// Behind the first end of a sentence or line at or after `at`; `at` itself where none is near.
std::size_t sentenceEnd(const std::string& text, std::size_t at)
{
    for (std::size_t n = at; n < std::min(text.size(), at + kSentenceSearch); ++n) {
        if (text[n] == '\n')
            return n + 1;
        if ((text[n] == '.' || text[n] == '!' || text[n] == '?') && n + 1 < text.size() && text[n + 1] == ' ')
            return n + 2;
    }
    while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80)
        ++at;
    return std::min(at, text.size());
}

std::uint64_t hashOf(const std::string& name) // FNV-1a: std::hash differs between machines
{
    std::uint64_t hash = 0xcbf29ce484222325;
    for (const unsigned char c : name)
        hash = (hash ^ c) * 0x100000001b3;
    return hash;
}

} // namespace

TaskMaker::TaskMaker(const Tokenizer& tokenizer, std::string book, std::vector<GivenQuestion> questions, std::uint64_t seed)
    : m_tokenizer(tokenizer), m_book(std::move(book)), m_begins(tokenizer.encode(m_book, SpecialTokens::Literal).begins), m_words(wordsOf(m_book)),
      m_questions(std::move(questions)), m_seed(seed)
{
}

const std::vector<std::string>& TaskMaker::names()
{
    static const std::vector<std::string> all = [] {
        std::vector<std::string> names;
        for (const NamedBuilder& builder : kBuilders)
            names.emplace_back(builder.name);
        return names;
    }();
    return all;
}

Result<EvalTask> TaskMaker::make(const std::string& name, std::uint64_t tokens, unsigned sample, unsigned samples) const
{
    const auto* builder = std::find_if(std::begin(kBuilders), std::end(kBuilders), [&](const NamedBuilder& known) { return known.name == name; });
    if (builder == std::end(kBuilders))
        return Error{Errc::InvalidArgument, "--tasks", "there is no task " + name};
    TaskOrder order{name, tokens > kFrameTokens ? tokens - kFrameTokens : 0, sample, samples};
    // Kinds of tasks of one sample do not share their chance, or all would hide the same numbers.
    Dice dice(m_seed * 0x9e3779b97f4a7c15 + hashOf(name) + sample);
    auto task = builder->build(*this, order, dice);
    if (task) {
        task->name = name;
        if (!task->evidence.empty())
            task->depth = static_cast<double>(task->evidence.front().begin) / static_cast<double>(std::max<std::size_t>(1, task->text.size()));
    }
    return task;
}

std::uint64_t TaskMaker::count(const std::string& text) const { return m_tokenizer.encode(text, SpecialTokens::Literal).ids.size(); }

Result<std::string> TaskMaker::piece(Dice& dice, std::uint64_t tokens) const
{
    if (m_begins.size() <= tokens)
        return Error{Errc::InvalidArgument, "--tokens", "the book has only " + std::to_string(m_begins.size()) + " tokens"};
    const std::size_t first = dice.below(m_begins.size() - tokens);
    const auto end = static_cast<std::size_t>(m_begins[first + tokens]);
    const std::size_t begin = std::min(sentenceEnd(m_book, static_cast<std::size_t>(m_begins[first])), end);
    std::string text = m_book.substr(begin, end - begin);
    if (const std::size_t last = text.rfind(". "); last != std::string::npos && last + kSentenceSearch > text.size())
        text.resize(last + 2);
    return text;
}

void hide(std::vector<HiddenSentence> sentences, EvalTask& task)
{
    std::stable_sort(sentences.begin(), sentences.end(), [](const HiddenSentence& a, const HiddenSentence& b) { return a.depth < b.depth; });
    std::string text;
    std::size_t copied = 0;
    for (const HiddenSentence& sentence : sentences) {
        const std::size_t wanted = static_cast<std::size_t>(sentence.depth * static_cast<double>(task.text.size()));
        const std::size_t at = std::max(copied, wanted == 0 ? 0 : sentenceEnd(task.text, wanted));
        text.append(task.text, copied, at - copied);
        copied = at;
        if (sentence.isEvidence)
            task.evidence.push_back({text.size(), text.size() + sentence.text.size()});
        text += sentence.text;
        text += at > 0 && task.text[at - 1] == '\n' ? '\n' : ' ';
    }
    text.append(task.text, copied);
    task.text = std::move(text);
}

void putBefore(const std::string& words, EvalTask& task)
{
    task.text = words + task.text;
    for (EvalTask::Range& range : task.evidence) {
        range.begin += words.size();
        range.end += words.size();
    }
}

Error tooFewTokens(const TaskOrder& order, std::uint64_t needed)
{
    return {Errc::InvalidArgument, "--lengths", order.name + " needs at least " + std::to_string(needed + kFrameTokens) + " tokens"};
}

} // namespace octavo::app
