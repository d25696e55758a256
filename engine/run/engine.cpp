// SPDX-License-Identifier: Apache-2.0
#include "octavo/engine/engine.h"

#include <unistd.h>

#include <fstream>
#include <thread>

#include "compute/cpu/cpu_backend.h"
#include "compute/plugin.h"
#include "run/work_queue.h"

namespace octavo {

namespace {
constexpr int kMaxThreads = 1024;
}

std::optional<DeviceChoice> deviceNamed(std::string_view name)
{
    constexpr std::pair<std::string_view, DeviceChoice> kDevices[] = {{"auto", DeviceChoice::Auto}, {"cpu", DeviceChoice::Cpu}, {"cuda", DeviceChoice::Cuda}};
    for (const auto& [known, choice] : kDevices)
        if (name == known)
            return choice;
    return std::nullopt;
}

Engine::Engine(const EngineOptions& options, std::unique_ptr<Backend> cpu, std::unique_ptr<Backend> gpu, std::string whyNoGpu)
    : m_choice(options.device), m_gpuLayers(options.gpuLayers), m_cpu(std::move(cpu)), m_gpu(std::move(gpu)), m_whyNoGpu(std::move(whyNoGpu)), m_queue(std::make_unique<WorkQueue>())
{
}
Engine::~Engine() = default;

std::shared_ptr<Engine> Engine::make(const EngineOptions& options, std::unique_ptr<Backend> gpu, std::string whyNoGpu)
{
    const int cores = std::max(1u, std::thread::hardware_concurrency());
    auto cpu = makeCpuBackend(options.threads ? options.threads : cores, options.precision);
    return std::shared_ptr<Engine>(new Engine(options, std::move(cpu), std::move(gpu), std::move(whyNoGpu)));
}

Result<std::shared_ptr<Engine>> Engine::create(const EngineOptions& options, std::unique_ptr<Backend> gpu)
{
    if (options.threads < 0 || options.threads > kMaxThreads)
        return Error{Errc::InvalidArgument, "threads", "0 to 1024"};
    return make(options, std::move(gpu), {});
}

Result<std::shared_ptr<Engine>> Engine::create(const EngineOptions& options)
{
    if (options.device == DeviceChoice::Cpu)
        return create(options, nullptr);
    auto loaded = loadCudaBackend();
    if (auto* backend = std::get_if<std::unique_ptr<Backend>>(&loaded))
        return create(options, std::move(*backend));
    if (options.device == DeviceChoice::Cuda)
        return Error{Errc::NoDevice, "GPU", std::get<std::string>(loaded)};
    if (options.threads < 0 || options.threads > kMaxThreads)
        return Error{Errc::InvalidArgument, "threads", "0 to 1024"};
    return make(options, nullptr, std::get<std::string>(loaded));
}

bool Engine::hasGpuDriver() { return octavo::hasGpuDriver(); }
std::string Engine::cpuName() const { return m_cpu->name(); }
int Engine::threads() const { return m_cpu->threads(); }

std::uint64_t Engine::availableMemory()
{
    // Linux counts what it would drop from its file cache; elsewhere the free pages are the best there is.
    std::ifstream info("/proc/meminfo");
    std::string key;
    std::uint64_t kilobytes = 0;
    for (std::string unit; info >> key >> kilobytes; std::getline(info, unit))
        if (key == "MemAvailable:")
            return kilobytes * 1024;
#ifdef _SC_AVPHYS_PAGES
    return static_cast<std::uint64_t>(sysconf(_SC_AVPHYS_PAGES)) * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
#else
    return 0;
#endif
}

} // namespace octavo
