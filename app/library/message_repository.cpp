// SPDX-License-Identifier: Apache-2.0
#include "library/message_repository.h"

#include <string>

#include <QHash>

#include "library/query.h"

namespace octavo::app {

namespace {

constexpr const char* kInterrupted = "Octavo ended before this answer was complete. What was written until then is here.";

constexpr const char* kMessages = "SELECT id, parent, role, state, text, note, at, EXISTS (SELECT 1 FROM hop_records WHERE message = messages.id) FROM messages ";

// A row of kMessages.
Message messageOf(Query& row)
{
    Message message;
    message.id = row.number(0);
    message.parent = row.number(1);
    message.role = static_cast<Message::Role>(row.number(2));
    message.state = static_cast<Message::State>(row.number(3));
    message.text = row.text(4);
    message.note = row.text(5);
    message.at = row.time(6);
    message.hasHops = row.number(7) != 0;
    if (message.state == Message::State::Streaming) {
        message.state = Message::State::Stopped;
        message.note = QString::fromUtf8(kInterrupted);
    }
    return message;
}

QList<Message> messagesOf(Query& rows)
{
    QList<Message> messages;
    while (rows.next())
        messages.append(messageOf(rows));
    return messages;
}

} // namespace

MessageId MessageRepository::add(SessionId session, const Message& message)
{
    Query(m_database, "INSERT INTO messages(session, parent, role, state, text, note, at) VALUES (?, ?, ?, ?, ?, ?, ?)", session,
          rowOrNull(message.parent), message.role, message.state, message.text, message.note, message.at).run();
    const MessageId id = m_database.getLastInsertRowid();
    Query(m_database, "UPDATE sessions SET head = ?, changed_at = ? WHERE id = ?", id, message.at, session).run();
    return id;
}

void MessageRepository::update(const Message& message)
{
    Query(
        m_database, "UPDATE messages SET state = ?, text = ?, note = ? WHERE id = ?", message.state, message.text, message.note, message.id)
        .run();
}

std::optional<Message> MessageRepository::find(MessageId id)
{
    const std::string sql = std::string(kMessages) + "WHERE id = ?";
    Query query(m_database, sql.c_str(), id);
    if (!query.next())
        return std::nullopt;
    return messageOf(query);
}

std::optional<SessionId> MessageRepository::sessionOf(MessageId id)
{
    Query query(m_database, "SELECT session FROM messages WHERE id = ?", id);
    return query.next() ? std::optional(query.number(0)) : std::nullopt;
}

QList<Message> MessageRepository::until(MessageId last)
{
    // A message's id is greater than its parent's, so order by id is order along the branch.
    const std::string sql = "WITH RECURSIVE branch(message) AS (SELECT ? "
                            "  UNION ALL SELECT parent FROM messages JOIN branch ON id = message WHERE parent IS NOT NULL) "
        + std::string(kMessages) + "JOIN branch ON id = branch.message ORDER BY id";
    Query query(m_database, sql.c_str(), last);
    return messagesOf(query);
}

QList<Message> MessageRepository::branch(SessionId session)
{
    Query head(m_database, "SELECT head FROM sessions WHERE id = ?", session);
    QList<Message> messages = head.next() ? until(head.number(0)) : QList<Message>();
    QHash<MessageId, QList<MessageId>> below;
    Query places(m_database, "SELECT ifnull(parent, 0), id FROM messages WHERE session = ? ORDER BY id", session);
    while (places.next())
        below[places.number(0)].append(places.number(1));
    for (Message& message : messages) {
        if (QList<MessageId>& versions = below[message.parent]; versions.size() > 1)
            message.versions = versions;
    }
    return messages;
}

QList<MessageId> MessageRepository::versions(SessionId session, MessageId parent)
{
    Query query(m_database, "SELECT id FROM messages WHERE session = ? AND ifnull(parent, 0) = ? ORDER BY id", session, parent);
    QList<MessageId> versions;
    while (query.next())
        versions.append(query.number(0));
    return versions.size() > 1 ? versions : QList<MessageId>();
}

void MessageRepository::show(SessionId session, MessageId through)
{
    // Of all messages below, the last one has none below itself.
    Query(m_database, "WITH RECURSIVE below(message) AS (SELECT ?1 UNION ALL SELECT id FROM messages JOIN below ON parent = message) "
                      "UPDATE sessions SET head = (SELECT max(message) FROM below) WHERE id = ?2", through, session).run();
}

void MessageRepository::showUntil(SessionId session, MessageId end)
{
    Query(m_database, "UPDATE sessions SET head = ? WHERE id = ?", rowOrNull(end), session).run();
}

QList<Message> MessageRepository::all(SessionId session)
{
    const std::string sql = std::string(kMessages) + "WHERE session = ? ORDER BY id";
    Query query(m_database, sql.c_str(), session);
    return messagesOf(query);
}

void MessageRepository::storeSettings(MessageId answer, const AnswerSettings& settings)
{
    Query(m_database, "INSERT OR REPLACE INTO answer_settings(message, model, model_hash, precision, kv, dims, gate, max_tokens, temperature, seed, wish) "
                      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", answer, settings.model, settings.modelHash, settings.engine.precision,
          settings.engine.kv, settings.engine.dims, settings.engine.gate, settings.maxTokens, settings.temperature, settings.seed, settings.wish).run();
    Query(m_database, "DELETE FROM answer_hidden WHERE message = ?", answer).run();
    Query hidden(m_database, "INSERT INTO answer_hidden(message, position, document, begin_byte, end_byte) VALUES (?, ?, ?, ?, ?)");
    for (qsizetype at = 0; at < settings.hidden.size(); ++at)
        hidden.runWith(answer, at, settings.hidden[at].document, settings.hidden[at].bytes.begin, settings.hidden[at].bytes.end);
}

std::optional<AnswerSettings> MessageRepository::settingsOf(MessageId answer)
{
    Query query(m_database, "SELECT model, model_hash, precision, kv, dims, gate, max_tokens, temperature, seed, wish FROM answer_settings WHERE message = ?", answer);
    if (!query.next())
        return std::nullopt;
    AnswerSettings settings{query.text(0), query.text(1), {query.text(2), query.text(3), query.text(4), query.real(5)},
                            static_cast<int>(query.number(6)), query.real(7), static_cast<quint64>(query.number(8))};
    settings.wish = query.text(9);
    Query hidden(m_database, "SELECT document, begin_byte, end_byte FROM answer_hidden WHERE message = ? ORDER BY position", answer);
    while (hidden.next())
        settings.hidden.append(TextPlace{hidden.number(0), {hidden.number(1), hidden.number(2)}});
    return settings;
}

int MessageRepository::countAnswersTo(MessageId question)
{
    Query query(m_database, "SELECT count(*) FROM messages WHERE parent = ? AND role = ?", question, Message::Role::Assistant);
    return query.next() ? static_cast<int>(query.number(0)) : 0;
}

} // namespace octavo::app
