// SPDX-License-Identifier: Apache-2.0
#include "library/hop_repository.h"

#include "library/query.h"

namespace octavo::app {

void HopRepository::store(MessageId message, const QByteArray& record)
{
    Query(m_database, "INSERT OR REPLACE INTO hop_records(message, record) VALUES (?, ?)", message, record).run();
}

std::optional<QByteArray> HopRepository::find(MessageId message)
{
    Query query(m_database, "SELECT record FROM hop_records WHERE message = ?", message);
    if (!query.next())
        return std::nullopt;
    return query.blob(0);
}

} // namespace octavo::app
