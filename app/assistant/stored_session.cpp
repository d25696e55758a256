// SPDX-License-Identifier: Apache-2.0
#include "assistant/stored_session.h"

namespace octavo::app {

std::optional<Session> loadSession(Library& library, SessionId id)
{
    const std::optional<SessionSummary> summary = library.sessions().find(id);
    if (!summary)
        return std::nullopt;
    Session session{*summary, library.messages().branch(id)};
    for (Message& message : session.messages)
        message.sources = library.citations().of(message.id);
    return session;
}

Outcome<ConversationText> loadConversationText(Library& library, SessionId id)
{
    const auto loaded = library.read([id](Library& in) -> std::optional<ConversationText> {
        std::optional<Session> session = loadSession(in, id);
        if (!session)
            return std::nullopt;
        ConversationText text{std::move(*session), {}, {}};
        for (const DocumentId document : text.session.summary.documents) {
            if (const std::optional<DocumentSummary> summary = in.documents().summary(document, {}))
                text.documents.append(summary->title);
        }
        for (const Message& message : text.session.messages) {
            if (const std::optional<AnswerSettings> settings = in.messages().settingsOf(message.id))
                text.settings[message.id] = *settings;
        }
        return text;
    });
    if (!loaded)
        return loaded.error();
    if (!loaded->has_value())
        return noSuchSession(id);
    return **loaded;
}

} // namespace octavo::app
