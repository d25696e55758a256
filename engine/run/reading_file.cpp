// SPDX-License-Identifier: Apache-2.0
// Readings on disk. Little endian, one after the other:
//   "OCTAVORD", u32 version; then blocks, each u64 size, the bytes, u64 xxh3 of them:
//   identity (model hash, plan, row step: text), token ids (i32), one block per page, last hidden state (f32, may be empty);
//   then hop values: a block of u64s, the tokens after which they were kept, ascending, the end of the reading last; for each of those one
//   block per coarse hop.
// Versions: 1 first release; 2 KV formats and hop values along the way, planned tokens no longer part of the identity.
#include <xxhash.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "octavo/engine/reading.h"
#include "run/reading_state.h"

namespace octavo {

namespace {

constexpr char kMagic[8] = {'O', 'C', 'T', 'A', 'V', 'O', 'R', 'D'};
constexpr std::uint32_t kVersion = 2;
constexpr std::uint64_t kBlockFrame = 16; // size and hash around a block's bytes

struct CloseFile {
    void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, CloseFile>;

std::string identity(const Model& model, const ReadingPlan& plan, std::uint64_t plannedTokens)
{
    std::string who = model.hash() + " " + plan.toString();
    if (!plan.isFull()) // the rows of a full reading are one, however long
        who += " step " + std::to_string(plan.rowStep(plannedTokens, model.config().context));
    return who;
}

bool writeBlock(std::FILE* out, const void* data, std::uint64_t size)
{
    const std::uint64_t hash = XXH3_64bits(data, size);
    return std::fwrite(&size, sizeof size, 1, out) == 1 && (size == 0 || std::fwrite(data, size, 1, out) == 1)
        && std::fwrite(&hash, sizeof hash, 1, out) == 1;
}

template <class T>
bool writeBlock(std::FILE* out, const std::vector<T>& values)
{
    return writeBlock(out, values.data(), values.size() * sizeof(T));
}

// Reads a saved reading from its begin to its end, and says what is wrong with it.
class ReadingFile {
public:
    static Result<ReadingFile> open(const std::filesystem::path& path)
    {
        File in(std::fopen(path.c_str(), "rb"));
        if (!in)
            return Error{errno == ENOENT ? Errc::NotFound : Errc::Unreadable, path.string(), std::strerror(errno)};
        ReadingFile file(path, std::move(in));
        char magic[sizeof kMagic];
        std::uint32_t version = 0;
        if (std::fread(magic, sizeof magic, 1, file.m_in.get()) != 1 || std::fread(&version, sizeof version, 1, file.m_in.get()) != 1)
            return file.failed(Errc::Truncated, "header");
        if (std::memcmp(magic, kMagic, sizeof magic) != 0)
            return file.failed(Errc::CorruptReading, "header");
        if (version != kVersion)
            return file.failed(Errc::UnsupportedVersion, "written by another version of Octavo");
        return file;
    }

    Error failed(Errc code, const char* detail) const { return {code, m_path.string(), detail}; }

    // One block of a known size.
    Result<void> read(void* data, std::uint64_t size, const char* what)
    {
        std::uint64_t stored = 0, hash = 0;
        if (std::fread(&stored, sizeof stored, 1, m_in.get()) != 1)
            return failed(Errc::Truncated, what);
        if (stored != size)
            return failed(Errc::CorruptReading, what);
        if ((size && std::fread(data, size, 1, m_in.get()) != 1) || std::fread(&hash, sizeof hash, 1, m_in.get()) != 1)
            return failed(Errc::Truncated, what);
        return XXH3_64bits(data, size) == hash ? Result<void>() : failed(Errc::CorruptReading, what);
    }

