// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>

namespace octavo::app {

// Runs jobs one after the other on one thread of its own. stop() triggers the stop tokens of the running job and of those waiting;
// a waiting job still runs, so that short work that nobody would want lost (a rename) can ignore its token.
// Threads: post() and stop() from any. The destructor stops, lets the jobs end, and joins.
class JobQueue {
public:
    using Job = std::function<void(std::stop_token)>;

    JobQueue();
    ~JobQueue();

    void post(Job job);
    void stop();

private:
    struct Waiting {
        Job job;
        std::stop_token stop;
    };
    void work();

    std::mutex m_mutex;
    std::condition_variable m_changed;
    std::deque<Waiting> m_waiting;
    std::stop_source m_stop;   // of all jobs posted since the last stop()
    bool m_closing = false;
    std::jthread m_thread;
};

} // namespace octavo::app
