// SPDX-License-Identifier: Apache-2.0
#include <QFileDialog>
#include <QSaveFile>
#include <QStackedWidget>
#include <QStatusBar>

#include "chat/chat_page.h"
#include "failure_bars.h"
#include "hops/hops_dock.h"
#include "library/library_panel.h"
#include "main_window.h"
#include "reader/reader_page.h"
#include "summary/summary_page.h"
#include "widgets.h"

// The wires of summaries.

namespace octavo::ui {

using app::Assistant;

void MainWindow::wireSummary()
{
    connect(&m_assistant, &Assistant::summaryOpened, this, &MainWindow::showSummary);
    connect(&m_assistant, &Assistant::summaryChanged, m_summary, &SummaryPage::updateSummary);
    connect(&m_assistant, &Assistant::summaryPiece, m_summary, &SummaryPage::addPiece);
    connect(&m_assistant, &Assistant::summaryProgress, m_summary, &SummaryPage::showProgress);
    connect(&m_assistant, &Assistant::summaryFinished, m_summary, &SummaryPage::updateSummary);
    connect(&m_assistant, &Assistant::readProgress, this, [this](const app::ReadProgress& progress) {
        if (!m_sessionDocuments.contains(progress.document))
            return;
        const QString left = progress.secondsLeft >= 0 ? tr(", %1 left").arg(shortDuration(progress.secondsLeft)) : QString();
        const double share = progress.tokens > 0 ? static_cast<double>(progress.readTokens) / static_cast<double>(progress.tokens) : 0;
        m_summary->showWaiting(tr("The text is read first: %1%2").arg(percentText(share), left));
    });
    connect(&m_assistant, &Assistant::busyChanged, m_summary, &SummaryPage::setBusy);

    connect(m_summary, &SummaryPage::stopWanted, &m_assistant, &Assistant::stop);
    connect(m_summary, &SummaryPage::goOnWanted, &m_assistant, &Assistant::summarizeOn);
    connect(m_summary, &SummaryPage::readAgainWanted, &m_assistant, &Assistant::readChaptersAgain);
    connect(m_summary, &SummaryPage::exportWanted, this, &MainWindow::exportSummary);
    connect(m_summary, &SummaryPage::askWanted, this, [this] {
        const QList<app::DocumentId> documents = m_sessionDocuments;
        beginSession();
        m_assistant.startSession(documents);
    });
    connect(m_summary, &SummaryPage::sourcesShown, m_reader, &ReaderPage::showSources);
    connect(m_summary, &SummaryPage::sourceClicked, m_reader, [this](const app::Source& source) { m_reader->showPlace(source.document, source.bytes); });
    connect(m_summary, &SummaryPage::hopsWanted, this, [this](app::MessageId message) { m_assistant.openHops(message, 0, 0); });
    connect(m_library, &LibraryPanel::summarizeWanted, this, [this](app::DocumentId document) { m_assistant.summarize({document}); });
    connect(m_library, &LibraryPanel::trashWanted, this, [this](app::SessionId session) {
        if (session == m_summary->session())
            beginSession();
    });
}

void MainWindow::summarizePaths(const QStringList& paths)
{
    if (paths.isEmpty())
        return;
    m_opensNewest = false;
    statusBar()->showMessage(tr("Opening %1…").arg(paths.first()));
    m_assistant.summarizePaths(paths);
}

void MainWindow::summarizeFiles()
{
    summarizePaths(QFileDialog::getOpenFileNames(this, tr("Summarize files")));
}

void MainWindow::summarizeChosen()
{
    const QList<app::DocumentId> documents = m_library->chosenDocuments();
    if (documents.isEmpty())
        return summarizeFiles();
    m_assistant.summarize(documents);
}

void MainWindow::showSummary(const app::Summary& summary)
{
    m_chat->clearSession();
    m_hops->clear();
    m_sessionDocuments = summary.session.documents;
    m_summary->showSummary(summary);
    m_right->setCurrentWidget(m_summary);
    m_library->setCurrentSession(summary.session.id);
    if (m_hops->isVisible())
        showHopsOfLastAnswer();
}

void MainWindow::exportSummary(const app::Summary& summary)
{
    const QString path = QFileDialog::getSaveFileName(this, tr("Save the summary"), fileNameFor(summary.session.title, ".md"), tr("Markdown (*.md)"));
    if (path.isEmpty())
        return;
    QSaveFile file(path);
    const QByteArray text = app::markdownOf(summary).toUtf8();
    if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size() || !file.commit())
        m_failures->add({app::Failure::Kind::File, tr("%1 cannot be written (%2); choose another place.").arg(path, file.errorString())});
}

} // namespace octavo::ui
