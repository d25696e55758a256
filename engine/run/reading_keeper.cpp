// SPDX-License-Identifier: Apache-2.0
#include "run/reading_keeper.h"

#include <xxhash.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace octavo {

namespace {

// Bytes a second that checkpoints may write at most: a twentieth of a core's time, and little for a disk.
constexpr double kCheckpointRate = 64e6;

void writeIdentity(ReadingLogWriter& writer, const ReadingImage& image)
{
    writer.write(RecordKind::Identity, 0, 0, image.identity.data(), image.identity.size());
}

void writeHopValues(ReadingLogWriter& writer, const HopSnapshot& snapshot)
{
    for (std::uint32_t hop = 0; hop < snapshot.values.size(); ++hop)
        writer.write(RecordKind::HopValues, hop, snapshot.tokens, snapshot.values[hop].data(), snapshot.values[hop].size() * sizeof(Half));
}

// What reading goes on from: hop values and state at the end so far.
void writeEnd(ReadingLogWriter& writer, const ReadingImage& image)
{
    const std::uint64_t tokens = image.ids.size();
    for (std::uint32_t hop = 0; hop < image.hopValues->count(); ++hop) {
        writer.begin({RecordKind::HopValues, hop, tokens, image.hopValues->halves(hop, tokens) * sizeof(Half)});
        image.hopValues->forEachPiece(hop, tokens, [&](std::span<const Half> piece) { writer.append(piece.data(), piece.size_bytes()); });
        writer.end();
    }
    writer.write(RecordKind::LastState, 0, tokens, image.lastHidden.data(), image.lastHidden.size_bytes());
}

void writePage(ReadingLogWriter& writer, const ReadingImage& image, std::size_t page)
{
    const auto ids = image.ids.subspan(page * kPageTokens, std::min<std::size_t>(kPageTokens, image.ids.size() - page * kPageTokens));
    writer.write(RecordKind::Tokens, 0, page, ids.data(), ids.size_bytes());
    writer.write(RecordKind::Page, 0, page, image.cache->page(page).bytes(), image.cache->pageBytes());
}

Result<void> putInPlace(const std::filesystem::path& from, const std::filesystem::path& to)
{
    if (std::rename(from.c_str(), to.c_str()) == 0)
        return {};
    return Error{Errc::WriteFailed, to.string(), std::strerror(errno)};
}

} // namespace

Result<std::unique_ptr<ReadingKeeper>> ReadingKeeper::begin(const std::filesystem::path& file, const ReadingImage& image, Seconds interval, std::stop_token stop)
{
    const std::filesystem::path partial = partialOf(file);
    auto writer = ReadingLogWriter::create(partial);
    if (!writer)
        return Error{writer.error().code, file.string(), writer.error().detail};
    std::error_code ignored;
    if (isBeingWritten(file)) { // asked after the other name was taken: a writer has one of the two at any time
        std::filesystem::remove(partial, ignored);
        return Error{Errc::InUse, file.string(), {}};
    }
    std::unique_ptr<ReadingKeeper> keeper(new ReadingKeeper(file, std::move(*writer), interval));
    writeIdentity(keeper->m_writer, image);
    keeper->writeFull(image, stop);
    auto done = stop.stop_requested() ? Result<void>(Error{Errc::Stopped, file.string(), {}}) : keeper->m_writer.flush();
    // What follows must not be worse than what was there: the end so far is kept before the file that may hold it goes.
    if (image.ids.empty())
        std::filesystem::remove(checkpointOf(file), ignored);
    else if (done)
        done = keeper->writeCheckpoint(image);
    if (done)
        done = putInPlace(partial, file);
    if (done)
        return keeper;
    std::filesystem::remove(partial, ignored);
    return done.error();
}

void ReadingKeeper::writeSnapshotsUpTo(const ReadingImage& image, std::uint64_t tokens)
{
    for (; m_snapshots < image.snapshots.size() && image.snapshots[m_snapshots]->tokens <= tokens; ++m_snapshots)
        writeHopValues(m_writer, *image.snapshots[m_snapshots]);
}

void ReadingKeeper::writeFull(const ReadingImage& image, std::stop_token stop)
{
    for (; (m_pages + 1) * kPageTokens <= image.ids.size() && !stop.stop_requested(); ++m_pages) {
        writeSnapshotsUpTo(image, m_pages * kPageTokens);
        writePage(m_writer, image, m_pages);
    }
    writeSnapshotsUpTo(image, m_pages * kPageTokens);
}

Result<void> ReadingKeeper::writeCheckpoint(const ReadingImage& image)
{
    const std::filesystem::path checkpoint = checkpointOf(m_file), partial = partialOf(checkpoint);
    auto writer = ReadingLogWriter::create(partial);
    if (!writer)
        return writer.error();
    writeIdentity(*writer, image);
    const std::size_t whole = image.ids.size() / kPageTokens;
    if (whole * kPageTokens < image.ids.size())
        writePage(*writer, image, whole);
    const std::uint64_t text = XXH3_64bits(image.ids.data(), image.ids.size_bytes());
    writer->write(RecordKind::Text, 0, image.ids.size(), &text, sizeof text);
    writeEnd(*writer, image);
    if (const auto done = writer->flush(); !done)
        return done.error();
    m_lastCheckpoint = Clock::now();
    return putInPlace(partial, checkpoint);
}

Result<void> ReadingKeeper::add(const ReadingImage& image)
{
    writeFull(image, {});
    if (const auto done = m_writer.flush(); !done)
        return done;
    std::uint64_t bytes = 0;
    for (std::uint32_t hop = 0; hop < image.hopValues->count(); ++hop)
        bytes += image.hopValues->halves(hop, image.ids.size()) * sizeof(Half);
    const Seconds due = std::max(m_interval, Seconds(static_cast<double>(bytes) / kCheckpointRate));
    return Clock::now() - m_lastCheckpoint < due ? Result<void>() : writeCheckpoint(image);
}

Result<void> ReadingKeeper::finish(const ReadingImage& image)
{
    writeFull(image, {});
    if (m_pages * kPageTokens < image.ids.size())
        writePage(m_writer, image, m_pages);
    writeEnd(m_writer, image);
    if (const auto done = m_writer.flush(); !done)
        return done;
    std::error_code ignored;
    std::filesystem::remove(checkpointOf(m_file), ignored);
    std::filesystem::remove(partialOf(checkpointOf(m_file)), ignored); // of a process that was killed
    return {};
}

} // namespace octavo
