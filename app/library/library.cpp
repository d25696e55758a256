// SPDX-License-Identifier: Apache-2.0
#include "library/library.h"

#include <QDir>

namespace octavo::app {

Outcome<std::unique_ptr<Library>> Library::open(const QString& dataDir, const std::string& vfs)
{
    Outcome<OpenedDatabase> opened = openDatabase(dataDir, vfs);
    if (!opened)
        return opened.error();
    std::unique_ptr<Library> library(new Library(std::move(*opened), QDir(dataDir).filePath(QStringLiteral("library.db"))));
    if (const Outcome<void> emptied = library->emptyOldTrash(); !emptied)
        return emptied.error();
    return library;
}

Library::Library(OpenedDatabase opened, QString file)
    : m_lock(std::move(opened.lock))
    , m_database(std::move(opened.database))
    , m_notice(std::move(opened.notice))
    , m_file(std::move(file))
    , m_documents(*m_database)
    , m_sessions(*m_database)
    , m_messages(*m_database)
    , m_citations(*m_database)
    , m_hops(*m_database)
    , m_settings(*m_database)
    , m_jobs(*m_database)
    , m_summaries(*m_database)
{
}

Outcome<QString> Library::check()
{
    return guarded([&] {
        const QString found = QString::fromStdString(m_database->execAndGet("PRAGMA integrity_check(1)").getString());
        return found == QStringLiteral("ok") ? QString() : found.simplified();
    });
}

Outcome<void> Library::erase(const QList<SessionId>& sessions)
{
    return write([&](Library& in) {
        for (const SessionId id : sessions)
            in.sessions().erase(id);
        in.documents().eraseUnneeded();
    });
}

Outcome<void> Library::emptyOldTrash()
{
    const QDateTime oldest = QDateTime::currentDateTime().addDays(-kTrashDays);
    const Outcome<QList<SessionSummary>> trashed = read([](Library& in) { return in.sessions().trashed(); });
    if (!trashed)
        return trashed.error();
    QList<SessionId> old;
    for (const SessionSummary& session : *trashed)
        if (session.trashed < oldest)
            old.append(session.id);
    return old.isEmpty() ? Outcome<void>() : erase(old);   // most starts have nothing to write
}

Failure Library::damaged(const DamagedRecord& damage) const
{
    return {Failure::Kind::Library, QStringLiteral("A record in %1 is damaged (%2). Open the document again, or restore the library from a "
                                                   "backup.").arg(m_file, QString::fromUtf8(damage.what()))};
}

} // namespace octavo::app
