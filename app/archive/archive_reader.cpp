// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <QFile>
#include <QJsonDocument>
#include <QRegularExpression>
#include <archive.h>
#include <archive_entry.h>
#include <cerrno>
#include <cstring>

#include "archive/archive_file.h"
#include "library/content_hash.h"

namespace octavo::app {

namespace {

const QString kContents = QStringLiteral("octavo.json");
constexpr qint64 kMostContentsBytes = 64 << 20;
constexpr qint64 kMostEntryBytes = 1 << 30;
// Real archives expand to 3 to 10 times their size; small ones are let expand to this.
constexpr qint64 kMostExpansion = 100, kSmallBytes = 16 << 20;
constexpr std::size_t kBlockBytes = 64 << 10;

// Names in a strange file may be anything, and go into sentences.
QString shown(const QString& name)
{
    static const QRegularExpression harmless(QStringLiteral("^[A-Za-z0-9./_-]{1,80}$"));
    return harmless.match(name).hasMatch() ? name : QStringLiteral("a part");
}

} // namespace

struct ArchiveReader::Handle {
    int descriptor = -1;
    archive* zip = nullptr;

    ~Handle()
    {
        archive_read_free(zip);
        if (descriptor >= 0)
            ::close(descriptor);
    }
};

ArchiveReader::ArchiveReader(QString file) : m_file(std::move(file)), m_handle(std::make_unique<Handle>()) {}

ArchiveReader::~ArchiveReader() = default;

Failure ArchiveReader::damaged(const QString& what) const
{
    return {Failure::Kind::File, QStringLiteral("%1 is not a sound Octavo archive: %2. Nothing of it was taken over.").arg(m_file, what)};
}

Outcome<std::unique_ptr<ArchiveReader>> ArchiveReader::open(const QString& file)
{
    std::unique_ptr<ArchiveReader> reader(new ArchiveReader(file));
    reader->m_handle->descriptor = ::open(QFile::encodeName(file).constData(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);   // a pipe must not hang it
    struct stat facts {};
    if (reader->m_handle->descriptor < 0 || ::fstat(reader->m_handle->descriptor, &facts) != 0) {
        return Failure{Failure::Kind::File, QStringLiteral("%1 cannot be opened (%2). Check the path and its permissions.")
                                                .arg(file, QString::fromLocal8Bit(std::strerror(errno)))};
    }
    if (!S_ISREG(facts.st_mode))
        return reader->damaged(QStringLiteral("it is no file"));
    reader->m_fileBytes = facts.st_size;
    if (const Outcome<void> read = reader->readContents(); !read)
        return read.error();
    if (const Outcome<void> begun = reader->rewind(); !begun)
        return begun.error();
    return reader;
}

Outcome<void> ArchiveReader::rewind()
{
    archive_read_free(m_handle->zip);
    m_handle->zip = archive_read_new();
    ::lseek(m_handle->descriptor, 0, SEEK_SET);
    if (archive_read_support_format_zip_seekable(m_handle->zip) != ARCHIVE_OK
        || archive_read_open_fd(m_handle->zip, m_handle->descriptor, kBlockBytes) != ARCHIVE_OK)
        return damaged(QStringLiteral("it is no ZIP file"));
    return {};
}

Outcome<void> ArchiveReader::readContents()
{
    if (const Outcome<void> begun = rewind(); !begun)
        return begun;
    const Outcome<std::optional<ArchiveEntry>> contents = nextEntry(true);
    if (!contents)
        return contents.error();
    if (!*contents)
        return damaged(QStringLiteral("it has no list of contents"));
    const QJsonObject about = QJsonDocument::fromJson((*contents)->bytes).object();
    if (about.value(QStringLiteral("format")).toString() != QStringLiteral("octavo archive"))
        return damaged(QStringLiteral("its list of contents is none"));
    if (const int version = about.value(QStringLiteral("version")).toInt(); version > kArchiveVersion) {
        return Failure{Failure::Kind::File, QStringLiteral("%1 was written by a newer Octavo (archive version %2, this one knows %3). Update Octavo.")
                                                .arg(m_file).arg(version).arg(kArchiveVersion)};
    }
    qint64 sum = 0;
    for (const QJsonValue& value : about.value(QStringLiteral("entries")).toArray()) {
        const QJsonObject entry = value.toObject();
        const QString name = entry.value(QStringLiteral("name")).toString();
        const qint64 bytes = entry.value(QStringLiteral("bytes")).toInteger(-1);
        if (bytes < 0 || bytes > kMostEntryBytes || m_promised.contains(name))
            return damaged(QStringLiteral("its list of contents is none"));
        sum += bytes;
        m_promised.insert(name, {bytes, entry.value(QStringLiteral("xxh3")).toString()});
    }
    if (sum > kSmallBytes && sum / kMostExpansion > m_fileBytes)
        return damaged(QStringLiteral("it would expand to far more than it can hold"));
    return {};
}

Outcome<std::optional<ArchiveEntry>> ArchiveReader::next() { return nextEntry(false); }

Outcome<std::optional<ArchiveEntry>> ArchiveReader::nextEntry(bool onlyContents)
{
    archive_entry* header = nullptr;
    for (int result = ARCHIVE_OK; (result = archive_read_next_header(m_handle->zip, &header)) != ARCHIVE_EOF;) {
        if (result != ARCHIVE_OK)
            return damaged(QStringLiteral("it is cut off or its parts are mixed up"));
        const char* rawName = archive_entry_pathname(header);
        const QString name = QString::fromLatin1(rawName ? rawName : "");
        if (onlyContents) {
            if (name != kContents)
                continue;
            const qint64 bytes = archive_entry_size(header);
            if (bytes > kMostContentsBytes)
                return damaged(QStringLiteral("its list of contents is too long"));
            const Outcome<QByteArray> contents = read(name, bytes);
            return contents ? Outcome<std::optional<ArchiveEntry>>(ArchiveEntry{name, *contents}) : contents.error();
        }
        if (name == kContents)
            continue;
        const auto promise = m_promised.constFind(name);
        if (promise == m_promised.constEnd())
            return damaged(QStringLiteral("%1 is not in its list of contents, or there twice").arg(shown(name)));
        Outcome<QByteArray> bytes = read(name, promise->bytes);
        if (!bytes)
            return bytes.error();
        if (contentHash(*bytes) != promise->hash)
            return damaged(QStringLiteral("%1 is not what was written").arg(shown(name)));
        m_promised.erase(promise);
        return std::optional(ArchiveEntry{name, std::move(*bytes)});
    }
    if (!onlyContents && !m_promised.isEmpty())
        return damaged(QStringLiteral("%1 is missing").arg(shown(m_promised.constBegin().key())));
    return std::optional<ArchiveEntry>();
}

// The data of the entry at hand, which must be `bytes` long: the header of an entry may claim any size.
Outcome<QByteArray> ArchiveReader::read(const QString& name, qint64 bytes)
{
    QByteArray data;
    while (true) {
        char block[kBlockBytes];
        const la_ssize_t got = archive_read_data(m_handle->zip, block, sizeof block);
        if (got < 0 || data.size() + got > bytes)
            return damaged(QStringLiteral("%1 does not unpack").arg(shown(name)));
        if (got == 0)
            break;
        data.append(block, got);
    }
    if (data.size() != bytes)
        return damaged(QStringLiteral("%1 is cut off").arg(shown(name)));
    return data;
}

} // namespace octavo::app
