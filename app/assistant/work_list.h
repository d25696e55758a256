// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <mutex>
#include <vector>

#include "octavo/app/work.h"

namespace octavo::app {

// The long work of an assistant that waits, goes on, or is paused, in the order in which it was begun. A piece of work is one or more jobs; it runs from the first
// job's beginning to the last one's end. One that is paused stays until it is gone on with or dropped. An id of 0 is nobody's: calls with it do nothing.
// Threads: any. Callbacks come on the calling thread, one after the other, and do not call the list.
class WorkList {
public:
    struct Events {
        std::function<void(const QList<WorkItem>&)> changed;
        std::function<void(const WorkItem&)> ended;
    };

    explicit WorkList(Events events) : m_events(std::move(events)) {}

    // `again` begins it anew, from where it was paused; `jobs`: how many there are of it.
    WorkId add(WorkItem item, std::function<void()> again, int jobs = 1);
    void beginJob(WorkId work);
    void endJob(WorkId work, bool stopped);

    bool pause(WorkId work);                              // false if it is not there, or paused, or cannot be. Its jobs are to be stopped then
    std::function<void()> takePaused(WorkId work);        // `again` of one that is paused, which is not in the list any more; empty: none is
    void dropPaused(WorkItem::Kind kind, qint64 subject);

private:
    struct Entry {
        WorkItem item;
        std::function<void()> again;
        int jobs = 0;                                     // that have not ended
        std::chrono::steady_clock::time_point begun{};
    };

    std::vector<Entry>::iterator find(WorkId work);       // called with the mutex held, as is items()
    QList<WorkItem> items() const;

    Events m_events;
    std::mutex m_mutex;
    std::vector<Entry> m_entries;
    WorkId m_last = 0;
};

} // namespace octavo::app
