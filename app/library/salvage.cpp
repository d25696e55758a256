// SPDX-License-Identifier: Apache-2.0
#include "library/salvage.h"

#include <algorithm>
#include <optional>
#include <set>
#include <vector>

#include <QCoreApplication>
#include <QDateTime>
#include <QDir>
#include <QFile>
#include <SQLiteCpp/SQLiteCpp.h>
#include <sqlite3.h>

#include "library/checked_vfs.h"
#include "library/database.h"
#include "library/durable_rename.h"
#include "library/query.h"

namespace octavo::app {

namespace {

constexpr qint64 kProbedBlindly = 20'000;    // ids, where not even the highest can be read
constexpr qint64 kProbedAtMost = 10'000'000; // whatever a damaged file says

const QString kPartial = QStringLiteral("library.salvage.partial");
const QString kWhole = QStringLiteral("library.salvaged.db");
const QString kLibrary = QStringLiteral("library.db");

struct Column {
    const char* name;
    const char* otherwise = nullptr;   // where the damaged file is of a version without it
    int since = 1;                     // that version
};
using Columns = std::vector<Column>;

const Columns kDocument = {{"id"}, {"content_hash"}, {"path"}, {"title"}, {"kind"}, {"text_bytes"}, {"text"},
                           {"pinned"}, {"added_at"}, {"removed_at"}, {"ocr_languages", "''", 5}};
const Columns kSession = {{"id"}, {"title"}, {"created_at"}, {"changed_at"}, {"trashed_at"}};
const Columns kMessage = {{"id"}, {"session"}, {"parent"}, {"role"}, {"state"}, {"text"}, {"note"}, {"at"}};
const Columns kFile = {{"document"}, {"position"}, {"path"}, {"relative_path"}, {"encoding"}, {"begin_byte"}, {"end_byte"},
                       {"format", "''", 4}, {"places", "NULL", 4}, {"disk_bytes", "-1", 4}, {"modified_at", "0", 4}};
const Columns kPart = {{"document"}, {"position"}, {"depth"}, {"kind"}, {"title"}, {"begin_byte"}, {"end_byte"}};
const Columns kLedger = {{"document"}, {"position"}, {"what"}, {"why"}, {"bytes"}, {"included"}, {"pages", "0", 4}, {"are_scans", "0", 5}};
const Columns kReading = {{"document"}, {"model_hash"}, {"model"}, {"tokens"}, {"read_tokens"}, {"kv_bytes"}, {"at"}, {"file", "''", 2}};
const Columns kSessionDocument = {{"session"}, {"position"}, {"document"}};
const Columns kCitation = {{"message"}, {"position"}, {"document"}, {"document_title"}, {"place"}, {"begin_byte"},
                           {"end_byte"}, {"line"}, {"weight"}, {"text"}, {"page", "0", 4}, {"marks", "''", 7}};
const Columns kHopRecord = {{"message"}, {"record"}};
const Columns kAnswerSettings = {{"message"}, {"model"}, {"model_hash"}, {"precision"}, {"kv"}, {"dims"}, {"gate"},
                                 {"max_tokens"}, {"temperature"}, {"seed"}, {"wish", "''", 7}};
const Columns kAnswerHidden = {{"message"}, {"position"}, {"document"}, {"begin_byte"}, {"end_byte"}};
const Columns kSummary = {{"session"}, {"running"}};
const Columns kSummaryPart = {{"session"}, {"position"}, {"kind"}, {"document"}, {"title"}, {"begin_byte"}, {"end_byte"},
                              {"message"}, {"attention"}, {"again"}};
const Columns kSetting = {{"key"}, {"value"}};

constexpr const char* kAllTables
    = "SELECT 1 FROM documents, document_files, document_parts, document_ledger, readings, sessions, session_documents, messages, citations, hop_records, "
      "answer_settings, answer_hidden, summaries, summary_parts, settings";

std::string listOf(const Columns& columns, int version)
{
    std::string list;
    for (const Column& column : columns)
        list += (list.empty() ? "" : ", ") + std::string(column.since > version ? column.otherwise : column.name);
    return list;
}

// Copies what can be read from one database to another.
class Salvage {
public:
    Salvage(const std::string& file, const std::string& vfs, SQLite::Database& to)
        : m_checked(openLeniently(file, checkedVfs(vfs, PageCheck::Rows))), m_unchecked(openLeniently(file, vfs)), m_to(to)
    {
        m_version = attempt([&](SQLite::Database& from) { return from.execAndGet("PRAGMA user_version").getInt(); }).value_or(kLibraryVersion);
    }

