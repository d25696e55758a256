// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <type_traits>
#include <utility>

#include "library/citation_repository.h"
#include "library/compression.h"
#include "library/database.h"
#include "library/document_repository.h"
#include "library/hop_repository.h"
#include "library/job_repository.h"
#include "library/message_repository.h"
#include "library/query.h"
#include "library/session_repository.h"
#include "library/settings_repository.h"
#include "library/summary_repository.h"

namespace octavo::app {

// The library of one data folder: documents, sessions and what belongs to them, in library.db.
// All access goes through read() and write(), so that every failure of the disk or the file comes back as a value:
//
//     library.write([&](Library& in) { return in.documents().store(document); })   // Outcome<DocumentId>
//
// write() is one transaction: all of it or nothing, and on the disk when it returns.
// Threads: one at a time; each thread or program that wants its own opens its own. Lifetime: repositories die with the library.
class Library {
public:
    // `vfs`: as for openDatabase(). Sessions that have been in the trash for kTrashDays are erased now.
    static Outcome<std::unique_ptr<Library>> open(const QString& dataDir, const std::string& vfs = {});
    // What the person should know of how it was opened (OpenedDatabase::notice).
    const QString& notice() const { return m_notice; }

    // Everything, and indexes against tables: one line that says what is wrong, empty if nothing is.
    Outcome<QString> check();

    // Deletes these sessions for ever, and what nobody needs any more without them.
    Outcome<void> erase(const QList<SessionId>& sessions);

    template <class Work>
    auto read(Work&& work) -> Outcome<std::invoke_result_t<Work, Library&>>
    {
        return guarded([&] { return work(*this); });
    }

    // As read(), and all that it reads is of one moment, whatever another program writes meanwhile. Not within another.
    template <class Work>
    auto snapshot(Work&& work) -> Outcome<std::invoke_result_t<Work, Library&>>
    {
        return guarded([&] {
            const SQLite::Transaction transaction(*m_database);   // ends without a commit: nothing was written
            return work(*this);
        });
    }

    template <class Work>
    auto write(Work&& work) -> Outcome<std::invoke_result_t<Work, Library&>>
    {
        return guarded([&] {
            // Immediate: a transaction that only starts to write half-way may find that another program wrote in between.
            SQLite::Transaction transaction(*m_database, SQLite::TransactionBehavior::IMMEDIATE);
            if constexpr (std::is_void_v<std::invoke_result_t<Work, Library&>>) {
                work(*this);
                transaction.commit();
            } else {
                auto value = work(*this);
                transaction.commit();
                return value;
            }
        });
    }

    DocumentRepository& documents() { return m_documents; }
    SessionRepository& sessions() { return m_sessions; }
    MessageRepository& messages() { return m_messages; }
    CitationRepository& citations() { return m_citations; }
    HopRepository& hops() { return m_hops; }
    SettingsRepository& settings() { return m_settings; }
    JobRepository& jobs() { return m_jobs; }
    SummaryRepository& summaries() { return m_summaries; }

private:
    Library(OpenedDatabase opened, QString file);

    template <class Work>
    auto guarded(Work&& work) -> Outcome<std::invoke_result_t<Work>>
    {
        try {
            if constexpr (std::is_void_v<std::invoke_result_t<Work>>) {
                work();
                return {};
            } else {
                return work();
            }
        } catch (const SQLite::Exception& exception) {
            return libraryFailure(exception, m_file);
        } catch (const DamagedRecord& damage) {
            return damaged(damage);
        } catch (const StoppedAmongRows&) {
            return Failure{Failure::Kind::Stopped, QStringLiteral("Stopped; nothing of it was taken into the library.")};
        }
    }
    Failure damaged(const DamagedRecord& damage) const;
    Outcome<void> emptyOldTrash();

    FolderLock m_lock;
    std::unique_ptr<SQLite::Database> m_database;
    QString m_notice;
    QString m_file;
    DocumentRepository m_documents;
    SessionRepository m_sessions;
    MessageRepository m_messages;
    CitationRepository m_citations;
    HopRepository m_hops;
    SettingsRepository m_settings;
    JobRepository m_jobs;
    SummaryRepository m_summaries;
};

} // namespace octavo::app
