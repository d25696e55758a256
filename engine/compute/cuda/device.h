// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cuda_runtime_api.h>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <span>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "compute/backend.h"

#ifdef OCTAVO_CUDA_EMULATED
#include "support/cuda_emulator.h"
#endif

namespace octavo::cuda {

// Holds memory of a device's that others may need more.
class RoomMaker {
public:
    virtual ~RoomMaker() = default;
    virtual std::uint64_t roomToMake() const = 0;        // bytes that it could free, about
    // Frees at least so many bytes, or as many as it can; false if none. Asked while something is allocated, with roomMutex() held.
    virtual bool makeRoom(std::size_t bytes) = 0;
};

// One GPU: its memory, and a queue of work that is done in order. Calls queue and return, but for download() and wait().
// Threads: one at a time, and the engine's turns see to that. Lifetime: outlives every DeviceArray of it.
// Two implementations: device.cu, and for tests on a CPU tests/support/emulated_device.cpp.
class Device {
public:
    // Errors: DeviceFailure, with why the GPU numbered `index` cannot be used.
    explicit Device(int index);
    explicit Device(cudaStream_t queue);  // somebody else's queue, on the current device
    ~Device();
    Device(const Device&) = delete;
    Device& operator=(const Device&) = delete;

    const std::string& name() const { return m_name; }
    int multiprocessors() const { return m_multiprocessors; }
    std::size_t sharedPerBlock() const { return m_sharedPerBlock; }      // bytes that a block may ask for
    bool keepsLaunches() const { return m_keepsLaunches; }               // KeptLaunches work
    bool hasGroupProducts() const { return m_hasGroupProducts; }         // group_products.cuh
    std::uint64_t freeMemory() const;                                    // bytes
    std::uint64_t totalMemory() const { return m_totalMemory; }

    void* allocate(std::size_t bytes);                                   // asks makers of room first; errors: OutOfDeviceMemory
    void free(void* data) noexcept;
    void* allocateHost(std::size_t bytes);                               // memory of the host's that is copied from and to at full speed
    void freeHost(void* data) noexcept;
    void upload(void* to, const void* from, std::size_t bytes);          // `from` may change as soon as it returns
    void uploadRows(void* to, std::size_t toPitch, const void* from, std::size_t fromPitch, std::size_t bytes, std::size_t rows);
    void download(void* to, const void* from, std::size_t bytes);        // waits
    // `rows` pieces of `bytes` within the device, each `toPitch` and `fromPitch` bytes behind the one before.
    void copyRows(void* to, std::size_t toPitch, const void* from, std::size_t fromPitch, std::size_t bytes, std::size_t rows);
    void zero(void* data, std::size_t bytes);
    void wait();                                                         // until all that was queued is done

    cudaStream_t stream() const { return m_stream; }

    // Asked for room one after the other, in this order. Lifetime: till they are removed.
    void add(RoomMaker& maker);
    void remove(RoomMaker& maker);
    // Held while room is made, by whatever thread allocates; makers hold it while they use or hand out what they might give up.
    std::recursive_mutex& roomMutex() { return m_roomMutex; }
    std::uint64_t roomToMake() const;                                    // bytes, of all of them

private:
    void readProperties(int index);
    bool makeRoom(std::size_t bytes);

    cudaStream_t m_stream = nullptr;
    bool m_ownsStream = true;
    std::string m_name;
    int m_multiprocessors = 0;
    std::size_t m_sharedPerBlock = 0;
    std::uint64_t m_totalMemory = 0;
    bool m_hasGroupProducts = false;
    bool m_keepsLaunches = false;
    mutable std::recursive_mutex m_roomMutex;
    std::vector<RoomMaker*> m_roomMakers;
    bool m_makingRoom = false;
    std::uint64_t m_allocated = 0;        // bytes, of an emulated device
};

// So many T of a device's memory. Grows, never shrinks; growing loses what it held.
template <class T>
class DeviceArray {
public:
    explicit DeviceArray(Device& device) : m_device(&device) {}
    DeviceArray(Device& device, std::size_t size) : m_device(&device) { reserve(size); }
    DeviceArray(DeviceArray&& other) noexcept
        : m_device(other.m_device), m_data(std::exchange(other.m_data, nullptr)), m_size(std::exchange(other.m_size, 0))
    {
    }
    DeviceArray& operator=(DeviceArray&& other) noexcept
    {
        std::swap(m_device, other.m_device);
        std::swap(m_data, other.m_data);
        std::swap(m_size, other.m_size);
        return *this;
    }
    ~DeviceArray()
    {
        if (m_data)
            m_device->free(m_data);
    }

    T* data() const { return m_data; }
    std::size_t size() const { return m_size; }

