// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "octavo/engine/engine.h"

struct XXH3_state_s;

namespace octavo {

// The file format of kept readings (.oct), little endian: "OCTAVORD", u32 version, u32 0, then records one after the other, each its header, `size`
// bytes, and the xxh3 of both; zeros before a header put its bytes on a multiple of kRecordAlignment, so that pages are used where they lie in the
// file. A file is good up to its last whole record, so that it can be written while a text is read and be of use after a crash.
//   Identity    who read it, and how: text, the first record
//   Tokens      at: index of a page; its token ids (i32), as many as it holds
//   Page        at: the same; keys and values of that page (KvPage)
//   HopValues   at: tokens after which they were kept; part: coarse hop (HopSnapshot)
//   LastState   at: tokens; the state of the last one, f32 [hidden], may be empty
//   Text        at: tokens; u64, the xxh3 of their ids: to what text the records behind it belong, where no pages tell
// Pages ascend; hop values stand behind the last page that they count. Versions: 1 and 2 were no records; 3 had no zeros; 4 is this.
enum class RecordKind : std::uint32_t { Identity = 1, Tokens = 2, Page = 3, HopValues = 4, LastState = 5, Text = 6 };

inline constexpr std::uint64_t kRecordAlignment = 64;

struct RecordHeader {
    RecordKind kind{};
    std::uint32_t part = 0;
    std::uint64_t at = 0;
    std::uint64_t size = 0;
};

// Whether header.size bytes, and the checksum that must lie behind them, are those of a record written with this header.
bool isIntact(const RecordHeader& header, const std::byte* bytes);

class FileDescriptor {
public:
    explicit FileDescriptor(int number) : m_number(number) {}
    FileDescriptor(FileDescriptor&& other) noexcept : m_number(std::exchange(other.m_number, -1)) {}
    FileDescriptor& operator=(FileDescriptor&& other) noexcept
    {
        std::swap(m_number, other.m_number);
        return *this;
    }
    ~FileDescriptor();
    int get() const { return m_number; }
    explicit operator bool() const { return m_number >= 0; }

private:
    int m_number;
};

// A file in memory, loaded as it is used and dropped again when memory is short. What is written to it stays in this process.
// Another program that cuts the file short while it is used kills this one: Octavo itself only ever puts new files in the place of old ones.
class FileMapping {
public:
    FileMapping(std::byte* data, std::uint64_t size) : m_data(data), m_size(size) {}
    FileMapping(const FileMapping&) = delete;
    FileMapping& operator=(const FileMapping&) = delete;
    ~FileMapping();

    std::byte* data() { return m_data; }
    // Bytes that may be touched: those of the file, and zeros up to the end of its last page of memory.
    std::uint64_t size() const;
    // Brings bytes in from the disk; false if the disk fails, which a plain load would answer by a signal.
    bool load(std::uint64_t offset, std::uint64_t size);

private:
    std::byte* m_data;
    std::uint64_t m_size;
};

// Threads: one at a time. The file belongs to its writer alone, in whatever process and under whatever name, until this is destroyed.
class ReadingLogWriter {
public:
    // Begins an empty file at `path`, in place of whatever was there. Errors: WriteFailed, InUse (another writer has it).
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
    ReadingLogWriter(std::filesystem::path path, FileDescriptor out);
    void put(const void* data, std::uint64_t size);
    void hand(const void* data, std::uint64_t size);

    std::filesystem::path m_path;
    FileDescriptor m_out;
    std::uint64_t m_size = 0;
    std::vector<std::byte> m_waiting; // small pieces, handed to the system together
    std::unique_ptr<XXH3_state_s, FreeHash> m_hash; // of the record at hand
    int m_error = 0; // errno of the first failure
};

// Whether some ReadingLogWriter has the file at `path`.
bool isBeingWritten(const std::filesystem::path& path);

// Threads: one at a time.
class ReadingLogReader {
public:
    // Errors: NotFound, Unreadable, Truncated, CorruptReading, UnsupportedVersion.
    static Result<ReadingLogReader> open(const std::filesystem::path& path);

    // The header of the next record, with more bytes behind it than it claims; nothing at the end of the file. The record before must have been read
    // or skipped. Errors: Truncated, Unreadable.
    Result<std::optional<RecordHeader>> next();

    // The bytes of the record at hand, of which there must be `size`. Errors: CorruptReading, Truncated, Unreadable.
    Result<void> read(void* data, std::uint64_t size);
    void skip();
    std::uint64_t size() const { return m_header.size; }
    std::uint64_t offset() const { return m_at; } // of the record's bytes, in the file

    // The whole file. Errors: Unreadable.
    Result<std::shared_ptr<FileMapping>> map() const;

    Error failed(Errc code, const char* detail) const { return {code, m_path.string(), detail}; }

private:
    ReadingLogReader(std::filesystem::path path, FileDescriptor in) : m_path(std::move(path)), m_in(std::move(in)) {}
    Result<void> get(void* data, std::uint64_t size);

    std::filesystem::path m_path;
    FileDescriptor m_in;
    std::uint64_t m_size = 0; // of the file
    std::uint64_t m_at = 0;   // where it is read next
    RecordHeader m_header;
};

} // namespace octavo
