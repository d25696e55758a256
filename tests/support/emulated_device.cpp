// SPDX-License-Identifier: Apache-2.0
// Device in the host's memory, for kernels under tests/support/cuda_emulator.h.
#include <cstdlib>
#include <cstring>

#include "compute/cuda/device.h"

namespace octavo::cuda {

Device::Device(int) : m_name("emulated"), m_multiprocessors(2), m_sharedPerBlock(99 * 1024) {}
Device::~Device() = default;
std::uint64_t Device::freeMemory() const { return std::uint64_t{1} << 30; }

void* Device::allocate(std::size_t bytes)
{
    constexpr std::size_t kAlignment = 256;
    const std::size_t whole = (bytes + kAlignment) / kAlignment * kAlignment;
    void* data = std::aligned_alloc(kAlignment, whole);
    if (!data)
        throw OutOfDeviceMemory(bytes, freeMemory());
    std::memset(data, 0xFF, whole); // not-a-numbers, for who reads what was not written
    return data;
}

void Device::free(void* data) noexcept { std::free(data); }
void Device::upload(void* to, const void* from, std::size_t bytes) { std::memcpy(to, from, bytes); }
void Device::download(void* to, const void* from, std::size_t bytes) { std::memcpy(to, from, bytes); }

void Device::copyRows(void* to, std::size_t toPitch, const void* from, std::size_t fromPitch, std::size_t bytes, std::size_t rows)
{
    for (std::size_t n = 0; n < rows; ++n)
        std::memcpy(static_cast<std::byte*>(to) + n * toPitch, static_cast<const std::byte*>(from) + n * fromPitch, bytes);
}

void Device::zero(void* data, std::size_t bytes) { std::memset(data, 0, bytes); }
void Device::wait() {}

} // namespace octavo::cuda
