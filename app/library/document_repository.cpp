// SPDX-License-Identifier: Apache-2.0
#include "library/document_repository.h"

#include <algorithm>

#include <QFileInfo>
#include <QJsonDocument>
#include <QSet>

#include "documents/left_out.h"
#include "documents/outline_rows.h"
#include "documents/place_marks.h"
#include "documents/soundness.h"
#include "library/compression.h"
#include "library/content_hash.h"
#include "library/query.h"

namespace octavo::app {

namespace {

constexpr qint64 kMostTextBytes = 1 << 30;   // SQLite holds no larger blobs either

// One row per document: itself and the reading by model ?1, or its latest reading if ?1 is empty.
constexpr const char* kSummaries =
    "SELECT d.id, d.path, d.title, d.kind, d.text_bytes, d.pinned, r.model, r.tokens, r.read_tokens, r.kv_bytes "
    "FROM documents d LEFT JOIN readings r ON r.document = d.id AND r.model_hash = "
    "  CASE WHEN ?1 = '' THEN (SELECT model_hash FROM readings WHERE document = d.id ORDER BY at DESC LIMIT 1) ELSE ?1 END ";

DocumentSummary::State stateOf(const DocumentSummary& summary)
{
    using State = DocumentSummary::State;
    if (!QFileInfo::exists(summary.path))
        return State::Missing;
    if (summary.readTokens == 0)
        return State::New;
    return summary.readTokens < summary.tokens ? State::PartlyRead : State::Read;
}

DocumentSummary summaryOf(Query& row)
{
    DocumentSummary summary;
    summary.id = row.number(0);
    summary.path = row.text(1);
    summary.title = row.text(2);
    summary.kind = static_cast<DocumentKind>(row.number(3));
    summary.textBytes = row.number(4);
    summary.pinned = row.number(5) != 0;
    summary.model = row.text(6);
    summary.tokens = row.number(7);
    summary.readTokens = row.number(8);
    summary.kvBytes = row.number(9);
    summary.state = stateOf(summary);
    return summary;
}

constexpr qint64 kMostPlacesBytes = 256 << 20;

QByteArray blobOf(const QList<PlaceMark>& places)
{
    return places.isEmpty() ? QByteArray() : compress(QJsonDocument(jsonOf(places)).toJson(QJsonDocument::Compact));
}

// Of a damaged library the places may be lost; the text without them is worth more than neither.
QList<PlaceMark> placesFrom(const QByteArray& blob)
{
    if (blob.isEmpty())
        return {};
    return marksFrom(QJsonDocument::fromJson(decompress(blob, kMostPlacesBytes)).array()).value_or(QList<PlaceMark>());
}

// A folder of 200,000 files takes seconds to be stored.
void lookForStop(qsizetype row, const std::stop_token& stop)
{
    constexpr qsizetype kEvery = 1024;
    if (row % kEvery == 0 && stop.stop_requested())
        throw StoppedAmongRows{};
}

} // namespace

DocumentId DocumentRepository::store(const Document& document, const std::stop_token& stop)
{
    const QString hash = contentHash(document.text);
    DocumentId id = find(hash).value_or(0);
    if (id != 0) {
        Query(m_database, "UPDATE documents SET path = ?, title = ?, kind = ?, added_at = ?, ocr_languages = ?, removed_at = NULL WHERE id = ?", document.path,
            document.title, document.kind, QDateTime::currentDateTime(), document.ocrLanguages, id)
            .run();
    } else {
        Query(m_database, "INSERT INTO documents(content_hash, path, title, kind, text_bytes, text, added_at, ocr_languages) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            hash, document.path, document.title, document.kind, document.text.size(), compress(document.text), QDateTime::currentDateTime(), document.ocrLanguages)
            .run();
        id = m_database.getLastInsertRowid();
    }
    storeFiles(id, document.files, stop);
    storeOutline(id, document.outline, stop);
    storeLedger(id, document.ledger, stop);
    return id;
}

std::optional<DocumentId> DocumentRepository::find(const QString& hash)
{
    Query query(m_database, "SELECT id FROM documents WHERE content_hash = ?", hash);
    return query.next() ? std::optional(query.number(0)) : std::nullopt;
}

QString DocumentRepository::ocrLanguagesFor(const QString& path)
{
    Query query(m_database, "SELECT ocr_languages FROM documents WHERE path = ? AND removed_at IS NULL ORDER BY added_at DESC, id DESC LIMIT 1", path);
    return query.next() ? query.text(0) : QString();
}

QString DocumentRepository::contentHashOf(DocumentId id)
{
    Query query(m_database, "SELECT content_hash FROM documents WHERE id = ?", id);
    return query.next() ? query.text(0) : QString();
}

QList<DocumentId> DocumentRepository::all()
{
    Query query(m_database, "SELECT id FROM documents ORDER BY id");
    return query.numbers();
}

QByteArray DocumentRepository::text(DocumentId id)
{
    Query query(m_database, "SELECT text, text_bytes FROM documents WHERE id = ?", id);
    return query.next() ? decompress(query.blob(0), std::clamp<qint64>(query.number(1), 0, kMostTextBytes)) : QByteArray();
}

QStringList DocumentRepository::leftOutOf(const QString& path)
{
    Query query(m_database, "SELECT what FROM document_ledger WHERE why = ?1 AND document = "
                            "(SELECT id FROM documents WHERE path = ?2 ORDER BY added_at DESC, id DESC LIMIT 1) ORDER BY position", QString(kLeftOutByYou), path);
    QStringList paths;
    while (query.next())
        paths.append(query.text(0));
    return paths;
}

bool DocumentRepository::hasChanged(DocumentId id)
{
    Query query(m_database, "SELECT path, disk_bytes, modified_at FROM document_files WHERE document = ? AND disk_bytes >= 0 ORDER BY position LIMIT 2000", id);
    while (query.next()) {
        const QFileInfo file(query.text(0));
        const bool isNamed = !file.filePath().contains(QChar::ReplacementCharacter);   // else its name is no Unicode, and not known here
        if (isNamed && (!file.exists() || file.size() != query.number(1) || file.lastModified() != query.time(2)))
            return true;
    }
    return false;
}

QList<DocumentId> DocumentRepository::listed()
{
    Query query(m_database, "SELECT id FROM documents WHERE removed_at IS NULL ORDER BY pinned DESC, added_at DESC, id DESC");
    return query.numbers();
}

WatchedDocument DocumentRepository::watched(DocumentId id, int mostFiles)
{
    Query query(m_database, "SELECT f.path, d.path FROM document_files f JOIN documents d ON d.id = f.document "
                            "WHERE f.document = ? AND f.disk_bytes >= 0 ORDER BY f.position LIMIT ?", id, mostFiles);
    WatchedDocument watched{id, {}, {}};
    QSet<QString> folders;
    while (query.next()) {
        watched.files.append(query.text(0));
        const QString top = query.text(1);
        for (QString folder = QFileInfo(query.text(0)).path(); !folders.contains(folder); folder = QFileInfo(folder).path()) {
            folders.insert(folder);
            watched.folders.append(folder);
            if (!folder.startsWith(top + '/'))   // the top one, or of a single file the one around it
                break;
        }
    }
    return watched;
}

QDateTime DocumentRepository::addedAt(DocumentId id)
{
    Query query(m_database, "SELECT added_at FROM documents WHERE id = ?", id);
    return query.next() ? query.time(0) : QDateTime();
}

QStringList DocumentRepository::ledgerPaths(DocumentId id, const QString& folder)
{
    Query query(m_database, "SELECT what FROM document_ledger WHERE document = ?1 AND substr(what, 1, length(?2)) = ?2", id, folder);
    QStringList paths;
    while (query.next())
        paths.append(query.text(0));
    return paths;
}

bool DocumentRepository::isRemoved(DocumentId id)
{
    Query query(m_database, "SELECT 1 FROM documents WHERE id = ? AND removed_at IS NOT NULL", id);
    return query.next();
}

std::optional<Document> DocumentRepository::load(DocumentId id)
{
    Query query(m_database, "SELECT path, title, kind, text, text_bytes, ocr_languages FROM documents WHERE id = ?", id);
    if (!query.next())
        return std::nullopt;
    Document document;
    document.path = query.text(0);
    document.title = query.text(1);
    document.kind = static_cast<DocumentKind>(query.number(2));
    document.ocrLanguages = query.text(5);
    document.text = decompress(query.blob(3), std::clamp<qint64>(query.number(4), 0, kMostTextBytes));
    document.files = loadFiles(id);
    if (!filesFit(document.files, document.text.size()))
        throw DamagedRecord("files outside their document's text");
    const std::optional<Part> outline = loadOutline(id);
    // Of a damaged library the outline may be lost; the text without it is worth more than neither.
    document.outline = outline && outlineFits(*outline, document.text.size()) ? *outline : Part{document.title, PartKind::Book, {0, document.text.size()}, {}};
    document.ledger = loadLedger(id);
    return document;
}

QList<DocumentSummary> DocumentRepository::list(const QString& modelHash)
{
    const std::string sql = std::string(kSummaries) + "WHERE d.removed_at IS NULL ORDER BY d.pinned DESC, d.added_at DESC, d.id DESC";
    Query query(m_database, sql.c_str(), modelHash);
    QList<DocumentSummary> summaries;
    while (query.next()) {
        summaries.append(summaryOf(query));
        summaries.last().changed = summaries.last().state != DocumentSummary::State::Missing && hasChanged(summaries.last().id);
    }
    return summaries;
}

std::optional<DocumentSummary> DocumentRepository::summary(DocumentId id, const QString& modelHash)
{
    const std::string sql = std::string(kSummaries) + "WHERE d.id = ?2";
    Query query(m_database, sql.c_str(), modelHash, id);
    if (!query.next())
        return std::nullopt;
    DocumentSummary summary = summaryOf(query);
    summary.changed = summary.state != DocumentSummary::State::Missing && hasChanged(id);
    return summary;
}

void DocumentRepository::storeReading(DocumentId id, const ReadingRow& reading)
{
    Query(m_database,
        "INSERT OR REPLACE INTO readings(document, model_hash, model, tokens, read_tokens, kv_bytes, at, file) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", id,
        reading.modelHash, reading.model, reading.tokens, reading.readTokens, reading.kvBytes, QDateTime::currentDateTime(), reading.file)
        .run();
}

QString DocumentRepository::readingFile(DocumentId id, const QString& modelHash)
{
    Query query(m_database, "SELECT file FROM readings WHERE document = ? AND model_hash = ?", id, modelHash);
    return query.next() ? query.text(0) : QString();
}

QStringList DocumentRepository::pinnedReadingFiles()
{
    Query query(m_database, "SELECT r.file FROM readings r JOIN documents d ON d.id = r.document "
                            "WHERE d.pinned <> 0 AND d.removed_at IS NULL AND r.file <> ''");
    QStringList files;
    while (query.next())
        files.append(query.text(0));
    return files;
}

void DocumentRepository::forgetReadings(const QStringList& files)
{
    Query forget(m_database, "DELETE FROM readings WHERE file = ?");
    for (const QString& file : files)
        forget.runWith(file);
}

void DocumentRepository::setPinned(DocumentId id, bool pinned)
{
    Query(m_database, "UPDATE documents SET pinned = ? WHERE id = ?", pinned, id).run();
}

void DocumentRepository::remove(DocumentId id)
{
    Query(m_database, "UPDATE documents SET removed_at = ? WHERE id = ?", QDateTime::currentDateTime(), id).run();
    eraseUnneeded();
}

void DocumentRepository::eraseUnneeded()
{
    Query(m_database, "DELETE FROM documents WHERE removed_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM session_documents WHERE document = documents.id) "
                      "AND NOT EXISTS (SELECT 1 FROM citations WHERE document = documents.id) "
                      "AND NOT EXISTS (SELECT 1 FROM answer_hidden WHERE document = documents.id)").run();
}

void DocumentRepository::storeFiles(DocumentId id, const QList<SourceFile>& files, const std::stop_token& stop)
{
    Query(m_database, "DELETE FROM document_files WHERE document = ?", id).run();
    Query insert(m_database, "INSERT INTO document_files(document, position, path, relative_path, encoding, begin_byte, end_byte, format, places, disk_bytes, modified_at) "
                             "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    for (qsizetype at = 0; at < files.size(); ++at) {
        const SourceFile& file = files[at];
        lookForStop(at, stop);
        insert.runWith(id, at, file.path, file.relativePath, file.encoding, file.bytes.begin, file.bytes.end, file.format, blobOf(file.places), file.diskBytes,
                       file.modified);
    }
}

void DocumentRepository::storeOutline(DocumentId id, const Part& root, const std::stop_token& stop)
{
    Query(m_database, "DELETE FROM document_parts WHERE document = ?", id).run();
    Query insert(m_database,
        "INSERT INTO document_parts(document, position, depth, kind, title, begin_byte, end_byte) VALUES (?, ?, ?, ?, ?, ?, ?)");
    int position = 0;
    for (const OutlineRow& row : rowsOf(root)) {
        lookForStop(position, stop);
        insert.runWith(id, position++, row.depth, row.part.kind, row.part.title, row.part.bytes.begin, row.part.bytes.end);
    }
}

void DocumentRepository::storeLedger(DocumentId id, const QList<LedgerEntry>& ledger, const std::stop_token& stop)
{
    Query(m_database, "DELETE FROM document_ledger WHERE document = ?", id).run();
    Query insert(m_database, "INSERT INTO document_ledger(document, position, what, why, bytes, included, pages, are_scans) VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
    for (qsizetype at = 0; at < ledger.size(); ++at) {
        lookForStop(at, stop);
        insert.runWith(id, at, ledger[at].what, ledger[at].why, ledger[at].bytes, ledger[at].included, ledger[at].pages, ledger[at].areScans);
    }
}

QList<SourceFile> DocumentRepository::loadFiles(DocumentId id)
{
    Query query(m_database,
        "SELECT path, relative_path, encoding, begin_byte, end_byte, format, places, disk_bytes, modified_at FROM document_files WHERE document = ? ORDER BY position", id);
    QList<SourceFile> files;
    while (query.next())
        files.append({query.text(0), query.text(1), query.text(2), {query.number(3), query.number(4)}, query.text(5), placesFrom(query.blob(6)), query.number(7),
                      query.time(8)});
    return files;
}

std::optional<Part> DocumentRepository::loadOutline(DocumentId id)
{
    Query query(m_database, "SELECT depth, kind, title, begin_byte, end_byte FROM document_parts WHERE document = ? ORDER BY position", id);
    QList<OutlineRow> rows;
    while (query.next())
        rows.append({static_cast<int>(query.number(0)), {query.text(2), static_cast<PartKind>(query.number(1)), {query.number(3), query.number(4)}, {}}});
    return outlineOf(rows);
}

QList<LedgerEntry> DocumentRepository::loadLedger(DocumentId id)
{
    Query query(m_database, "SELECT what, why, bytes, included, pages, are_scans FROM document_ledger WHERE document = ? ORDER BY position", id);
    QList<LedgerEntry> ledger;
    while (query.next())
        ledger.append({query.text(0), query.text(1), query.number(2), query.number(3) != 0, static_cast<int>(query.number(4)), query.number(5) != 0});
    return ledger;
}

} // namespace octavo::app
