// SPDX-License-Identifier: Apache-2.0
#include "octavo/engine/reading.h"

#include <algorithm>
#include <chrono>
#include <new>

#include "run/reading_state.h"
#include "run/work_queue.h"

namespace octavo {

namespace {

Error stopped() { return {Errc::Stopped, "reading", {}}; }

} // namespace

Reading::Reading(std::shared_ptr<const Model> model, ReadingPlan plan, std::uint64_t plannedTokens, std::unique_ptr<KvCache> cache)
    : m_model(std::move(model)), m_plan(std::move(plan)), m_plannedTokens(plannedTokens), m_row(m_plan.row(plannedTokens)), m_cache(std::move(cache)),
      m_state(std::make_unique<ReadingState>(*m_model, m_plan, m_row, m_plan.rowStep(plannedTokens, m_model->config().context), *m_cache))
{
}

Reading::~Reading() = default;

ReadingCost Reading::cost(const ModelConfig& config, const ReadingPlan& plan, std::uint64_t tokens)
{
    ReadingCost cost{KvCache::bytesFor(config, plan.kv, tokens), HopValues::bytesFor(plan, config), 0};
    if (!plan.isFull())
        cost.snapshots = tokens / HopValues::snapshotInterval(plan, config) * HopValues::snapshotBytes(plan, config, plan.stride(0));
    return cost;
}

Result<std::unique_ptr<Reading>> Reading::start(std::shared_ptr<const Model> model, ReadingPlan plan, std::uint64_t plannedTokens)
{
    if (const auto checked = plan.check(); !checked)
        return checked.error();
    if (plannedTokens == 0)
        return Error{Errc::InvalidArgument, "planned tokens", "at least 1"};
    const std::uint64_t needed = cost(model->config(), plan, plannedTokens).total();
    const std::uint64_t room = Engine::availableMemory();
    if (room && needed > room)
        return Error{Errc::OutOfMemory, "keys and values", {}, needed, room};
    try {
        auto cache = std::make_unique<KvCache>(model->config(), plan.kv);
        return std::unique_ptr<Reading>(new Reading(std::move(model), std::move(plan), plannedTokens, std::move(cache)));
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
    if (!tokens.empty() && firstScored == 0 && m_lastHidden.empty())
        return Error{Errc::InvalidArgument, "first scored token", "at least 1: what stands before it was not read here"};

    const auto begin = std::chrono::steady_clock::now();
    std::vector<TokenScore> scores;
    Forward& forward = m_state->forward;
    for (std::size_t at = 0; at < tokens.size();) {
        const std::uint64_t first = m_ids.size();
        const std::size_t count = std::min<std::size_t>(kChunkTokens - first % kChunkTokens, tokens.size() - at);
        const auto chunk = tokens.subspan(at, count);
        if (const auto grown = m_cache->grow(first + count); !grown)
            return grown.error();
        {
            const auto turn = m_model->engine().queue().take(WorkQueue::Kind::Reading, stop);
            if (!turn)
                return stopped();
            m_state->attention->begin(first, static_cast<std::uint32_t>(count));
            if (!forward.run(chunk, *m_state->attention, RowOrder::SameForAnyCount, stop))
                return stopped();

            forward.scoreRun(chunk, firstScored > at ? firstScored - at : 0, m_lastHidden, stop, scores);
        }
        m_ids.insert(m_ids.end(), chunk.begin(), chunk.end());
        m_lastHidden.assign(forward.hidden(count - 1), forward.hidden(count - 1) + m_model->config().hidden);
        at += count;
        if (!m_plan.isFull() && m_ids.size() % snapshotInterval() == 0)
            try {
                m_state->snapshots.push_back(std::make_shared<const HopSnapshot>(m_state->hopValues.snapshot(m_ids.size())));
            } catch (const std::bad_alloc&) {
                return Error{Errc::OutOfMemory, "hop values", {}, HopValues::snapshotBytes(m_plan, m_model->config(), m_ids.size()),
                             Engine::availableMemory()};
            }
        keepChunk();
        if (progress)
            progress({at, tokens.size(), std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count()});
    }
    return scores;
}

Result<std::vector<float>> Reading::lastLogits() const
{
    if (m_lastHidden.empty())
        return Error{Errc::InvalidArgument, "logits", "nothing was read yet"};
    const auto turn = m_model->engine().queue().take(WorkQueue::Kind::Asking, {});
    return m_state->forward.logits(m_lastHidden.data(), 1, {});
}

std::uint64_t Reading::snapshotInterval() const { return m_plan.isFull() ? 1 : HopValues::snapshotInterval(m_plan, m_model->config()); }

std::shared_ptr<const HopSnapshot> Reading::snapshotAt(std::uint64_t tokens) const
{
    const auto after = std::find_if(m_state->snapshots.begin(), m_state->snapshots.end(), [&](const auto& kept) { return kept->tokens > tokens; });
    return after == m_state->snapshots.begin() ? nullptr : *std::prev(after);
}

std::uint64_t Reading::resumableAt(std::uint64_t tokens) const
{
    tokens = std::min<std::uint64_t>(tokens, m_ids.size());
    if (m_plan.isFull() || tokens == m_ids.size())
        return tokens;
    const auto kept = snapshotAt(tokens);
    return kept ? kept->tokens : 0;
}

Result<std::unique_ptr<Reading>> Reading::fork(std::uint64_t tokens, std::uint64_t plannedTokens) const
{
    const std::uint64_t context = m_model->config().context;
    if (!m_plan.isFull() && m_plan.rowStep(plannedTokens, context) != m_plan.rowStep(m_plannedTokens, context))
        return Error{Errc::StaleReading, "planned tokens", "put rows elsewhere"};
    const std::uint64_t from = resumableAt(tokens);
    auto cache = m_cache->fork(from);
    if (!cache)
        return cache.error();
    try {
        std::unique_ptr<Reading> fork(new Reading(m_model, m_plan, plannedTokens, std::move(*cache)));
        fork->m_ids.assign(m_ids.begin(), m_ids.begin() + static_cast<std::ptrdiff_t>(from));
        if (from == m_ids.size()) {
            fork->m_state->hopValues.restore(m_state->hopValues.snapshot(from));
            fork->m_lastHidden = m_lastHidden;
        } else if (const auto kept = snapshotAt(from)) {
            fork->m_state->hopValues.restore(*kept);
        }
        for (const auto& kept : m_state->snapshots)
            if (kept->tokens <= from)
                fork->m_state->snapshots.push_back(kept);
        return fork;
    } catch (const std::bad_alloc&) {
        return Error{Errc::OutOfMemory, "hop values", {}, HopValues::bytesFor(m_plan, m_model->config()), Engine::availableMemory()};
    }
}

} // namespace octavo
