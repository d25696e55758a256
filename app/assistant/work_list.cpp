// SPDX-License-Identifier: Apache-2.0
#include "assistant/work_list.h"

#include <algorithm>
#include <utility>

namespace octavo::app {

using State = WorkItem::State;

WorkId WorkList::add(WorkItem item, std::function<void()> again, int jobs)
{
    const std::lock_guard lock(m_mutex);
    item.id = ++m_last;
    m_entries.push_back({item, std::move(again), jobs});
    m_events.changed(items());
    return item.id;
}

void WorkList::beginJob(WorkId work)
{
    const std::lock_guard lock(m_mutex);
    const auto entry = find(work);
    if (entry == m_entries.end() || entry->item.state != State::Waiting)
        return;
    entry->item.state = State::Running;
    entry->begun = std::chrono::steady_clock::now();
    m_events.changed(items());
}

void WorkList::endJob(WorkId work, bool stopped)
{
    const std::lock_guard lock(m_mutex);
    const auto entry = find(work);
    if (entry == m_entries.end())
        return;
    entry->item.stopped |= stopped;
    if (--entry->jobs > 0 || entry->item.state == State::Paused)
        return;
    WorkItem ended = entry->item;
    ended.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - entry->begun).count();
    m_entries.erase(entry);
    m_events.changed(items());
    m_events.ended(ended);
}

bool WorkList::pause(WorkId work)
{
    const std::lock_guard lock(m_mutex);
    const auto entry = find(work);
    if (entry == m_entries.end() || entry->item.state == State::Paused || !entry->item.canPause())
        return false;
    entry->item.state = State::Paused;
    m_events.changed(items());
    return true;
}

std::function<void()> WorkList::takePaused(WorkId work)
{
    const std::lock_guard lock(m_mutex);
    const auto entry = find(work);
    if (entry == m_entries.end() || entry->item.state != State::Paused)
        return {};
    std::function<void()> again = std::move(entry->again);
    m_entries.erase(entry);
    m_events.changed(items());
    return again;
}

void WorkList::dropPaused(WorkItem::Kind kind, qint64 subject)
{
    const std::lock_guard lock(m_mutex);
    const auto dropped = std::erase_if(m_entries, [&](const Entry& entry) {
        return entry.item.state == State::Paused && entry.item.kind == kind && entry.item.subject == subject;
    });
    if (dropped > 0)
        m_events.changed(items());
}

std::vector<WorkList::Entry>::iterator WorkList::find(WorkId work)
{
    return std::find_if(m_entries.begin(), m_entries.end(), [work](const Entry& entry) { return entry.item.id == work; });
}

QList<WorkItem> WorkList::items() const
{
    QList<WorkItem> items;
    for (const Entry& entry : m_entries)
        items.append(entry.item);
    return items;
}

} // namespace octavo::app
