// SPDX-License-Identifier: Apache-2.0
#include <QJsonDocument>

#include "archive/archive.h"
#include "archive/archive_file.h"
#include "archive/archived_session.h"
#include "assistant/hop_record.h"
#include "library/content_hash.h"

namespace octavo::app {

namespace {

// Ends the transaction that takes an archive over, which is then as if it had not begun.
struct Refused {
    Failure failure;
};

struct KnownDocument {
    DocumentId id = 0;
    qint64 textBytes = 0;
};

// Takes entries in the order in which they come: a document's description and text, then sessions, each with its hop records behind it.
class Import {
public:
    Import(Library& library, const ArchiveReader& reader) : m_library(library), m_reader(reader) {}

    void take(const ArchiveEntry& entry)
    {
        const QStringList path = entry.name.split(QLatin1Char('/'));
        if (path.size() == 3 && path[0] == QStringLiteral("documents") && path[2] == QStringLiteral("document.json"))
            m_description = {path[1], jsonOf(entry)};
        else if (path.size() == 3 && path[0] == QStringLiteral("documents") && path[2] == QStringLiteral("text.txt"))
            takeDocument(path[1], entry.bytes);
        else if (path.size() == 3 && path[0] == QStringLiteral("sessions") && path[2] == QStringLiteral("session.json"))
            takeSession(path[1], jsonOf(entry));
        else if (path.size() == 4 && path[0] == QStringLiteral("sessions") && path[2] == QStringLiteral("hops"))
            takeHops(path[1], path[3], entry.bytes);
        else
            refuse(QStringLiteral("it holds what this Octavo does not know"));
    }

    ArchiveCounts finish()
    {
        demandHops();
        for (const DocumentId id : m_unlisted)   // what only sessions need, and the list of documents does not show
            m_library.documents().remove(id);
        if (m_counts.sessions + m_counts.alreadyHere != 1)
            m_counts.session.reset();
        return m_counts;
    }

private:
    [[noreturn]] void refuse(const QString& what) const { throw Refused{m_reader.damaged(what)}; }

    void demandHops() const
    {
        if (!m_hopsToCome.isEmpty())
            refuse(QStringLiteral("a hop record is missing"));
    }

    QJsonObject jsonOf(const ArchiveEntry& entry) const
    {
        const QJsonDocument json = QJsonDocument::fromJson(entry.bytes);
        if (!json.isObject())
            refuse(QStringLiteral("a description is none"));
        return json.object();
    }

    void takeDocument(const QString& hash, const QByteArray& text)
    {
        if (contentHash(text) != hash || m_description.first != hash)
            refuse(QStringLiteral("a text is not the one that is described"));
        const QJsonObject json = std::exchange(m_description, {}).second;
        const std::optional<Document> document = documentFrom(json, text);
        if (!document)
            refuse(QStringLiteral("the description of a document cannot be right"));
        std::optional<DocumentId> id = m_library.documents().find(hash);
        if (!id) {
            id = m_library.documents().store(*document);
            if (json.value(QStringLiteral("pinned")).toBool())
                m_library.documents().setPinned(*id, true);
            if (!json.value(QStringLiteral("listed")).toBool(true))
                m_unlisted.append(*id);
            ++m_counts.documents;
        }
        m_documents.insert(hash, {*id, text.size()});
    }

    KnownDocument documentOf(const QString& hash) const
    {
        const auto found = m_documents.constFind(hash);
        if (found == m_documents.constEnd())
            refuse(QStringLiteral("a document is missing"));
        return *found;
    }

    void takeSession(const QString& number, const QJsonObject& json)
    {
        const std::optional<ArchivedSession> session = sessionFrom(json);
        if (!session)
            refuse(QStringLiteral("a conversation cannot be right"));
        demandHops();   // of the session before
        m_number = number;
        m_sessionDocuments.clear();
        QList<DocumentId> documents;
        for (const QString& hash : session->documents) {
            m_sessionDocuments.append(documentOf(hash));
            documents.append(m_sessionDocuments.last().id);
        }
        const std::optional<SessionId> same = sameSession(*session);
        if (same) {
            if (!session->trashed.isValid())
                m_library.sessions().restore(*same);
            ++m_counts.alreadyHere;
        }
        const SessionId id = same ? *same : m_library.sessions().insert({session->title, session->created, session->changed, session->trashed}, documents);
        m_counts.session = id;
        std::vector<MessageId> ids;
        for (std::size_t place = 0; place < session->messages.size(); ++place) {
            const ArchivedMessage& archived = session->messages[place];
            if (!same)
                ids.push_back(add(id, archived, ids));
            if (archived.hasHops)
                m_hopsToCome.insert(QString::number(place), same ? 0 : ids.back());
        }
        if (same)
            return;
        ++m_counts.sessions;
        addSummary(id, *session, ids);
        if (session->head)
            m_library.sessions().setShown(id, ids[static_cast<std::size_t>(*session->head)], session->changed);
    }