    // With room to grow, so that the place does not change for every few more.
    void reserveRoomy(std::size_t size)
    {
        if (size > m_size)
            reserve(std::bit_ceil(size));
    }
    void reserve(std::size_t size)
    {
        if (size <= m_size)
            return;
        if (m_data)
            m_device->free(std::exchange(m_data, nullptr));
        m_size = 0;
        m_data = static_cast<T*>(m_device->allocate(size * sizeof(T)));
        m_size = size;
    }
    T* fill(std::span<const T> values)
    {
        reserveRoomy(values.size());
        if (!values.empty())
            m_device->upload(m_data, values.data(), values.size_bytes());
        return m_data;
    }

private:
    Device* m_device;
    T* m_data = nullptr;
    std::size_t m_size = 0;
};

// So many bytes of the host's memory that is copied from and to at full speed.
class StagingBuffer {
public:
    StagingBuffer(Device& device, std::size_t bytes) : m_device(device), m_data(static_cast<std::byte*>(device.allocateHost(bytes))), m_size(bytes) {}
    StagingBuffer(const StagingBuffer&) = delete;
    StagingBuffer& operator=(const StagingBuffer&) = delete;
    ~StagingBuffer() { m_device.freeHost(m_data); }

    std::byte* data() const { return m_data; }
    std::size_t size() const { return m_size; }

private:
    Device& m_device;
    std::byte* m_data;
    std::size_t m_size;
};

// A number for all that launches depend on (FNV-1a).
class LaunchKey {
public:
    LaunchKey& add(std::uint64_t value)
    {
        m_key = (m_key ^ value) * 1099511628211u;
        return *this;
    }
    LaunchKey& add(const void* place) { return add(static_cast<std::uint64_t>(reinterpret_cast<std::uintptr_t>(place))); }
    std::uint64_t value() const { return m_key ? m_key : 1; } // never 0

private:
    std::uint64_t m_key = 1469598103934665603u;
};

// Launches that are kept, to be queued again by one call: a GPU begins each kernel of a graph sooner than one that was queued by itself.
class KeptLaunches {
public:
    // Queues nothing: what `queue` launches is kept. It may not allocate, copy from the host or wait.
    KeptLaunches(Device& device, const std::function<void()>& queue);
    ~KeptLaunches();
    KeptLaunches(const KeptLaunches&) = delete;
    KeptLaunches& operator=(const KeptLaunches&) = delete;

    void queue();

private:
    Device& m_device;
    cudaGraphExec_t m_graph = nullptr;
};

// Marks in the queue, to stay at most a few of them ahead of the GPU.
class Checkpoints {
public:
    Checkpoints(Device& device, std::size_t ahead);
    ~Checkpoints();
    void add();
    void wait();                          // until at most `ahead` marks are not reached yet

private:
    Device& m_device;
    std::vector<cudaEvent_t> m_events;    // a ring
    std::size_t m_added = 0;
};

// Copies from the host beside the queue, each into one of a few slots of the device's memory. Work that uses a slot stands between await() and release().
class SideCopies {
public:
    SideCopies(Device& device, std::size_t slots);
    ~SideCopies();
    SideCopies(const SideCopies&) = delete;
    SideCopies& operator=(const SideCopies&) = delete;

    // Begins as soon as the work before the slot's last release() is done. `from` is a StagingBuffer's and stays as it is.
    void copy(std::size_t slot, void* to, const void* from, std::size_t bytes);
    void await(std::size_t slot);         // what is queued from now on comes after the slot's last copy
    void release(std::size_t slot);       // what is queued from now on does not use the slot
    void wait();                          // until all copies are made

private:
    Device& m_device;
    struct Slot {
        cudaEvent_t copied = nullptr, used = nullptr;
        void* to = nullptr;               // for an emulated device: the copy that it has yet to make, and whether work may be using the slot
        const void* from = nullptr;
        std::size_t bytes = 0;
        bool inUse = false;
    };
    std::vector<Slot> m_slots;
    cudaStream_t m_queue = nullptr;
};

void checkLaunch(cudaError_t error, const char* what);

// Queues one kernel; an empty grid is none.
template <class... Parameters, class... Arguments>
void launch(Device& device, void (*kernel)(Parameters...), dim3 grid, unsigned threads, std::size_t shared, Arguments... arguments)
{
    if (grid.x == 0 || grid.y == 0 || grid.z == 0)
        return;
#ifdef OCTAVO_CUDA_EMULATED
    static_cast<void>(device);
    emulate(grid, threads, shared, [&] { kernel(arguments...); });
#else
    constexpr std::size_t kWithoutAsking = 48 * 1024;
    if (shared > kWithoutAsking)
        checkLaunch(cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, static_cast<int>(shared)), "shared memory");
    std::tuple<Parameters...> values(arguments...);
    std::apply(
        [&](Parameters&... each) {
            void* list[] = {static_cast<void*>(&each)...};
            checkLaunch(cudaLaunchKernel(reinterpret_cast<const void*>(kernel), grid, dim3(threads), list, shared, device.stream()), "kernel launch");
        },
        values);
#endif
}

} // namespace octavo::cuda
