// SPDX-License-Identifier: Apache-2.0
// Readings on disk (reading_log.h): keeping one while it is read, and getting it back.
#include <xxhash.h>

#include <algorithm>
#include <new>
#include <utility>

#include "octavo/engine/reading.h"
#include "run/reading_keeper.h"
#include "run/reading_log.h"
#include "run/guarded.h"
#include "run/reading_state.h"

namespace octavo {

namespace {

constexpr std::uint64_t kLongestIdentity = 1024;

std::string identity(const Model& model, const ReadingPlan& plan, std::uint64_t plannedTokens)
{
    std::string who = model.hash() + " " + plan.toString();
    if (!plan.isFull()) // the rows of a full reading are one, however long
        who += " step " + std::to_string(plan.rowStep(plannedTokens, model.config().context));
    return who;
}

// A file of a reading that `who` made; it stands behind the identity.
Result<ReadingLogReader> openLog(const std::filesystem::path& path, const std::string& who)
{
    auto log = ReadingLogReader::open(path);
    if (!log)
        return log;
    const auto record = log->next();
    if (!record)
        return record.error();
    if (!*record)
        return log->failed(Errc::Truncated, "identity");
    if ((*record)->kind != RecordKind::Identity || (*record)->size > kLongestIdentity)
        return log->failed(Errc::CorruptReading, "identity");
    std::string stored(log->size(), '\0');
    if (const auto read = log->read(stored.data(), stored.size()); !read)
        return read.error();
    if (stored != who)
        return log->failed(Errc::StaleReading, "made by another model or plan");
    return log;
}

// Token ids of a page.
Result<std::vector<TokenId>> readIds(ReadingLogReader& log)
{
    const std::uint64_t size = log.size();
    if (size == 0 || size > kPageTokens * sizeof(TokenId) || size % sizeof(TokenId) != 0)
        return log.failed(Errc::CorruptReading, "token ids");
    std::vector<TokenId> ids(size / sizeof(TokenId));
    if (const auto read = log.read(ids.data(), size); !read)
        return read.error();
    return ids;
}

std::uint64_t commonPrefix(std::span<const TokenId> a, std::span<const TokenId> b)
{
    return static_cast<std::uint64_t>(std::mismatch(a.begin(), a.end(), b.begin(), b.end()).first - a.begin());
}

std::span<const TokenId> after(std::span<const TokenId> ids, std::uint64_t count) { return ids.subspan(std::min<std::uint64_t>(count, ids.size())); }

// What of a reading's files is of use for a text.
class FoundReading {
public:
    FoundReading(const ModelConfig& config, const ReadingPlan& plan, const HopValues& hopValues, KvCache& cache, std::span<const TokenId> expected)
        : m_config(config), m_plan(plan), m_hopValues(hopValues), m_cache(cache), m_expected(expected)
    {
    }

    // Takes in record after record up to the end, or to where the text is another one. An error says what is wrong with what comes next; all before is
    // good, but pages of `mapping` are only found, not looked at.
    Result<void> take(ReadingLogReader& log, const std::shared_ptr<FileMapping>& mapping, const std::stop_token& stop)
    {
        while (!diverged) {
            if (stop.stop_requested())
                return log.failed(Errc::Stopped, "");
            const auto record = log.next();
            if (!record)
                return record.error();
            if (!*record)
                return {};
            if (const auto taken = takeRecord(log, mapping, **record); !taken)
                return taken;
        }
        return {};
    }

    // From where reading can go on.
    std::uint64_t resumable() const { return m_plan.isFull() ? m_common : end ? end->tokens : 0; }

