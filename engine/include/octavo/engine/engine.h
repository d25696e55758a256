// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "octavo/engine/result.h"

namespace octavo {

class Backend;
class WorkQueue;

// In what numbers the CPU multiplies.
enum class Precision {
    Int8,      // weights in blocks with inputs rounded to whole numbers, where the processor has instructions for it: several times faster
    Float32,   // everything in float: what the others are measured against
};

// Where models are computed.
enum class DeviceChoice {
    Auto,      // on the GPU where one answers and the model fits, else on the CPU
    Cpu,
    Cuda,      // on the GPU, or not at all
};

// "auto", "cpu", "cuda"; nothing for other names.
std::optional<DeviceChoice> deviceNamed(std::string_view name);

struct EngineOptions {
    int threads = 0;   // of the CPU, 1…1024; 0 = one per core
    Precision precision = Precision::Int8;
    DeviceChoice device = DeviceChoice::Auto;
    std::optional<std::uint32_t> gpuLayers{}; // whose weights stay in the GPU's memory, the others are brought for each pass; none: as many as fit
};

// Where work is done: the backend with its threads and memory. Passed to what needs it; there is no global one, and two
// engines in one process are independent.
// Threads: readings and conversations of several threads may use one engine; they take turns, one forward pass each (a chunk of 512 tokens
// at most), and a question goes before a reading. Different engines run at once.
// Lifetime: outlives every model opened with it (models share ownership of it).
class Engine {
public:
    // Errors: InvalidArgument; NoDevice where DeviceChoice::Cuda cannot be.
    static Result<std::shared_ptr<Engine>> create(const EngineOptions& options);
    // With a backend that is there already, for `gpu`.
    static Result<std::shared_ptr<Engine>> create(const EngineOptions& options, std::unique_ptr<Backend> gpu);
    ~Engine();

    Backend* gpu() const { return m_gpu.get(); }     // null: there is none, or it is not wanted
    Backend& cpu() const { return *m_cpu; }          // always there
    WorkQueue& queue() const { return *m_queue; }

    DeviceChoice deviceChoice() const { return m_choice; }
    std::optional<std::uint32_t> gpuLayers() const { return m_gpuLayers; }
    const std::string& whyNoGpu() const { return m_whyNoGpu; } // "no NVIDIA driver"; empty: there is one, or it is not wanted
    std::string cpuName() const;         // "CPU, 2 threads, AVX3"
    int threads() const;                 // of the CPU
    static bool hasGpuDriver();          // whether a machine has NVIDIA's driver, usable or not
    static std::uint64_t availableMemory(); // bytes this machine could still give; 0 if it will not say

private:
    static std::shared_ptr<Engine> make(const EngineOptions& options, std::unique_ptr<Backend> gpu, std::string whyNoGpu);
    Engine(const EngineOptions& options, std::unique_ptr<Backend> cpu, std::unique_ptr<Backend> gpu, std::string whyNoGpu);
    DeviceChoice m_choice;
    std::optional<std::uint32_t> m_gpuLayers;
    std::unique_ptr<Backend> m_cpu;
    std::unique_ptr<Backend> m_gpu;
    std::string m_whyNoGpu;
    std::unique_ptr<WorkQueue> m_queue;
};

} // namespace octavo
