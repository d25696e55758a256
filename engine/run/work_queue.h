// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <cstdint>
#include <list>
#include <mutex>
#include <optional>
#include <stop_token>

namespace octavo {

// Who may use an engine now. Readings and conversations of any thread take turns, a forward pass each: so a question comes in between two
// chunks of a reading. Askers go first; equals in the order in which they came.
// Threads: any. Not reentrant: a thread that holds a turn must not ask for another.
class WorkQueue {
public:
    enum class Kind { Asking, Reading };

    // Holds the engine until it dies.
    class Turn {
    public:
        explicit Turn(WorkQueue& queue) : m_queue(&queue) {}
        Turn(Turn&& other) noexcept : m_queue(other.m_queue) { other.m_queue = nullptr; }
        Turn(const Turn&) = delete;
        Turn& operator=(const Turn&) = delete;
        ~Turn()
        {
            if (m_queue)
                m_queue->release();
        }

    private:
        WorkQueue* m_queue;
    };

    // Waits for a turn; nothing if a stop came first.
    std::optional<Turn> take(Kind kind, std::stop_token stop);

private:
    void release();

    std::mutex m_mutex;
    std::condition_variable_any m_changed;
    bool m_busy = false;
    std::list<std::uint64_t> m_waiting[2]; // tickets, by kind
    std::uint64_t m_nextTicket = 0;
};

} // namespace octavo
