// SPDX-License-Identifier: Apache-2.0
#include "octavo/app/crash_reports.h"

#include <QDir>
#include <QFile>

#include "crash/crash_folder.h"

namespace octavo::app {

namespace {

constexpr qint64 kMostReportBytes = 1 << 20;

} // namespace

QString takeUnseenCrashReport(const QString& dataDir)
{
    QDir folder(crashFolder(dataDir));
    QString newest;
    for (const QString& name : folder.entryList({QLatin1Char('*') + kUnseenReport}, QDir::Files, QDir::Name)) {   // names begin with the time
        const QString seen = name.chopped(kUnseenReport.size()) + kSeenReport;
        if (folder.rename(name, seen))
            newest = folder.filePath(seen);
    }
    const QStringList reports = folder.entryList({QLatin1Char('*') + kSeenReport}, QDir::Files, QDir::Name);
    for (qsizetype n = 0; n + kKeptCrashReports < reports.size(); ++n)
        folder.remove(reports[n]);
    return newest;
}

QString crashReportText(const QString& path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.read(kMostReportBytes)) : QString();
}

} // namespace octavo::app
