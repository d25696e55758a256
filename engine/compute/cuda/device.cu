// SPDX-License-Identifier: Apache-2.0
#include "compute/cuda/device.h"

namespace octavo::cuda {

namespace {

constexpr int kOldestMajor = 8;           // compute capability 8.0: matrix instructions of halves 16 deep, and asynchronous copies

void check(cudaError_t error, const char* what)
{
    if (error != cudaSuccess)
        throw DeviceFailure(std::string(what) + ": " + cudaGetErrorString(error));
}

} // namespace

void checkLaunch(cudaError_t error, const char* what) { check(error, what); }

Device::Device(int index)
{
    check(cudaSetDevice(index), "no usable GPU");
    readProperties(index);
    check(cudaStreamCreateWithFlags(&m_stream, cudaStreamNonBlocking), "stream");
    m_keepsLaunches = true;
}

Device::Device(cudaStream_t queue) : m_stream(queue), m_ownsStream(false)
{
    int index = 0;
    check(cudaGetDevice(&index), "no usable GPU");
    readProperties(index);
}

void Device::readProperties(int index)
{
    cudaDeviceProp properties;
    check(cudaGetDeviceProperties(&properties, index), "no usable GPU");
    m_name = properties.name;
    if (properties.major < kOldestMajor)
        throw DeviceFailure(m_name + " is too old: compute capability " + std::to_string(properties.major) + "." + std::to_string(properties.minor)
                            + ", at least 8.0 is needed");
    m_multiprocessors = properties.multiProcessorCount;
    m_sharedPerBlock = properties.sharedMemPerBlockOptin;
    m_totalMemory = properties.totalGlobalMem;
    m_hasGroupProducts = properties.major == 9 && properties.minor == 0;
}

Device::~Device()
{
    if (!m_ownsStream)
        return;
    cudaStreamSynchronize(m_stream);
    cudaStreamDestroy(m_stream);
}

std::uint64_t Device::freeMemory() const
{
    std::size_t free = 0, total = 0;
    check(cudaMemGetInfo(&free, &total), "memory");
    return free;
}

void* Device::allocate(std::size_t bytes)
{
    for (;;) {
        void* data = nullptr;
        const cudaError_t error = cudaMalloc(&data, bytes);
        if (error != cudaErrorMemoryAllocation) {
            check(error, "memory");
            return data;
        }
        cudaGetLastError(); // it is told here, and need not come up again
        if (!makeRoom(bytes))
            throw OutOfDeviceMemory(bytes, freeMemory());
    }
}

void Device::free(void* data) noexcept
{
    cudaStreamSynchronize(m_stream); // what is queued may use it
    cudaFree(data);
}

void* Device::allocateHost(std::size_t bytes)
{
    void* data = nullptr;
    if (cudaMallocHost(&data, bytes) != cudaSuccess) {
        cudaGetLastError();
        throw std::bad_alloc();
    }
    return data;
}

void Device::freeHost(void* data) noexcept { cudaFreeHost(data); }

void Device::upload(void* to, const void* from, std::size_t bytes)
{
    check(cudaMemcpyAsync(to, from, bytes, cudaMemcpyHostToDevice, m_stream), "copy to the GPU");
}

void Device::uploadRows(void* to, std::size_t toPitch, const void* from, std::size_t fromPitch, std::size_t bytes, std::size_t rows)
{
    check(cudaMemcpy2DAsync(to, toPitch, from, fromPitch, bytes, rows, cudaMemcpyHostToDevice, m_stream), "copy to the GPU");
}

void Device::download(void* to, const void* from, std::size_t bytes)
{
    check(cudaMemcpyAsync(to, from, bytes, cudaMemcpyDeviceToHost, m_stream), "copy from the GPU");
    wait();
}

void Device::copyRows(void* to, std::size_t toPitch, const void* from, std::size_t fromPitch, std::size_t bytes, std::size_t rows)
{
    if (bytes > 0 && rows > 0)
        check(cudaMemcpy2DAsync(to, toPitch, from, fromPitch, bytes, rows, cudaMemcpyDeviceToDevice, m_stream), "copy within the GPU");
}

void Device::zero(void* data, std::size_t bytes) { check(cudaMemsetAsync(data, 0, bytes, m_stream), "memory"); }
void Device::wait() { check(cudaStreamSynchronize(m_stream), "work on the GPU"); }

KeptLaunches::KeptLaunches(Device& device, const std::function<void()>& queue) : m_device(device)
{
    cudaGraph_t graph = nullptr;
    check(cudaStreamBeginCapture(device.stream(), cudaStreamCaptureModeThreadLocal), "graph");
    try {
        queue();
    } catch (...) {
        cudaStreamEndCapture(device.stream(), &graph);
        cudaGraphDestroy(graph);
        throw;
    }
    check(cudaStreamEndCapture(device.stream(), &graph), "graph");
    const cudaError_t made = cudaGraphInstantiate(&m_graph, graph, 0);
    cudaGraphDestroy(graph);
    check(made, "graph");
}

KeptLaunches::~KeptLaunches()
{
    cudaStreamSynchronize(m_device.stream());
    cudaGraphExecDestroy(m_graph);
}

void KeptLaunches::queue() { check(cudaGraphLaunch(m_graph, m_device.stream()), "graph"); }

SideCopies::SideCopies(Device& device, std::size_t slots) : m_device(device), m_slots(slots)
{
    check(cudaStreamCreateWithFlags(&m_queue, cudaStreamNonBlocking), "stream");
    for (Slot& slot : m_slots)
        for (cudaEvent_t* event : {&slot.copied, &slot.used})
            check(cudaEventCreateWithFlags(event, cudaEventDisableTiming), "event");
}

SideCopies::~SideCopies()
{
    cudaStreamSynchronize(m_queue);
    for (const Slot& slot : m_slots)
        for (cudaEvent_t event : {slot.copied, slot.used})
            cudaEventDestroy(event);
    cudaStreamDestroy(m_queue);
}

void SideCopies::copy(std::size_t slot, void* to, const void* from, std::size_t bytes)
{
    check(cudaStreamWaitEvent(m_queue, m_slots[slot].used, 0), "event");
    check(cudaMemcpyAsync(to, from, bytes, cudaMemcpyHostToDevice, m_queue), "copy to the GPU");
    check(cudaEventRecord(m_slots[slot].copied, m_queue), "event");
}

void SideCopies::await(std::size_t slot) { check(cudaStreamWaitEvent(m_device.stream(), m_slots[slot].copied, 0), "event"); }
void SideCopies::release(std::size_t slot) { check(cudaEventRecord(m_slots[slot].used, m_device.stream()), "event"); }

void SideCopies::wait() { check(cudaStreamSynchronize(m_queue), "copy to the GPU"); }

Checkpoints::Checkpoints(Device& device, std::size_t ahead) : m_device(device), m_events(ahead)
{
    for (cudaEvent_t& event : m_events)
        check(cudaEventCreateWithFlags(&event, cudaEventDisableTiming), "event");
}

Checkpoints::~Checkpoints()
{
    for (cudaEvent_t event : m_events)
        cudaEventDestroy(event);
}

void Checkpoints::add() { check(cudaEventRecord(m_events[m_added++ % m_events.size()], m_device.stream()), "event"); }

void Checkpoints::wait()
{
    if (m_added >= m_events.size())
        check(cudaEventSynchronize(m_events[m_added % m_events.size()]), "work on the GPU");
}

} // namespace octavo::cuda
