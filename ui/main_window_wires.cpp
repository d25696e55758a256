// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include <QFileInfo>
#include <QLabel>
#include <QLocale>
#include <QMessageBox>
#include <QPushButton>
#include <QStackedWidget>
#include <QStatusBar>
#include <QToolButton>

#include "chat/chat_page.h"
#include "failure_bars.h"
#include "hops/hops_dock.h"
#include "library/library_panel.h"
#include "library/space_dialog.h"
#include "main_window.h"
#include "preview/preview_dialog.h"
#include "reader/page_view.h"
#include "reader/reader_page.h"
#include "summary/summary_page.h"
#include "widgets.h"

// All wires between the pages and the assistant.

namespace octavo::ui {

using app::Assistant;

namespace {

// In window.ini, what was typed in a conversation and not sent; 0: in one that has not begun.
QString draftKey(app::SessionId session) { return QStringLiteral("drafts/%1").arg(session); }

constexpr int kBriefly = 6000;     // ms that a passing message stays in the status bar

} // namespace

void MainWindow::wireLibrary()
{
    connect(&m_assistant, &Assistant::libraryChanged, m_library, &LibraryPanel::showDocuments);
    connect(&m_assistant, &Assistant::libraryChanged, this, &MainWindow::showDocumentStatus);
    connect(&m_assistant, &Assistant::documentAdded, this, [this](const app::DocumentSummary& document) {
        m_library->showDocument(document);
        beginSession();
    });
    connect(&m_assistant, &Assistant::documentChanged, m_library, &LibraryPanel::showDocument);
    connect(&m_assistant, &Assistant::scansFound, this, &MainWindow::offerRecognition);
    connect(&m_assistant, &Assistant::estimated, m_library, &LibraryPanel::showEstimate);
    connect(&m_assistant, &Assistant::previewReady, this, &MainWindow::askBeforeReading);
    connect(&m_assistant, &Assistant::openProgress, this, [this](const app::OpenProgress& progress) {
        if (progress.allScans > 0)
            return statusBar()->showMessage(tr("Reading pictures of %1… %2 of %3 pages").arg(progress.path).arg(progress.scans).arg(progress.allScans));
        statusBar()->showMessage(progress.counted < 0 ? tr("Opening %1… %2 files, %3").arg(progress.path).arg(progress.files).arg(QLocale().formattedDataSize(progress.bytes, 1))
                                                      : tr("Counting the tokens of %1… %2").arg(progress.path, percentText(progress.counted)));
    });
    connect(&m_assistant, &Assistant::readProgress, this, &MainWindow::showProgress);
    connect(&m_assistant, &Assistant::readFinished, this, [this](const app::DocumentSummary& document, bool stopped) {
        m_library->finishReading(document);
        m_reader->showRead(document.id, m_library->documents().readShare(document.id));
        m_chat->showWaiting({});
        showDocumentStatus();
        if (stopped)
            statusBar()->showMessage(tr("Stopped. What was read is kept."), kBriefly);
    });
    connect(&m_assistant, &Assistant::sessionsChanged, this, [this](const QList<app::SessionSummary>& sessions, const QList<app::SessionSummary>& trashed) {
        m_library->showSessions(sessions, trashed);
        if (std::exchange(m_opensNewest, false) && !sessions.isEmpty())
            m_assistant.openSession(sessions.first().id);
    });
    connect(&m_assistant, &Assistant::busyChanged, this, [this](bool busy) {
        m_keys.action(QStringLiteral("stop"))->setEnabled(busy);
        m_chat->setBusy(busy);
        if (!busy)
            m_library->setIdle();
    });
    connect(&m_assistant, &Assistant::failed, this, &MainWindow::showFailure);
    connect(&m_assistant, &Assistant::noticed, m_failures, &FailureBars::inform);

    connect(m_library, &LibraryPanel::openWanted, this, &MainWindow::openFiles);
    connect(m_library, &LibraryPanel::documentChosen, this, &MainWindow::chooseDocument);
    connect(m_library, &LibraryPanel::readWanted, &m_assistant, &Assistant::read);
    connect(m_library, &LibraryPanel::reopenWanted, this, [this](const QString& path) { openPaths({path}); });
    connect(m_library, &LibraryPanel::previewWanted, this, [this](const QString& path) {
        statusBar()->showMessage(tr("Opening %1…").arg(path));
        m_assistant.previewPaths({path});
    });
    connect(m_library, &LibraryPanel::pinWanted, &m_assistant, &Assistant::pinDocument);
    connect(m_library, &LibraryPanel::forgetWanted, &m_assistant, &Assistant::forgetReading);
    connect(&m_assistant, &Assistant::readingsSpace, m_space, &SpaceDialog::showSpace);
    connect(m_space, &SpaceDialog::quotaWanted, &m_assistant, &Assistant::setReadingsQuota);
    connect(m_library, &LibraryPanel::removeWanted, this, &MainWindow::removeDocument);
    connect(m_library, &LibraryPanel::stopWanted, &m_assistant, &Assistant::stopReading);
    connect(m_library, &LibraryPanel::sessionChosen, &m_assistant, &Assistant::openSession);
    connect(m_library, &LibraryPanel::newSessionWanted, this, &MainWindow::beginSession);
    connect(m_library, &LibraryPanel::renameWanted, &m_assistant, &Assistant::renameSession);
    connect(m_library, &LibraryPanel::restoreWanted, &m_assistant, &Assistant::restoreSession);
    connect(m_library, &LibraryPanel::exportWanted, this, &MainWindow::exportSession);
    connect(m_library, &LibraryPanel::eraseWanted, this, [this](const QList<app::SessionId>& sessions) {
        for (const app::SessionId session : sessions)
            forgetSession(session);
        m_assistant.eraseSessions(sessions);
    });
    connect(m_library, &LibraryPanel::searchWanted, &m_assistant, &Assistant::searchSessions);
    connect(m_library, &LibraryPanel::searchWanted, &m_assistant, &Assistant::searchTexts);
    connect(&m_assistant, &Assistant::textsFound, m_library, &LibraryPanel::showFound);
    connect(m_library, &LibraryPanel::placeChosen, m_reader, &ReaderPage::showPlace);
    connect(m_library, &LibraryPanel::trashWanted, this, [this](app::SessionId session) {
        m_assistant.trashSession(session);
        if (session == m_chat->session())
            beginSession();
    });
}

void MainWindow::wireReader()
{
    connect(&m_assistant, &Assistant::documentOpened, this, &MainWindow::showDocument);
    connect(m_reader, &ReaderPage::documentWanted, &m_assistant, &Assistant::openDocument);
    connect(&m_reader->pages(), &PageView::sizesWanted, &m_assistant, &Assistant::measurePages);
    connect(&m_reader->pages(), &PageView::pageWanted, &m_assistant, &Assistant::drawPage);
    connect(&m_reader->pages(), &PageView::drawingUnwanted, &m_assistant, &Assistant::dropDrawing);
    connect(&m_assistant, &Assistant::pageSizesReady, &m_reader->pages(), &PageView::takeSizes);
    connect(&m_assistant, &Assistant::pageDrawn, &m_reader->pages(), &PageView::takePage);
}

void MainWindow::wireChat()
{
    connect(&m_assistant, &Assistant::sessionOpened, this, &MainWindow::showSession);
    connect(&m_assistant, &Assistant::messageAdded, m_chat, &ChatPage::addMessage);
    connect(&m_assistant, &Assistant::answerStarted, m_chat, &ChatPage::startAnswer);
    connect(&m_assistant, &Assistant::answerPiece, m_chat, &ChatPage::addPiece);
    connect(&m_assistant, &Assistant::answerFinished, this,
            [this](app::SessionId session, const app::Message& message, const app::AnswerTimings& timings) {
                m_chat->finishAnswer(session, message, timings);
                if (timings.tokensPerSecond > 0)
                    m_speed->setText(tr("%1 t/s").arg(QLocale().toString(timings.tokensPerSecond, 'f', 1)));
                if (m_hops->isVisible())
                    showHopsOfLastAnswer();
            });

    connect(m_chat, &ChatPage::questionAsked, this, &MainWindow::ask);
    connect(m_chat, &ChatPage::stopWanted, &m_assistant, &Assistant::stop);
    connect(m_chat, &ChatPage::newSessionWanted, this, &MainWindow::beginSession);
    connect(m_chat, &ChatPage::regenerateWanted, this, [this] { m_assistant.regenerate(m_chat->session()); });
    connect(m_chat, &ChatPage::answerAgainWanted, this,
            [this](app::MessageId question, const QList<app::TextPlace>& hidden) { m_assistant.answerAgain(m_chat->session(), question, hidden); });
    connect(m_chat, &ChatPage::countWanted, &m_assistant, &Assistant::countTokens);
    connect(&m_assistant, &Assistant::tokensCounted, m_chat, &ChatPage::showCount);
    connect(m_chat, &ChatPage::outlinesWanted, this, [this] { m_assistant.openOutlines(m_chat->session()); });
    connect(&m_assistant, &Assistant::outlinesReady, m_chat, &ChatPage::showOutlines);
    connect(m_chat, &ChatPage::verifyWanted, this, [this](app::MessageId answer) { m_assistant.verify(m_chat->session(), answer); });
    connect(&m_assistant, &Assistant::sourceVerified, m_chat, &ChatPage::showVerification);
    connect(&m_assistant, &Assistant::verifyEnded, m_chat, &ChatPage::endVerifying);
    connect(m_chat, &ChatPage::draftChanged, this,
            [this](app::SessionId session, const QString& text) { m_settings.keep(draftKey(session), text.isEmpty() ? QVariant() : text); });
    connect(m_chat, &ChatPage::editWanted, this, [this](app::MessageId question, const QString& text) { m_assistant.editQuestion(m_chat->session(), question, text); });
    connect(m_chat, &ChatPage::branchWanted, this, [this](app::MessageId through) { m_assistant.showBranch(m_chat->session(), through); });
    connect(m_chat, &ChatPage::branchesWanted, this, [this] { m_assistant.openBranches(m_chat->session()); });
    connect(&m_assistant, &Assistant::textReady, this, &MainWindow::writeText);
    connect(&m_assistant, &Assistant::branchesReady, m_chat, &ChatPage::showBranches);
    connect(m_chat, &ChatPage::sourcesShown, m_reader, &ReaderPage::showSources);
    connect(m_chat, &ChatPage::sourceClicked, m_reader,
            [this](const app::Source& source) { m_reader->showPlace(source.document, source.bytes); });
    connect(m_chat, &ChatPage::hopsWanted, this, [this](app::MessageId message) { m_assistant.openHops(message, 0, 0); });
}

void MainWindow::wireHops()
{
    connect(&m_assistant, &Assistant::hopsReady, this, [this](const app::HopView& view) {
        if (view.message == m_hops->waitsFor())
            return m_hops->showOther(view);
        m_hops->setAnswers(m_chat->answersBeside(view.message));
        m_hops->showHops(view);
        m_hops->show();
    });
    connect(m_hops, &HopsDock::placeChosen, m_reader, &ReaderPage::showPlace);
    connect(m_hops, &HopsDock::selectionChanged, &m_assistant, &Assistant::openHops);
    connect(m_hops, &HopsDock::headsWanted, this,
            [this](app::MessageId message, int begin, int end) { m_assistant.openHeads(m_chat->session(), message, begin, end); });
    connect(m_chat, &ChatPage::wordsSelected, m_hops, &HopsDock::selectShown);
    connect(m_hops, &HopsDock::otherWanted, &m_assistant, [this](app::MessageId message) { m_assistant.openHops(message, 0, 0); });
    connect(m_hops, &HopsDock::headPathWanted, &m_assistant, &Assistant::openHeadPath);
    connect(&m_assistant, &Assistant::headsReady, m_hops, &HopsDock::showHeads);
    connect(&m_assistant, &Assistant::headPathReady, m_hops, &HopsDock::showHeadPath);
    connect(m_hops->toggleViewAction(), &QAction::triggered, this, [this](bool shown) {
        if (shown)
            showHopsOfLastAnswer();
    });
}

void MainWindow::showDocument(app::DocumentId id, const app::Document& document)
{
    statusBar()->clearMessage();
    m_reader->showDocument(id, document);
    m_reader->showRead(id, m_library->documents().readShare(id));
    m_middle->setCurrentWidget(m_reader);
    m_library->setCurrentDocument(id);
    m_chat->setAbout(document.title.simplified());
    setWindowTitle(tr("%1 — Octavo").arg(document.title.simplified()));
    showDocumentStatus();
}

void MainWindow::askBeforeReading(const app::OpenPreview& preview)
{
    statusBar()->clearMessage();
    auto* dialog = new PreviewDialog(preview, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &PreviewDialog::readWanted, &m_assistant, &Assistant::readPreviewed);
    connect(dialog, &PreviewDialog::dropWanted, &m_assistant, &Assistant::dropPreview);
    dialog->open();
}

void MainWindow::offerRecognition(const app::ScannedPages& scans)
{
    statusBar()->clearMessage();
    const QString name = QFileInfo(scans.path).fileName();
    const bool isOne = scans.scans == 1;
    const QString what = scans.pages == 1            ? tr("“%1” is a picture.").arg(name)
                         : scans.scans == scans.pages ? tr("All %1 pages of “%2” are pictures without text.").arg(scans.pages).arg(name)
                         : isOne                      ? tr("One of %1 pages of “%2” is a picture without text.").arg(scans.pages).arg(name)
                                                      : tr("%1 of %2 pages of “%3” are pictures without text.").arg(scans.scans).arg(scans.pages).arg(name);
    if (!scans.whyNot.isEmpty())
        return m_failures->inform(what + QLatin1Char(' ') + scans.whyNot);
    const QString offer = (isOne ? tr("Read it with Tesseract (%1)? About %2.") : tr("Read them with Tesseract (%1)? About %2."))
                              .arg(scans.languages, shortDuration(std::max(1.0, scans.seconds)));
    m_failures->offer(what + QLatin1Char(' ') + offer, {{"recognizeButton", isOne ? tr("Read it") : tr("Read them"), [this, scans] { m_assistant.recognize(scans); }}});
}

// A conversation about other texts would not answer from this one.
void MainWindow::chooseDocument(app::DocumentId id)
{
    if (!m_sessionDocuments.contains(id))
        beginSession();
    m_assistant.openDocument(id);
}

void MainWindow::removeDocument(app::DocumentId id)
{
    const app::DocumentSummary* document = m_library->documents().find(id);
    if (!document)
        return;
    const auto remove = [this, id] {
        m_assistant.removeDocument(id);
        m_reader->forget(id);
        if (m_reader->document() == 0) {
            m_middle->setCurrentIndex(0);
            m_chat->setAbout({});
            setWindowTitle(tr("Octavo"));
        }
    };
    if (!m_settings.isOn(Setting::AskBeforeRemoving))
        return remove();
    const QString question = tr("Remove “%1” from the library? The file stays where it is and conversations keep their messages; "
                                "what Octavo has read of it is deleted.").arg(document->title.simplified());
    auto* box = new QMessageBox(QMessageBox::Question, tr("Remove from the library"), question, QMessageBox::NoButton, this);
    box->setTextFormat(Qt::PlainText);   // a title may look like HTML
    box->setObjectName(QStringLiteral("removeQuestion"));
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->addButton(tr("Keep"), QMessageBox::RejectRole);
    connect(box->addButton(tr("Remove"), QMessageBox::AcceptRole), &QPushButton::clicked, this, remove);
    box->open();
}

void MainWindow::forgetSession(app::SessionId session)
{
    m_settings.keep(draftKey(session), {});
    keepAnswering(session, {});
}

void MainWindow::showSession(const app::Session& session)
{
    m_right->setCurrentWidget(m_chat);
    m_summary->clear();
    m_sessionDocuments = session.summary.documents;
    const bool isOther = session.summary.id != m_chat->session();
    const bool isNew = m_chat->session() == 0 && !m_firstQuestion.isEmpty();
    if (isNew)
        moveAnswering(session.summary.id);
    m_chat->showSession(session);
    applyAnswering();
    if (isOther && !isNew)
        showDraft(session.summary.id);
    m_library->setCurrentSession(session.summary.id);
    m_hops->clear();
    if (!m_firstQuestion.isEmpty())
        m_assistant.ask(session.summary.id, std::exchange(m_firstQuestion, {}));
    else if (m_hops->isVisible())
        showHopsOfLastAnswer();
}

void MainWindow::beginSession()
{
    m_sessionDocuments.clear();
    m_right->setCurrentWidget(m_chat);
    m_summary->clear();
    m_chat->clearSession();
    applyAnswering();
    showDraft(0);
    m_hops->clear();
    m_library->setCurrentSession(0);
    m_chat->focusQuestion();
}

void MainWindow::showDraft(app::SessionId session)
{
    m_chat->setDraft(m_settings.kept(draftKey(session)).toString());
}

void MainWindow::ask(const QString& question)
{
    if (m_chat->session() != 0)
        return m_assistant.ask(m_chat->session(), question);
    m_firstQuestion = question;
    m_assistant.startSession(m_library->chosenDocuments());
}

void MainWindow::showProgress(const app::ReadProgress& progress)
{
    m_library->showProgress(progress);
    const double share = m_library->documents().readShare(progress.document);
    m_reader->showRead(progress.document, share);
    m_tokens->setText(tr("%1 of %2 tokens read").arg(shortCount(progress.readTokens), shortCount(progress.tokens)));
    m_speed->setText(progress.tokensPerSecond > 0 ? tr("%1 t/s").arg(QLocale().toString(progress.tokensPerSecond, 'f', 0)) : QString());
    const QString left = progress.secondsLeft >= 0 ? tr(", %1 left").arg(shortDuration(progress.secondsLeft)) : QString();
    m_chat->showWaiting(m_chat->isAnswering() ? tr("Your question waits until the text is read: %1%2").arg(percentText(share), left)
                                              : tr("Your question comes next; then reading goes on."));
}

void MainWindow::showFailure(const app::Failure& failure)
{
    statusBar()->clearMessage();
    if (failure.kind == app::Failure::Kind::Stopped)
        statusBar()->showMessage(failure.sentence, kBriefly);
    else
        m_failures->add(failure);
    if (failure.kind == app::Failure::Kind::Model)
        m_modelReady ? showModel(*m_modelReady) : m_model->setText(tr("No model"));   // one that cannot be opened leaves the old one in use
}

void MainWindow::showDocumentStatus()
{
    const app::DocumentSummary* document = m_library->documents().find(m_reader->document());
    m_tokens->setText(document && document->readTokens > 0 ? tr("%1 tokens read").arg(shortCount(document->readTokens)) : QString());
    m_memory->setText(document && document->kvBytes > 0 ? QLocale().formattedDataSize(document->kvBytes, 1) : QString());
    m_memory->setToolTip(tr("Memory of what was read (keys and values)"));
}

void MainWindow::showHopsOfLastAnswer()
{
    if (const app::MessageId message = m_summary->session() != 0 ? m_summary->topMessage() : m_chat->lastAnswerWithHops(); message != 0)
        m_assistant.openHops(message, 0, 0);
    else
        m_hops->clear();
}

} // namespace octavo::ui
