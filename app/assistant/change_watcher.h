// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QElapsedTimer>
#include <QFileSystemWatcher>
#include <QHash>
#include <QObject>
#include <QSet>
#include <QTimer>

#include "library/document_repository.h"

namespace octavo::app {

// Notices that files of documents change, go or come, and tells it a moment after it has become quiet; where it never does, every few seconds.
// It asks the system for a bounded number of watches, and never polls: what lies beyond is seen by the look that each listing takes.
// Threads: lives on one with an event loop.
class ChangeWatcher : public QObject {
    Q_OBJECT

public:
    static constexpr int kMostWatches = 2000;   // of all documents; adding more at once would hold up a window

    explicit ChangeWatcher(QObject* parent = nullptr);

    // These documents and no others; the first are served first, of each its folders before its files.
    void watch(const QList<WatchedDocument>& documents);

signals:
    // `folders`: of the document, in which something came or went.
    void changed(octavo::app::DocumentId document, const QStringList& folders);

private:
    void note(const QString& path, bool isFolder);
    void tell();
    void watchAgain(const WatchedDocument& document);

    QFileSystemWatcher m_watcher;
    QHash<DocumentId, WatchedDocument> m_documents;
    QHash<QString, QList<DocumentId>> m_byPath;
    QHash<DocumentId, QSet<QString>> m_news;    // folders; a document of which only files changed has none
    QTimer m_quiet;
    QElapsedTimer m_sinceFirst;
};

} // namespace octavo::app
