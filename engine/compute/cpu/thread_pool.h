// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <exception>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>
#include <vector>

namespace octavo::cpu {

// A fixed set of threads that share out numbered tasks; the calling thread takes part. Idle threads spin for a few
// microseconds, since a forward pass starts hundreds of such rounds a second, and then sleep.
// Threads: forEach() from one thread at a time.
class ThreadPool {
public:
    explicit ThreadPool(int threads);
    ~ThreadPool();

    int threads() const { return static_cast<int>(m_workers.size()) + 1; }

    // `worker` is 0 … threads() − 1 and names the thread that runs the task: index of its scratch memory.
    using Task = std::function<void(std::size_t index, std::size_t worker)>;

    // Calls task(0) … task(count − 1), each once, in any order, and returns when all are done. Once a stop is requested
    // no further task is begun: callers check the token afterwards and drop the result. What a task throws (bad_alloc), the first of several, is
    // thrown here once no thread works any more; no further task is begun then either.
    void forEach(std::size_t count, const std::stop_token& stop, const Task& task);

private:
    void work(std::size_t worker);
    void takeTasks(const Task& task, std::size_t count, const std::stop_token& stop, std::size_t worker);

    std::mutex m_mutex;
    std::exception_ptr m_thrown;            // in this round; m_mutex while others may throw too
    std::condition_variable m_wake;
    std::atomic<std::uint64_t> m_round{0};  // odd while a round runs
    std::atomic<std::size_t> m_next{0};
    std::atomic<int> m_inside{0};           // workers that may still touch the current round
    std::atomic<int> m_asleep{0};
    std::atomic<bool> m_quit{false};
    const Task* m_task = nullptr;
    std::size_t m_count = 0;
    const std::stop_token* m_stop = nullptr;
    std::vector<std::thread> m_workers;
};

} // namespace octavo::cpu
