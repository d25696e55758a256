// SPDX-License-Identifier: Apache-2.0
#include <QToolButton>

#include "failure_bars.h"
#include "library/library_panel.h"
#include "main_window.h"
#include "models/models_dialog.h"
#include "widgets.h"

// The wires of models.

namespace octavo::ui {

using app::Assistant;

void MainWindow::wireModels()
{
    auto* models = new ModelsDialog(this);
    connect(&m_assistant, &Assistant::modelsListed, models, &ModelsDialog::showShelf);
    connect(models, &ModelsDialog::useWanted, this, [this](const QString& file) {
        m_model->setText(tr("Loading the model…"));
        m_assistant.useModel(file);
    });
    connect(models, &ModelsDialog::importWanted, &m_assistant, &Assistant::importModel);
    connect(models, &ModelsDialog::downloadWanted, &m_assistant, &Assistant::downloadModel);
    connect(models, &ModelsDialog::stopDownloadWanted, &m_assistant, &Assistant::stopDownload);
    connect(&m_assistant, &Assistant::downloadProgress, models, &ModelsDialog::showDownload);
    connect(&m_assistant, &Assistant::downloadEnded, models, &ModelsDialog::endDownload);
    connect(models, &ModelsDialog::removeWanted, &m_assistant, &Assistant::removeModel);
    const auto open = [this, models] {
        m_assistant.listModels();
        models->open();
    };
    connect(m_model, &QToolButton::clicked, models, open);
    connect(m_keys.action(QStringLiteral("models")), &QAction::triggered, models, open);

    connect(&m_assistant, &Assistant::modelReady, this, &MainWindow::showModel);
}

void MainWindow::showModel(const app::ModelSummary& model)
{
    m_modelReady = model;
    m_model->setText(QStringLiteral("%1 · %2").arg(model.name, model.device));
    QString tip = tr("%1\nContext of %2 tokens").arg(model.file).arg(model.contextTokens);
    if (!model.whyNoGpu.isEmpty())
        tip += tr("\nNot on the GPU: %1").arg(model.whyNoGpu);
    for (const QString& adapter : model.adapters)
        tip += tr("\nAnswers with Octavo’s adapter: %1").arg(adapter);
    m_model->setToolTip(plainTip(tip));
    m_settings.keep(kModelFile, model.file);
    applyAnswering();
}

} // namespace octavo::ui
