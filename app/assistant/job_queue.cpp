// SPDX-License-Identifier: Apache-2.0
#include "assistant/job_queue.h"

#include <cassert>
#include <utility>

namespace octavo::app {

JobQueue::JobQueue() : m_thread([this] { work(); }) {}

JobQueue::~JobQueue()
{
    {
        const std::lock_guard lock(m_mutex);
        stopWhere([](const Entry&) { return true; });
        m_closing = true;
    }
    m_changed.notify_one();
}

void JobQueue::post(JobKind kind, Job job, std::int64_t subject, std::int64_t work)
{
    {
        const std::lock_guard lock(m_mutex);
        Entry entry{kind, std::move(job), subject, work, std::stop_source()};
        if (m_closing)
            entry.stop.request_stop();
        (kind == JobKind::Patient ? m_patient : m_prompt).push_back(std::move(entry));
    }
    m_changed.notify_one();
}

void JobQueue::letIn()
{
    std::unique_lock lock(m_mutex);
    assert(!m_running.empty() && m_running.back()->kind == JobKind::Patient);
    while (!m_running.back()->stop.stop_requested()) {
        const std::optional<Entry> next = takeFirst(m_prompt);
        if (!next)
            return;
        run(lock, *next);
    }
}

void JobQueue::stop()
{
    const std::lock_guard lock(m_mutex);
    if (!stopWhere([](const Entry& entry) { return entry.kind == JobKind::Urgent; }))
        stopWhere([](const Entry& entry) { return entry.kind == JobKind::Patient; });
}

void JobQueue::stopPatient()
{
    const std::lock_guard lock(m_mutex);
    stopWhere([](const Entry& entry) { return entry.kind == JobKind::Patient; });
}

void JobQueue::stopSubject(std::int64_t subject)
{
    const std::lock_guard lock(m_mutex);
    stopWhere([subject](const Entry& entry) { return entry.kind == JobKind::Patient && entry.subject == subject; });
}

void JobQueue::stopWork(std::int64_t work)
{
    const std::lock_guard lock(m_mutex);
    stopWhere([work](const Entry& entry) { return entry.work == work; });
}

bool JobQueue::stopWhere(const std::function<bool(const Entry&)>& concerned)
{
    bool any = false;
    const auto stop = [&](const Entry& entry) {
        if (concerned(entry) && std::stop_source(entry.stop).request_stop())
            any = true;
    };
    for (const Entry* entry : m_running)
        stop(*entry);
    for (const std::deque<Entry>* waiting : {&m_prompt, &m_patient}) {
        for (const Entry& entry : *waiting)
            stop(entry);
    }
    return any;
}

std::optional<JobQueue::Entry> JobQueue::takeFirst(std::deque<Entry>& waiting)
{
    if (waiting.empty())
        return std::nullopt;
    std::optional<Entry> first = std::move(waiting.front());
    waiting.pop_front();
    return first;
}

void JobQueue::run(std::unique_lock<std::mutex>& lock, const Entry& entry)
{
    m_running.push_back(&entry);
    lock.unlock();
    entry.job(entry.stop.get_token());
    lock.lock();
    m_running.pop_back();
}

void JobQueue::work()
{
    std::unique_lock lock(m_mutex);
    while (true) {
        m_changed.wait(lock, [this] { return m_closing || !m_prompt.empty() || !m_patient.empty(); });
        std::optional<Entry> next = takeFirst(m_prompt);
        if (!next)
            next = takeFirst(m_patient);
        if (!next)
            return;
        run(lock, *next);
    }
}

} // namespace octavo::app
