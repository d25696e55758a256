// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include <QList>
#include <SQLiteCpp/SQLiteCpp.h>

#include "octavo/app/summary.h"

namespace octavo::app {

// What makes a session a summary: its parts, and which messages they are. Throws as Query does; use within Library::read and Library::write.
class SummaryRepository {
public:
    explicit SummaryRepository(SQLite::Database& database) : m_database(database) {}

    void add(SessionId session, const QList<SummaryPart>& parts);   // not running; of each part what is stored
    bool has(SessionId session);
    bool isRunning(SessionId session);
    void setRunning(SessionId session, bool running);
    QList<SessionId> running();                                     // oldest first
    // Of each message only the id.
    QList<SummaryPart> parts(SessionId session);
    void update(SessionId session, int position, const SummaryPart& part);   // message, attention and again

private:
    SQLite::Database& m_database;
};

} // namespace octavo::app
