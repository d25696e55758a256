// SPDX-License-Identifier: Apache-2.0
#include "assistant/change_watcher.h"

#include <algorithm>
#include <utility>

#include <QFileInfo>

namespace octavo::app {

namespace {

constexpr int kQuiet = 400;         // ms; an editor that saves by rename is done by then
constexpr int kLongestWait = 4000;  // ms; a build that writes without a pause does not keep it from being told, nor tell it all the time

} // namespace

ChangeWatcher::ChangeWatcher(QObject* parent) : QObject(parent)
{
    m_quiet.setSingleShot(true);
    connect(&m_watcher, &QFileSystemWatcher::fileChanged, this, [this](const QString& path) { note(path, false); });
    connect(&m_watcher, &QFileSystemWatcher::directoryChanged, this, [this](const QString& path) { note(path, true); });
    connect(&m_quiet, &QTimer::timeout, this, &ChangeWatcher::tell);
}

void ChangeWatcher::watch(const QList<WatchedDocument>& documents)
{
    m_documents.clear();
    m_byPath.clear();
    QStringList wanted;
    for (const WatchedDocument& document : documents) {
        WatchedDocument& watched = m_documents[document.id];
        watched.id = document.id;
        const auto take = [&](const QStringList& paths, QStringList& taken) {
            for (const QString& path : paths) {
                if (!m_byPath.contains(path) && wanted.size() == kMostWatches)
                    return;
                if (!m_byPath.contains(path))
                    wanted.append(path);
                m_byPath[path].append(document.id);
                taken.append(path);
            }
        };
        take(document.folders, watched.folders);
        take(document.files, watched.files);
    }
    const QStringList current = m_watcher.files() + m_watcher.directories();
    const QSet<QString> before(current.begin(), current.end());
    QStringList gone;
    std::copy_if(current.begin(), current.end(), std::back_inserter(gone), [this](const QString& path) { return !m_byPath.contains(path); });
    wanted.removeIf([&](const QString& path) { return before.contains(path) || !QFileInfo::exists(path); });
    if (!gone.isEmpty())
        m_watcher.removePaths(gone);
    if (!wanted.isEmpty())
        m_watcher.addPaths(wanted);   // what the system refuses, for want of watches, is seen by the next listing
}

void ChangeWatcher::note(const QString& path, bool isFolder)
{
    for (const DocumentId document : m_byPath.value(path)) {
        QSet<QString>& folders = m_news[document];
        if (isFolder)
            folders.insert(path);
    }
    if (!m_quiet.isActive())
        m_sinceFirst.start();
    m_quiet.start(static_cast<int>(std::clamp<qint64>(kLongestWait - m_sinceFirst.elapsed(), 0, kQuiet)));
}

void ChangeWatcher::tell()
{
    const QHash<DocumentId, QSet<QString>> news = std::exchange(m_news, {});
    for (auto changedOne = news.begin(); changedOne != news.end(); ++changedOne) {
        watchAgain(m_documents.value(changedOne.key()));
        emit changed(changedOne.key(), changedOne.value().values());
    }
}

// A file that was replaced by another of its name, as most editors save, is watched no more.
void ChangeWatcher::watchAgain(const WatchedDocument& document)
{
    const QStringList watched = m_watcher.files() + m_watcher.directories();
    const QSet<QString> still(watched.begin(), watched.end());
    QStringList lost;
    for (const QString& path : document.folders + document.files) {
        if (!still.contains(path) && QFileInfo::exists(path))
            lost.append(path);
    }
    if (!lost.isEmpty())
        m_watcher.addPaths(lost);
}

} // namespace octavo::app
