// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QList>
#include <SQLiteCpp/SQLiteCpp.h>

#include "octavo/app/document.h"

namespace octavo::app {

// Long work on documents that was begun and has not ended: what is still here at a start was cut off by a crash, and is taken up again.
// Throws as Query does; use within Library::read and Library::write.
class JobRepository {
public:
    enum class Kind { Read = 0 };   // stored: numbers are never reused

    explicit JobRepository(SQLite::Database& database) : m_database(database) {}

    void begin(Kind kind, DocumentId document);   // once more is the same
    void end(Kind kind, DocumentId document);
    QList<DocumentId> open(Kind kind);            // oldest first

private:
    SQLite::Database& m_database;
};

} // namespace octavo::app
