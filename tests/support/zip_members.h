// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <archive.h>
#include <archive_entry.h>

namespace octavo::test {

struct ZipMember {
    std::string path;
    std::string bytes;
};

// What is in a ZIP file, in its order. Empty: it is none, it is damaged, or it unpacks to more than `mostBytes`.
inline std::vector<ZipMember> unzipped(std::string_view file, std::size_t mostBytes = 4 << 20)
{
    const std::unique_ptr<archive, decltype(&archive_read_free)> reader(archive_read_new(), archive_read_free);
    archive_read_support_format_zip(reader.get());
    std::vector<ZipMember> members;
    archive_entry* entry = nullptr;
    int result = archive_read_open_memory(reader.get(), file.data(), file.size());
    while (result == ARCHIVE_OK && (result = archive_read_next_header(reader.get(), &entry)) == ARCHIVE_OK) {
        const char* const path = archive_entry_pathname(entry);
        ZipMember member{path ? path : "", {}};
        char piece[16 << 10];
        la_ssize_t got = 0;
        while ((got = archive_read_data(reader.get(), piece, sizeof piece)) > 0 && std::size_t(got) <= mostBytes) {
            member.bytes.append(piece, std::size_t(got));
            mostBytes -= std::size_t(got);
        }
        if (got != 0)
            return {};
        members.push_back(std::move(member));
    }
    return result == ARCHIVE_EOF ? members : std::vector<ZipMember>();
}

// A ZIP file of these members, not compressed, with the right sums: what is changed in a member reaches who reads it.
inline std::string storedZip(const std::vector<ZipMember>& members)
{
    std::string file;
    const std::unique_ptr<archive, decltype(&archive_write_free)> writer(archive_write_new(), archive_write_free);
    archive_write_set_format_zip(writer.get());
    archive_write_zip_set_compression_store(writer.get());
    archive_write_set_bytes_in_last_block(writer.get(), 1);
    const auto append = [](archive*, void* to, const void* bytes, size_t size) {
        static_cast<std::string*>(to)->append(static_cast<const char*>(bytes), size);
        return la_ssize_t(size);
    };
    archive_write_open(writer.get(), &file, nullptr, append, nullptr);
    for (const ZipMember& member : members) {
        const std::unique_ptr<archive_entry, decltype(&archive_entry_free)> entry(archive_entry_new(), archive_entry_free);
        archive_entry_set_pathname(entry.get(), member.path.c_str());
        archive_entry_set_filetype(entry.get(), AE_IFREG);
        archive_entry_set_perm(entry.get(), 0644);
        archive_entry_set_size(entry.get(), la_int64_t(member.bytes.size()));
        archive_write_header(writer.get(), entry.get());
        archive_write_data(writer.get(), member.bytes.data(), member.bytes.size());
    }
    archive_write_close(writer.get());
    return file;
}

} // namespace octavo::test
