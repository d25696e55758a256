// SPDX-License-Identifier: Apache-2.0
#include <QFileInfo>
#include <QJsonDocument>
#include <functional>

#include "archive/archive.h"
#include "archive/archive_file.h"
#include "archive/archived_session.h"
#include "assistant/hop_record.h"

namespace octavo::app {

namespace {

QByteArray bytesOf(const QJsonObject& json) { return QJsonDocument(json).toJson(QJsonDocument::Compact); }

// Hop records name documents by number; those of an archive count in the list of their session, from 1.
std::optional<QByteArray> portableHops(const QByteArray& record, const QList<DocumentId>& documents)
{
    std::optional<HopRecord> unpacked = unpackHopRecord(record);
    if (!unpacked || !renumber(*unpacked, [&](DocumentId id) { return documents.indexOf(id) + 1; }))
        return std::nullopt;
    return packHopRecord(*unpacked);
}

// Writes what is asked for, one entry after the other, from within a snapshot of the library.
class Export {
public:
    Export(Library& library, ArchiveWriter& writer) : m_library(library), m_writer(writer) {}

    Outcome<void> addDocument(DocumentId id, bool withFolders)
    {
        std::optional<Document> document = m_library.documents().load(id);
        const std::optional<DocumentSummary> summary = m_library.documents().summary(id, {});
        if (!document || !summary)
            return {};
        if (!withFolders)
            forgetFolders(*document);
        QJsonObject json = toJson(*document);
        json.insert(QStringLiteral("pinned"), withFolders && summary->pinned);
        json.insert(QStringLiteral("listed"), !m_library.documents().isRemoved(id));
        const QString folder = QStringLiteral("documents/%1/").arg(m_library.documents().contentHashOf(id));
        if (const Outcome<void> added = m_writer.add(folder + QStringLiteral("document.json"), bytesOf(json)); !added)
            return added;
        ++m_counts.documents;
        return m_writer.add(folder + QStringLiteral("text.txt"), document->text);
    }

    Outcome<void> addSession(SessionId id)
    {
        const std::optional<SessionSummary> summary = m_library.sessions().find(id);
        const std::optional<ArchivedSession> session = archivedSession(m_library, id);
        if (!summary || !session)
            return {};
        const QString folder = QStringLiteral("sessions/%1/").arg(++m_counts.sessions);
        m_counts.messages += static_cast<int>(session->messages.size());
        m_counts.session = id;
        std::vector<std::pair<std::size_t, QByteArray>> hops;
        ArchivedSession written = *session;
        for (std::size_t place = 0; place < written.messages.size(); ++place) {
            ArchivedMessage& message = written.messages[place];
            if (!message.hasHops)
                continue;
            const std::optional<QByteArray> record = portableHops(m_library.hops().find(message.message.id).value_or(QByteArray()), summary->documents);
            message.hasHops = record.has_value();
            if (record)
                hops.emplace_back(place, *record);
            else
                ++m_counts.damagedHops;
        }
        if (const Outcome<void> added = m_writer.add(folder + QStringLiteral("session.json"), bytesOf(toJson(written))); !added)
            return added;
        for (const auto& [place, record] : hops)
            if (const Outcome<void> added = m_writer.add(folder + QStringLiteral("hops/%1").arg(place), record); !added)
                return added;
        return {};
    }

    Outcome<ArchiveCounts> finish()
    {
        if (m_counts.sessions != 1)
            m_counts.session.reset();
        const Outcome<void> finished = m_writer.finish({{QStringLiteral("documents"), m_counts.documents}, {QStringLiteral("sessions"), m_counts.sessions}});
        return finished ? Outcome<ArchiveCounts>(m_counts) : finished.error();
    }

private:
    static void forgetFolders(Document& document)
    {
        document.path = QFileInfo(document.path).fileName();
        for (SourceFile& file : document.files)
            file.path = file.relativePath;
    }

    Library& m_library;
    ArchiveWriter& m_writer;
    ArchiveCounts m_counts;
};

// snapshot() gives an Outcome of what the work gives, which is one already.
Outcome<ArchiveCounts> exportWith(Library& library, const QString& file, const std::function<Outcome<void>(Library&, Export&)>& add)
{
    const Outcome<std::unique_ptr<ArchiveWriter>> writer = ArchiveWriter::create(file);
    if (!writer)
        return writer.error();
    Export made(library, **writer);
    const Outcome<Outcome<void>> added = library.snapshot([&](Library& in) { return add(in, made); });
    if (!added)
        return added.error();
    return *added ? made.finish() : added->error();
}

} // namespace

Outcome<ArchiveCounts> exportLibrary(Library& library, const QString& file, std::stop_token stop)
{
    const Failure stopped{Failure::Kind::Stopped, QStringLiteral("Stopped; %1 was not written.").arg(file)};
    return exportWith(library, file, [&](Library& in, Export& to) -> Outcome<void> {
        for (const DocumentId id : in.documents().all()) {
            if (stop.stop_requested())
                return stopped;
            if (const Outcome<void> added = to.addDocument(id, true); !added)
                return added;
        }
        for (const SessionId id : in.sessions().all()) {
            if (stop.stop_requested())
                return stopped;
            if (const Outcome<void> added = to.addSession(id); !added)
                return added;
        }
        return {};
    });
}

Outcome<ArchiveCounts> exportSession(Library& library, SessionId session, const QString& file)
{
    return exportWith(library, file, [&](Library& in, Export& to) -> Outcome<void> {
        const std::optional<SessionSummary> summary = in.sessions().find(session);
        if (!summary)
            return noSuchSession(session);
        for (const DocumentId id : summary->documents)
            if (const Outcome<void> added = to.addDocument(id, false); !added)
                return added;
        return to.addSession(session);
    });
}

} // namespace octavo::app
