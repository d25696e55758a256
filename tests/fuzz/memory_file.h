// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <filesystem>
#include <span>
#include <string>

#include "fuzz/require.h"

namespace octavo::test {

// A file that has a path but no disk, for functions that open files themselves.
class MemoryFile {
public:
    MemoryFile() : m_descriptor(::memfd_create("octavo-fuzz", MFD_CLOEXEC)) { require(m_descriptor >= 0); }
    MemoryFile(const MemoryFile&) = delete;
    MemoryFile& operator=(const MemoryFile&) = delete;
    ~MemoryFile() { ::close(m_descriptor); }

    std::filesystem::path path() const { return "/proc/self/fd/" + std::to_string(m_descriptor); }

    void write(std::span<const std::byte> bytes)
    {
        require(::ftruncate(m_descriptor, 0) == 0);
        require(::pwrite(m_descriptor, bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size()));
    }

private:
    int m_descriptor;
};

} // namespace octavo::test
