// SPDX-License-Identifier: Apache-2.0
#include "library/settings_repository.h"

#include "library/query.h"

namespace octavo::app {

QString SettingsRepository::value(const QString& key, const QString& otherwise)
{
    Query query(m_database, "SELECT value FROM settings WHERE key = ?", key);
    return query.next() ? query.text(0) : otherwise;
}

void SettingsRepository::set(const QString& key, const QString& value)
{
    Query(m_database, "INSERT INTO settings(key, value) VALUES (?, ?) ON CONFLICT(key) DO UPDATE SET value = excluded.value", key, value)
        .run();
}

} // namespace octavo::app
