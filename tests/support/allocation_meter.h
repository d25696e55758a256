// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace octavo::test {

// Bytes that operator new has been asked for since the meter was made, freed or not, on all threads.
// A program that uses it compiles support/allocation_meter.cpp, which replaces operator new.
class AllocationMeter {
public:
    AllocationMeter() : m_begin(allBytes()) {}
    std::uint64_t bytes() const { return allBytes() - m_begin; }

private:
    static std::uint64_t allBytes();   // since the program began

    std::uint64_t m_begin;
};

// While it lives, operator new throws bad_alloc once: at the `failing`th request of at least kLarge bytes, counted from 0, on whatever thread. Smaller ones
// do not fail on a system that has any memory left. One at a time; needs support/allocation_meter.cpp too.
class FailingAllocation {
public:
    static constexpr std::uint64_t kLarge = 4096;

    explicit FailingAllocation(long failing);
    FailingAllocation(const FailingAllocation&) = delete;
    FailingAllocation& operator=(const FailingAllocation&) = delete;
    ~FailingAllocation();

    bool happened() const;
};

// What opening a file of `fileSize` bytes may ask for. Measured of files of nothing but the smallest entries: 8 times their size for
// numbers of one byte, which are read as ones of eight, and 7 times for tokens of one letter. The constant is for what does not
// depend on the file. A count or length that is believed before the file has proved it costs thousands of times as much.
constexpr std::uint64_t allowedBytes(std::uint64_t fileSize) { return 32 * fileSize + 65536; }

} // namespace octavo::test
