// SPDX-License-Identifier: Apache-2.0
#include "assistant/job_queue.h"

#include <utility>

namespace octavo::app {

JobQueue::JobQueue() : m_thread([this] { work(); }) {}

JobQueue::~JobQueue()
{
    stop();
    {
        const std::lock_guard lock(m_mutex);
        m_closing = true;
    }
    m_changed.notify_one();
}

void JobQueue::post(Job job)
{
    {
        const std::lock_guard lock(m_mutex);
        m_waiting.push_back({std::move(job), m_stop.get_token()});
    }
    m_changed.notify_one();
}

void JobQueue::stop()
{
    const std::lock_guard lock(m_mutex);
    m_stop.request_stop();
    m_stop = std::stop_source();
}

void JobQueue::work()
{
    std::unique_lock lock(m_mutex);
    while (true) {
        m_changed.wait(lock, [this] { return m_closing || !m_waiting.empty(); });
        if (m_waiting.empty())
            return;
        const Waiting next = std::move(m_waiting.front());
        m_waiting.pop_front();
        lock.unlock();
        next.job(next.stop);
        lock.lock();
    }
}

} // namespace octavo::app