    void addSummary(SessionId id, const ArchivedSession& session, const std::vector<MessageId>& ids)
    {
        QList<SummaryPart> parts;
        for (const ArchivedSummaryPart& archived : session.summary) {
            SummaryPart& part = parts.emplaceBack(archived.part);
            if (part.kind != SummaryPart::Kind::Together) {
                const KnownDocument document = documentOf(archived.document);
                if (part.bytes.end > document.textBytes || !session.documents.contains(archived.document))
                    refuse(QStringLiteral("a part of a summary lies outside its document"));
                part.document = document.id;
            }
            part.message.id = archived.message ? ids[static_cast<std::size_t>(*archived.message)] : 0;
        }
        if (!parts.isEmpty())
            m_library.summaries().add(id, parts);
    }

    std::optional<SessionId> sameSession(const ArchivedSession& session)
    {
        for (const SessionId id : m_library.sessions().createdAt(session.created))
            if (const auto here = archivedSession(m_library, id); here && isSameConversation(*here, session))
                return id;
        return std::nullopt;
    }

    MessageId add(SessionId session, const ArchivedMessage& archived, const std::vector<MessageId>& ids)
    {
        Message message = archived.message;
        message.parent = archived.parent ? ids[static_cast<std::size_t>(*archived.parent)] : 0;
        for (qsizetype at = 0; at < message.sources.size(); ++at) {
            const KnownDocument document = documentOf(archived.sourceDocuments[at]);
            if (message.sources[at].bytes.end > document.textBytes)
                refuse(QStringLiteral("a source lies outside its document"));
            message.sources[at].document = document.id;
        }
        const MessageId id = m_library.messages().add(session, message);
        m_library.citations().store(id, message.sources);
        if (std::optional<AnswerSettings> settings = archived.settings) {
            for (qsizetype at = 0; at < settings->hidden.size(); ++at) {
                const KnownDocument document = documentOf(archived.hiddenDocuments[at]);
                if (settings->hidden[at].bytes.end > document.textBytes)
                    refuse(QStringLiteral("what an answer did not see lies outside its document"));
                settings->hidden[at].document = document.id;
            }
            m_library.messages().storeSettings(id, *settings);
        }
        ++m_counts.messages;
        return id;
    }

    void takeHops(const QString& number, const QString& place, const QByteArray& bytes)
    {
        if (number != m_number || !m_hopsToCome.contains(place))
            refuse(QStringLiteral("a hop record belongs to no answer"));
        const MessageId message = m_hopsToCome.take(place);
        if (message == 0)
            return;   // the answer is here already
        std::optional<HopRecord> record = unpackHopRecord(bytes);
        const bool known = record && renumber(*record, [&](DocumentId at) { return 1 <= at && at <= m_sessionDocuments.size() ? m_sessionDocuments[at - 1].id : 0; });
        std::map<DocumentId, qint64> textBytes;
        for (const KnownDocument& document : m_sessionDocuments)
            textBytes[document.id] = document.textBytes;
        if (!known || !fitsInto(*record, textBytes))
            refuse(QStringLiteral("a hop record cannot be right"));
        m_library.hops().store(message, packHopRecord(*record));
    }

    Library& m_library;
    const ArchiveReader& m_reader;
    ArchiveCounts m_counts;
    std::pair<QString, QJsonObject> m_description;   // hash and description of the document whose text comes next
    QHash<QString, KnownDocument> m_documents;       // of the archive, by hash
    QList<DocumentId> m_unlisted;
    QString m_number;                                // of the session at hand
    QList<KnownDocument> m_sessionDocuments;
    QHash<QString, MessageId> m_hopsToCome;          // by place in the session at hand; 0: of an answer that is here already
};

} // namespace

Outcome<ArchiveCounts> importArchive(Library& library, const QString& file, std::stop_token stop)
{
    const Outcome<std::unique_ptr<ArchiveReader>> reader = ArchiveReader::open(file);
    if (!reader)
        return reader.error();
    try {
        return library.write([&](Library& in) {
            Import taken(in, **reader);
            while (true) {
                Outcome<std::optional<ArchiveEntry>> entry = (*reader)->next();
                if (!entry)
                    throw Refused{entry.error()};
                if (!*entry)
                    break;
                if (stop.stop_requested())
                    throw Refused{{Failure::Kind::Stopped, QStringLiteral("Stopped; nothing of %1 was taken over.").arg(file)}};
                taken.take(**entry);
            }
            return taken.finish();
        });
    } catch (const Refused& refused) {
        return refused.failure;
    }
}

} // namespace octavo::app
