// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include <QCoreApplication>
#include <QFileInfo>

#include "assistant/assistant_worker.h"
#include "models/model_files.h"

// What the assistant's worker does for models.

namespace octavo::app {

namespace {

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
    tell(&Assistant::modelReady, ModelSummary{model->name, m_modelFile, model->device, model->contextTokens, model->whyNoGpu});
    tellLibrary();
    listModels();
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
