// SPDX-License-Identifier: Apache-2.0
#include "eval/eval_task.h"

#include <algorithm>
#include <cctype>

namespace octavo::app {

namespace {

std::string lowered(std::string text)
{
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

} // namespace

double scoreOf(const EvalTask& task, const std::string& output)
{
    const std::string said = lowered(output);
    const auto named = std::count_if(task.answers.begin(), task.answers.end(), [&](const std::string& answer) { return said.find(lowered(answer)) != std::string::npos; });
    if (task.match == EvalTask::Match::Any)
        return named > 0 ? 1 : 0;
    return static_cast<double>(named) / static_cast<double>(task.answers.size());
}

std::string rightAnswer(const EvalTask& task)
{
    if (task.match == EvalTask::Match::Any)
        return ' ' + task.answers.front();
    std::string text;
    for (const std::string& answer : task.answers)
        text += (text.empty() ? " " : ", ") + answer;
    return text;
}

} // namespace octavo::app