    std::vector<TokenId> ids;                               // of the pages in the cache
    std::vector<PagesOnDisk::Page> unchecked;               // pages that lie in the file
    bool diverged = false;                                  // the text is another one from here on
    std::optional<Error> damage;                            // of what could be gone without
    std::shared_ptr<const HopSnapshot> end;                 // the last ones of use
    std::vector<std::shared_ptr<const HopSnapshot>> kept;   // those along the way
    std::uint64_t stateTokens = 0;                          // after which the state was:
    std::vector<float> lastState;

private:
    Result<void> takeRecord(ReadingLogReader& log, const std::shared_ptr<FileMapping>& mapping, const RecordHeader& record)
    {
        switch (record.kind) {
        case RecordKind::Tokens: return takeIds(log, record);
        case RecordKind::Page: return takePage(log, mapping, record);
        case RecordKind::HopValues: return takeHopValues(log, record);
        case RecordKind::LastState: return takeState(log, record);
        case RecordKind::Text: return checkText(log, record);
        case RecordKind::Identity: break;
        }
        return log.failed(Errc::CorruptReading, "kind of a record");
    }

    Result<void> takeIds(ReadingLogReader& log, const RecordHeader& record)
    {
        if (record.at < m_cache.pageCount()) // of a checkpoint that the pages have overtaken
            return skip(log);
        auto page = readIds(log);
        if (!page)
            return page.error();
        if (record.at != m_cache.pageCount() || ids.size() != record.at * kPageTokens)
            return log.failed(Errc::CorruptReading, "order of pages");
        diverged = ids.size() >= m_expected.size() || page->front() != m_expected[ids.size()];
        m_pageIds = std::move(*page);
        return {};
    }

    Result<void> takePage(ReadingLogReader& log, const std::shared_ptr<FileMapping>& mapping, const RecordHeader& record)
    {
        if (record.at < m_cache.pageCount())
            return skip(log);
        if (record.at != m_cache.pageCount() || m_pageIds.empty())
            return log.failed(Errc::CorruptReading, "order of pages");
        if (record.size != m_cache.pageBytes()) // before memory is taken for it
            return log.failed(Errc::CorruptReading, "size of a page");
        if (mapping && log.offset() % kRecordAlignment == 0 && log.offset() + record.size + KvPage::kOverrun <= mapping->size()) {
            unchecked.push_back({m_cache.pageCount(), log.offset(), record});
            m_cache.addPage(std::shared_ptr<std::byte[]>(mapping, mapping->data() + log.offset()));
            log.skip();
        } else {
            if (const auto grown = m_cache.grow(ids.size() + m_pageIds.size()); !grown)
                return grown;
            if (const auto read = log.read(m_cache.page(record.at).bytes(), m_cache.pageBytes()); !read)
                return read;
        }
        m_common += commonPrefix(m_pageIds, after(m_expected, ids.size()));
        ids.insert(ids.end(), m_pageIds.begin(), m_pageIds.end());
        m_pageIds.clear();
        diverged = m_common < ids.size();
        return {};
    }

    Result<void> takeHopValues(ReadingLogReader& log, const RecordHeader& record)
    {
        if (record.at != 0 && record.at == m_lostHopValues)
            return skip(log);
        if (record.part != m_parts.values.size() || record.part >= m_hopValues.count() || (record.part > 0 && record.at != m_parts.tokens)
            || record.at == 0 || record.size != m_hopValues.halves(record.part, record.at) * sizeof(Half))
            return log.failed(Errc::CorruptReading, "hop values");
        m_parts.tokens = record.at;
        std::vector<Half>& values = m_parts.values.emplace_back(record.size / sizeof(Half));
        if (const auto read = log.read(values.data(), record.size); !read) {
            m_parts = {};
            m_lostHopValues = record.at;
            return goWithout(read.error());
        }
        if (m_parts.values.size() < m_hopValues.count())
            return {};
        const auto whole = std::make_shared<const HopSnapshot>(std::move(m_parts));
        m_parts = {};
        if (whole->tokens > m_common || (end && whole->tokens <= end->tokens))
            return {}; // of another text, or of a checkpoint that is older than what we have
        if (whole->tokens % HopValues::snapshotInterval(m_plan, m_config) == 0)
            kept.push_back(whole);
        end = whole;
        return {};
    }

    Result<void> takeState(ReadingLogReader& log, const RecordHeader& record)
    {
        if (record.size != 0 && record.size != m_config.hidden * sizeof(float))
            return log.failed(Errc::CorruptReading, "last state");
        std::vector<float> state(record.size / sizeof(float));
        if (const auto read = log.read(state.data(), record.size); !read)
            return goWithout(read.error());
        stateTokens = record.at;
        lastState = std::move(state);
        return {};
    }

