// SPDX-License-Identifier: Apache-2.0
#include "run/work_queue.h"

namespace octavo {

std::optional<WorkQueue::Turn> WorkQueue::take(Kind kind, std::stop_token stop)
{
    std::unique_lock lock(m_mutex);
    std::list<std::uint64_t>& waiting = m_waiting[static_cast<int>(kind)];
    const std::list<std::uint64_t>& asking = m_waiting[static_cast<int>(Kind::Asking)];
    const auto ticket = waiting.insert(waiting.end(), m_nextTicket++);
    const bool mine = m_changed.wait(
        lock, stop, [&] { return !m_busy && waiting.begin() == ticket && (kind == Kind::Asking || asking.empty()); });
    waiting.erase(ticket);
    m_busy = m_busy || mine;
    lock.unlock();
    if (mine)
        return Turn(*this);
    m_changed.notify_all(); // whoever stood behind may be first now
    return std::nullopt;
}

void WorkQueue::release()
{
    {
        const std::lock_guard lock(m_mutex);
        m_busy = false;
    }
    m_changed.notify_all();
}

} // namespace octavo
