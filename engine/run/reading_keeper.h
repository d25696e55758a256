// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "memory/hop_values.h"
#include "memory/kv_cache.h"
#include "octavo/engine/tokenizer.h"
#include "run/reading_log.h"

namespace octavo {

// All that a file must hold of a reading. A view: valid while the reading does not change.
struct ReadingImage {
    std::string identity;
    std::span<const TokenId> ids;
    const KvCache* cache = nullptr;
    const HopValues* hopValues = nullptr;
    std::span<const std::shared_ptr<const HopSnapshot>> snapshots; // kept along the way, ascending
    std::span<const float> lastHidden;
};

// Writes a reading into its file (reading_log.h), as it grows: every page once it is full, hop values where they are kept. Hop values at the end so far,
// without which reading could not go on, are others after each chunk: they go to a file beside it, anew about once a second, so that a crash costs a
// second of reading (35 MB for SmolLM2-135M; less often where they are many more: kCheckpointRate). Threads: one at a time.
class ReadingKeeper {
public:
    using Seconds = std::chrono::duration<double>;

    // Writes what `image` has so far beside `file`, then puts it in the place of whatever was there. Errors: WriteFailed, InUse, Stopped.
    // `interval`: between checkpoints, at least.
    static Result<std::unique_ptr<ReadingKeeper>> begin(const std::filesystem::path& file, const ReadingImage& image, Seconds interval, std::stop_token stop);

    // After each chunk. Errors: WriteFailed; then this is of no more use, and the file is good up to where it got.
    Result<void> add(const ReadingImage& image);

    // Writes the rest, and makes the file whole by itself. Errors: as add().
    Result<void> finish(const ReadingImage& image);

    static std::filesystem::path checkpointOf(const std::filesystem::path& file) { return file.string() + ".resume"; }
    static std::filesystem::path partialOf(const std::filesystem::path& file) { return file.string() + ".partial"; } // till it takes its place

private:
    using Clock = std::chrono::steady_clock;
    ReadingKeeper(std::filesystem::path file, ReadingLogWriter writer, Seconds interval)
        : m_file(std::move(file)), m_writer(std::move(writer)), m_interval(interval)
    {
    }
    void writeFull(const ReadingImage& image, std::stop_token stop);
    void writeSnapshotsUpTo(const ReadingImage& image, std::uint64_t tokens);
    Result<void> writeCheckpoint(const ReadingImage& image);

    std::filesystem::path m_file;
    ReadingLogWriter m_writer;
    Seconds m_interval;
    std::size_t m_pages = 0;      // written
    std::size_t m_snapshots = 0;  // likewise
    Clock::time_point m_lastCheckpoint = Clock::now();
};

} // namespace octavo
