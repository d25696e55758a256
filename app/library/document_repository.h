// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <stop_token>

#include <QList>
#include <QStringList>
#include <SQLiteCpp/SQLiteCpp.h>

#include "octavo/app/document.h"

namespace octavo::app {

// How far one model has read one document.
struct ReadingRow {
    QString modelHash;
    QString model;
    qint64 tokens = 0;
    qint64 readTokens = 0;
    qint64 kvBytes = 0;
    QString file{};      // that keeps it, in readings/; empty: none
};

// Where changes of a document's files show, as absolute paths.
struct WatchedDocument {
    DocumentId id = 0;
    QStringList folders;   // that hold its files, up to its own; of a single file, the one around it
    QStringList files;
};

// Documents with text form, outline, files and ledger, and how far they have been read. A document is its content: the same text form
// opened again is the same row, a changed one a new row, so that old sessions keep the text they were asked about.
// Throws as Query does; use within Library::read and Library::write.
class DocumentRepository {
public:
    explicit DocumentRepository(SQLite::Database& database) : m_database(database) {}

    // Takes a removed one back. A stop, looked at now and then among files and parts, throws StoppedAmongRows.
    DocumentId store(const Document& document, const std::stop_token& stop = {});
    std::optional<DocumentId> find(const QString& contentHash);   // removed or not
    QString ocrLanguagesFor(const QString& path);   // with which the newest document of this file or folder was read; empty: without
    QString contentHashOf(DocumentId id);
    QList<DocumentId> all();                                      // those removed, but needed by a session, too
    std::optional<Document> load(DocumentId id);
    QByteArray text(DocumentId id);                         // its text form; empty: there is none
    QStringList leftOutOf(const QString& path);                   // by the person (documents/left_out.h), of the text that was last stored of it
    // Those shown in the library, newest first, with the reading by this model; an empty hash takes each document's latest reading.
    QList<DocumentSummary> list(const QString& modelHash);
    std::optional<DocumentSummary> summary(DocumentId id, const QString& modelHash);
    void storeReading(DocumentId id, const ReadingRow& reading);
    QString readingFile(DocumentId id, const QString& modelHash);   // empty: none is known
    QStringList pinnedReadingFiles();                               // of all models
    void forgetReadings(const QStringList& files);                  // those files are gone: their documents have to be read again
    void setPinned(DocumentId id, bool pinned);                     // its readings are not deleted to make room
    // Takes it out of the list; its content is deleted too unless a session needs it.
    void remove(DocumentId id);
    // Whether a file of it is not as it was when it was read. Looks at no more than the first 2,000 files of a folder.
    bool hasChanged(DocumentId id);
    QList<DocumentId> listed();                                   // in the order of list()
    WatchedDocument watched(DocumentId id, int mostFiles);          // its first ones
    QDateTime addedAt(DocumentId id);
    // Paths in the ledger below a folder of the document ("a/b/"; empty: all), files and folders, read or left out.
    QStringList ledgerPaths(DocumentId id, const QString& folder);
    bool isRemoved(DocumentId id);
    void eraseUnneeded();   // content of removed documents that no session needs any more

private:
    void storeFiles(DocumentId id, const QList<SourceFile>& files, const std::stop_token& stop);
    void storeOutline(DocumentId id, const Part& root, const std::stop_token& stop);
    void storeLedger(DocumentId id, const QList<LedgerEntry>& ledger, const std::stop_token& stop);
    QList<SourceFile> loadFiles(DocumentId id);
    std::optional<Part> loadOutline(DocumentId id);
    QList<LedgerEntry> loadLedger(DocumentId id);

    SQLite::Database& m_database;
};

} // namespace octavo::app
