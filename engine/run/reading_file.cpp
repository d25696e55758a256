// SPDX-License-Identifier: Apache-2.0
// Readings on disk. Little endian, one after the other:
//   "OCTAVORD", u32 version; then blocks, each u64 size, the bytes, u64 xxh3 of them:
//   identity (model hash, plan, planned tokens: text), token ids (i32), one block per page, last hidden state (f32, may be empty),
//   and, if resumable, one block per coarse hop.
// Versions: 1 first release.
#include <xxhash.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "octavo/engine/reading.h"
#include "run/reading_state.h"

namespace octavo {

namespace {

constexpr char kMagic[8] = {'O', 'C', 'T', 'A', 'V', 'O', 'R', 'D'};
constexpr std::uint32_t kVersion = 1;

struct CloseFile {
    void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, CloseFile>;

std::string identity(const Model& model, const ReadingPlan& plan, std::uint64_t plannedTokens)
{
    return model.hash() + " " + plan.toString() + " planned " + std::to_string(plannedTokens);
}

bool writeBlock(std::FILE* out, const void* data, std::uint64_t size)
{
    const std::uint64_t hash = XXH3_64bits(data, size);
    return std::fwrite(&size, sizeof size, 1, out) == 1 && (size == 0 || std::fwrite(data, size, 1, out) == 1)
        && std::fwrite(&hash, sizeof hash, 1, out) == 1;
}

enum class BlockState { Good, Short, WrongSize, WrongHash };

// Reads one block of a known size.
BlockState readBlock(std::FILE* in, void* data, std::uint64_t size)
{
    std::uint64_t stored = 0, hash = 0;
    if (std::fread(&stored, sizeof stored, 1, in) != 1)
        return BlockState::Short;
    if (stored != size)
        return BlockState::WrongSize;
    if ((size && std::fread(data, size, 1, in) != 1) || std::fread(&hash, sizeof hash, 1, in) != 1)
        return BlockState::Short;
    return XXH3_64bits(data, size) == hash ? BlockState::Good : BlockState::WrongHash;
}

std::uint64_t peekSize(std::FILE* in)
{
    std::uint64_t size = 0;
    if (std::fread(&size, sizeof size, 1, in) != 1)
        return ~0ull;
    std::fseek(in, -static_cast<long>(sizeof size), SEEK_CUR);
    return size;
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

Result<void> Reading::save(const std::filesystem::path& file, bool resumable, std::stop_token stop) const
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
        && writeBlock(out.get(), who.data(), who.size()) && writeBlock(out.get(), m_ids.data(), m_ids.size() * sizeof(TokenId));
    const std::size_t pages = (m_ids.size() + kPageTokens - 1) / kPageTokens;
    for (std::size_t n = 0; n < pages && good; ++n) {
        if (stop.stop_requested())
            return failed(Errc::Stopped);
        good = writeBlock(out.get(), m_cache->page(n).bytes(), KvPage::byteSize(m_model->config()));
    }
    good = good && writeBlock(out.get(), m_lastHidden.data(), m_lastHidden.size() * sizeof(float));
    for (std::uint32_t hop = 0; resumable && m_state->resumable && hop < m_state->hopValues.count() && good; ++hop)
        good = writeBlock(out.get(), m_state->hopValues.data(hop).data(), m_state->hopValues.data(hop).size() * sizeof(Half));
    good = good && std::fflush(out.get()) == 0;
    if (!good || std::rename(partial.c_str(), file.c_str()) != 0)
        return failed(Errc::WriteFailed);
    return {};
}

Result<std::unique_ptr<Reading>> Reading::load(const std::filesystem::path& file, std::shared_ptr<const Model> model, ReadingPlan plan,
                                               std::uint64_t plannedTokens, std::span<const TokenId> expected, std::stop_token stop)
{
    File in(std::fopen(file.c_str(), "rb"));
    if (!in)
        return Error{errno == ENOENT ? Errc::NotFound : Errc::Unreadable, file.string(), std::strerror(errno)};
    auto reading = start(std::move(model), std::move(plan), plannedTokens);
    if (!reading)
        return reading;
    if (const auto restored = (*reading)->restore(in.get(), file, expected, stop); !restored)
        return restored.error();
    return reading;
}

Result<void> Reading::restore(std::FILE* in, const std::filesystem::path& file, std::span<const TokenId> expected, std::stop_token stop)
{
    const auto failed = [&](Errc code, const char* detail) { return Error{code, file.string(), detail}; };
    const auto blockError = [&](BlockState state, const char* what) {
        return failed(state == BlockState::Short ? Errc::Truncated : Errc::CorruptReading, what);
    };
    char magic[sizeof kMagic];
    std::uint32_t version = 0;
    if (std::fread(magic, sizeof magic, 1, in) != 1 || std::fread(&version, sizeof version, 1, in) != 1)
        return failed(Errc::Truncated, "header");
    if (std::memcmp(magic, kMagic, sizeof magic) != 0)
        return failed(Errc::CorruptReading, "header");
    if (version != kVersion)
        return failed(Errc::UnsupportedVersion, "written by another version of Octavo");

    const std::string who = identity(*m_model, m_plan, m_plannedTokens);
    std::string stored(who.size(), '\0');
    const BlockState named = readBlock(in, stored.data(), stored.size());
    if (named == BlockState::WrongSize || (named == BlockState::Good && stored != who))
        return failed(Errc::StaleReading, "made by another model or plan");
    if (named != BlockState::Good)
        return blockError(named, "identity");

    const std::uint64_t idBytes = peekSize(in);
    if (idBytes > expected.size_bytes())
        return failed(idBytes == ~0ull ? Errc::Truncated : Errc::StaleReading, "token ids");
    std::vector<TokenId> ids(idBytes / sizeof(TokenId));
    if (const BlockState state = readBlock(in, ids.data(), ids.size() * sizeof(TokenId)); state != BlockState::Good)
        return blockError(state, "token ids");
    if (!std::equal(ids.begin(), ids.end(), expected.begin()))
        return failed(Errc::StaleReading, "made from another text");

    if (const auto grown = m_cache->grow(ids.size()); !grown)
        return grown;
    for (std::size_t n = 0; n < m_cache->pageCount(); ++n) {
        if (stop.stop_requested())
            return failed(Errc::Stopped, "");
        if (const BlockState state = readBlock(in, m_cache->page(n).bytes(), KvPage::byteSize(m_model->config())); state != BlockState::Good)
            return blockError(state, "keys and values");
    }
    std::vector<float> hidden(peekSize(in) ? m_model->config().hidden : 0);
    if (const BlockState state = readBlock(in, hidden.data(), hidden.size() * sizeof(float)); state != BlockState::Good)
        return blockError(state, "last state");
    m_state->resumable = m_state->hopValues.count() == 0 || peekSize(in) != ~0ull;
    for (std::uint32_t hop = 0; m_state->resumable && hop < m_state->hopValues.count(); ++hop) {
        std::vector<Half>& values = m_state->hopValues.data(hop);
        if (const BlockState state = readBlock(in, values.data(), values.size() * sizeof(Half)); state != BlockState::Good)
            return blockError(state, "hop values");
    }
    m_ids = std::move(ids);
    m_lastHidden = std::move(hidden);
    return {};
}

} // namespace octavo