    void run()
    {
        documents = copyById("documents", kDocument);
        for (const qint64 document : documents) {
            copyRows("document_files", kFile, "document", document);
            copyRows("document_parts", kPart, "document", document);
            copyRows("document_ledger", kLedger, "document", document);
            copyRows("readings", kReading, "document", document);
        }
        sessions = copyById("sessions", kSession);
        messages = copyById("messages", kMessage);
        for (const qint64 message : messages) {
            copyRows("citations", kCitation, "message", message);
            copyRows("hop_records", kHopRecord, "message", message);
            if (m_version >= 3)
                copyRows("answer_settings", kAnswerSettings, "message", message);
            if (m_version >= 7)
                copyRows("answer_hidden", kAnswerHidden, "message", message);
        }
        for (const qint64 session : sessions) {
            copyRows("session_documents", kSessionDocument, "session", session);
            if (m_version >= 6) {
                copyRows("summaries", kSummary, "session", session);
                copyRows("summary_parts", kSummaryPart, "session", session);
            }
        }
        copySettings();
        // What is shown of a session is the branch that ends in its newest message: which one it was before is not worth a damaged page.
        m_to.exec("UPDATE sessions SET head = (SELECT max(id) FROM messages WHERE session = sessions.id)");
    }

    std::set<qint64> documents, sessions, messages;
    int damagedRows = 0;   // saved, but from a page that is not as it was written
    int lostRows = 0;      // known of, but not to be read

private:
    // Takes a damaged schema as it is, else nothing of a file that was cut can be read. Then one that the disk fails to read is taken for an empty one: so
    // where tables are missing (of an older version, some always are), it is opened again. The schema may fill several pages: all tables are asked for.
    static SQLite::Database openLeniently(const std::string& file, const std::string& vfs)
    {
        for (int tries = 0;; ++tries) {
            SQLite::Database database(file, SQLite::OPEN_READWRITE, 0, vfs);
            sqlite3_db_config(database.getHandle(), SQLITE_DBCONFIG_WRITABLE_SCHEMA, 1, nullptr);
            try {
                SQLite::Statement(database, kAllTables);
                return database;
            } catch (const SQLite::Exception&) {
                if (tries > 0)
                    return database;
            }
        }
    }

    // The result of read(database), from the checked file or, failing that, as it stands there; nothing if it cannot be read. What fails without being
    // damaged is read again: a disk that fails once must not put a sound row among the damaged or the lost.
    template <class Read>
    auto attempt(const Read& read) -> std::optional<std::invoke_result_t<Read, SQLite::Database&>>
    {
        m_wasDamaged = false;
        for (SQLite::Database* from : {&m_checked, &m_unchecked}) {
            for (int tries = 0; tries < 2; ++tries) {
                try {
                    return read(*from);
                } catch (const SQLite::Exception& exception) {
                    if (isDamage(exception))
                        break;
                }
            }
            m_wasDamaged = true;
        }
        return std::nullopt;
    }

    // Ids that are worth trying: all that can be counted through, and all up to the highest that anything knows.
    std::set<qint64> idsOf(const std::string& table)
    {
        std::set<qint64> ids;
        qint64 highest = 0;
        const std::string ways[] = {"SELECT id FROM " + table + " NOT INDEXED ORDER BY id", "SELECT id FROM " + table + " NOT INDEXED ORDER BY id DESC",
                                    "SELECT id FROM " + table};
        bool all = false;
        for (const std::string& way : ways) {
            for (SQLite::Database* from : {&m_checked, &m_unchecked}) {
                try {
                    SQLite::Statement statement(*from, way);
                    while (statement.executeStep())
                        ids.insert(statement.getColumn(0).getInt64());
                    all = all || from == &m_checked;
                } catch (const SQLite::Exception&) {
                }
            }
        }
        if (all)
            return ids;
        highest = ids.empty() ? kProbedBlindly : std::min(*ids.rbegin(), kProbedAtMost);
        for (qint64 id = 1; id <= highest; ++id)
            ids.insert(id);
        return ids;
    }

