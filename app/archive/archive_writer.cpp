// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <QDateTime>
#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>
#include <archive.h>
#include <archive_entry.h>
#include <cerrno>
#include <cstring>

#include "archive/archive_file.h"
#include "library/content_hash.h"
#include "library/durable_rename.h"

namespace octavo::app {

struct ArchiveWriter::Handle {
    archive* zip = archive_write_new();
    int descriptor = -1;

    ~Handle()
    {
        archive_write_free(zip);
        if (descriptor >= 0)
            ::close(descriptor);
    }
};

ArchiveWriter::ArchiveWriter(QString file)
    : m_file(std::move(file)), m_partial(m_file + QStringLiteral(".partial")), m_handle(std::make_unique<Handle>())
{
}

ArchiveWriter::~ArchiveWriter()
{
    if (m_handle->descriptor >= 0)
        QFile::remove(m_partial);
}

Outcome<std::unique_ptr<ArchiveWriter>> ArchiveWriter::create(const QString& file)
{
    std::unique_ptr<ArchiveWriter> writer(new ArchiveWriter(file));
    Handle& handle = *writer->m_handle;
    handle.descriptor = ::open(QFile::encodeName(writer->m_partial).constData(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (handle.descriptor < 0) {
        return Failure{Failure::Kind::File, QStringLiteral("%1 cannot be written (%2). Choose another folder.")
                                                .arg(file, QString::fromLocal8Bit(std::strerror(errno)))};
    }
    archive_write_set_format_zip(handle.zip);
    if (archive_write_open_fd(handle.zip, handle.descriptor) != ARCHIVE_OK)
        return writer->failure();
    return writer;
}

Outcome<void> ArchiveWriter::add(const QString& name, const QByteArray& bytes)
{
    m_entries.append(QJsonObject{{QStringLiteral("name"), name}, {QStringLiteral("bytes"), bytes.size()}, {QStringLiteral("xxh3"), contentHash(bytes)}});
    return addEntry(name, bytes);
}

Outcome<void> ArchiveWriter::addEntry(const QString& name, const QByteArray& bytes)
{
    const std::unique_ptr<archive_entry, decltype(&archive_entry_free)> entry(archive_entry_new(), archive_entry_free);
    archive_entry_set_pathname(entry.get(), name.toLatin1().constData());
    archive_entry_set_size(entry.get(), bytes.size());
    archive_entry_set_filetype(entry.get(), AE_IFREG);
    archive_entry_set_perm(entry.get(), 0600);
    archive_entry_set_mtime(entry.get(), QDateTime::currentSecsSinceEpoch(), 0);
    if (archive_write_header(m_handle->zip, entry.get()) != ARCHIVE_OK
        || archive_write_data(m_handle->zip, bytes.constData(), static_cast<std::size_t>(bytes.size())) != bytes.size()
        || archive_write_finish_entry(m_handle->zip) != ARCHIVE_OK)
        return failure();
    return {};
}

Outcome<void> ArchiveWriter::finish(QJsonObject about)
{
    about.insert(QStringLiteral("format"), QStringLiteral("octavo archive"));
    about.insert(QStringLiteral("version"), kArchiveVersion);
    about.insert(QStringLiteral("entries"), m_entries);
    if (const Outcome<void> added = addEntry(QStringLiteral("octavo.json"), QJsonDocument(about).toJson(QJsonDocument::Compact)); !added)
        return added;
    if (archive_write_close(m_handle->zip) != ARCHIVE_OK)
        return failure();
    const bool placed = ::fsync(m_handle->descriptor) == 0 && ::close(std::exchange(m_handle->descriptor, -1)) == 0
        && renameDurably(m_partial, m_file);
    if (!placed) {
        const Failure failed{Failure::Kind::File, QStringLiteral("%1 could not be written (%2). Free some space, or choose another folder.")
                                                      .arg(m_file, QString::fromLocal8Bit(std::strerror(errno)))};
        QFile::remove(m_partial);
        return failed;
    }
    return {};
}

Failure ArchiveWriter::failure() const
{
    const char* reason = archive_error_string(m_handle->zip);
    return {Failure::Kind::File, QStringLiteral("%1 could not be written (%2). Free some space, or choose another folder.")
                                     .arg(m_file, QString::fromLocal8Bit(reason ? reason : std::strerror(errno)))};
}

} // namespace octavo::app
