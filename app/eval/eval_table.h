// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "eval/eval_subject.h"
#include "eval/line_plot.h"

namespace octavo::app {

// One task tried once. As a line of JSON it is how far a run has come: what is there is not tried again.
struct EvalSample {
    std::string task;
    std::uint64_t tokens = 0;       // the length it was made for
    unsigned sample = 0;
    double depth = 0;
    EvalResult result;
};

nlohmann::json jsonOf(const EvalSample& sample);
// Errors: BadMetadata where a field is missing or of another type.
Result<EvalSample> evalSampleOf(const nlohmann::json& line);

// Means over the samples of one task at one length.
struct EvalRow {
    std::string task;
    std::uint64_t tokens = 0;
    unsigned samples = 0;
    double score = 0;               // 0 … 1
    double tokensRight = 0;
    double answerNll = 0;           // nats per token
    double seconds = 0;
    // Of samples with evidence; top1 and top3 among those whose answer was right alone. -1: there were none.
    double top1 = -1, top3 = -1, maskedDrop = 0, elsewhereDrop = 0;
    double maskedMore = -1;         // share of samples in which hiding the evidence cost more than hiding as much elsewhere
};

std::vector<EvalRow> evalRowsOf(const std::vector<EvalSample>& samples);   // in the order in which tasks and lengths first come

nlohmann::json jsonOf(const EvalRow& row);
std::string markdownOf(const std::vector<EvalRow>& rows);
LinePlot plotOf(const std::vector<EvalRow>& rows, const QString& title);

} // namespace octavo::app
