// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "eval/eval_task.h"
#include "octavo/engine/model.h"
#include "octavo/engine/plan.h"
#include "octavo/engine/reading.h"

namespace octavo::app {

// Where an answer's sources lay, as the window would name them (assistant/sources.h), against where the answer stands.
struct Provenance {
    bool top1 = false;              // the first source holds a piece of evidence
    bool top3 = false;
    // How much less likely the right answer is, in nats per token, when question and answer do not see the evidence, or a stretch of the same
    // length elsewhere. Exact for what they see; later tokens that were read with the evidence in sight still carry it.
    double maskedDrop = 0;
    double elsewhereDrop = 0;
};

// What a model made of one task.
struct EvalResult {
    std::string output;             // greedy, without a penalty on repetition
    double score = 0;               // scoreOf
    double answerNll = 0;           // of the right answer's tokens, mean, nats
    double tokensRight = 0;         // share of them that would have been written
    std::uint64_t textTokens = 0;
    std::uint64_t readTokens = 0;   // now; the rest were read for the task before
    double seconds = 0;
    std::optional<Provenance> provenance;   // of tasks with evidence
};

// A model and a way to read, on which tasks are tried. Each text is read, then asked exactly, with the model's own chat template around it.
// Threads: one at a time, blocking. Lifetime: shares the model.
class EvalSubject {
public:
    // `plan` must pass check(); `plannedTokens` is the length of all its tasks: positions depend on it.
    EvalSubject(std::shared_ptr<const Model> model, ReadingPlan plan, std::uint64_t plannedTokens);
    ~EvalSubject();

    // Errors: those of Reading and Asking.
    Result<EvalResult> run(const EvalTask& task, const ReadingProgressFn& progress, const std::stop_token& stop);

private:
    Result<void> read(const std::vector<TokenId>& ids, const ReadingProgressFn& progress, const std::stop_token& stop);

    std::shared_ptr<const Model> m_model;
    ReadingPlan m_plan;
    std::uint64_t m_plannedTokens = 0;
    std::unique_ptr<Reading> m_reading;     // of the task before: texts may begin alike
    std::uint64_t m_readNow = 0;
};

} // namespace octavo::app