    std::set<qint64> copyById(const std::string& table, const Columns& columns)
    {
        std::set<qint64> copied;
        for (const qint64 id : idsOf(table))
            if (copyRows(table, columns, "id", id) > 0)
                copied.insert(id);
        return copied;
    }

    // Rows whose `key` is `id`; how many.
    int copyRows(const std::string& table, const Columns& columns, const std::string& key, qint64 id)
    {
        const std::string select = "SELECT " + listOf(columns, m_version) + " FROM " + table + " WHERE " + key + " = ?";
        const auto copied = attempt([&](SQLite::Database& from) {
            SQLite::Statement statement(from, select);
            statement.bind(1, static_cast<std::int64_t>(id));
            std::vector<std::vector<Value>> rows;
            while (statement.executeStep()) {
                std::vector<Value>& row = rows.emplace_back();
                for (int n = 0; n < statement.getColumnCount(); ++n)
                    row.push_back(valueOf(statement.getColumn(n)));
            }
            return rows;
        });
        if (!copied) {
            ++lostRows;
            return 0;
        }
        const bool damaged = m_wasDamaged;
        int count = 0;
        for (const std::vector<Value>& row : *copied)
            count += insert(table, columns, row, damaged);
        return count;
    }

    struct Value {
        int type = SQLITE_NULL;
        std::int64_t number = 0;
        double real = 0;
        std::string bytes;
    };
    static Value valueOf(const SQLite::Column& column)
    {
        Value value{column.getType(), 0, 0, {}};
        if (column.isInteger())
            value.number = column.getInt64();
        else if (column.isFloat())
            value.real = column.getDouble();
        else if (!column.isNull())
            value.bytes = std::string(static_cast<const char*>(column.getBlob()), static_cast<std::size_t>(column.getBytes()));
        return value;
    }

    // 1, or 0 for a row that the new library cannot hold (what it belongs to is lost).
    int insert(const std::string& table, const Columns& columns, std::vector<Value> row, bool damaged)
    {
        damagedRows += damaged;
        if (table == "messages")
            makeSound(row, damaged);
        std::string marks;
        for (std::size_t n = 0; n < row.size(); ++n)
            marks += n == 0 ? "?" : ", ?";
        try {
            SQLite::Statement statement(m_to, "INSERT INTO " + table + "(" + listOf(columns, kLibraryVersion) + ") VALUES (" + marks + ")");
            for (std::size_t n = 0; n < row.size(); ++n)
                bind(statement, static_cast<int>(n) + 1, row[n]);
            return statement.exec();
        } catch (const SQLite::Exception& exception) {
            if ((exception.getErrorCode() & 0xff) != SQLITE_CONSTRAINT && (exception.getErrorCode() & 0xff) != SQLITE_MISMATCH)
                throw;
            ++lostRows;
            return 0;
        }
    }

    static void bind(SQLite::Statement& statement, int at, const Value& value)
    {
        switch (value.type) {
        case SQLITE_INTEGER: return statement.bind(at, value.number);
        case SQLITE_FLOAT: return statement.bind(at, value.real);
        case SQLITE_TEXT: return statement.bind(at, value.bytes);
        case SQLITE_BLOB: return statement.bind(at, value.bytes.data(), static_cast<int>(value.bytes.size()));
        default: return statement.bind(at);
        }
    }

    // A message whose session or parent is lost still has its place: a session made for it, or the begin of one.
    void makeSound(std::vector<Value>& row, bool damaged)
    {
        Value& session = row[1];
        Value& parent = row[2];
        if (!sessions.contains(session.number)) {
            const QDateTime now = QDateTime::currentDateTime();
            const QString title = QCoreApplication::translate("Salvage", "Saved from a damaged library");
            Query(m_to, "INSERT INTO sessions(id, title, created_at, changed_at) VALUES (?, ?, ?, ?)", qint64{session.number}, title, now, now).run();
            sessions.insert(session.number);
        }
        const bool isOrphaned = parent.type == SQLITE_INTEGER && Query(m_to, "SELECT 1 FROM messages WHERE id = ?", qint64{parent.number}).next() == false;
        if (isOrphaned)
            parent = Value{};
        if (damaged || isOrphaned) {
            const QString note = damaged ? QCoreApplication::translate("Salvage", "This message stood in a damaged part of the library; its text may be wrong in places.")
                                         : QCoreApplication::translate("Salvage", "What stood before this message was in a damaged part of the library, and is lost.");
            row[6].bytes = (row[6].bytes.empty() ? "" : row[6].bytes + " ") + note.toStdString();
            row[6].type = SQLITE_TEXT;
        }
    }

