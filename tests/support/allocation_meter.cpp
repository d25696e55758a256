// SPDX-License-Identifier: Apache-2.0
#include "support/allocation_meter.h"

#include <atomic>
#include <cstdlib>
#include <new>

namespace {

// operator new has nowhere else to keep these
std::atomic<std::uint64_t> g_bytes{0};
std::atomic<bool> g_fails{false};
std::atomic<long> g_left{0}; // large requests before the one that fails

void* allocate(std::size_t size, std::size_t alignment = __STDCPP_DEFAULT_NEW_ALIGNMENT__)
{
    g_bytes.fetch_add(size, std::memory_order_relaxed);
    if (size >= octavo::test::FailingAllocation::kLarge && g_fails && g_left.fetch_sub(1) == 0)
        throw std::bad_alloc();
    if (size > static_cast<std::size_t>(-1) - alignment)
        throw std::bad_alloc();
    const std::size_t whole = (size + alignment - 1) / alignment * alignment;   // as aligned_alloc wants it
    void* memory = alignment > __STDCPP_DEFAULT_NEW_ALIGNMENT__ ? std::aligned_alloc(alignment, whole) : std::malloc(size ? size : 1);
    if (!memory)
        throw std::bad_alloc();
    return memory;
}

} // namespace

// All that are used, not only those which the others call: a sanitizer has its own of each, which would not fit the memory of these.
void* operator new(std::size_t size) { return allocate(size); }
void* operator new[](std::size_t size) { return allocate(size); }
void* operator new(std::size_t size, std::align_val_t alignment) { return allocate(size, static_cast<std::size_t>(alignment)); }
void* operator new[](std::size_t size, std::align_val_t alignment) { return allocate(size, static_cast<std::size_t>(alignment)); }
void* operator new(std::size_t size, const std::nothrow_t&) noexcept
try {
    return allocate(size);
} catch (const std::bad_alloc&) {
    return nullptr;
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, const std::nothrow_t&) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }

octavo::test::FailingAllocation::FailingAllocation(long failing)
{
    g_left = failing;
    g_fails = true;
}
octavo::test::FailingAllocation::~FailingAllocation() { g_fails = false; }
bool octavo::test::FailingAllocation::happened() const { return g_left < 0; }

std::uint64_t octavo::test::AllocationMeter::allBytes() { return g_bytes.load(std::memory_order_relaxed); }
