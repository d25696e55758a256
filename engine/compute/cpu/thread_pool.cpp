// SPDX-License-Identifier: Apache-2.0
#include "compute/cpu/thread_pool.h"

#include <utility>

namespace octavo::cpu {

namespace {
constexpr int kSpins = 20000;

void pause()
{
#if defined(__x86_64__)
    __builtin_ia32_pause();
#else
    std::this_thread::yield();
#endif
}
} // namespace

ThreadPool::ThreadPool(int threads)
{
    for (int n = 1; n < threads; ++n)
        m_workers.emplace_back([this, n] { work(static_cast<std::size_t>(n)); });
}

ThreadPool::~ThreadPool()
{
    {
        std::lock_guard lock(m_mutex);
        m_quit = true;
    }
    m_wake.notify_all();
    for (std::thread& worker : m_workers)
        worker.join();
}

void ThreadPool::takeTasks(const Task& task, std::size_t count, const std::stop_token& stop, std::size_t worker)
{
    try {
        while (!stop.stop_requested()) {
            const std::size_t index = m_next.fetch_add(1, std::memory_order_relaxed);
            if (index >= count)
                return;
            task(index, worker);
        }
    } catch (...) {
        m_next.store(count, std::memory_order_relaxed);
        const std::lock_guard lock(m_mutex);
        if (!m_thrown)
            m_thrown = std::current_exception();
    }
}

void ThreadPool::forEach(std::size_t count, const std::stop_token& stop, const Task& task)
{
    if (m_workers.empty() || count <= 1) {
        for (std::size_t index = 0; index < count && !stop.stop_requested(); ++index)
            task(index, 0);
        return;
    }
    m_task = &task;
    m_count = count;
    m_stop = &stop;
    m_next.store(0, std::memory_order_relaxed);
    m_round.fetch_add(1);
    if (m_asleep.load() > 0) {
        std::lock_guard lock(m_mutex); // whoever is about to sleep holds it until it does
        m_wake.notify_all();
    }
    takeTasks(task, count, stop, 0);
    // Close the round, then wait for workers that entered it; a worker that comes later sees an even round and stays out.
    m_round.fetch_add(1);
    while (m_inside.load() != 0)
        pause();
    if (m_thrown)
        std::rethrow_exception(std::exchange(m_thrown, nullptr));
}

void ThreadPool::work(std::size_t worker)
{
    std::uint64_t done = 0; // the last round this worker took part in or passed over
    for (;;) {
        const auto isNews = [&] {
            const std::uint64_t round = m_round.load();
            return m_quit || (round % 2 == 1 && round != done);
        };
        for (int spin = 0; spin < kSpins && !isNews(); ++spin)
            pause();
        if (!isNews()) {
            std::unique_lock lock(m_mutex);
            m_asleep.fetch_add(1);
            m_wake.wait(lock, isNews);
            m_asleep.fetch_sub(1);
        }
        if (m_quit)
            return;
        m_inside.fetch_add(1);
        const std::uint64_t round = m_round.load();
        if (round % 2 == 1 && round != done) {
            takeTasks(*m_task, m_count, *m_stop, worker);
            done = round;
        }
        m_inside.fetch_sub(1);
    }
}

} // namespace octavo::cpu
