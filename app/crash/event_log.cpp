// SPDX-License-Identifier: Apache-2.0
#include "crash/event_log.h"

namespace octavo::app {

EventLog& EventLog::instance()
{
    static EventLog log;
    return log;
}

EventLog::EventLog() { ::clock_gettime(CLOCK_MONOTONIC, &m_begin); }

std::int64_t EventLog::now() const
{
    std::timespec time{};
    ::clock_gettime(CLOCK_MONOTONIC, &time);
    return (time.tv_sec - m_begin.tv_sec) * 1000 + (time.tv_nsec - m_begin.tv_nsec) / 1'000'000;
}

void EventLog::add(const char* what, std::int64_t number)
{
    Slot& slot = m_slots[m_count.fetch_add(1, std::memory_order_relaxed) % kEvents];
    slot.milliseconds.store(now(), std::memory_order_relaxed);
    slot.what.store(what, std::memory_order_relaxed);
    slot.number.store(number, std::memory_order_relaxed);
}

EventLog::Event EventLog::at(std::size_t n) const
{
    const std::uint64_t count = m_count.load(std::memory_order_relaxed);
    const Slot& slot = m_slots[(count > kEvents ? count + n : n) % kEvents];
    return {slot.milliseconds.load(std::memory_order_relaxed), slot.what.load(std::memory_order_relaxed), slot.number.load(std::memory_order_relaxed)};
}

} // namespace octavo::app