    void copySettings()
    {
        const auto rows = attempt([&](SQLite::Database& from) {
            SQLite::Statement statement(from, "SELECT " + listOf(kSetting, m_version) + " FROM settings");
            std::vector<std::vector<Value>> found;
            while (statement.executeStep())
                found.push_back({valueOf(statement.getColumn(0)), valueOf(statement.getColumn(1))});
            return found;
        });
        for (const std::vector<Value>& row : rows.value_or(std::vector<std::vector<Value>>()))
            insert("settings", kSetting, row, false);
    }

    SQLite::Database m_checked;      // as far as rows go
    SQLite::Database m_unchecked;
    SQLite::Database& m_to;
    int m_version = kLibraryVersion;
    bool m_wasDamaged = false;   // what attempt() read last
};

void removeDatabase(const QString& file)
{
    for (const char* ending : {"", "-wal", "-shm", "-journal"})
        QFile::remove(file + QLatin1String(ending));
}

} // namespace

void finishSalvage(const QString& dataDir)
{
    const QDir dir(dataDir);
    if (!dir.exists(kLibrary) && dir.exists(kWhole))
        renameDurably(dir.filePath(kWhole), dir.filePath(kLibrary));
}

Outcome<QString> salvage(const QString& dataDir, const std::string& vfs)
{
    const QDir dir(dataDir);
    const QString damaged = dir.filePath(kLibrary);
    const QString now = QDateTime::currentDateTimeUtc().toString(QStringLiteral("yyyyMMdd-HHmmss"));
    QString aside = QStringLiteral("library.damaged-%1.db").arg(now);
    for (int n = 2; dir.exists(aside); ++n)   // an earlier one is never lost
        aside = QStringLiteral("library.damaged-%1-%2.db").arg(now).arg(n);
    removeDatabase(dir.filePath(kPartial));
    removeDatabase(dir.filePath(kWhole));
    QString counts;
    {
        const auto to = makeDatabase(dir.filePath(kPartial), vfs);
        Salvage saved(damaged.toStdString(), vfs, *to);
        SQLite::Transaction transaction(*to);
        saved.run();
        transaction.commit();
        to->exec("PRAGMA journal_mode = DELETE");   // all of it into the one file that is renamed
        counts = QCoreApplication::translate("Salvage", "%1 documents, %2 sessions and %3 messages")
                     .arg(saved.documents.size()).arg(saved.sessions.size()).arg(saved.messages.size());
        if (saved.damagedRows > 0)
            counts += QCoreApplication::translate("Salvage", " (%1 records in damaged parts)").arg(saved.damagedRows);
        if (saved.lostRows > 0)
            counts += QCoreApplication::translate("Salvage", "; %1 records could not be read").arg(saved.lostRows);
    }
    // In this order on the disk too: a start that found neither would begin an empty library.
    const bool moved = renameDurably(dir.filePath(kPartial), dir.filePath(kWhole)) && renameDurably(damaged, dir.filePath(aside));
    if (!moved)
        return Failure{Failure::Kind::Library, QCoreApplication::translate("Salvage", "%1 is damaged and cannot be moved aside. Make its folder writable, then start again.").arg(damaged)};
    for (const char* ending : {"-wal", "-shm"})
        QFile::rename(damaged + QLatin1String(ending), dir.filePath(aside) + QLatin1String(ending));
    finishSalvage(dataDir);
    return QCoreApplication::translate("Salvage", "The library was damaged. Saved into a new one: %1. The damaged file is kept as %2.").arg(counts, dir.filePath(aside));
}

} // namespace octavo::app
