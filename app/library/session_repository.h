// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include <QList>
#include <SQLiteCpp/SQLiteCpp.h>

#include "octavo/app/failure.h"
#include "octavo/app/session.h"

namespace octavo::app {

// A session as it is stored.
struct SessionRow {
    QString title;
    QDateTime created;
    QDateTime changed;
    QDateTime trashed;       // invalid: it is not in the trash
    MessageId head = 0;      // last message of the branch shown; 0: none yet
};

// What asking for a session that the library does not have ends in.
Failure noSuchSession(SessionId id);

// Sessions and the documents they are about. A session in the trash is out of every list until it is restored.
// Throws as Query does; use within Library::read and Library::write.
class SessionRepository {
public:
    explicit SessionRepository(SQLite::Database& database) : m_database(database) {}

    SessionId add(const QString& title, const QList<DocumentId>& documents);
    std::optional<SessionSummary> find(SessionId id);   // in the trash or not
    QList<SessionSummary> list();                       // last changed first
    // Sessions with a title or message that has all the words, each as the beginning of a word in it; best match first, with the
    // place as snippet. No words find all.
    QList<SessionSummary> search(const QString& words);
    void rename(SessionId id, const QString& title);
    void trash(SessionId id);
    void restore(SessionId id);
    QList<SessionSummary> trashed();                    // last trashed first
    void erase(SessionId id);                           // with its messages, for ever

    // For archives.
    QList<SessionId> all();                             // in the trash or not, oldest first
    std::optional<SessionRow> row(SessionId id);
    SessionId insert(const SessionRow& row, const QList<DocumentId>& documents);   // without a head: its messages are yet to come
    void setShown(SessionId id, MessageId head, const QDateTime& changed);
    QList<SessionId> createdAt(const QDateTime& created);

private:
    QList<DocumentId> documentsOf(SessionId id);

    SQLite::Database& m_database;
};

} // namespace octavo::app
