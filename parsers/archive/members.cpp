// SPDX-License-Identifier: Apache-2.0
#include "archive/members.h"

#include <memory>

#include <archive.h>
#include <archive_entry.h>

#include "text/utf8.h"
#include "text/words.h"

namespace octavo::parsers {

namespace {

struct FreeArchive {
    void operator()(archive* handle) const { archive_read_free(handle); }
};
using Archive = std::unique_ptr<archive, FreeArchive>;

bool leavesFolder(std::string_view path)
{
    if (path.starts_with('/') || path.find('\\') != std::string_view::npos || (path.size() > 1 && path[1] == ':'))
        return true;
    while (!path.empty()) {
        const std::size_t slash = path.find('/');
        if (path.substr(0, slash) == "..")
            return true;
        path = slash == std::string_view::npos ? std::string_view() : path.substr(slash + 1);
    }
    return false;
}

MemberHeader headerOf(archive_entry* entry)
{
    MemberHeader header;
    const char* utf8 = archive_entry_pathname_utf8(entry);
    const char* raw = utf8 ? utf8 : archive_entry_pathname(entry);
    header.path = validUtf8(raw ? raw : "");   // names of old archives are in any charset
    while (header.path.starts_with("./"))
        header.path.erase(0, 2);
    header.isFile = archive_entry_filetype(entry) == AE_IFREG;
    header.isEncrypted = archive_entry_is_encrypted(entry) != 0;
    header.leavesFolder = leavesFolder(header.path);
    return header;
}

Fault damaged(archive* handle)
{
    const char* why = archive_error_string(handle);
    return {Fault::Kind::Damaged, why ? lowerAscii(why) : std::string()};
}

class Walk {
public:
    Walk(std::string_view file, const ArchiveWalk::Wanted& wanted, const ArchiveWalk::Take& take) : m_file(file), m_wanted(wanted), m_take(take) {}

    Parsed run()
    {
        m_archive.reset(archive_read_new());
        archive* handle = m_archive.get();
        archive_read_support_filter_all(handle);
        archive_read_support_format_all(handle);
        archive_read_support_format_raw(handle);   // one compressed file; asked last, as it takes anything
        if (archive_read_open_memory(handle, m_file.data(), m_file.size()) != ARCHIVE_OK)
            return damaged(handle);
        archive_entry* entry = nullptr;
        for (;;) {
            const int result = archive_read_next_header(handle, &entry);
            if (result == ARCHIVE_EOF)
                return {};
            if (result != ARCHIVE_OK && result != ARCHIVE_WARN)
                return damaged(handle);
            if (archive_format(handle) == ARCHIVE_FORMAT_RAW && archive_filter_count(handle) <= 1)
                return Fault{};   // nothing is packed here
            const MemberHeader header = headerOf(entry);
            if (!m_wanted(header))
                continue;
            if (header.isEncrypted)
                return Fault{Fault::Kind::Encrypted};
            std::string bytes;
            if (Parsed read = unpack(bytes); !read)
                return read;
            if (!m_take(header, std::move(bytes)))
                return {};
        }
    }

private:
    Parsed unpack(std::string& bytes)
    {
        char piece[64 << 10];
        for (;;) {
            const la_ssize_t got = archive_read_data(m_archive.get(), piece, sizeof piece);
            if (got < 0)
                return damaged(m_archive.get());
            if (got == 0)
                return {};
            bytes.append(piece, std::size_t(got));
            m_unpacked += std::size_t(got);
            if (m_unpacked > ArchiveWalk::kMostUnpackedBytes)
                return Fault{Fault::Kind::TooLarge, "unpacks to more than 1 GB"};
            if (m_unpacked > ArchiveWalk::kSmallBytes && m_unpacked / ArchiveWalk::kMostExpansion > m_file.size())
                return Fault{Fault::Kind::TooLarge, "unpacks to more than 200 times its size"};
        }
    }

    std::string_view m_file;
    const ArchiveWalk::Wanted& m_wanted;
    const ArchiveWalk::Take& m_take;
    Archive m_archive;
    std::size_t m_unpacked = 0;
};

} // namespace

Parsed ArchiveWalk::through(std::string_view file, const Wanted& wanted, const Take& take) { return Walk(file, wanted, take).run(); }

Expected<Members, Fault> membersOf(std::string_view file, const ArchiveWalk::Wanted& wanted)
{
    Members members;
    const Parsed read = ArchiveWalk::through(file, wanted, [&](const MemberHeader& header, std::string&& bytes) {
        members[header.path] = std::move(bytes);
        return true;
    });
    if (!read)
        return read.error();
    return members;
}

} // namespace octavo::parsers
