// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>

#include <QByteArray>
#include <QHash>
#include <QJsonArray>
#include <QJsonObject>
#include <QString>

#include "octavo/app/failure.h"

namespace octavo::app {

// The file of an archive (.octavo): a ZIP, so that any program can look into it, whose last entry, octavo.json, names all others with
// their sizes and hashes (xxh3-128). Versions of the format are never reused.
inline constexpr int kArchiveVersion = 2;   // 2: formatted documents, pages

struct ArchiveEntry {
    QString name;
    QByteArray bytes;
};

// Writes beside its place and takes the name last, so that a file of that name is whole, or the one that was there before.
// Only its owner may read it. Threads: one at a time.
class ArchiveWriter {
public:
    static Outcome<std::unique_ptr<ArchiveWriter>> create(const QString& file);
    ~ArchiveWriter();   // without finish(), nothing stays

    Outcome<void> add(const QString& name, const QByteArray& bytes);   // names are ASCII, each once
    // `about` becomes part of octavo.json.
    Outcome<void> finish(QJsonObject about);

private:
    struct Handle;
    explicit ArchiveWriter(QString file);
    Outcome<void> addEntry(const QString& name, const QByteArray& bytes);
    Failure failure() const;

    QString m_file;
    QString m_partial;
    std::unique_ptr<Handle> m_handle;
    QJsonArray m_entries;
};

// Reads archives that anybody may have written. What is handed out is what octavo.json says was put in; anything else, and files that
// would expand to far more than real ones do, ends in a Failure. Threads: one at a time.
class ArchiveReader {
public:
    static Outcome<std::unique_ptr<ArchiveReader>> open(const QString& file);
    ~ArchiveReader();

    Outcome<std::optional<ArchiveEntry>> next();           // in the order in which they were added; none at the end, when all were there
    Failure damaged(const QString& what) const;            // the sentence for contents that cannot be right

private:
    struct Handle;
    struct Promise {
        qint64 bytes = 0;
        QString hash;
    };

    explicit ArchiveReader(QString file);
    Outcome<void> rewind();
    Outcome<void> readContents();
    Outcome<std::optional<ArchiveEntry>> nextEntry(bool onlyContents);
    Outcome<QByteArray> read(const QString& name, qint64 bytes);

    QString m_file;
    qint64 m_fileBytes = 0;
    std::unique_ptr<Handle> m_handle;
    QHash<QString, Promise> m_promised;   // and not handed out yet
};

} // namespace octavo::app
