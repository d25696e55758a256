// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace octavo::app {

// One question about one long text, with what a right answer names. A plain value, made by TaskMaker.
struct EvalTask {
    struct Range {
        std::size_t begin = 0;              // bytes of `text`
        std::size_t end = 0;
    };

    std::string name;                       // of the kind of task: "niah_single_2"
    std::string text;                       // what is read
    std::string question;
    std::string answerStart;                // begins the answer, as RULER's answer prefixes do; empty: the model begins
    std::vector<std::string> answers;
    enum class Match { All, Any } match = Match::All;
    std::vector<Range> evidence;            // where in the text the answer stands, ascending; empty: nowhere in particular
    double depth = 0;                       // of the first evidence, as a share of the text
    std::uint64_t maxTokens = 128;          // of the answer
};

// Share of the answers that `output` names, letters' case aside; with Match::Any 1 if one of them. RULER's string_match_all and string_match_part.
double scoreOf(const EvalTask& task, const std::string& output);

// The answers as the model would have written them after `answerStart`: " 8231, 1172".
std::string rightAnswer(const EvalTask& task);

} // namespace octavo::app
