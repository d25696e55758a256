// SPDX-License-Identifier: Apache-2.0
#include "library/summary_repository.h"

#include "library/query.h"

namespace octavo::app {

void SummaryRepository::add(SessionId session, const QList<SummaryPart>& parts)
{
    Query(m_database, "INSERT INTO summaries(session, running) VALUES (?, 0)", session).run();
    Query insert(m_database, "INSERT INTO summary_parts(session, position, kind, document, title, begin_byte, end_byte, message, attention, again) "
                             "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    for (qsizetype at = 0; at < parts.size(); ++at) {
        const SummaryPart& part = parts[at];
        insert.runWith(session, at, part.kind, rowOrNull(part.document), part.title, part.bytes.begin, part.bytes.end, rowOrNull(part.message.id), part.attention, part.again);
    }
}

bool SummaryRepository::has(SessionId session)
{
    return Query(m_database, "SELECT 1 FROM summaries WHERE session = ?", session).next();
}

bool SummaryRepository::isRunning(SessionId session)
{
    return Query(m_database, "SELECT 1 FROM summaries WHERE session = ? AND running", session).next();
}

void SummaryRepository::setRunning(SessionId session, bool running)
{
    Query(m_database, "UPDATE summaries SET running = ? WHERE session = ?", running, session).run();
}

QList<SessionId> SummaryRepository::running()
{
    Query query(m_database, "SELECT session FROM summaries JOIN sessions ON id = session WHERE running AND trashed_at IS NULL ORDER BY session");
    return query.numbers();
}

QList<SummaryPart> SummaryRepository::parts(SessionId session)
{
    Query query(m_database, "SELECT kind, document, title, begin_byte, end_byte, message, attention, again FROM summary_parts WHERE session = ? ORDER BY position", session);
    QList<SummaryPart> parts;
    while (query.next()) {
        SummaryPart part{static_cast<SummaryPart::Kind>(query.number(0)), query.number(1), query.text(2), {query.number(3), query.number(4)}};
        part.message.id = query.number(5);
        part.attention = query.real(6);
        part.again = query.number(7) != 0;
        parts.append(part);
    }
    return parts;
}

void SummaryRepository::update(SessionId session, int position, const SummaryPart& part)
{
    Query(m_database, "UPDATE summary_parts SET message = ?, attention = ?, again = ? WHERE session = ? AND position = ?", rowOrNull(part.message.id), part.attention,
          part.again, session, position).run();
}

} // namespace octavo::app
