// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include <QList>
#include <SQLiteCpp/SQLiteCpp.h>

#include "octavo/app/session.h"

namespace octavo::app {

// The messages of sessions: a tree for each, of which one branch is shown. Messages come without their sources.
// Throws as Query does; use within Library::read and Library::write.
class MessageRepository {
public:
    explicit MessageRepository(SQLite::Database& database) : m_database(database) {}

    // Stores a message below message.parent, gives it its id, and makes it the end of the branch shown.
    MessageId add(SessionId session, const Message& message);
    void update(const Message& message);              // text, state and note
    // A message still streaming when its program ended is loaded as Stopped, with a note that says so.
    std::optional<Message> find(MessageId id);
    std::optional<SessionId> sessionOf(MessageId id);
    QList<Message> until(MessageId last);             // it and those above it, oldest first, without their versions
    QList<Message> branch(SessionId session);         // the one shown, oldest first, with their versions
    QList<MessageId> versions(SessionId session, MessageId parent);   // messages below it, 0: first ones; empty if there are not several
    void show(SessionId session, MessageId through);  // the branch through this message that was added to last
    void showUntil(SessionId session, MessageId end); // the branch ends there, whatever is below; 0: before its first message
    QList<Message> all(SessionId session);            // of all branches, in the order in which they were added
    int countAnswersTo(MessageId question);
    void storeSettings(MessageId answer, const AnswerSettings& settings);
    std::optional<AnswerSettings> settingsOf(MessageId answer);   // none: it is older than version 3 of the library, or had no model

private:
    SQLite::Database& m_database;
};

} // namespace octavo::app
