// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>
#include <vector>

namespace octavo::app {

enum class JobKind {
    Brief,     // over in a moment; nobody wants half of it, so a stop does not concern it
    Urgent,    // somebody waits for it; a stop ends these first
    Patient,   // long, and interrupts itself: letIn() runs what waits of the other kinds
};

// Runs jobs on one thread of its own, one after the other: brief and urgent ones in the order they came, patient ones in theirs when
// nothing else waits. A stop triggers the stop tokens of jobs; one that still waits is run all the same, and sees that it was stopped.
// Threads: all but letIn() from any. The destructor stops everything, lets the jobs end, and joins.
class JobQueue {
public:
    using Job = std::function<void(std::stop_token)>;

    JobQueue();
    ~JobQueue();

    // `subject` names what a patient job works on, for stopSubject(), `work` what it is a part of, for stopWork(); 0 = nothing.
    void post(JobKind kind, Job job, std::int64_t subject = 0, std::int64_t work = 0);
    // Called by a patient job where it may be interrupted: runs what waits of the other kinds, on this thread. Not once the job was
    // stopped: what is posted after a stop finds the job over.
    void letIn();

    void stop();                                // urgent jobs, running and waiting; if all of them are stopped already, patient ones
    void stopPatient();
    void stopSubject(std::int64_t subject);     // patient jobs that work on it
    void stopWork(std::int64_t work);           // jobs of any kind that are a part of it

private:
    struct Entry {
        JobKind kind = JobKind::Brief;
        Job job;
        std::int64_t subject = 0;
        std::int64_t work = 0;
        std::stop_source stop;
    };
    void work();
    static std::optional<Entry> takeFirst(std::deque<Entry>& waiting);
    // These two are called with the mutex held.
    void run(std::unique_lock<std::mutex>& lock, const Entry& entry);
    bool stopWhere(const std::function<bool(const Entry&)>& concerned);   // false if there was none that was not stopped already

    std::mutex m_mutex;
    std::condition_variable m_changed;
    std::deque<Entry> m_prompt;                 // waiting, brief and urgent
    std::deque<Entry> m_patient;                // waiting
    std::vector<const Entry*> m_running;        // the last interrupts the one before
    bool m_closing = false;
    std::jthread m_thread;                      // last: uses all of the above
};

} // namespace octavo::app
