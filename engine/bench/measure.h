// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "bench/json_line.h"
#include "octavo/engine/model.h"
#include "octavo/engine/reading.h"

namespace octavo::bench {

// What a run may take. A run that is lent a machine for minutes must end with figures, not in the middle of the last of them.
class TimeBudget {
public:
    explicit TimeBudget(double seconds) : m_begin(std::chrono::steady_clock::now()), m_seconds(seconds) {}
    double used() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - m_begin).count(); }
    double left() const { return m_seconds - used(); }

private:
    std::chrono::steady_clock::time_point m_begin;
    double m_seconds;
};

double median(std::vector<double> values); // 0 of none

// On "cpu", "cuda" or what there is ("auto").
Result<std::shared_ptr<Engine>> openEngine(const std::string& device, std::optional<std::uint32_t> gpuLayers);

// Bytes of the weights that every token must see: all matrices, but of the embedding's rows only the output's where that is the same matrix.
std::uint64_t weightBytes(const Model& model);

// One text of random tokens, read once.
struct ReadRun {
    std::unique_ptr<Reading> reading;
    double seconds = 0;
    std::vector<std::pair<std::uint64_t, double>> curve; // seconds at each power of two of tokens from 4096 on
    bool whole = false;                                  // false: the budget was used up before the end
};
Result<ReadRun> readOnce(const std::shared_ptr<const Model>& model, const ReadingPlan& plan, std::uint64_t tokens, const TimeBudget& budget);

// What runs of one text and plan say together: the step "read".
JsonLine readLine(const Model& model, const ReadingPlan& plan, std::uint64_t tokens, const std::vector<ReadRun>& runs);

// Exact asking after a reading: single tokens with logits, without and with hop records and by Asking::generate, in turn; the step "decode".
Result<JsonLine> decode(const Reading& reading, std::uint64_t tokens, const TimeBudget& budget);

} // namespace octavo::bench
