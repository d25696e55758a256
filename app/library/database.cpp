// SPDX-License-Identifier: Apache-2.0
#include "library/database.h"

#include <cassert>

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <sqlite3.h>

static void initMigrationResources()
{
    Q_INIT_RESOURCE(migrations);   // a static library's resources are linked only when named; must be outside a namespace
}

namespace octavo::app {

namespace {

constexpr int kApplicationId = 0x4f435456;   // "OCTV"; tells a library from other programs' databases
constexpr int kBusyMilliseconds = 5000;      // window and command line may share one library

QByteArray migrationTo(int version)
{
    QFile file(QStringLiteral(":/octavo/migrations/%1.sql").arg(version));
    const bool opened = file.open(QIODevice::ReadOnly);
    assert(opened);
    return opened ? file.readAll() : QByteArray();
}

int numberOf(SQLite::Database& database, const char* sql)
{
    return database.execAndGet(sql).getInt();
}

Outcome<void> migrate(SQLite::Database& database, const QString& file)
{
    const int version = numberOf(database, "PRAGMA user_version");
    if (version == 0 && numberOf(database, "SELECT count(*) FROM sqlite_master") > 0)
        return Failure{
            Failure::Kind::Library, QStringLiteral("%1 is a database of another program. Choose another data folder.").arg(file)};
    if (version > 0 && numberOf(database, "PRAGMA application_id") != kApplicationId)
        return Failure{
            Failure::Kind::Library, QStringLiteral("%1 is a database of another program. Choose another data folder.").arg(file)};
    if (version > kLibraryVersion) {
        return Failure{Failure::Kind::Library,
                       QStringLiteral("%1 was written by a newer Octavo (library version %2, this one knows %3). Update Octavo, or choose "
                                      "another data folder.").arg(file).arg(version).arg(kLibraryVersion)};
    }
    for (int next = version + 1; next <= kLibraryVersion; ++next)
        database.exec(migrationTo(next).constData());
    database.exec("PRAGMA user_version = " + std::to_string(kLibraryVersion));
    database.exec("PRAGMA application_id = " + std::to_string(kApplicationId));
    return {};
}

} // namespace

Failure libraryFailure(const SQLite::Exception& exception, const QString& file)
{
    const auto failure = [&file](const char* sentence) { return Failure{Failure::Kind::Library, QString::fromUtf8(sentence).arg(file)}; };
    switch (exception.getErrorCode() & 0xff) {   // the low byte is the kind, the rest its detail
    case SQLITE_FULL:
        return failure("The disk is full, so %1 could not be written. Free some space and try again.");
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
        return failure("%1 cannot be written. Make it writable, or choose another data folder.");
    case SQLITE_CANTOPEN:
        return failure("%1 cannot be opened or created. Check the folder's permissions, or choose another data folder.");
    case SQLITE_NOTADB:
        return failure("%1 is not an Octavo library. Move it away, or choose another data folder.");
    case SQLITE_CORRUPT:
        return failure("%1 is damaged. Restore it from a backup, or move it away to start a new library.");
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return failure("%1 is in use by another program for too long. Close that program and try again.");
    case SQLITE_IOERR:
        return failure("%1 could not be read or written: the disk reports an error.");
    default:
        return {Failure::Kind::Library, QStringLiteral("%1 could not be used: %2.").arg(file, QString::fromUtf8(exception.what()))};
    }
}

Outcome<std::unique_ptr<SQLite::Database>> openDatabase(const QString& dataDir)
{
    initMigrationResources();
    if (!QDir().mkpath(dataDir)) {
        return Failure{Failure::Kind::Folder,
                       QStringLiteral("The data folder %1 cannot be created. Choose another data folder.").arg(dataDir)};
    }
    const QString file = QDir(dataDir).filePath(QStringLiteral("library.db"));
    if (QFileInfo(file).isDir())
        return Failure{Failure::Kind::Library, QStringLiteral("%1 is a folder, not a library. Choose another data folder.").arg(file)};
    try {
        auto database
            = std::make_unique<SQLite::Database>(file.toStdString(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE, kBusyMilliseconds);
        // Taking the write lock at once, even with nothing to migrate, tells now rather than later if nothing can be written;
        // and two programs that start together migrate once. The file's header is not touched before the checks have passed.
        SQLite::Transaction transaction(*database, SQLite::TransactionBehavior::IMMEDIATE);
        const Outcome<void> migrated = migrate(*database, file);
        if (!migrated)
            return migrated.error();
        transaction.commit();
        database->exec("PRAGMA journal_mode = WAL");
        database->exec("PRAGMA synchronous = FULL");
        database->exec("PRAGMA foreign_keys = ON");
        return database;
    } catch (const SQLite::Exception& exception) {
        return libraryFailure(exception, file);
    }
}

} // namespace octavo::app
