// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "octavo/engine/engine.h"

struct XXH3_state_s;

namespace octavo {

// The file format of kept readings (.oct), little endian: "OCTAVORD", u32 version, u32 0, then records one after the other, each its header, `size`
// bytes, and the xxh3 of both. A file is good up to its last whole record, so that it can be written while a text is read and be of use after a crash.
//   Identity    who read it, and how: text, the first record
//   Tokens      at: index of a page; its token ids (i32), as many as it holds
//   Page        at: the same; keys and values of that page (KvPage)
//   HopValues   at: tokens after which they were kept; part: coarse hop (HopSnapshot)
//   LastState   at: tokens; the state of the last one, f32 [hidden], may be empty
//   Text        at: tokens; u64, the xxh3 of their ids: to what text the records behind it belong, where no pages tell
// Pages ascend; hop values stand behind the last page that they count. Versions: 1 and 2 were no records; 3 is this.
enum class RecordKind : std::uint32_t { Identity = 1, Tokens = 2, Page = 3, HopValues = 4, LastState = 5, Text = 6 };

struct RecordHeader {
    RecordKind kind{};
    std::uint32_t part = 0;
    std::uint64_t at = 0;
    std::uint64_t size = 0;
};

struct CloseFile {
    void operator()(std::FILE* file) const { std::fclose(file); }
};
using FileHandle = std::unique_ptr<std::FILE, CloseFile>;

// Threads: one at a time.
class ReadingLogWriter {
public:
    // Begins an empty file at `path`, in place of whatever was there. Errors: WriteFailed.
    static Result<ReadingLogWriter> create(const std::filesystem::path& path);

    // What fails once fails ever after: errors are asked for with flush().
    void write(RecordKind kind, std::uint32_t part, std::uint64_t at, const void* data, std::uint64_t size);
    // The same in pieces, which must add up to header.size.
    void begin(const RecordHeader& header);
    void append(const void* data, std::uint64_t size);
    void end();

    // Hands everything to the system, so that a killed process loses none of it. Not forced to the disk: after a power cut the checksums find what is missing.
    // Errors: WriteFailed, since the first write that failed.
    Result<void> flush();

private:
    struct FreeHash {
        void operator()(XXH3_state_s* state) const;
    };
    ReadingLogWriter(std::filesystem::path path, FileHandle out);
    void put(const void* data, std::uint64_t size);

    std::filesystem::path m_path;
    FileHandle m_out;
    std::unique_ptr<XXH3_state_s, FreeHash> m_hash; // of the record at hand
    int m_error = 0; // errno of the first failure
};

// Threads: one at a time.
class ReadingLogReader {
public:
    // Errors: NotFound, Unreadable, Truncated, CorruptReading, UnsupportedVersion.
    static Result<ReadingLogReader> open(const std::filesystem::path& path);

    // The header of the next record, with more bytes behind it than it claims; nothing at the end of the file. The record before must have been read
    // or skipped. Errors: Truncated.
    Result<std::optional<RecordHeader>> next();

    // The bytes of the record at hand, of which there must be `size`. Errors: CorruptReading, Truncated.
    Result<void> read(void* data, std::uint64_t size);
    Result<void> skip();
    std::uint64_t size() const { return m_header.size; }

    Error failed(Errc code, const char* detail) const { return {code, m_path.string(), detail}; }

private:
    ReadingLogReader(std::filesystem::path path, FileHandle in) : m_path(std::move(path)), m_in(std::move(in)) {}

    std::filesystem::path m_path;
    FileHandle m_in;
    std::uint64_t m_left = 0; // bytes of the file from where it stands
    RecordHeader m_header;
};

} // namespace octavo
