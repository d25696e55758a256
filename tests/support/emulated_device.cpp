// SPDX-License-Identifier: Apache-2.0
// Device in the host's memory, for kernels under tests/support/cuda_emulator.h.
#include <cstdlib>
#include <cstring>

#include "compute/cuda/matrix_product.h"

namespace octavo::cuda {

namespace {

constexpr std::size_t kHead = 256; // bytes before what is allocated, with its size; and its alignment

std::uint64_t memoryOf(int index)
{
    if (index >= 100)
        return static_cast<std::uint64_t>(index - 100) << 20;
    return std::uint64_t{1} << (index == 2 ? 16 : 30);
}

} // namespace

// Number 0 is like most GPUs, number 1 like a Hopper, number 2 has hardly any memory left, number 100 + n has n MiB.
Device::Device(int index)
    : m_name("emulated"), m_multiprocessors(2), m_sharedPerBlock(index == 0 ? 99 * 1024 : 227 * 1024), m_totalMemory(memoryOf(index)),
      m_hasGroupProducts(index == 1)
{
}
Device::~Device() = default;
std::uint64_t Device::freeMemory() const { return m_totalMemory - m_allocated; }

void* Device::allocate(std::size_t bytes)
{
    while (bytes > freeMemory())
        if (!makeRoom(bytes))
            throw OutOfDeviceMemory(bytes, freeMemory());
    auto* data = static_cast<std::byte*>(allocateHost(bytes + kHead)) + kHead;
    std::memcpy(data - kHead, &bytes, sizeof bytes);
    m_allocated += bytes;
    return data;
}

// Whoever still reads what is gone finds no numbers there.
void Device::free(void* data) noexcept
{
    std::size_t bytes = 0;
    std::memcpy(&bytes, static_cast<std::byte*>(data) - kHead, sizeof bytes);
    std::memset(data, 0xFF, bytes);
    m_allocated -= bytes;
    freeHost(static_cast<std::byte*>(data) - kHead);
}

void* Device::allocateHost(std::size_t bytes)
{
    const std::size_t whole = (bytes + kHead) / kHead * kHead;
    void* data = std::aligned_alloc(kHead, whole);
    if (!data)
        throw std::bad_alloc();
    std::memset(data, 0xFF, whole); // not-a-numbers, for who reads what was not written
    return data;
}

void Device::freeHost(void* data) noexcept { std::free(data); }
void Device::upload(void* to, const void* from, std::size_t bytes) { std::memcpy(to, from, bytes); }
void Device::download(void* to, const void* from, std::size_t bytes) { std::memcpy(to, from, bytes); }

void Device::copyRows(void* to, std::size_t toPitch, const void* from, std::size_t fromPitch, std::size_t bytes, std::size_t rows)
{
    for (std::size_t n = 0; n < rows; ++n)
        std::memcpy(static_cast<std::byte*>(to) + n * toPitch, static_cast<const std::byte*>(from) + n * fromPitch, bytes);
}

void Device::uploadRows(void* to, std::size_t toPitch, const void* from, std::size_t fromPitch, std::size_t bytes, std::size_t rows)
{
    copyRows(to, toPitch, from, fromPitch, bytes, rows);
}

void Device::zero(void* data, std::size_t bytes) { std::memset(data, 0, bytes); }
void Device::wait() {}

KeptLaunches::KeptLaunches(Device& device, const std::function<void()>&) : m_device(device) {} // Device::keepsLaunches() is false
KeptLaunches::~KeptLaunches() = default;
void KeptLaunches::queue() {}

// A copy overwrites its slot at once, and has come only when it is awaited: as early, and as late, as on a GPU at worst. One into a slot that was not released
// would be behind nothing there.
SideCopies::SideCopies(Device& device, std::size_t slots) : m_device(device), m_slots(slots) {}
SideCopies::~SideCopies() = default;

void SideCopies::copy(std::size_t slot, void* to, const void* from, std::size_t bytes)
{
    if (m_slots[slot].inUse)
        throw DeviceFailure("a copy into a slot in use");
    std::memset(to, 0xFF, bytes);
    m_slots[slot].to = to;
    m_slots[slot].from = from;
    m_slots[slot].bytes = bytes;
}

void SideCopies::await(std::size_t slot)
{
    m_slots[slot].inUse = true;
    if (m_slots[slot].from)
        std::memcpy(m_slots[slot].to, std::exchange(m_slots[slot].from, nullptr), m_slots[slot].bytes);
}

void SideCopies::release(std::size_t slot) { m_slots[slot].inUse = false; }

void SideCopies::wait() {}

Checkpoints::Checkpoints(Device& device, std::size_t) : m_device(device) {}
Checkpoints::~Checkpoints() = default;
void Checkpoints::add() {}
void Checkpoints::wait() {}

// cuBLASLt's part, plainly.
struct MatrixProduct::Plan {};
MatrixProduct::MatrixProduct(Device& device) : m_device(device), m_workspace(device) {}
MatrixProduct::~MatrixProduct() = default;

namespace {

float product(const __half* w, const __half* x, std::size_t columns)
{
    double sum = 0;
    for (std::size_t n = 0; n < columns; ++n)
        sum += static_cast<double>(__half2float(w[n])) * __half2float(x[n]);
    return static_cast<float>(sum);
}

} // namespace

void MatrixProduct::multiply(const __half* w, const __half* x, std::size_t rows, std::size_t columns, std::size_t count, __half* y)
{
    for (std::size_t n = 0; n < count; ++n)
        for (std::size_t row = 0; row < rows; ++row)
            y[n * rows + row] = __float2half(product(w + row * columns, x + n * columns, columns));
}

void MatrixProduct::multiply(const __half* w, const __half* x, std::size_t rows, std::size_t columns, std::size_t count, float* y, bool add)
{
    for (std::size_t n = 0; n < count; ++n)
        for (std::size_t row = 0; row < rows; ++row)
            y[n * rows + row] = (add ? y[n * rows + row] : 0) + product(w + row * columns, x + n * columns, columns);
}

} // namespace octavo::cuda
