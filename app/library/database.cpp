// SPDX-License-Identifier: Apache-2.0
#include "library/database.h"

#include <cassert>
#include <optional>

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QStorageInfo>
#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include "library/checked_vfs.h"
#include "library/durable_rename.h"
#include "library/salvage.h"

static void initMigrationResources()
{
    Q_INIT_RESOURCE(migrations);   // a static library's resources are linked only when named; must be outside a namespace
}

namespace octavo::app {

namespace {

constexpr int kApplicationId = 0x4f435456;   // "OCTV"; tells a library from other programs' databases
constexpr qint64 kLeastFreeBytes = 64 << 10;
constexpr const char* kDiskFull = "The disk is full, so %1 could not be written. Free some space and try again.";
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

// Nobody else may read what people ask. Made before SQLite writes to it: its logs take over the rights.
void createPrivately(const QString& file)
{
    const int made = ::open(QFile::encodeName(file).constData(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (made >= 0)
        ::close(made);
    else
        QFile::setPermissions(file, QFile::ReadOwner | QFile::WriteOwner);
}

bool syncFile(const QString& path)
{
    const int file = ::open(QFile::encodeName(path).constData(), O_RDWR | O_CLOEXEC);
    const bool synced = file >= 0 && ::fsync(file) == 0;
    if (file >= 0)
        ::close(file);
    return synced;
}

std::unique_ptr<SQLite::Database> connect(const QString& file, const std::string& vfs)
{
    return std::make_unique<SQLite::Database>(file.toStdString(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE, kBusyMilliseconds, checkedVfs(vfs));
}

// Bytes that SQLite leaves free in each page; `wanted` ≥ 0: in those of a file that is made or vacuumed from now on.
int reservedBytes(SQLite::Database& database, int wanted = -1)
{
    int bytes = wanted;
    sqlite3_file_control(database.getHandle(), "main", SQLITE_FCNTL_RESERVE_BYTES, &bytes);
    return bytes;
}

bool hasChecksums(SQLite::Database& database) { return reservedBytes(database) == kPageChecksumBytes; }

// Null if it may be migrated.
std::optional<Failure> foreign(SQLite::Database& database, const QString& file)
{
    const int version = numberOf(database, "PRAGMA user_version");
    const bool isOthers = version == 0 ? numberOf(database, "SELECT count(*) FROM sqlite_master") > 0
                                       : numberOf(database, "PRAGMA application_id") != kApplicationId;
    if (isOthers)
        return Failure{
            Failure::Kind::Library, QStringLiteral("%1 is a database of another program. Choose another data folder.").arg(file)};
    if (version > kLibraryVersion) {
        return Failure{Failure::Kind::Library,
                       QStringLiteral("%1 was written by a newer Octavo (library version %2, this one knows %3). Update Octavo, or choose "
                                      "another data folder.").arg(file).arg(version).arg(kLibraryVersion)};
    }
    return std::nullopt;
}

void migrate(SQLite::Database& database)
{
    // Taking the write lock at once, even with nothing to migrate, tells now rather than later if nothing can be written;
    // and two programs that start together migrate once.
    SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
    const int version = numberOf(database, "PRAGMA user_version");
    if (version == kLibraryVersion)
        return;
    for (int next = version + 1; next <= kLibraryVersion; ++next)
        database.exec(migrationTo(next).constData());
    database.exec("PRAGMA user_version = " + std::to_string(kLibraryVersion));
    database.exec("PRAGMA application_id = " + std::to_string(kApplicationId));
    transaction.commit();
}

// FULL, and without a log also the removal of a journal: after a power cut one that is back would undo what was committed, a migration half of which came
// later.
void syncFully(SQLite::Database& database) { database.exec("PRAGMA synchronous = EXTRA"); }

void keepPromises(SQLite::Database& database)
{
    database.exec("PRAGMA journal_mode = WAL");
    syncFully(database);
    database.exec("PRAGMA foreign_keys = ON");
}

// A copy of a library that is about to change its form, whole or not there at all.
std::optional<Failure> backUp(SQLite::Database& database, const QString& file, const std::string& vfs)
{
    const int version = numberOf(database, "PRAGMA user_version");
    const QString backup = QFileInfo(file).path() + QStringLiteral("/library.v%1.backup.db").arg(version);
    const QString partial = backup + QStringLiteral(".partial");
    QString wrong;
    try {
        QFile::remove(partial);
        createPrivately(partial);
        SQLite::Statement copy(database, "VACUUM INTO ?");
        copy.bind(1, partial.toStdString());
        copy.exec();
        wrong = checkDatabase(*connect(partial, vfs));
    } catch (const SQLite::Exception& exception) {
        if (isDamage(exception))
            throw; // of the library itself
        wrong = QString::fromUtf8(exception.what());
    }
    if (wrong.isEmpty() && syncFile(partial) && renameDurably(partial, backup))
        return std::nullopt;
    QFile::remove(partial);
    return Failure{Failure::Kind::Library,
                   QStringLiteral("%1 has to be brought to a new form, but the backup %2 could not be written%3; free some disk space, then start again.")
                       .arg(file, backup, wrong.isEmpty() ? QString() : QStringLiteral(" (%1)").arg(wrong))};
}

// Throws what SQLite throws; damage is told by isDamage().
Outcome<std::unique_ptr<SQLite::Database>> openSound(const QString& file, const std::string& vfs)
{
    auto database = connect(file, vfs);
    reservedBytes(*database, kPageChecksumBytes);   // of a new file
    if (const std::optional<Failure> failure = foreign(*database, file))
        return *failure;
    const int version = numberOf(*database, "PRAGMA user_version");
    // Before anything is written: a damaged file is evidence.
    if (version >= 2 && !hasChecksums(*database))
        throw SQLite::Exception("pages without checksums", SQLITE_CORRUPT);
    QString wrong = version > 0 ? checkDatabase(*database) : QString();
    if (!wrong.isEmpty() && hasSeenReadError(database->getHandle()) && !hasSeenDamage(database->getHandle())) {
        database = connect(file, vfs);   // a disk may fail to read once; what it cannot read twice is damaged
        wrong = checkDatabase(*database);
    }
    if (!wrong.isEmpty())
        throw SQLite::Exception(wrong.toStdString(), SQLITE_CORRUPT);
    if (version > 0 && version < kLibraryVersion) {
        if (const std::optional<Failure> failure = backUp(*database, file, vfs))
            return *failure;
    }
    syncFully(*database);
    if (version == 1 && !hasChecksums(*database)) {   // before the new version is written: a crash in between starts here again
        database->exec("PRAGMA journal_mode = DELETE");
        reservedBytes(*database, kPageChecksumBytes);
        database->exec("VACUUM");
    }
    migrate(*database);
    keepPromises(*database);
    return database;
}

} // namespace

std::unique_ptr<SQLite::Database> makeDatabase(const QString& file, const std::string& vfs)
{
    createPrivately(file);
    auto database = connect(file, vfs);
    reservedBytes(*database, kPageChecksumBytes);
    syncFully(*database);
    migrate(*database);
    keepPromises(*database);
    return database;
}

// Reads every page, so that every checksum is looked at, but does not compare indexes with tables: 10,000 messages and their records
// (24 MB) take 30 ms.
QString checkDatabase(SQLite::Database& database)
{
    QString found;
    try {
        found = QString::fromStdString(database.execAndGet("PRAGMA quick_check(1)").getString());
    } catch (const SQLite::Exception& exception) {
        // The full text index answers a wrong checksum by an error of the disk.
        if (!hasSeenDamage(database.getHandle()) && !hasSeenReadError(database.getHandle()))
            throw;
        found = QString::fromUtf8(exception.what());
    }
    return found == QStringLiteral("ok") ? QString() : found.simplified();
}

bool isDamage(const SQLite::Exception& exception)
{
    return (exception.getErrorCode() & 0xff) == SQLITE_CORRUPT || exception.getErrorCode() == SQLITE_IOERR_DATA
        || exception.getExtendedErrorCode() == SQLITE_IOERR_DATA;
}

Failure libraryFailure(const SQLite::Exception& exception, const QString& file)
{
    const auto failure = [&file](const char* sentence) { return Failure{Failure::Kind::Library, QString::fromUtf8(sentence).arg(file)}; };
    switch (exception.getErrorCode() & 0xff) {   // the low byte is the kind, the rest its detail
    case SQLITE_FULL:
        return failure(kDiskFull);
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
        return failure("%1 cannot be written. Make it writable, or choose another data folder.");
    case SQLITE_CANTOPEN:
        return failure("%1 cannot be opened or created. Check the folder's permissions, or choose another data folder.");
    case SQLITE_NOTADB:
        return failure("%1 is not an Octavo library. Move it away, or choose another data folder.");
    case SQLITE_CORRUPT:
        return failure("%1 is damaged. Start Octavo again: what can be read of it is saved into a new one.");
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return failure("%1 is in use by another program for too long. Close that program and try again.");
    case SQLITE_IOERR:
        if (isDamage(exception))
            return failure("%1 is damaged. Start Octavo again: what can be read of it is saved into a new one.");
        if (QStorageInfo(QFileInfo(file).path()).bytesAvailable() < kLeastFreeBytes)   // also where SQLite needs a file it does not tell of
            return failure(kDiskFull);
        return failure("%1 could not be read or written: the disk reports an error.");
    default:
        return {Failure::Kind::Library, QStringLiteral("%1 could not be used: %2.").arg(file, QString::fromUtf8(exception.what()))};
    }
}

Outcome<OpenedDatabase> openDatabase(const QString& dataDir, const std::string& vfs)
{
    initMigrationResources();
    const bool isNew = !QFileInfo::exists(dataDir);
    if (!QDir().mkpath(dataDir)) {
        return Failure{Failure::Kind::Folder,
                       QStringLiteral("The data folder %1 cannot be created. Choose another data folder.").arg(dataDir)};
    }
    if (isNew)
        QFile::setPermissions(dataDir, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    const QString file = QDir(dataDir).filePath(QStringLiteral("library.db"));
    if (QFileInfo(file).isDir())
        return Failure{Failure::Kind::Library, QStringLiteral("%1 is a folder, not a library. Choose another data folder.").arg(file)};
    FolderLock lock(dataDir);
    try {
        finishSalvage(dataDir);
        createPrivately(file);
        try {
            Outcome<std::unique_ptr<SQLite::Database>> sound = openSound(file, vfs);
            if (!sound)
                return sound.error();
            return OpenedDatabase{std::move(lock), std::move(*sound)};
        } catch (const SQLite::Exception& exception) {
            if (!isDamage(exception))
                throw;
        }
        if (!lock.takeAlone()) {
            return Failure{Failure::Kind::Library,
                           QStringLiteral("%1 is damaged, and another Octavo has it open. Close that one, then start again.").arg(file)};
        }
        const Outcome<QString> notice = salvage(dataDir, vfs);
        if (!notice)
            return notice.error();
        lock.share();
        Outcome<std::unique_ptr<SQLite::Database>> saved = openSound(file, vfs);
        if (!saved)
            return saved.error();
        return OpenedDatabase{std::move(lock), std::move(*saved), *notice};
    } catch (const SQLite::Exception& exception) {
        return libraryFailure(exception, file);
    }
}

} // namespace octavo::app
