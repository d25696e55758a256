// SPDX-License-Identifier: Apache-2.0
// RULER's question answering: the document that answers stands among others, here paragraphs of the book.
#include "eval/dice.h"
#include "eval/task_maker.h"

namespace octavo::app {

namespace {

constexpr std::uint64_t kOtherTokens = 180;  // of a document among which the right one stands
constexpr std::uint64_t kHeadingTokens = 12;  // "Document 123:", and line ends

} // namespace

Result<EvalTask> questionTask(const TaskMaker& maker, const TaskOrder& order, Dice& dice)
{
    if (maker.questions().empty())
        return Error{Errc::InvalidArgument, "--questions", "the task qa needs a file of questions"};
    const GivenQuestion& given = maker.questions()[order.sample % maker.questions().size()];
    EvalTask task;
    task.maxTokens = 32;
    task.match = EvalTask::Match::Any;
    task.answers = given.answers;
    const std::string rule = "Answer the question based on the given documents. Only give me the answer and do not output any other words.\n\n";
    task.question = rule + "Question: " + given.question;
    task.answerStart = "Answer:";
    const std::uint64_t taken = 2 * maker.count(rule) + maker.count(given.document) + maker.count(given.question) + task.maxTokens + 32;
    if (order.tokens < taken + kOtherTokens)
        return tooFewTokens(order, taken + kOtherTokens);
    std::vector<std::string> documents;
    for (std::uint64_t used = taken;;) {
        auto other = maker.piece(dice, kOtherTokens);
        if (!other)
            return other.error();
        used += maker.count(*other) + kHeadingTokens;
        if (used > order.tokens)
            break;
        documents.push_back(std::move(*other));
    }
    const auto right = static_cast<std::ptrdiff_t>(dice.below(documents.size() + 1));
    documents.insert(documents.begin() + right, given.document);
    task.text = rule + "The following are given documents.\n\n";
    for (std::size_t at = 0; at < documents.size(); ++at) {
        task.text += "Document " + std::to_string(at + 1) + ":\n";
        if (static_cast<std::ptrdiff_t>(at) == right)
            task.evidence.push_back({task.text.size(), task.text.size() + given.document.size()});
        task.text += documents[at] + "\n\n";
    }
    return task;
}

} // namespace octavo::app
