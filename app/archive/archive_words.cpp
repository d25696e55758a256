// SPDX-License-Identifier: Apache-2.0
#include <QCoreApplication>
#include <QFileInfo>

#include "archive/archive.h"

namespace octavo::app {

namespace {

QString conversations(int number)
{
    return number == 1 ? QCoreApplication::translate("Archive", "one conversation") : QCoreApplication::translate("Archive", "%1 conversations").arg(number);
}

QString documents(int number)
{
    return number == 1 ? QCoreApplication::translate("Archive", "one document") : QCoreApplication::translate("Archive", "%1 documents").arg(number);
}

} // namespace

bool isArchive(const QString& path) { return path.endsWith(QStringLiteral(".octavo"), Qt::CaseInsensitive) && !QFileInfo(path).isDir(); }

QString importSentence(const ArchiveCounts& imported)
{
    QString sentence = QCoreApplication::translate("Archive", "Imported %1 and %2.").arg(conversations(imported.sessions), documents(imported.documents));
    if (imported.alreadyHere == 1)
        sentence += QCoreApplication::translate("Archive", " One conversation was here already.");
    else if (imported.alreadyHere > 1)
        sentence += QCoreApplication::translate("Archive", " %1 conversations were here already.").arg(imported.alreadyHere);
    return sentence;
}

QString exportSentence(const ArchiveCounts& exported, const QString& file)
{
    QString sentence = QCoreApplication::translate("Archive", "Exported %1 and %2 to %3.").arg(conversations(exported.sessions), documents(exported.documents), file);
    if (exported.damagedHops > 0)
        sentence += QCoreApplication::translate("Archive", " %1 damaged records of where answers looked are not in it.").arg(exported.damagedHops);
    return sentence;
}

} // namespace octavo::app
