// SPDX-License-Identifier: Apache-2.0
#include "octavo/engine/reading.h"

#include <algorithm>
#include <chrono>

#include "run/guarded.h"
#include "run/reading_state.h"
#include "run/work_queue.h"

namespace octavo {

namespace {

Error stopped() { return {Errc::Stopped, "reading", {}}; }

Error noHopValues(const ModelConfig& config, const ReadingPlan& plan)
{
    return {Errc::OutOfMemory, "hop values", {}, HopValues::bytesFor(plan, config), Engine::availableMemory()};
}

} // namespace

Reading::Reading(std::shared_ptr<const Model> model, Backend& backend, ReadingPlan plan, std::uint64_t plannedTokens, std::unique_ptr<KvCache> cache)
    : m_model(std::move(model)), m_plan(std::move(plan)), m_plannedTokens(plannedTokens), m_row(m_plan.row(plannedTokens)), m_cache(std::move(cache)),
      m_state(std::make_unique<ReadingState>(*m_model, backend, m_plan, m_row, m_plan.rowStep(plannedTokens, m_model->config().context), *m_cache))
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
    if (const auto room = checkRoom(*model, plan, plannedTokens, 0); !room)
        return room.error();
    return make(std::move(model), std::move(plan), plannedTokens);
}

namespace {

Result<void> checkWideLayers(const Model& model, const WideLayers& wide)
{
    const ModelConfig& config = model.config();
    const auto wrong = [](const std::string& why) { return Error{Errc::InvalidArgument, "wide layers", why}; };
    if (wide.reach == 0)
        return {};
    if (wide.layers.back() >= config.layers)
        return wrong("numbered from 0; the model has " + std::to_string(config.layers));
    if (wide.reach > config.context)
        return wrong("see at most the trained context, " + std::to_string(config.context) + " tokens");
    return {};
}

} // namespace

// Whatever room there is for what it will read.
Result<std::unique_ptr<Reading>> Reading::make(std::shared_ptr<const Model> model, ReadingPlan plan, std::uint64_t plannedTokens)
{
    if (const auto checked = plan.check(); !checked)
        return checked.error();
    if (plannedTokens == 0)
        return Error{Errc::InvalidArgument, "planned tokens", "at least 1"};
    const ModelConfig& config = model->config();
    if (const auto fits = checkWideLayers(*model, plan.wide); !fits)
        return fits.error();
    return guarded(noHopValues(config, plan), [&]() -> Result<std::unique_ptr<Reading>> {
        auto cache = std::make_unique<KvCache>(config, plan.kv);
        return std::unique_ptr<Reading>(new Reading(model, model->backend(), plan, plannedTokens, std::move(cache)));
    });
}

// Whether memory will do for all that is planned but `there` bytes.
Result<void> Reading::checkRoom(const Model& model, const ReadingPlan& plan, std::uint64_t plannedTokens, std::uint64_t there)
{
    const std::uint64_t total = cost(model.config(), plan, plannedTokens).total();
    const std::uint64_t needed = total - std::min(total, there), room = model.backend().availableMemory();
    return room == 0 || needed <= room ? Result<void>() : Error{Errc::OutOfMemory, "keys and values", {}, needed, room};
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
    return guarded({Errc::OutOfMemory, "reading", {}}, [&] { // the chunk at hand is dropped, as by a stop
        m_ids.reserve(m_plannedTokens); // so that a chunk once read can be taken note of
        m_lastHidden.reserve(m_model->config().hidden);
        return readChunks(tokens, firstScored, progress, stop);
    });
}

Result<std::vector<TokenScore>> Reading::readChunks(std::span<const TokenId> tokens, std::uint64_t firstScored, const ReadingProgressFn& progress,
                                                    const std::stop_token& stop)
{
    if (const auto wrong = unchecked(); wrong && !tokens.empty())
        return *wrong;
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
        const std::uint64_t chunkTokens = m_model->backend().chunkTokens();
        std::uint64_t count = std::min<std::uint64_t>(chunkTokens - first % chunkTokens, tokens.size() - at);
        if (!m_plan.isFull())
            count = std::min(count, snapshotInterval() - first % snapshotInterval());
        const auto chunk = tokens.subspan(at, count);
        if (const auto grown = m_cache->grow(first + count); !grown)
            return grown.error();
        {
            const auto turn = m_model->engine().queue().take(WorkQueue::Kind::Reading, stop);
            if (!turn)
                return stopped();
            m_state->attention->begin(first, static_cast<std::uint32_t>(count));
            if (!forward.run(chunk, *m_state->attention, stop))
                return stopped();
            forward.scoreRun(chunk, firstScored > at ? firstScored - at : 0, m_lastHidden, stop, scores);
        }
        m_ids.insert(m_ids.end(), chunk.begin(), chunk.end());
        m_lastHidden.assign(forward.hidden(count - 1), forward.hidden(count - 1) + m_model->config().hidden);
        at += count;
        if (!m_plan.isFull() && m_ids.size() % snapshotInterval() == 0)
            m_state->snapshots.push_back(std::make_shared<const HopSnapshot>(m_state->hopValues->snapshot(m_ids.size())));
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
    return guarded({Errc::OutOfMemory, "logits", {}}, [&]() -> Result<std::vector<float>> { return m_state->forward.logits(m_lastHidden.data(), 1, {}); });
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
    return forkOn(m_model->backend(), tokens, plannedTokens);
}

