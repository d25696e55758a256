// SPDX-License-Identifier: Apache-2.0
#include "run/forward.h"

#include <algorithm>
#include <cmath>

namespace octavo {

namespace {

constexpr std::size_t kScoredAtOnce = 32; // rows of logits held while scoring

} // namespace

Forward::Forward(const Model& model, Backend& backend, PassKind kind) : m_model(model), m_pass(backend.forwardPass(model, kind)) {}

void Forward::scoreRun(std::span<const TokenId> ids, std::size_t from, std::span<const float> previous, std::stop_token stop,
                       std::vector<TokenScore>& scores)
{
    if (from == 0 && !previous.empty())
        score(previous.data(), ids.first(1), stop, scores);
    const std::size_t next = std::max<std::size_t>(from, 1);
    if (next < ids.size())
        score(hidden(next - 1), ids.subspan(next), stop, scores);
}

void Forward::score(const float* hidden, std::span<const TokenId> next, std::stop_token stop, std::vector<TokenScore>& scores)
{
    const std::size_t vocabulary = m_model.config().vocabulary;
    for (std::size_t begin = 0; begin < next.size() && !stop.stop_requested(); begin += kScoredAtOnce) {
        const std::size_t count = std::min(kScoredAtOnce, next.size() - begin);
        const std::vector<float> rows = logits(hidden + begin * m_model.config().hidden, count, stop);
        for (std::size_t n = 0; n < count; ++n) {
            const auto row = std::span(rows).subspan(n * vocabulary, vocabulary);
            const auto best = std::max_element(row.begin(), row.end());
            double sum = 0;
            for (const float logit : row)
                sum += std::exp(static_cast<double>(logit) - *best);
            const float right = row[static_cast<std::size_t>(next[begin + n])];
            scores.push_back({static_cast<float>(*best + std::log(sum) - right), static_cast<TokenId>(best - row.begin())});
        }
    }
}

std::optional<Error> checkIds(const Model& model, std::span<const TokenId> ids)
{
    for (const TokenId id : ids)
        if (id < 0 || static_cast<std::uint32_t>(id) >= model.config().vocabulary)
            return Error{Errc::InvalidArgument, "token id", std::to_string(id)};
    return std::nullopt;
}

} // namespace octavo
