// SPDX-License-Identifier: Apache-2.0
#include "octavo/engine/reading.h"

#include <algorithm>
#include <chrono>
#include <new>

#include "run/reading_state.h"

namespace octavo {

Reading::Reading(std::shared_ptr<const Model> model, ReadingPlan plan, std::uint64_t plannedTokens)
    : m_model(std::move(model)), m_plan(std::move(plan)), m_plannedTokens(plannedTokens), m_row(m_plan.row(plannedTokens)),
      m_cache(std::make_unique<KvCache>(m_model->config())),
      m_state(std::make_unique<ReadingState>(*m_model, m_plan, m_row, m_plan.rowStep(plannedTokens, m_model->config().context), *m_cache))
{
}

Reading::~Reading() = default;

Result<std::unique_ptr<Reading>> Reading::start(std::shared_ptr<const Model> model, ReadingPlan plan, std::uint64_t plannedTokens)
{
    if (const auto checked = plan.check(); !checked)
        return checked.error();
    if (plannedTokens == 0)
        return Error{Errc::InvalidArgument, "planned tokens", "at least 1"};
    const ModelConfig& config = model->config();
    const std::uint64_t needed
        = plannedTokens * config.kvBytesPerToken() + HopValues::bytesFor(plan, config.layers, config.heads, config.headWidth);
    const std::uint64_t room = Engine::availableMemory();
    if (room && needed > room)
        return Error{Errc::OutOfMemory, "keys and values", {}, needed, room};
    try {
        return std::unique_ptr<Reading>(new Reading(std::move(model), std::move(plan), plannedTokens));
    } catch (const std::bad_alloc&) {
        return Error{Errc::OutOfMemory, "hop values", {}, needed, room};
    }
}

std::uint64_t Reading::kvBytes() const { return m_cache->bytes(); }

Result<void> Reading::read(std::span<const TokenId> tokens, const ReadingProgressFn& progress, std::stop_token stop)
{
    const auto scores = run(tokens, tokens.size(), progress, stop);
    return scores ? Result<void>() : Result<void>(scores.error());
}

Result<std::vector<TokenScore>> Reading::readAndScore(std::span<const TokenId> tokens, std::uint64_t firstScored, std::stop_token stop)
{
    return run(tokens, firstScored, {}, stop);
}

Result<std::vector<TokenScore>> Reading::run(std::span<const TokenId> tokens, std::uint64_t firstScored, const ReadingProgressFn& progress,
                                             std::stop_token stop)
{
    if (m_ids.size() + tokens.size() > m_plannedTokens)
        return Error{Errc::ContextFull, "reading", {}, m_ids.size() + tokens.size(), m_plannedTokens};
    if (const auto wrong = checkIds(*m_model, tokens))
        return *wrong;
    if (!tokens.empty() && !m_state->resumable)
        return Error{Errc::InvalidArgument, "reading", "was kept complete and cannot go on"};
    if (!tokens.empty() && firstScored == 0 && m_lastHidden.empty())
        return Error{Errc::InvalidArgument, "first scored token", "at least 1: nothing stands before the first token"};

    const auto begin = std::chrono::steady_clock::now();
    std::vector<TokenScore> scores;
    Forward& forward = m_state->forward;
    for (std::size_t at = 0; at < tokens.size();) {
        const std::uint64_t first = m_ids.size();
        const std::size_t count = std::min<std::size_t>(kChunkTokens - first % kChunkTokens, tokens.size() - at);
        const auto chunk = tokens.subspan(at, count);
        if (const auto grown = m_cache->grow(first + count); !grown)
            return grown.error();
        m_state->attention->begin(first, static_cast<std::uint32_t>(count));
        if (!forward.run(chunk, *m_state->attention, stop))
            return Error{Errc::Stopped, "reading", {}};

        // Token n is foreseen by the state of token n − 1, which may be the last one of the chunk before.
        if (at >= firstScored && !m_lastHidden.empty())
            for (const TokenScore& score : forward.score(m_lastHidden.data(), chunk.first(1), stop))
                scores.push_back(score);
        const std::size_t from = std::max<std::size_t>(firstScored > at ? firstScored - at : 0, 1);
        if (from < count)
            for (const TokenScore& score : forward.score(forward.hidden(from - 1), chunk.subspan(from), stop))
                scores.push_back(score);

        m_ids.insert(m_ids.end(), chunk.begin(), chunk.end());
        m_lastHidden.assign(forward.hidden(count - 1), forward.hidden(count - 1) + m_model->config().hidden);
        at += count;
        if (progress)
            progress({at, tokens.size(), std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count()});
    }
    return scores;
}

Result<std::vector<float>> Reading::lastLogits() const
{
    if (m_lastHidden.empty())
        return Error{Errc::InvalidArgument, "logits", "nothing was read yet"};
    return m_state->forward.logits(m_lastHidden.data(), 1, {});
}

} // namespace octavo
