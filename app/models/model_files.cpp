// SPDX-License-Identifier: Apache-2.0
#include "models/model_files.h"

#include <algorithm>

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QStorageInfo>
#include <fcntl.h>
#include <unistd.h>

#include "assistant/engine_failure.h"
#include "octavo/engine/engine.h"
#include "octavo/engine/model_head.h"

namespace octavo::app {

namespace {

constexpr qint64 kChunk = 8 << 20;       // copied at once: a stop is seen in between
constexpr KvFormat kKept{KvType::Q8_0, KvType::Q8_0};

Failure notWritten(const QString& file, const QString& why)
{
    return {Failure::Kind::File, QStringLiteral("%1 cannot be written (%2); make room, or choose another data folder.").arg(file, why)};
}

QString modelsFolder(const QString& dataDir) { return QDir(dataDir).filePath(QStringLiteral("models")); }

// A name in the folder that is free, or that of the same file.
QString placeFor(const QFileInfo& file, const QDir& folder)
{
    QString place = folder.filePath(file.fileName());
    for (int number = 2; QFileInfo::exists(place) && QFileInfo(place).size() != file.size(); ++number)
        place = folder.filePath(QStringLiteral("%1 (%2).gguf").arg(file.completeBaseName()).arg(number));
    return place;
}

Outcome<void> copy(const QString& from, const QString& to, const std::function<void(qint64)>& copied, const std::stop_token& stop)
{
    QFile in(from), out(to);
    if (!in.open(QIODevice::ReadOnly))
        return Failure{Failure::Kind::File, QStringLiteral("%1 cannot be read (%2).").arg(from, in.errorString())};
    if (!out.open(QIODevice::WriteOnly | QIODevice::Truncate))
        return notWritten(to, out.errorString());
    while (!in.atEnd()) {
        if (stop.stop_requested())
            return Failure{Failure::Kind::Stopped, QStringLiteral("Stopped; %1 was not imported.").arg(from)};
        const QByteArray chunk = in.read(kChunk);
        if (chunk.isEmpty())
            return Failure{Failure::Kind::File, QStringLiteral("%1 cannot be read (%2).").arg(from, in.errorString())};
        if (out.write(chunk) != chunk.size())
            return notWritten(to, out.errorString());
        copied(in.pos());
    }
    if (!out.flush() || ::fsync(out.handle()) != 0)
        return notWritten(to, out.errorString());
    return {};
}

} // namespace

bool isModelFile(const QString& path) { return path.endsWith(QLatin1String(".gguf"), Qt::CaseInsensitive); }

ModelFile describeModel(const QString& file)
{
    ModelFile model{QFileInfo(file).absoluteFilePath()};
    model.name = QFileInfo(file).completeBaseName();
    model.fileBytes = QFileInfo(file).size();
    const auto head = ModelHead::open(QFile::encodeName(file).toStdString());
    if (!head) {
        model.whyUnfit = failureOf(head.error()).sentence;
        return model;
    }
    if (head->chat.format() == ChatTemplate::Format::Unknown)
        model.whyUnfit = unknownTurns(file).sentence;
    if (!head->config.name.empty())
        model.name = QString::fromStdString(head->config.name);
    model.architecture = QString::fromStdString(head->config.architecture);
    model.contextTokens = head->config.context;
    model.bytesPerToken = static_cast<qint64>(head->config.kvBytesPerToken(kKept));
    return model;
}

ModelShelf listModels(const QString& dataDir, const QString& inUse)
{
    ModelShelf shelf{modelsFolder(dataDir), {}, inUse, static_cast<qint64>(Engine::availableMemory())};
    QStringList files;
    for (const QFileInfo& file : QDir(shelf.folder).entryInfoList({QStringLiteral("*.gguf")}, QDir::Files))
        files.append(file.absoluteFilePath());
    if (!inUse.isEmpty() && !files.contains(inUse))
        files.append(inUse);
    for (const QString& file : files)
        shelf.models.append(describeModel(file));
    std::sort(shelf.models.begin(), shelf.models.end(), [](const ModelFile& a, const ModelFile& b) { return QString::localeAwareCompare(a.name, b.name) < 0; });
    return shelf;
}

Outcome<QString> importModel(const QString& path, const QString& dataDir, const std::function<void(qint64)>& copied, const std::stop_token& stop)
{
    const QFileInfo file(path);
    if (const ModelFile model = describeModel(path); !model.whyUnfit.isEmpty())
        return Failure{Failure::Kind::Model, model.whyUnfit};
    const QDir folder(modelsFolder(dataDir));
    if (!folder.mkpath(QStringLiteral(".")))
        return notWritten(folder.path(), QStringLiteral("the folder cannot be made"));
    const QString place = placeFor(file, folder);
    if (QFileInfo::exists(place))
        return place;
    if (::link(QFile::encodeName(file.canonicalFilePath()).constData(), QFile::encodeName(place).constData()) == 0)
        return place;
    if (const qint64 room = QStorageInfo(folder.path()).bytesAvailable(); room >= 0 && room < file.size())
        return notWritten(place, QStringLiteral("%1 MB are free, %2 MB are needed").arg(room / 1'000'000).arg(file.size() / 1'000'000));
    const QString partial = place + QStringLiteral(".partial");
    const Outcome<void> done = copy(file.absoluteFilePath(), partial, copied, stop);
    if (!done || ::rename(QFile::encodeName(partial).constData(), QFile::encodeName(place).constData()) != 0) {
        QFile::remove(partial);
        return done ? notWritten(place, qt_error_string()) : done.error();
    }
    return place;
}

Outcome<void> removeModel(const QString& file, const QString& dataDir)
{
    if (QFileInfo(file).absolutePath() != QFileInfo(modelsFolder(dataDir)).absoluteFilePath())
        return Failure{Failure::Kind::Usage, QStringLiteral("%1 does not lie in Octavo’s own folder; remove it where it is.").arg(file)};
    if (QFile::moveToTrash(file) || QFile::remove(file))   // some file systems have no trash
        return {};
    return Failure{Failure::Kind::File, QStringLiteral("%1 cannot be removed (%2).").arg(file, qt_error_string())};
}

} // namespace octavo::app
