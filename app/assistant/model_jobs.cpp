// SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <utility>

#include <QCoreApplication>
#include <QFileInfo>

#include "assistant/assistant_worker.h"
#include "models/model_files.h"

// What the assistant's worker does for models.

namespace octavo::app {

namespace {

constexpr auto kTellEvery = std::chrono::milliseconds(100);

bool isSameFile(const QString& a, const QString& b) { return QFileInfo(a).canonicalFilePath() == QFileInfo(b).canonicalFilePath(); }

} // namespace

void Assistant::Worker::listModels()
{
    tell(&Assistant::modelsListed, app::listModels(m_options.dataDir, m_service && m_service->model() ? QFileInfo(m_modelFile).absoluteFilePath() : QString()));
}

// A reading cannot go on with another model: all work is stopped, and this waits until it has ended. What was read is kept on the disk by the old model.
void Assistant::Worker::postUseModel(const QString& file)
{
    m_jobs.stop();
    m_jobs.stopPatient();
    post(JobKind::Patient, [file](Worker& worker, std::stop_token stop) { worker.useModel(file, stop); });
}

void Assistant::Worker::useModel(const QString& file, const std::stop_token& stop)
{
    if (!service())
        return;
    const Outcome<EngineModel> model = m_service->openModel(file, stop);
    if (!model)
        return fail(model.error());
    m_modelFile = file;
    modelChanged(*model);
    tellModel(*model);
    tellLibrary();
    listModels();
}

void Assistant::Worker::tellModel(const EngineModel& model)
{
    tell(&Assistant::modelReady, ModelSummary{model.name, m_modelFile, model.device, model.contextTokens, model.whyNoGpu, model.adapters});
}

void Assistant::Worker::importModel(const QString& file, const std::stop_token& stop)
{
    const LoadProgressed progressed = openProgressOf(file);
    const Outcome<QString> imported = app::importModel(file, m_options.dataDir, [&](qint64 bytes) { progressed({1, bytes}); }, stop);
    if (!imported)
        return fail(imported.error());
    listModels();
    notice(QCoreApplication::translate("Assistant", "%1 is among the models now; it can be used from there.").arg(QFileInfo(*imported).fileName()));
}

void Assistant::Worker::downloadModel(const QString& reference, const QString& sha256)
{
    const Outcome<ModelAddress> address = modelAddress(reference);
    if (!address)
        return fail(address.error());
    if (m_fetcher.isBusy())
        return fail({Failure::Kind::Usage, QCoreApplication::translate("Assistant", "Another model is being downloaded; wait for it, or stop it first.")});
    DownloadOptions options;
    options.sha256 = sha256.trimmed().toLatin1();
    const QString name = address->fileName;
    const WorkId work = m_work.add({0, WorkItem::Kind::Download, 0, name}, [this, reference, sha256] { downloadModel(reference, sha256); });
    m_work.beginJob(work);
    m_download = work;
    const auto begun = std::chrono::steady_clock::now();
    const auto progressed = [this, name, begun, first = qint64{-1}, told = begun - kTellEvery](const DownloadProgress& now) mutable {
        if (first < 0 || now.bytes < first)
            first = now.bytes;         // there before this began
        const auto time = std::chrono::steady_clock::now();
        if (time - told < kTellEvery && now.bytes < now.total)
            return;
        told = time;
        const double seconds = std::chrono::duration<double>(time - begun).count(), speed = seconds > 0 ? static_cast<double>(now.bytes - first) / seconds : 0;
        tell(&Assistant::downloadProgress, ModelDownload{name, now.bytes, now.total, speed > 0 && now.total > 0 ? static_cast<double>(now.total - now.bytes) / speed : -1, now.isStartedOver});
    };
    m_fetcher.fetch(*address, m_options.dataDir, options, progressed, [this, name, work](const Outcome<QString>& file) {
        const bool stopped = !file && file.error().kind == Failure::Kind::Stopped;
        m_work.endJob(work, stopped);
        tell(&Assistant::downloadEnded, name);
        if (!file && !stopped)
            fail(file.error());
        if (!file)
            return;
        QMetaObject::invokeMethod(&m_owner, [this] { postBrief([](Worker& worker) { worker.listModels(); }); }, Qt::QueuedConnection);
        notice(QCoreApplication::translate("Assistant", "%1 is among the models now; it can be used from there.").arg(name));
    });
}

void Assistant::Worker::removeModel(const QString& file)
{
    if (isSameFile(file, m_modelFile))
        return fail({Failure::Kind::Usage, QCoreApplication::translate("Assistant", "%1 is in use; use another model before it is removed.").arg(QFileInfo(file).fileName())});
    const Outcome<void> removed = app::removeModel(file, m_options.dataDir);
    if (!removed)
        fail(removed.error());
    listModels();
}

} // namespace octavo::app
