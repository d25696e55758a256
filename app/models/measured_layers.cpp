// SPDX-License-Identifier: Apache-2.0
#include "models/measured_layers.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSaveFile>

namespace octavo::app {

namespace {

QString tr(const char* text) { return QCoreApplication::translate("octavo::app", text); }
QString fileIn(const QString& dataDir) { return QDir(dataDir).filePath(QStringLiteral("layers.json")); }

Failure notUnderstood(const QString& path, const QString& what)
{
    return {Failure::Kind::File, tr("%1 cannot be understood (%2); mend it, or delete it to read as before.").arg(path, what)};
}

} // namespace

Outcome<MeasuredLayers> measuredLayers(const QString& dataDir)
{
    QFile file(fileIn(dataDir));
    if (!file.exists())
        return MeasuredLayers();
    if (!file.open(QIODevice::ReadOnly))
        return Failure{Failure::Kind::File, tr("%1 cannot be read (%2).").arg(file.fileName(), file.errorString())};
    QJsonParseError error;
    const QJsonDocument document = QJsonDocument::fromJson(file.readAll(), &error);
    if (!document.isObject())
        return notUnderstood(file.fileName(), error.error == QJsonParseError::NoError ? tr("no JSON object") : error.errorString());
    MeasuredLayers known;
    const QJsonObject object = document.object();
    for (auto entry = object.begin(); entry != object.end(); ++entry) {
        const auto layers = WideLayers::parse(entry->toString().toStdString());
        if (!layers)
            return notUnderstood(file.fileName(), entry->isString() ? entry->toString() : entry.key());
        known.emplace(entry.key().toStdString(), *layers);
    }
    return known;
}

Outcome<void> keepMeasuredLayers(const QString& dataDir, const std::string& modelHash, const WideLayers& layers)
{
    auto known = measuredLayers(dataDir);
    if (!known)
        return known.error();
    (*known)[modelHash] = layers;
    QJsonObject object;
    for (const auto& [hash, wide] : *known)
        object.insert(QString::fromStdString(hash), QString::fromStdString(wide.toString()));
    QDir().mkpath(dataDir);
    QSaveFile file(fileIn(dataDir));
    if (!file.open(QIODevice::WriteOnly) || file.write(QJsonDocument(object).toJson()) < 0 || !file.commit())
        return Failure{Failure::Kind::File, tr("%1 cannot be written (%2).").arg(file.fileName(), file.errorString())};
    return {};
}

} // namespace octavo::app