    // One block of at most `most` values, as many as it says it has.
    template <class T>
    Result<std::vector<T>> readUpTo(std::uint64_t most, const char* what)
    {
        std::uint64_t size = 0;
        if (std::fread(&size, sizeof size, 1, m_in.get()) != 1)
            return failed(Errc::Truncated, what);
        std::fseek(m_in.get(), -static_cast<long>(sizeof size), SEEK_CUR);
        if (size > most * sizeof(T) || size % sizeof(T) != 0)
            return failed(Errc::CorruptReading, what);
        std::vector<T> values(size / sizeof(T));
        if (const auto done = read(values.data(), size, what); !done)
            return done.error();
        return values;
    }

    bool skip(std::uint64_t blocks, std::uint64_t size)
    {
        return std::fseek(m_in.get(), static_cast<long>(blocks * (size + kBlockFrame)), SEEK_CUR) == 0;
    }

    // The token ids of a reading by this model and plan; the file stands behind them.
    Result<std::vector<TokenId>> readHead(const Model& model, const ReadingPlan& plan, std::uint64_t plannedTokens)
    {
        const std::string who = identity(model, plan, plannedTokens);
        const auto stored = readUpTo<char>(kLongestIdentity, "identity");
        if (!stored)
            return stored.error();
        if (std::string_view(stored->data(), stored->size()) != who)
            return failed(Errc::StaleReading, "made by another model or plan");
        std::error_code unknown;
        const std::uint64_t fileSize = std::filesystem::file_size(m_path, unknown);
        return readUpTo<TokenId>(unknown ? 0 : fileSize / sizeof(TokenId), "token ids"); // no more than the file could hold
    }

private:
    static constexpr std::uint64_t kLongestIdentity = 1024;

    ReadingFile(std::filesystem::path path, File in) : m_path(std::move(path)), m_in(std::move(in)) {}

