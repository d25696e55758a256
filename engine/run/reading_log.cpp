// SPDX-License-Identifier: Apache-2.0
#include "run/reading_log.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include <cerrno>
#include <cstring>
#include <new>

namespace octavo {

namespace {

constexpr char kMagic[8] = {'O', 'C', 'T', 'A', 'V', 'O', 'R', 'D'};
constexpr std::uint32_t kVersion[2] = {4, 0};
constexpr std::uint64_t kHeaderBytes = 24;
constexpr std::uint64_t kHashBytes = 8;
constexpr std::size_t kHandedAtOnce = 1 << 16; // smaller pieces wait for each other
static_assert(sizeof(RecordHeader) == kHeaderBytes);

std::uint64_t seedOf(const RecordHeader& header) { return XXH3_64bits(&header, sizeof header); }

// Zeros between the end of a record and the header of the next, whose bytes are then aligned.
std::uint64_t paddingAt(std::uint64_t offset) { return (kRecordAlignment - (offset + kHeaderBytes) % kRecordAlignment) % kRecordAlignment; }

std::uint64_t upToMemoryPage(std::uint64_t size)
{
    const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    return (size + page - 1) / page * page;
}

// The file at `path`, made if there is none, with the right to write to it that only one may have. It goes with the descriptor, also when the
// process dies. Nothing else than this keeps two programs from writing one reading at once.
Result<FileDescriptor> openAlone(const std::filesystem::path& path)
{
    const auto failed = [&](Errc code) { return Error{code, path.string(), std::strerror(errno)}; };
    for (;;) {
        FileDescriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR));
        if (!file)
            return failed(Errc::WriteFailed);
        if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0)
            return failed(errno == EWOULDBLOCK ? Errc::InUse : Errc::WriteFailed);
        struct stat opened = {}, there = {};
        if (::fstat(file.get(), &opened) != 0)
            return failed(Errc::WriteFailed);
        // Its writer before may have finished and put it in its place between the two calls: then this is no longer the file of that name.
        if (::stat(path.c_str(), &there) == 0 && there.st_ino == opened.st_ino && there.st_dev == opened.st_dev)
            return file;
    }
}

} // namespace

bool isIntact(const RecordHeader& header, const std::byte* bytes)
{
    std::uint64_t hash = 0;
    std::memcpy(&hash, bytes + header.size, sizeof hash);
    return XXH3_64bits_withSeed(bytes, header.size, seedOf(header)) == hash;
}

FileDescriptor::~FileDescriptor()
{
    if (m_number >= 0)
        ::close(m_number);
}

FileMapping::~FileMapping() { ::munmap(m_data, m_size); }

std::uint64_t FileMapping::size() const { return upToMemoryPage(m_size); }

bool FileMapping::load(std::uint64_t offset, std::uint64_t size)
{
    const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    const std::uint64_t begin = offset / page * page;
    // Linux before 5.14 does not know this (EINVAL): there the disk's failure stays a signal.
    return ::madvise(m_data + begin, offset + size - begin, MADV_POPULATE_READ) == 0 || errno == EINVAL;
}