    static Result<void> skip(ReadingLogReader& log)
    {
        log.skip();
        return {};
    }

    // A record with a wrong checksum is whole all the same: the next one stands where it should.
    Result<void> goWithout(const Error& error)
    {
        if (error.code != Errc::CorruptReading)
            return error;
        if (!damage)
            damage = error;
        return {};
    }

    Result<void> checkText(ReadingLogReader& log, const RecordHeader& record)
    {
        std::uint64_t stored = 0;
        if (const auto read = log.read(&stored, sizeof stored); !read)
            return read;
        const bool same = record.at <= m_common && XXH3_64bits(m_expected.data(), record.at * sizeof(TokenId)) == stored;
        return same ? Result<void>() : log.failed(Errc::StaleReading, "made from another text");
    }

    const ModelConfig& m_config;
    const ReadingPlan& m_plan;
    const HopValues& m_hopValues;
    KvCache& m_cache;
    std::span<const TokenId> m_expected;
    std::vector<TokenId> m_pageIds; // of the page that comes next
    std::uint64_t m_common = 0;     // tokens of the pages that are those expected
    HopSnapshot m_parts;            // hops of the snapshot at hand
    std::uint64_t m_lostHopValues = 0; // tokens after which the damaged ones were kept
};

Error noMemory() { return {Errc::OutOfMemory, "kept reading", {}}; }

} // namespace

std::string Reading::fileName(const Model& model, const ReadingPlan& plan, std::uint64_t plannedTokens, std::span<const TokenId> allTokens)
{
    const std::string who = identity(model, plan, plannedTokens);
    const XXH128_hash_t hash = XXH3_128bits_withSeed(allTokens.data(), allTokens.size_bytes(), XXH3_64bits(who.data(), who.size()));
    char name[40];
    std::snprintf(name, sizeof name, "%016llx%016llx.oct", static_cast<unsigned long long>(hash.high64),
                  static_cast<unsigned long long>(hash.low64));
    return name;
}

ReadingImage Reading::image() const
{
    return {identity(*m_model, m_plan, m_plannedTokens), m_ids, m_cache.get(), m_state->hopValues.get(), m_state->snapshots, m_lastHidden};
}

Result<void> Reading::save(const std::filesystem::path& file, std::stop_token stop) const
{
    return guarded(noMemory(), [&]() -> Result<void> {
        if (const auto wrong = unchecked())
            return *wrong;
        const auto keeper = ReadingKeeper::begin(file, image(), kCheckpointInterval, stop);
        return keeper ? (*keeper)->finish(image()) : Result<void>(keeper.error());
    });
}

Result<void> Reading::keepIn(const std::filesystem::path& file, std::stop_token stop, std::chrono::duration<double> interval)
{
    return guarded(noMemory(), [&]() -> Result<void> {
        if (const auto wrong = unchecked())
            return *wrong;
        auto keeper = ReadingKeeper::begin(file, image(), interval, stop);
        if (!keeper)
            return keeper.error();
        m_state->keeper = std::move(*keeper);
        m_state->keepError.reset();
        return {};
    });
}

bool Reading::isBeingKept(const std::filesystem::path& file) { return isBeingWritten(file) || isBeingWritten(ReadingKeeper::partialOf(file)); }

std::vector<std::filesystem::path> Reading::filesBeside(const std::filesystem::path& file)
{
    const auto checkpoint = ReadingKeeper::checkpointOf(file);
    return {checkpoint, ReadingKeeper::partialOf(file), ReadingKeeper::partialOf(checkpoint)};
}

void Reading::keepChunk()
{
    if (!m_state->keeper)
        return;
    if (const auto added = m_state->keeper->add(image()); !added) {
        m_state->keepError = added.error(); // what was read is none the worse for it
        m_state->keeper.reset();
    }
}

Result<void> Reading::finishKeeping()
{
    if (m_state->keeper) {
        if (const auto finished = m_state->keeper->finish(image()); !finished)
            m_state->keepError = finished.error();
        m_state->keeper.reset();
    }
    const auto error = std::exchange(m_state->keepError, std::nullopt);
    return error ? Result<void>(*error) : Result<void>();
}

const std::optional<Error>& Reading::damage() const { return m_state->damage; }

Result<std::uint64_t> Reading::reusableTokens(const std::filesystem::path& path, const Model& model, const ReadingPlan& plan,
                                              std::uint64_t plannedTokens, std::span<const TokenId> expected)
{
    const std::string who = identity(model, plan, plannedTokens);
    auto file = openLog(path, who);
    if (!file)
        return file.error();
    std::uint64_t stored = 0, common = 0, resumable = 0;
    const auto scan = [&](ReadingLogReader& log) {
        for (;;) {
            const auto record = log.next();
            if (!record || !*record)
                return;
            if ((*record)->kind == RecordKind::Tokens && (*record)->at * kPageTokens == stored) {
                const auto ids = readIds(log);
                if (!ids)
                    return;
                const std::uint64_t same = common < stored ? 0 : commonPrefix(*ids, after(expected, stored));
                common += same;
                stored += ids->size();
                continue;
            }
            if ((*record)->kind == RecordKind::HopValues && (*record)->part + 2 == plan.hops() && (*record)->at <= common)
                resumable = std::max(resumable, (*record)->at);
            log.skip();
        }
    };
    scan(*file);
    if (auto checkpoint = openLog(ReadingKeeper::checkpointOf(path), who))
        scan(*checkpoint);
    return plan.isFull() ? common : resumable;
}

Result<std::unique_ptr<Reading>> Reading::load(const std::filesystem::path& path, std::shared_ptr<const Model> model, ReadingPlan plan,
                                               std::uint64_t plannedTokens, std::span<const TokenId> expected, std::stop_token stop, Check check)
try {
    const std::string who = identity(*model, plan, plannedTokens);
    auto log = openLog(path, who);
    if (!log)
        return log.error();
    const auto mapping = log->map();
    if (!mapping)
        return mapping.error();
    auto made = make(std::move(model), std::move(plan), plannedTokens);
    if (!made)
        return made;
    Reading& reading = **made;
    ReadingState& state = *reading.m_state;
    FoundReading found(reading.m_model->config(), reading.m_plan, *state.hopValues, *reading.m_cache, expected);
    const auto whole = found.take(*log, *mapping, stop);
    if (!whole && (whole.error().code == Errc::Stopped || whole.error().code == Errc::OutOfMemory))
        return whole.error();
    // A reading that was interrupted goes on from its last checkpoint.
    const bool hasEnd = found.diverged || (!found.ids.empty() && found.stateTokens == found.ids.size());
    if (!hasEnd)
        if (auto checkpoint = openLog(ReadingKeeper::checkpointOf(path), who))
            (void)found.take(*checkpoint, nullptr, stop); // as much of it as is good

    const std::uint64_t from = found.resumable();
    if (from == 0 && !whole)
        return whole.error();
    if (from == 0 && (!found.ids.empty() || found.diverged))
        return found.diverged ? log->failed(Errc::StaleReading, "made from another text") : log->failed(Errc::Truncated, "hop values");
    if (found.end)
        state.hopValues->restore(*found.end);
    state.snapshots = std::move(found.kept);
    found.ids.resize(from);
    reading.m_ids = std::move(found.ids);
    reading.m_cache->shrink(from);
    if (found.stateTokens == from)
        reading.m_lastHidden = std::move(found.lastState);
    state.damage = whole ? found.damage : whole.error();
    std::erase_if(found.unchecked, [&](const PagesOnDisk::Page& page) { return page.index >= reading.m_cache->pageCount(); });
    // Pages in the file take no memory that could not be had back.
    if (const auto room = checkRoom(*reading.m_model, reading.m_plan, plannedTokens, found.unchecked.size() * reading.m_cache->pageBytes());
        !room)
        return room.error();
    state.onDisk = {path, *mapping, std::move(found.unchecked)};
    if (check == Check::Now)
        if (const auto checked = reading.check({}, stop); !checked)
            return checked.error();
    return made;
} catch (const std::bad_alloc&) {
    return noMemory();
}

} // namespace octavo
