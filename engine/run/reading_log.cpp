// SPDX-License-Identifier: Apache-2.0
#include "run/reading_log.h"

#include <xxhash.h>

#include <cerrno>
#include <cstring>
#include <new>

namespace octavo {

namespace {

constexpr char kMagic[8] = {'O', 'C', 'T', 'A', 'V', 'O', 'R', 'D'};
constexpr std::uint32_t kVersion[2] = {3, 0};
constexpr std::uint64_t kHeaderBytes = 24;
constexpr std::uint64_t kHashBytes = 8;
static_assert(sizeof(RecordHeader) == kHeaderBytes);

std::uint64_t seedOf(const RecordHeader& header) { return XXH3_64bits(&header, sizeof header); }

} // namespace

void ReadingLogWriter::FreeHash::operator()(XXH3_state_s* state) const { XXH3_freeState(state); }

ReadingLogWriter::ReadingLogWriter(std::filesystem::path path, FileHandle out) : m_path(std::move(path)), m_out(std::move(out)), m_hash(XXH3_createState())
{
    if (!m_hash)
        throw std::bad_alloc();
}

Result<ReadingLogWriter> ReadingLogWriter::create(const std::filesystem::path& path)
{
    FileHandle out(std::fopen(path.c_str(), "wb"));
    if (!out)
        return Error{Errc::WriteFailed, path.string(), std::strerror(errno)};
    ReadingLogWriter writer(path, std::move(out));
    writer.put(kMagic, sizeof kMagic);
    writer.put(kVersion, sizeof kVersion);
    return writer;
}

void ReadingLogWriter::put(const void* data, std::uint64_t size)
{
    if (m_error == 0 && size > 0 && std::fwrite(data, size, 1, m_out.get()) != 1)
        m_error = errno ? errno : EIO;
}

void ReadingLogWriter::begin(const RecordHeader& header)
{
    put(&header, sizeof header);
    XXH3_64bits_reset_withSeed(m_hash.get(), seedOf(header));
}

void ReadingLogWriter::append(const void* data, std::uint64_t size)
{
    put(data, size);
    XXH3_64bits_update(m_hash.get(), data, size);
}

void ReadingLogWriter::end()
{
    const std::uint64_t hash = XXH3_64bits_digest(m_hash.get());
    put(&hash, sizeof hash);
}

void ReadingLogWriter::write(RecordKind kind, std::uint32_t part, std::uint64_t at, const void* data, std::uint64_t size)
{
    begin({kind, part, at, size});
    append(data, size);
    end();
}

Result<void> ReadingLogWriter::flush()
{
    if (m_error == 0 && std::fflush(m_out.get()) != 0)
        m_error = errno ? errno : EIO;
    return m_error == 0 ? Result<void>() : Error{Errc::WriteFailed, m_path.string(), std::strerror(m_error)};
}

Result<ReadingLogReader> ReadingLogReader::open(const std::filesystem::path& path)
{
    FileHandle in(std::fopen(path.c_str(), "rb"));
    if (!in)
        return Error{errno == ENOENT ? Errc::NotFound : Errc::Unreadable, path.string(), std::strerror(errno)};
    ReadingLogReader reader(path, std::move(in));
    std::error_code unknown;
    const std::uint64_t size = std::filesystem::file_size(path, unknown);
    if (unknown)
        return reader.failed(Errc::Unreadable, "size");
    char magic[sizeof kMagic];
    std::uint32_t version[2] = {};
    if (std::fread(magic, sizeof magic, 1, reader.m_in.get()) != 1 || std::fread(version, sizeof version, 1, reader.m_in.get()) != 1)
        return reader.failed(Errc::Truncated, "header");
    if (std::memcmp(magic, kMagic, sizeof magic) != 0)
        return reader.failed(Errc::CorruptReading, "header");
    if (version[0] != kVersion[0] || version[1] != kVersion[1])
        return reader.failed(Errc::UnsupportedVersion, "written by another version of Octavo");
    reader.m_left = size - sizeof magic - sizeof version;
    return reader;
}

Result<std::optional<RecordHeader>> ReadingLogReader::next()
{
    if (m_left == 0)
        return std::optional<RecordHeader>();
    if (m_left < kHeaderBytes + kHashBytes || std::fread(&m_header, sizeof m_header, 1, m_in.get()) != 1)
        return failed(Errc::Truncated, "record");
    m_left -= kHeaderBytes;
    if (m_header.size > m_left - kHashBytes)
        return failed(Errc::Truncated, "record");
    m_left -= m_header.size + kHashBytes;
    return std::optional(m_header);
}

Result<void> ReadingLogReader::read(void* data, std::uint64_t size)
{
    std::uint64_t hash = 0;
    if (size != m_header.size)
        return failed(Errc::CorruptReading, "size of a record");
    if ((size > 0 && std::fread(data, size, 1, m_in.get()) != 1) || std::fread(&hash, sizeof hash, 1, m_in.get()) != 1)
        return failed(Errc::Truncated, "record");
    return XXH3_64bits_withSeed(data, size, seedOf(m_header)) == hash ? Result<void>() : failed(Errc::CorruptReading, "checksum of a record");
}

Result<void> ReadingLogReader::skip()
{
    return std::fseek(m_in.get(), static_cast<long>(m_header.size + kHashBytes), SEEK_CUR) == 0 ? Result<void>() : failed(Errc::Truncated, "record");
}

} // namespace octavo
