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
    cudaDeviceProp properties;
    check(cudaSetDevice(index), "no usable GPU");
    check(cudaGetDeviceProperties(&properties, index), "no usable GPU");
    m_name = properties.name;
    if (properties.major < kOldestMajor)
        throw DeviceFailure(m_name + " is too old: compute capability " + std::to_string(properties.major) + "." + std::to_string(properties.minor)
                            + ", at least 8.0 is needed");
    m_multiprocessors = properties.multiProcessorCount;
    m_sharedPerBlock = properties.sharedMemPerBlockOptin;
    check(cudaStreamCreateWithFlags(&m_stream, cudaStreamNonBlocking), "stream");
}

Device::~Device()
{
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
    void* data = nullptr;
    const cudaError_t error = cudaMalloc(&data, bytes);
    if (error == cudaErrorMemoryAllocation) {
        cudaGetLastError(); // it is told here, and need not come up again
        throw OutOfDeviceMemory(bytes, freeMemory());
    }
    check(error, "memory");
    return data;
}

void Device::free(void* data) noexcept
{
    cudaStreamSynchronize(m_stream); // what is queued may use it
    cudaFree(data);
}

void Device::upload(void* to, const void* from, std::size_t bytes)
{
    check(cudaMemcpyAsync(to, from, bytes, cudaMemcpyHostToDevice, m_stream), "copy to the GPU");
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

} // namespace octavo::cuda
