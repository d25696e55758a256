// SPDX-License-Identifier: Apache-2.0
#include "models/models_dialog.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QLocale>
#include <QMessageBox>
#include <QProgressBar>
#include <QPushButton>
#include <QVBoxLayout>

#include "theme.h"
#include "widgets.h"

namespace octavo::ui {

namespace {

constexpr qint64 kLongText = 100'000;    // tokens: a novel
constexpr double kTight = 0.8;           // of what is free
constexpr int kWidth = 84 * kGrid;

QString sizeText(qint64 bytes) { return QLocale().formattedDataSize(bytes, 1, QLocale::DataSizeSIFormat); }

} // namespace

QString fitText(const app::ModelFile& model, qint64 memoryFree)
{
    const auto tr = [](const char* text) { return QCoreApplication::translate("octavo::ui", text); };
    const qint64 needed = model.memoryBytes(kLongText);
    const QString text = QLocale().toString(kLongText);
    if (memoryFree <= 0)
        return tr("takes %1 with a text of %2 tokens").arg(sizeText(needed), text);
    if (model.fileBytes > memoryFree)
        return tr("does not fit: its weights alone take %1, %2 are free").arg(sizeText(model.fileBytes), sizeText(memoryFree));
    if (needed > memoryFree) {
        const qint64 most = (memoryFree - model.fileBytes) / std::max<qint64>(1, model.bytesPerToken);
        return tr("tight: a text of %1 tokens would take %2, %3 are free; up to %4 tokens fit").arg(text, sizeText(needed), sizeText(memoryFree), shortCount(most));
    }
    const QString words = static_cast<double>(needed) > kTight * static_cast<double>(memoryFree) ? tr("just fits: takes %1 with a text of %2 tokens, %3 are free")
                                                                                                 : tr("fits: takes %1 with a text of %2 tokens, %3 are free");
    return words.arg(sizeText(needed), text, sizeText(memoryFree));
}

ModelsDialog::ModelsDialog(QWidget* parent)
    : QDialog(parent), m_list(new QListWidget(this)), m_detail(label({}, "caption", this)), m_use(new QPushButton(tr("Use"), this)), m_remove(new QPushButton(tr("Remove…"), this))
{
    setObjectName(QStringLiteral("modelsDialog"));
    setWindowTitle(tr("Models"));
    setMinimumWidth(kWidth);
    auto* about = label(tr("A model is a GGUF file of a Llama or Qwen. Drop one on the window, or import it; each keeps what it has read of your documents by itself."), "body", this);
    about->setWordWrap(true);
    m_list->setObjectName(QStringLiteral("modelList"));
    m_list->setAccessibleName(tr("Models"));
    m_list->setSpacing(kGrid / 4);
    m_detail->setObjectName(QStringLiteral("modelDetail"));
    m_detail->setWordWrap(true);
    m_detail->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_detail->setMinimumHeight(6 * kGrid);
    m_detail->setAlignment(Qt::AlignTop);
    m_use->setObjectName(QStringLiteral("useModel"));
    m_use->setDefault(true);
    m_remove->setObjectName(QStringLiteral("removeModel"));
    auto* import = new QPushButton(tr("Import…"), this);
    import->setObjectName(QStringLiteral("importModel"));
    auto* close = new QPushButton(tr("Close"), this);
    auto* buttons = new QHBoxLayout;
    buttons->addWidget(import);
    buttons->addWidget(m_remove);
    buttons->addStretch(1);
    buttons->addWidget(close);
    buttons->addWidget(m_use);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(2 * kGrid, 2 * kGrid, 2 * kGrid, 2 * kGrid);
    column->setSpacing(kGrid + kGrid / 2);
    column->addWidget(about);
    column->addWidget(m_list, 1);
    column->addWidget(m_detail);
    column->addWidget(makeDownload());
    column->addLayout(buttons);
    connect(m_list, &QListWidget::currentRowChanged, this, &ModelsDialog::showState);
    connect(m_list, &QListWidget::itemDoubleClicked, m_use, &QPushButton::click);
    connect(m_use, &QPushButton::clicked, this, [this] { emit useWanted(chosen()->file); });
    connect(import, &QPushButton::clicked, this, &ModelsDialog::askForFile);
    connect(m_remove, &QPushButton::clicked, this, &ModelsDialog::askToRemove);
    connect(close, &QPushButton::clicked, this, &QDialog::close);
    showState();
}

QWidget* ModelsDialog::makeDownload()
{
    auto* box = new QWidget(this);
    m_reference = new QLineEdit(box);
    m_reference->setObjectName(QStringLiteral("downloadReference"));
    m_reference->setAccessibleName(tr("Where the model is on the net"));
    m_reference->setPlaceholderText(tr("owner/name/file.gguf of Hugging Face, or an https address"));
    m_sha256 = new QLineEdit(box);
    m_sha256->setObjectName(QStringLiteral("downloadSha256"));
    m_sha256->setAccessibleName(tr("SHA-256 that the file must have"));
    m_sha256->setPlaceholderText(tr("SHA-256, if you know it"));
    m_download = new QPushButton(box);
    m_download->setObjectName(QStringLiteral("downloadModel"));
    m_download->setAutoDefault(false);
    m_progress = label(tr("Octavo connects to the net for this alone, and only when you press Download."), "caption", box);
    m_progress->setObjectName(QStringLiteral("downloadLabel"));
    m_progress->setWordWrap(true);
    m_bar = new QProgressBar(box);
    m_bar->setObjectName(QStringLiteral("downloadBar"));
    m_bar->setTextVisible(false);
    auto* row = new QHBoxLayout;
    row->setSpacing(kGrid);
    row->addWidget(m_reference, 3);
    row->addWidget(m_sha256, 2);
    row->addWidget(m_download);
    auto* column = new QVBoxLayout(box);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(kGrid);
    column->addLayout(row);
    column->addWidget(m_bar);
    column->addWidget(m_progress);
    connect(m_reference, &QLineEdit::textChanged, this, [this] { setDownloading(m_downloading); });
    connect(m_reference, &QLineEdit::returnPressed, this, &ModelsDialog::download);
    connect(m_download, &QPushButton::clicked, this, [this] { m_downloading ? emit stopDownloadWanted() : download(); });
    setDownloading(false);
    return box;
}

void ModelsDialog::download()
{
    if (!m_downloading && !m_reference->text().trimmed().isEmpty())
        emit downloadWanted(m_reference->text(), m_sha256->text());
}

void ModelsDialog::setDownloading(bool downloading)
{
    m_downloading = downloading;
    m_bar->setVisible(downloading);
    m_reference->setEnabled(!downloading);
    m_sha256->setEnabled(!downloading);
    m_download->setText(downloading ? tr("Stop") : tr("Download"));
    m_download->setEnabled(downloading || !m_reference->text().trimmed().isEmpty());
}

void ModelsDialog::showDownload(const app::ModelDownload& download)
{
    if (!m_downloading)
        setDownloading(true);
    constexpr int kSteps = 1000;
    m_bar->setRange(0, download.total > 0 ? kSteps : 0);
    m_bar->setValue(download.total > 0 ? static_cast<int>(kSteps * download.bytes / download.total) : 0);
    QString text = tr("%1: %2 of %3").arg(download.fileName, sizeText(download.bytes), download.total > 0 ? sizeText(download.total) : QStringLiteral("?"));
    if (download.secondsLeft >= 0)
        text += tr(", %1 left").arg(shortDuration(download.secondsLeft));
    if (download.isStartedOver)
        text += tr("; begun anew, since the file on the net is another one now");
    m_progress->setText(text);
}

void ModelsDialog::endDownload()
{
    setDownloading(false);
    m_progress->setText(tr("What has come of a download that was stopped or cut off is kept, and gone on with."));
}

void ModelsDialog::showShelf(const app::ModelShelf& shelf)
{
    const QString before = chosen() ? chosen()->file : shelf.inUse;
    m_shelf = shelf;
    m_list->clear();
    for (const app::ModelFile& model : shelf.models) {
        const bool isUsed = model.file == shelf.inUse;
        const QString state = isUsed ? tr("in use") : model.whyUnfit.isEmpty() ? sizeText(model.fileBytes) : tr("cannot be used");
        auto* item = new QListWidgetItem(QStringLiteral("%1\n%2 · %3").arg(model.name.simplified(), QFileInfo(model.file).fileName(), state), m_list);
        QFont font = m_list->font();
        font.setBold(isUsed);
        item->setFont(font);
        if (model.file == before)
            m_list->setCurrentItem(item);
    }
    showState();
}

const app::ModelFile* ModelsDialog::chosen() const
{
    const int row = m_list->currentRow();
    return row >= 0 && row < m_shelf.models.size() ? &m_shelf.models[row] : nullptr;
}

void ModelsDialog::showState()
{
    const app::ModelFile* model = chosen();
    const bool isUsed = model && model->file == m_shelf.inUse;
    m_use->setEnabled(model && !isUsed && model->whyUnfit.isEmpty());
    m_remove->setEnabled(model && !isUsed && QFileInfo(model->file).absolutePath() == QFileInfo(m_shelf.folder).absoluteFilePath());
    if (!model)
        return m_detail->setText(m_shelf.models.isEmpty() ? tr("There is no model in %1 yet.").arg(QDir::toNativeSeparators(m_shelf.folder)) : QString());
    if (!model->whyUnfit.isEmpty())
        return m_detail->setText(model->whyUnfit);
    const QString facts = tr("%1 · %2 · trained on texts of %3 tokens").arg(model->architecture, sizeText(model->fileBytes), QLocale().toString(model->contextTokens));
    m_detail->setText(QStringLiteral("%1\n%2").arg(facts, fitText(*model, m_shelf.memoryFree)));
}

void ModelsDialog::askForFile()
{
    if (const QString file = QFileDialog::getOpenFileName(this, tr("Import a model"), {}, tr("Models (*.gguf)")); !file.isEmpty())
        emit importWanted(file);
}

void ModelsDialog::askToRemove()
{
    const QString file = chosen()->file;
    const QString question = tr("Move %1 to the system’s trash? What it has read of your documents stays until the room is needed; conversations stay.").arg(QFileInfo(file).fileName());
    auto* box = new QMessageBox(QMessageBox::Question, tr("Remove a model"), question, QMessageBox::NoButton, this);
    box->setTextFormat(Qt::PlainText);
    box->setObjectName(QStringLiteral("removeModelQuestion"));
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->addButton(tr("Keep"), QMessageBox::RejectRole);
    connect(box->addButton(tr("Remove"), QMessageBox::AcceptRole), &QPushButton::clicked, this, [this, file] { emit removeWanted(file); });
    box->open();
}

} // namespace octavo::ui