Result<std::unique_ptr<Reading>> Reading::forkOn(Backend& backend, std::uint64_t tokens, std::uint64_t plannedTokens) const
{
    const std::uint64_t context = m_model->config().context;
    if (!m_plan.isFull() && m_plan.rowStep(plannedTokens, context) != m_plan.rowStep(m_plannedTokens, context))
        return Error{Errc::StaleReading, "planned tokens", "put rows elsewhere"};
    if (const auto wrong = unchecked())
        return *wrong;
    const std::uint64_t from = resumableAt(tokens);
    auto cache = m_cache->fork(from);
    if (!cache)
        return cache.error();
    return guarded(noHopValues(m_model->config(), m_plan),
                   [&]() -> Result<std::unique_ptr<Reading>> { return forkAt(backend, from, plannedTokens, std::move(*cache)); });
}

// With the state of a place from which reading can go on.
std::unique_ptr<Reading> Reading::forkAt(Backend& backend, std::uint64_t from, std::uint64_t plannedTokens, std::unique_ptr<KvCache> cache) const
{
    std::unique_ptr<Reading> fork(new Reading(m_model, backend, m_plan, plannedTokens, std::move(cache)));
    fork->m_ids.assign(m_ids.begin(), m_ids.begin() + static_cast<std::ptrdiff_t>(from));
    if (from == m_ids.size()) {
        fork->m_state->hopValues->restore(m_state->hopValues->snapshot(from));
        fork->m_lastHidden = m_lastHidden;
    } else if (const auto kept = snapshotAt(from)) {
        fork->m_state->hopValues->restore(*kept);
    }
    for (const auto& kept : m_state->snapshots)
        if (kept->tokens <= from)
            fork->m_state->snapshots.push_back(kept);
    return fork;
}

bool Reading::isChecked() const { return m_state->onDisk.unchecked.empty(); }

std::optional<Error> Reading::unchecked() const
{
    return isChecked() ? std::nullopt : std::optional(Error{Errc::InvalidArgument, m_state->onDisk.file.string(), "was not checked before it was used"});
}

Result<std::uint64_t> Reading::check(const ReadingProgressFn& progress, std::stop_token stop)
{
    PagesOnDisk& onDisk = m_state->onDisk;
    std::vector<PagesOnDisk::Page>& pages = onDisk.unchecked;
    std::string damaged;
    std::size_t kept = 0; // of `pages`: those that are damaged
    const auto stopAt = [&](std::size_t n) {
        pages.erase(pages.begin() + static_cast<std::ptrdiff_t>(kept), pages.begin() + static_cast<std::ptrdiff_t>(n));
        return stopped();
    };
    for (std::size_t n = 0; n < pages.size(); ++n) {
        if (stop.stop_requested())
            return stopAt(n);
        const PagesOnDisk::Page page = pages[n];
        if (onDisk.mapping->load(page.offset, page.header.size) && isIntact(page.header, onDisk.mapping->data() + page.offset))
            continue;
        damaged += (damaged.empty() ? "page " : ", ") + std::to_string(page.index + 1);
        pages[kept++] = page;
    }
    pages.resize(kept);
    if (pages.empty())
        return std::uint64_t{0};
    m_state->damage = Error{Errc::CorruptReading, onDisk.file.string(), damaged + " of " + std::to_string(m_cache->pageCount())};
    return readAgain(progress, stop);
}

// The damaged pages, each from the last place before it where reading can go on. What follows them was made from what stood there before the damage.
Result<std::uint64_t> Reading::readAgain(const ReadingProgressFn& progress, std::stop_token stop)
{
    std::vector<PagesOnDisk::Page>& damaged = m_state->onDisk.unchecked;
    std::unique_ptr<Reading> again;
    std::uint64_t read = 0;
    while (!damaged.empty()) {
        const std::size_t index = damaged.front().index;
        const std::uint64_t begin = index * kPageTokens, end = std::min<std::uint64_t>(begin + kPageTokens, m_ids.size());
        const std::uint64_t from = m_plan.isFull() ? begin : snapshotAt(begin) ? snapshotAt(begin)->tokens : 0;
        if (!again || again->tokens() < from || again->tokens() > begin) {
            auto cache = m_cache->fork(from);
            if (!cache)
                return cache.error();
            again = forkAt(m_model->backend(), from, m_plannedTokens, std::move(*cache));
        }
        const std::uint64_t first = again->tokens();
        const auto done = again->read(std::span(m_ids).subspan(first, end - first), progress, stop);
        read += again->tokens() - first;
        if (!done)
            return done.error();
        m_cache->takePage(index, again->cache());
        damaged.erase(damaged.begin());
    }
    return read;
}

} // namespace octavo