    std::filesystem::path m_path;
    File m_in;
};

std::uint64_t commonPrefix(std::span<const TokenId> a, std::span<const TokenId> b)
{
    return static_cast<std::uint64_t>(std::mismatch(a.begin(), a.end(), b.begin(), b.end()).first - a.begin());
}

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

Result<void> Reading::save(const std::filesystem::path& file, std::stop_token stop) const
{
    const std::filesystem::path partial = file.string() + ".partial";
    const auto failed = [&](Errc code) {
        const std::string why = code == Errc::Stopped ? "" : std::strerror(errno);
        std::error_code ignored;
        std::filesystem::remove(partial, ignored);
        return Error{code, file.string(), why};
    };
    File out(std::fopen(partial.c_str(), "wb"));
    if (!out)
        return failed(Errc::WriteFailed);
    const std::string who = identity(*m_model, m_plan, m_plannedTokens);
    bool good = std::fwrite(kMagic, sizeof kMagic, 1, out.get()) == 1 && std::fwrite(&kVersion, sizeof kVersion, 1, out.get()) == 1
        && writeBlock(out.get(), who.data(), who.size()) && writeBlock(out.get(), m_ids);
    const std::size_t pages = (m_ids.size() + kPageTokens - 1) / kPageTokens;
    for (std::size_t n = 0; n < pages && good; ++n) {
        if (stop.stop_requested())
            return failed(Errc::Stopped);
        good = writeBlock(out.get(), m_cache->page(n).bytes(), m_cache->pageBytes());
    }
    good = good && writeBlock(out.get(), m_lastHidden);

    std::vector<std::uint64_t> places;
    for (const auto& kept : m_state->snapshots)
        places.push_back(kept->tokens);
    const bool endIsKept = !places.empty() && places.back() == m_ids.size();
    if (!endIsKept)
        places.push_back(m_ids.size());
    good = good && writeBlock(out.get(), places);
    for (std::size_t n = 0; n < places.size() && good; ++n) {
        if (stop.stop_requested())
            return failed(Errc::Stopped);
        const HopSnapshot end = n < m_state->snapshots.size() ? HopSnapshot() : m_state->hopValues.snapshot(m_ids.size());
        for (const std::vector<Half>& values : n < m_state->snapshots.size() ? m_state->snapshots[n]->values : end.values)
            good = good && writeBlock(out.get(), values);
    }
    good = good && std::fflush(out.get()) == 0;
    if (!good || std::rename(partial.c_str(), file.c_str()) != 0)
        return failed(Errc::WriteFailed);
    return {};
}

Result<std::uint64_t> Reading::reusableTokens(const std::filesystem::path& path, const Model& model, const ReadingPlan& plan,
                                              std::uint64_t plannedTokens, std::span<const TokenId> expected)
{
    auto file = ReadingFile::open(path);
    if (!file)
        return file.error();
    const auto ids = file->readHead(model, plan, plannedTokens);
    if (!ids)
        return ids.error();
    const std::uint64_t common = commonPrefix(*ids, expected);
    if (plan.isFull() || common == ids->size())
        return common;
    // Which places were kept stands behind the pages, but they were kept wherever the interval ended.
    const std::uint64_t interval = HopValues::snapshotInterval(plan, model.config());
    return common / interval * interval;
}

Result<std::unique_ptr<Reading>> Reading::load(const std::filesystem::path& path, std::shared_ptr<const Model> model, ReadingPlan plan,
                                               std::uint64_t plannedTokens, std::span<const TokenId> expected, std::stop_token stop)
{
    auto file = ReadingFile::open(path);
    if (!file)
        return file.error();
    auto started = start(std::move(model), std::move(plan), plannedTokens);
    if (!started)
        return started;
    Reading& reading = **started;
    const ModelConfig& config = reading.m_model->config();
    auto ids = file->readHead(*reading.m_model, reading.m_plan, plannedTokens);
    if (!ids)
        return ids.error();
    const std::uint64_t stored = ids->size();
    const std::uint64_t common = commonPrefix(*ids, expected);
    if (common == 0 && stored > 0)
        return file->failed(Errc::StaleReading, "made from another text");

    if (const auto grown = reading.m_cache->grow(common); !grown)
        return grown.error();
    for (std::size_t n = 0; n < reading.m_cache->pageCount(); ++n) {
        if (stop.stop_requested())
            return file->failed(Errc::Stopped, "");
        if (const auto read = file->read(reading.m_cache->page(n).bytes(), reading.m_cache->pageBytes(), "keys and values"); !read)
            return read.error();
    }
    const std::uint64_t pages = (stored + kPageTokens - 1) / kPageTokens;
    if (!file->skip(pages - reading.m_cache->pageCount(), reading.m_cache->pageBytes()))
        return file->failed(Errc::Truncated, "keys and values");
    auto hidden = file->readUpTo<float>(config.hidden, "last state");
    if (!hidden)
        return hidden.error();

    // Hop values: those kept along the way up to the common prefix, and those at its end, from which the reading goes on.
    const auto places = file->readUpTo<std::uint64_t>(stored + 1, "places of hop values");
    if (!places)
        return places.error();
    std::uint64_t from = reading.m_plan.isFull() ? common : 0;
    for (const std::uint64_t place : *places) {
        if (place > common)
            break;
        auto kept = std::make_shared<HopSnapshot>();
        kept->tokens = place;
        for (std::uint32_t hop = 0; hop < reading.m_state->hopValues.count(); ++hop) {
            std::vector<Half>& values = kept->values.emplace_back(HopValues::snapshotSize(reading.m_plan, config, hop, place));
            if (const auto read = file->read(values.data(), values.size() * sizeof(Half), "hop values"); !read)
                return read.error();
        }
        from = std::max(from, place);
        reading.m_state->hopValues.restore(*kept);
        if (!reading.m_plan.isFull() && place % reading.snapshotInterval() == 0)
            reading.m_state->snapshots.push_back(std::move(kept));
    }
    if (from == 0 && stored > 0)
        return file->failed(Errc::StaleReading, "made from another text");
    ids->resize(from);
    reading.m_ids = std::move(*ids);
    if (from == stored)
        reading.m_lastHidden = std::move(*hidden);
    return started;
}

} // namespace octavo
