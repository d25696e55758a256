// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QDateTime>
#include <QList>
#include <QMetaType>
#include <QString>

#include "octavo/app/document.h"

namespace octavo::app {

using SessionId = qint64;
using MessageId = qint64;

// A passage that an answer drew on. `weight` is the share of the answer's attention to document text, 0..1;
// sources of one answer come heaviest first. `text` is the passage as it stood when the answer was given.
struct Source {
    DocumentId document = 0;
    QString documentTitle;
    QString place;         // "Chapter 36 ▸ The Quarter-Deck" or "engine/run/forward.cpp:120"
    ByteRange bytes;
    int line = 0;          // 1-based, in the original file
    double weight = 0;
    QString text;
};

struct Message {
    enum class Role { User, Assistant };
    enum class State { Complete, Streaming, Stopped, Failed };
    MessageId id = 0;
    MessageId parent = 0;  // messages are a tree; 0 = the first
    Role role = Role::User;
    State state = State::Complete;
    QString text;          // an assistant's text is Markdown
    QString note;          // why it stopped or failed, how far the book had been read, or empty
    QList<Source> sources;
    QDateTime at;
    bool hasHops = false;
};

struct SessionSummary {
    SessionId id = 0;
    QString title;
    QDateTime changed;
    QList<DocumentId> documents;
    QString snippet;       // where a search matched, else empty
    QDateTime trashed{};   // when it was put into the trash; invalid: it is not there
};

// A session in the trash is erased after so long, when a library is opened.
inline constexpr int kTrashDays = 30;

struct Session {
    SessionSummary summary;
    QList<Message> messages;   // the branch shown, oldest first
};

} // namespace octavo::app

Q_DECLARE_METATYPE(octavo::app::Session)
Q_DECLARE_METATYPE(octavo::app::Message)
