// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QList>
#include <QMetaType>
#include <QString>

namespace octavo::app {

using WorkId = qint64;

// Work that takes long enough for a person to wait for it.
struct WorkItem {
    enum class Kind { Opening, Reading, Answer, Summary, Looking, Download };   // Looking: again at an answer that is there
    enum class State { Waiting, Running, Paused };
    WorkId id = 0;
    Kind kind = Kind::Opening;
    qint64 subject = 0;        // the DocumentId of a reading, the SessionId of all others; of an opening or download 0
    QString path{};            // of an opening, the first of what is opened; of a download, the model's file name
    State state = State::Waiting;
    double seconds = 0;        // from its beginning to its end; 0 before that
    bool stopped = false;      // it was ended before it was through

    // What was done is kept, and it goes on from there.
    bool canPause() const { return kind == Kind::Reading || kind == Kind::Summary || kind == Kind::Download; }
};

} // namespace octavo::app

Q_DECLARE_METATYPE(octavo::app::WorkItem)
