// SPDX-License-Identifier: Apache-2.0
// Retrieval in code: many files, each defines functions and calls those of others; in which file is one of them defined?
#include <set>

#include "eval/dice.h"
#include "eval/task_maker.h"
#include "eval/word_lists.h"

namespace octavo::app {

namespace {

constexpr std::size_t kFunctions = 3;       // of a file
constexpr std::size_t kCallsOfAsked = 3;    // of the asked function, from other files
constexpr int kTries = 64;
const std::vector<std::string> kVerbs{"load", "store", "count", "merge", "split", "check", "draw", "sort", "send", "parse", "trim", "scale"};
const std::vector<std::string> kFolders{"core", "net", "views", "tools", "store", "audio"};

struct CodeFile {
    std::string path;
    std::vector<std::string> functions;
};

std::string nameOf(const std::string& keyWord) // "amber-lantern" as "amber_lantern"
{
    std::string name = keyWord;
    name[name.find('-')] = '_';
    return name;
}

// As a folder's text form has it (documents/document_loader.h). Its functions call `called`, one each.
std::string textOf(const CodeFile& file, const std::vector<std::string>& called, Dice& dice)
{
    std::string text = "\n==== " + file.path + " ====\n\n";
    for (std::size_t at = 0; at < file.functions.size(); ++at) {
        text += "def " + file.functions[at] + "(items, limit):\n";
        text += "    total = " + dice.number(2) + "\n    for item in items:\n        total += " + called[at] + "(item, limit - " + dice.number(1) + ")\n";
        text += "    return total\n\n\n";
    }
    return text;
}

} // namespace

Result<EvalTask> codeTask(const TaskMaker& maker, const TaskOrder& order, Dice& dice)
{
    std::set<std::string> used;
    const auto fresh = [&](const auto& make) {
        std::string made = make();
        for (int tries = 0; tries < kTries && used.contains(made); ++tries)
            made = make();
        while (used.contains(made))             // in millions of tokens all names have been taken
            made = 'x' + made;
        used.insert(made);
        return made;
    };
    const auto newFile = [&] {
        CodeFile file{fresh([&] { return dice.oneOf(kFolders) + '/' + nameOf(keyWord(dice)) + ".py"; }), {}};
        for (std::size_t function = 0; function < kFunctions; ++function)
            file.functions.push_back(fresh([&] { return dice.oneOf(kVerbs) + '_' + nameOf(keyWord(dice)); }));
        return file;
    };

    const CodeFile asked = newFile();
    const std::string function = asked.functions[dice.below(kFunctions)];
    EvalTask task;
    task.maxTokens = 24;
    task.answers = {asked.path};
    task.question = "In which file is the function " + function + " defined?";
    task.answerStart = "The function " + function + " is defined in the file";

    const std::string own = textOf(asked, newFile().functions, dice);
    const std::uint64_t taken = maker.count(own) + maker.count(task.question) + maker.count(task.answerStart) + task.maxTokens + 2 * kCallsOfAsked;
    if (order.tokens < 2 * taken)
        return tooFewTokens(order, 2 * taken);
    std::vector<std::string> texts;
    CodeFile before = newFile();                // whose functions the first file calls; each calls those of the file before it
    for (std::uint64_t tokens = taken;;) {
        CodeFile file = newFile();
        std::vector<std::string> called = before.functions;
        if (texts.size() < kCallsOfAsked)       // the asked function's name stands elsewhere, too
            called[dice.below(called.size())] = function;
        std::string text = textOf(file, called, dice);
        tokens += maker.count(text) + 1;
        if (tokens > order.tokens)
            break;
        texts.push_back(std::move(text));
        before = std::move(file);
    }
    dice.shuffle(texts);
    const auto at = static_cast<std::ptrdiff_t>(dice.below(texts.size() + 1));
    texts.insert(texts.begin() + at, own);
    for (std::ptrdiff_t number = 0; number < static_cast<std::ptrdiff_t>(texts.size()); ++number) {
        if (number == at)
            task.evidence.push_back({task.text.size(), task.text.size() + own.size()});
        task.text += texts[static_cast<std::size_t>(number)];
    }
    return task;
}

} // namespace octavo::app
