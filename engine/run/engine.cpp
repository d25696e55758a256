// SPDX-License-Identifier: Apache-2.0
#include "octavo/engine/engine.h"

#include <unistd.h>

#include <fstream>
#include <thread>

#include "compute/cpu/cpu_backend.h"
#include "run/work_queue.h"

namespace octavo {

namespace {
constexpr int kMaxThreads = 1024;
}

Engine::Engine(std::unique_ptr<Backend> host, std::unique_ptr<Backend> device)
    : m_host(std::move(host)), m_device(std::move(device)), m_queue(std::make_unique<WorkQueue>())
{
}
Engine::~Engine() = default;

Result<std::shared_ptr<Engine>> Engine::create(const EngineOptions& options)
{
    if (options.threads < 0 || options.threads > kMaxThreads)
        return Error{Errc::InvalidArgument, "threads", "0 to 1024"};
    const int cores = std::max(1u, std::thread::hardware_concurrency());
    return std::shared_ptr<Engine>(new Engine(makeCpuBackend(options.threads ? options.threads : cores, options.precision), nullptr));
}

std::string Engine::device() const { return backend().name(); }
int Engine::threads() const { return backend().threads(); }

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
