// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include <QByteArray>
#include <SQLiteCpp/SQLiteCpp.h>

#include "octavo/app/session.h"

namespace octavo::app {

// Hop records of answers, as the bytes that assistant/hop_record.h makes and reads. Throws as Query does; use within
// Library::read and Library::write.
class HopRepository {
public:
    explicit HopRepository(SQLite::Database& database) : m_database(database) {}

    void store(MessageId message, const QByteArray& record);
    std::optional<QByteArray> find(MessageId message);

private:
    SQLite::Database& m_database;
};

} // namespace octavo::app
