// SPDX-License-Identifier: Apache-2.0
#include "library/library.h"

#include <QDir>

namespace octavo::app {

Outcome<std::unique_ptr<Library>> Library::open(const QString& dataDir)
{
    Outcome<std::unique_ptr<SQLite::Database>> database = openDatabase(dataDir);
    if (!database)
        return database.error();
    return std::unique_ptr<Library>(new Library(std::move(*database), QDir(dataDir).filePath(QStringLiteral("library.db"))));
}

Library::Library(std::unique_ptr<SQLite::Database> database, QString file)
    : m_database(std::move(database))
    , m_file(std::move(file))
    , m_documents(*m_database)
    , m_sessions(*m_database)
    , m_messages(*m_database)
    , m_citations(*m_database)
    , m_hops(*m_database)
    , m_settings(*m_database)
{
}

Failure Library::damaged(const DamagedRecord& damage) const
{
    return {Failure::Kind::Library, QStringLiteral("A record in %1 is damaged (%2). Open the document again, or restore the library from a "
                                                   "backup.").arg(m_file, QString::fromUtf8(damage.what()))};
}

} // namespace octavo::app
