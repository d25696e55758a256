// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include <QList>

#include "octavo/app/document.h"

namespace octavo::ui {

// Where the reader was: back and forward as in a web browser. A value; at most kLongest places are kept.
class ReaderHistory {
public:
    struct Place {
        app::DocumentId document = 0;
        qint64 byte = 0;
        bool operator==(const Place&) const = default;
    };
    static constexpr qsizetype kLongest = 200;

    // Before a jump: `here` becomes a place to come back to, and what lay forward is forgotten.
    void leave(const Place& here);
    std::optional<Place> back(const Place& here) { return move(m_back, m_forward, here); }
    std::optional<Place> forward(const Place& here) { return move(m_forward, m_back, here); }
    bool canGoBack() const { return !m_back.isEmpty(); }
    bool canGoForward() const { return !m_forward.isEmpty(); }
    void forget(app::DocumentId document);

private:
    static std::optional<Place> move(QList<Place>& from, QList<Place>& to, const Place& here);

    QList<Place> m_back;
    QList<Place> m_forward;
};

} // namespace octavo::ui