bool isBeingWritten(const std::filesystem::path& path)
{
    const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    return file && ::flock(file.get(), LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
}

void ReadingLogWriter::FreeHash::operator()(XXH3_state_s* state) const { XXH3_freeState(state); }

ReadingLogWriter::ReadingLogWriter(std::filesystem::path path, FileDescriptor out)
    : m_path(std::move(path)), m_out(std::move(out)), m_hash(XXH3_createState())
{
    if (!m_hash)
        throw std::bad_alloc();
    m_waiting.reserve(2 * kHandedAtOnce); // want of memory must not cut a record in two
}

Result<ReadingLogWriter> ReadingLogWriter::create(const std::filesystem::path& path)
{
    auto out = openAlone(path);
    if (!out)
        return out.error();
    if (::ftruncate(out->get(), 0) != 0)
        return Error{Errc::WriteFailed, path.string(), std::strerror(errno)};
    ReadingLogWriter writer(path, std::move(*out));
    writer.put(kMagic, sizeof kMagic);
    writer.put(kVersion, sizeof kVersion);
    return writer;
}

void ReadingLogWriter::put(const void* data, std::uint64_t size)
{
    m_size += size;
    const auto* bytes = static_cast<const std::byte*>(data);
    if (size < kHandedAtOnce) {
        m_waiting.insert(m_waiting.end(), bytes, bytes + size);
        if (m_waiting.size() < kHandedAtOnce)
            return;
        size = 0;
    }
    hand(m_waiting.data(), m_waiting.size());
    m_waiting.clear();
    hand(bytes, size);
}

void ReadingLogWriter::hand(const void* data, std::uint64_t size)
{
    const auto* bytes = static_cast<const std::byte*>(data);
    while (size > 0 && m_error == 0) {
        const ssize_t written = ::write(m_out.get(), bytes, size);
        if (written < 0 && errno != EINTR)
            m_error = errno;
        else if (written == 0)
            m_error = EIO;
        else if (written > 0) {
            bytes += written;
            size -= static_cast<std::uint64_t>(written);
        }
    }
}

void ReadingLogWriter::begin(const RecordHeader& header)
{
    constexpr std::byte kZeros[kRecordAlignment] = {};
    put(kZeros, paddingAt(m_size));
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
    hand(m_waiting.data(), m_waiting.size());
    m_waiting.clear();
    return m_error == 0 ? Result<void>() : Error{Errc::WriteFailed, m_path.string(), std::strerror(m_error)};
}

Result<ReadingLogReader> ReadingLogReader::open(const std::filesystem::path& path)
{
    FileDescriptor in(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!in)
        return Error{errno == ENOENT ? Errc::NotFound : Errc::Unreadable, path.string(), std::strerror(errno)};
    struct stat facts = {};
    if (::fstat(in.get(), &facts) != 0 || !S_ISREG(facts.st_mode))
        return Error{Errc::Unreadable, path.string(), "not a regular file"};
    ReadingLogReader reader(path, std::move(in));
    reader.m_size = static_cast<std::uint64_t>(facts.st_size);
    char magic[sizeof kMagic] = {};
    std::uint32_t version[2] = {};
    for (const auto& got : {reader.get(magic, sizeof magic), reader.get(version, sizeof version)})
        if (!got)
            return got.error();
    if (std::memcmp(magic, kMagic, sizeof magic) != 0)
        return reader.failed(Errc::CorruptReading, "header");
    if (version[0] != kVersion[0] || version[1] != kVersion[1])
        return reader.failed(Errc::UnsupportedVersion, "written by another version of Octavo");
    return reader;
}

Result<void> ReadingLogReader::get(void* data, std::uint64_t size)
{
    auto* bytes = static_cast<std::byte*>(data);
    while (size > 0) {
        const ssize_t got = ::pread(m_in.get(), bytes, size, static_cast<off_t>(m_at));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return Error{Errc::Unreadable, m_path.string(), std::strerror(errno)};
        if (got == 0)
            return failed(Errc::Truncated, "record");
        bytes += got;
        size -= static_cast<std::uint64_t>(got);
        m_at += static_cast<std::uint64_t>(got);
    }
    return {};
}

Result<std::optional<RecordHeader>> ReadingLogReader::next()
{
    if (m_at == m_size)
        return std::optional<RecordHeader>();
    m_at += paddingAt(m_at);
    const auto left = [this](std::uint64_t bytes) { return m_at <= m_size && m_size - m_at >= bytes; };
    if (!left(kHeaderBytes + kHashBytes))
        return failed(Errc::Truncated, "record");
    if (const auto got = get(&m_header, sizeof m_header); !got)
        return got.error();
    if (!left(kHashBytes) || m_header.size > m_size - m_at - kHashBytes)
        return failed(Errc::Truncated, "record");
    return std::optional(m_header);
}

Result<void> ReadingLogReader::read(void* data, std::uint64_t size)
{
    std::uint64_t hash = 0;
    if (size != m_header.size)
        return failed(Errc::CorruptReading, "size of a record");
    if (const auto got = get(data, size); !got)
        return got;
    if (const auto got = get(&hash, sizeof hash); !got)
        return got;
    return XXH3_64bits_withSeed(data, size, seedOf(m_header)) == hash ? Result<void>() : failed(Errc::CorruptReading, "checksum of a record");
}

void ReadingLogReader::skip() { m_at += m_header.size + kHashBytes; }

Result<std::shared_ptr<FileMapping>> ReadingLogReader::map() const
{
    // Private and writable: the last page of a reading that goes on is written to, and only in memory. Not reserved: most of it never is.
    void* data = ::mmap(nullptr, m_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_NORESERVE, m_in.get(), 0);
    if (data == MAP_FAILED)
        return Error{Errc::Unreadable, m_path.string(), std::strerror(errno)};
    return std::make_shared<FileMapping>(static_cast<std::byte*>(data), m_size);
}

} // namespace octavo
