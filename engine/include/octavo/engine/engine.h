// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "octavo/engine/result.h"

namespace octavo {

class Backend;
class WorkQueue;

// In what numbers the CPU multiplies.
enum class Precision {
    Int8,      // weights in blocks with inputs rounded to whole numbers, where the processor has instructions for it: several times faster
    Float32,   // everything in float: what the others are measured against
};

struct EngineOptions {
    int threads = 0;   // 1…1024; 0 = one per core
    Precision precision = Precision::Int8;
};

// Where work is done: the backend with its threads and memory. Passed to what needs it; there is no global one, and two
// engines in one process are independent.
// Threads: readings and conversations of several threads may use one engine; they take turns, one forward pass each (a chunk of 512 tokens
// at most), and a question goes before a reading. Different engines run at once.
// Lifetime: outlives every model opened with it (models share ownership of it).
class Engine {
public:
    static Result<std::shared_ptr<Engine>> create(const EngineOptions& options);
    ~Engine();

    Backend& backend() const { return m_device ? *m_device : *m_host; }
    Backend& hostBackend() const { return *m_host; } // the CPU, which is always there
    WorkQueue& queue() const { return *m_queue; }

    std::string device() const;          // "CPU, 2 threads, AVX3"
    int threads() const;
    static std::uint64_t availableMemory(); // bytes this machine could still give; 0 if it will not say

private:
    Engine(std::unique_ptr<Backend> host, std::unique_ptr<Backend> device);
    std::unique_ptr<Backend> m_host;
    std::unique_ptr<Backend> m_device; // null: the host does all
    std::unique_ptr<WorkQueue> m_queue;
};

} // namespace octavo
