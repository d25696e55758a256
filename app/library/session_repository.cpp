// SPDX-License-Identifier: Apache-2.0
#include "library/session_repository.h"

#include <QRegularExpression>
#include <QSet>

#include "library/query.h"

namespace octavo::app {

namespace {

// FTS5's query language, every word quoted so that none is taken for an operator.
QString matchExpression(const QString& words)
{
    QStringList terms;
    for (QString word : words.split(QRegularExpression(QStringLiteral("\\s+")), Qt::SkipEmptyParts))
        terms.append(QStringLiteral("\"%1\"*").arg(word.replace(QLatin1Char('"'), QStringLiteral("\"\""))));
    return terms.join(QLatin1Char(' '));
}

} // namespace

Failure noSuchSession(SessionId id)
{
    return {Failure::Kind::Usage, QStringLiteral("There is no session %1 in the library.").arg(id)};
}

SessionId SessionRepository::add(const QString& title, const QList<DocumentId>& documents)
{
    const QDateTime now = QDateTime::currentDateTime();
    return insert({title, now, now, {}}, documents);
}

SessionId SessionRepository::insert(const SessionRow& row, const QList<DocumentId>& documents)
{
    const std::optional<QDateTime> trashed = row.trashed.isValid() ? std::optional(row.trashed) : std::nullopt;
    Query(m_database, "INSERT INTO sessions(title, created_at, changed_at, trashed_at) VALUES (?, ?, ?, ?)", row.title, row.created, row.changed, trashed).run();
    const SessionId id = m_database.getLastInsertRowid();
    Query insert(m_database, "INSERT INTO session_documents(session, position, document) VALUES (?, ?, ?)");
    for (qsizetype at = 0; at < documents.size(); ++at)
        insert.runWith(id, at, documents[at]);
    return id;
}

std::optional<SessionSummary> SessionRepository::find(SessionId id)
{
    Query query(m_database, "SELECT title, changed_at, trashed_at, EXISTS (SELECT 1 FROM summaries WHERE session = id) FROM sessions WHERE id = ?", id);
    if (!query.next())
        return std::nullopt;
    return SessionSummary{id, query.text(0), query.time(1), documentsOf(id), {}, query.isNull(2) ? QDateTime() : query.time(2), query.number(3) != 0};
}

QList<SessionSummary> SessionRepository::list()
{
    Query query(m_database, "SELECT id, title, changed_at, EXISTS (SELECT 1 FROM summaries WHERE session = id) FROM sessions WHERE trashed_at IS NULL "
                            "ORDER BY changed_at DESC, id DESC");
    QList<SessionSummary> sessions;
    while (query.next())
        sessions.append({query.number(0), query.text(1), query.time(2), documentsOf(query.number(0)), {}, {}, query.number(3) != 0});
    return sessions;
}

QList<SessionSummary> SessionRepository::search(const QString& words)
{
    const QString expression = matchExpression(words);
    if (expression.isEmpty())
        return list();
    Query query(m_database,
        "SELECT s.id, s.title, s.changed_at, snippet(search, 0, '', '', '…', 16), EXISTS (SELECT 1 FROM summaries WHERE summaries.session = s.id) FROM search "
        "JOIN sessions s ON s.id = search.session WHERE search MATCH ? AND s.trashed_at IS NULL ORDER BY rank",
        expression);
    QList<SessionSummary> sessions;
    QSet<SessionId> seen;
    while (query.next()) {
        const SessionId id = query.number(0);
        if (!seen.contains(id))
            sessions.append({id, query.text(1), query.time(2), documentsOf(id), query.text(3).simplified(), {}, query.number(4) != 0});
        seen.insert(id);
    }
    return sessions;
}

void SessionRepository::rename(SessionId id, const QString& title)
{
    Query(m_database, "UPDATE sessions SET title = ? WHERE id = ?", title, id).run();
}

void SessionRepository::trash(SessionId id)
{
    Query(m_database, "UPDATE sessions SET trashed_at = ? WHERE id = ?", QDateTime::currentDateTime(), id).run();
}

void SessionRepository::restore(SessionId id)
{
    Query(m_database, "UPDATE sessions SET trashed_at = NULL WHERE id = ?", id).run();
}

QList<SessionSummary> SessionRepository::trashed()
{
    Query query(m_database, "SELECT id, title, changed_at, trashed_at, EXISTS (SELECT 1 FROM summaries WHERE session = id) FROM sessions "
                            "WHERE trashed_at IS NOT NULL ORDER BY trashed_at DESC, id DESC");
    QList<SessionSummary> sessions;
    while (query.next())
        sessions.append({query.number(0), query.text(1), query.time(2), documentsOf(query.number(0)), {}, query.time(3), query.number(4) != 0});
    return sessions;
}

void SessionRepository::erase(SessionId id)
{
    // Not by the cascade from a message to its answers: SQLite ends that at 1,000 of them.
    Query(m_database, "UPDATE messages SET parent = NULL WHERE session = ?", id).run();
    Query(m_database, "DELETE FROM sessions WHERE id = ?", id).run();
}

QList<SessionId> SessionRepository::all()
{
    Query query(m_database, "SELECT id FROM sessions ORDER BY id");
    return query.numbers();
}

QList<SessionId> SessionRepository::createdAt(const QDateTime& created)
{
    Query query(m_database, "SELECT id FROM sessions WHERE created_at = ? ORDER BY id", created);
    return query.numbers();
}

std::optional<SessionRow> SessionRepository::row(SessionId id)
{
    Query query(m_database, "SELECT title, created_at, changed_at, trashed_at, head FROM sessions WHERE id = ?", id);
    if (!query.next())
        return std::nullopt;
    return SessionRow{query.text(0), query.time(1), query.time(2), query.isNull(3) ? QDateTime() : query.time(3), query.number(4)};
}

void SessionRepository::setShown(SessionId id, MessageId head, const QDateTime& changed)
{
    Query(m_database, "UPDATE sessions SET head = ?, changed_at = ? WHERE id = ?", head, changed, id).run();
}

QList<DocumentId> SessionRepository::documentsOf(SessionId id)
{
    Query query(m_database, "SELECT document FROM session_documents WHERE session = ? ORDER BY position", id);
    return query.numbers();
}

} // namespace octavo::app
