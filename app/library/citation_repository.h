// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QList>
#include <SQLiteCpp/SQLiteCpp.h>

#include "octavo/app/session.h"

namespace octavo::app {

// The sources of answers, heaviest first, with the text as it stood then. Throws as Query does; use within Library::read and
// Library::write.
class CitationRepository {
public:
    explicit CitationRepository(SQLite::Database& database) : m_database(database) {}

    void store(MessageId message, const QList<Source>& sources);   // replaces those there
    QList<Source> of(MessageId message);

private:
    SQLite::Database& m_database;
};

} // namespace octavo::app
