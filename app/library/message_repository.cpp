// SPDX-License-Identifier: Apache-2.0
#include "library/message_repository.h"

#include "library/query.h"

namespace octavo::app {

namespace {

constexpr const char* kInterrupted = "Octavo ended before this answer was complete. What was written until then is here.";

// Columns: id, parent, role, state, text, note, at, whether there is a hop record.
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

std::optional<MessageId> rowOrNull(MessageId id)
{
    return id == 0 ? std::nullopt : std::optional(id);
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
    Query query(m_database,
        "SELECT id, parent, role, state, text, note, at, EXISTS (SELECT 1 FROM hop_records WHERE message = messages.id) "
        "FROM messages WHERE id = ?",
        id);
    if (!query.next())
        return std::nullopt;
    return messageOf(query);
}

std::optional<SessionId> MessageRepository::sessionOf(MessageId id)
{
    Query query(m_database, "SELECT session FROM messages WHERE id = ?", id);
    return query.next() ? std::optional(query.number(0)) : std::nullopt;
}

QList<Message> MessageRepository::branch(SessionId session)
{
    // A message's id is greater than its parent's, so order by id is order along the branch.
    Query query(m_database,
        "WITH RECURSIVE branch(message) AS (SELECT head FROM sessions WHERE id = ? "
        "  UNION ALL SELECT parent FROM messages JOIN branch ON id = message WHERE parent IS NOT NULL) "
        "SELECT id, parent, role, state, text, note, at, EXISTS (SELECT 1 FROM hop_records WHERE message = messages.id) "
        "FROM messages JOIN branch ON id = branch.message ORDER BY id",
        session);
    QList<Message> messages;
    while (query.next())
        messages.append(messageOf(query));
    return messages;
}

int MessageRepository::countAnswersTo(MessageId question)
{
    Query query(m_database, "SELECT count(*) FROM messages WHERE parent = ? AND role = ?", question, Message::Role::Assistant);
    return query.next() ? static_cast<int>(query.number(0)) : 0;
}

} // namespace octavo::app
