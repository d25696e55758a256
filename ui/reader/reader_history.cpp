// SPDX-License-Identifier: Apache-2.0
#include "reader/reader_history.h"

namespace octavo::ui {

void ReaderHistory::leave(const Place& here)
{
    m_forward.clear();
    if (!m_back.isEmpty() && m_back.last() == here)
        return;
    m_back.append(here);
    if (m_back.size() > kLongest)
        m_back.removeFirst();
}

void ReaderHistory::forget(app::DocumentId document)
{
    const auto isOfIt = [document](const Place& place) { return place.document == document; };
    m_back.removeIf(isOfIt);
    m_forward.removeIf(isOfIt);
}

std::optional<ReaderHistory::Place> ReaderHistory::move(QList<Place>& from, QList<Place>& to, const Place& here)
{
    if (from.isEmpty())
        return std::nullopt;
    to.append(here);
    return from.takeLast();
}

} // namespace octavo::ui
