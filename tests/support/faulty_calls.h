// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

namespace octavo::test {

// While it lives, one call to the system about files below `folder` goes wrong: the `failing`th, counted from 0. Programs that use it compile
// support/faulty_calls.cpp, which replaces those calls. Threads: the calls from any, this from one; one at a time.
class FaultyCalls {
public:
    enum class Fault {
        DiskError,   // EIO
        DiskFull,    // ENOSPC
        Short,       // half of the bytes; other calls are left alone
        Interrupted, // EINTR, where that may be
        Death,       // the process ends there and then, with kDied: for a child
    };
    static constexpr int kDied = 99;
    enum class Calls { Writing, Reading }; // open for writing, write, ftruncate, rename, flock; or open for reading, pread, mmap, madvise

    FaultyCalls(const std::filesystem::path& folder, Calls calls, Fault fault, long failing);
    FaultyCalls(const FaultyCalls&) = delete;
    FaultyCalls& operator=(const FaultyCalls&) = delete;
    ~FaultyCalls();

    // Whether the call has been made.
    bool happened() const;
};

} // namespace octavo::test
