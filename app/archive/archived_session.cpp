// SPDX-License-Identifier: Apache-2.0
#include "archive/archived_session.h"

namespace octavo::app {

std::optional<ArchivedSession> archivedSession(Library& library, SessionId id)
{
    const std::optional<SessionRow> row = library.sessions().row(id);
    const std::optional<SessionSummary> summary = library.sessions().find(id);
    if (!row || !summary)
        return std::nullopt;
    ArchivedSession session{row->title, row->created, row->changed, row->trashed};
    for (const DocumentId document : summary->documents)
        session.documents.append(library.documents().contentHashOf(document));
    QHash<MessageId, qsizetype> places;
    for (const Message& message : library.messages().all(id)) {
        ArchivedMessage archived{message};
        archived.message.sources = library.citations().of(message.id);
        for (const Source& source : archived.message.sources)
            archived.sourceDocuments.append(library.documents().contentHashOf(source.document));
        if (message.parent != 0)
            archived.parent = places.value(message.parent);
        archived.settings = library.messages().settingsOf(message.id);
        for (const TextPlace& place : archived.settings ? archived.settings->hidden : QList<TextPlace>())
            archived.hiddenDocuments.append(library.documents().contentHashOf(place.document));
        archived.hasHops = message.hasHops;
        places.insert(message.id, static_cast<qsizetype>(session.messages.size()));
        session.messages.push_back(std::move(archived));
    }
    if (places.contains(row->head))
        session.head = places.value(row->head);
    for (const SummaryPart& part : library.summaries().parts(id)) {
        ArchivedSummaryPart& archived = session.summary.emplace_back();
        archived.part = part;
        if (part.document != 0)
            archived.document = library.documents().contentHashOf(part.document);
        if (places.contains(part.message.id))
            archived.message = places.value(part.message.id);
    }
    return session;
}

bool isSameConversation(const ArchivedSession& one, const ArchivedSession& other)
{
    const auto conversation = [](const ArchivedSession& session) {
        const QJsonObject json = toJson(session);
        return std::pair(json.value(QStringLiteral("documents")), json.value(QStringLiteral("messages")));
    };
    return one.created == other.created && conversation(one) == conversation(other);
}

} // namespace octavo::app
