// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>
#include <SQLiteCpp/SQLiteCpp.h>

namespace octavo::app {

// What Octavo remembers between runs, by name. Throws as Query does; use within Library::read and Library::write.
class SettingsRepository {
public:
    explicit SettingsRepository(SQLite::Database& database) : m_database(database) {}

    QString value(const QString& key, const QString& otherwise = {});
    void set(const QString& key, const QString& value);

private:
    SQLite::Database& m_database;
};

} // namespace octavo::app
