// SPDX-License-Identifier: Apache-2.0
#include "octavo/app/assistant.h"

#include <utility>

#include "assistant/assistant_worker.h"
#include "assistant/page_drawer.h"

namespace octavo::app {

namespace {

WorkItem openingOf(const QStringList& paths)
{
    return {0, WorkItem::Kind::Opening, 0, paths.value(0)};
}

} // namespace

Assistant::Assistant(AssistantOptions options, std::unique_ptr<BookEngine> engine, QObject* parent)
    : QObject(parent), m_worker(std::make_unique<Worker>(*this, std::move(options), std::move(engine))),
      m_pages(std::make_unique<PageDrawer>(
          [this](const PageSizes& sizes) { QMetaObject::invokeMethod(this, [this, sizes] { emit pageSizesReady(sizes); }, Qt::QueuedConnection); },
          [this](const DrawnPage& page) { QMetaObject::invokeMethod(this, [this, page] { emit pageDrawn(page); }, Qt::QueuedConnection); }))
{
}

Assistant::~Assistant() = default;

bool Assistant::busy() const
{
    return m_worker->isBusy();
}

void Assistant::setAnswering(const AnswerOptions& options)
{
    m_answering = options;
}

void Assistant::start()
{
    m_worker->postUrgent([](Worker& worker, std::stop_token stop) { worker.start(std::move(stop)); });
}

void Assistant::listModels()
{
    m_worker->postBrief([](Worker& worker) { worker.listModels(); });
}

void Assistant::useModel(const QString& file)
{
    m_worker->postUseModel(file);
}

void Assistant::importModel(const QString& file)
{
    m_worker->postUrgent([file](Worker& worker, std::stop_token stop) { worker.importModel(file, std::move(stop)); }, openingOf({file}));
}

void Assistant::downloadModel(const QString& reference, const QString& sha256)
{
    m_worker->downloadModel(reference, sha256);
}

void Assistant::stopDownload()
{
    m_worker->stopDownload();
}

void Assistant::removeModel(const QString& file)
{
    m_worker->postBrief([file](Worker& worker) { worker.removeModel(file); });
}

void Assistant::openPaths(const QStringList& paths)
{
    m_worker->postUrgent([paths](Worker& worker, std::stop_token stop) { worker.openPaths(paths, false, std::move(stop)); }, openingOf(paths));
}

void Assistant::previewPaths(const QStringList& paths)
{
    m_worker->postUrgent([paths](Worker& worker, std::stop_token stop) { worker.openPaths(paths, true, std::move(stop)); }, openingOf(paths));
}

void Assistant::readPreviewed(PreviewId preview, const QList<PreviewChoice>& choices)
{
    m_worker->postUrgent([preview, choices](Worker& worker, std::stop_token stop) { worker.readPreviewed(preview, choices, std::move(stop)); });
}

void Assistant::dropPreview(PreviewId preview)
{
    m_worker->postBrief([preview](Worker& worker) { worker.dropPreview(preview); });
}

void Assistant::recognize(const ScannedPages& scans)
{
    m_worker->postRecognize(scans);
}

void Assistant::measurePages(const QString& file)
{
    m_pages->measure(file);
}

void Assistant::drawPage(const QString& file, int page, double dpi)
{
    m_pages->draw(file, page, dpi);
}

void Assistant::dropDrawing()
{
    m_pages->drop();
}

void Assistant::read(DocumentId document)
{
    m_worker->postRead(document);
}

void Assistant::openDocument(DocumentId document)
{
    m_worker->postBrief([document](Worker& worker) { worker.openDocument(document); });
}

void Assistant::pinDocument(DocumentId document, bool pinned)
{
    m_worker->postBrief([document, pinned](Worker& worker) { worker.pinDocument(document, pinned); });
}

void Assistant::removeDocument(DocumentId document)
{
    m_worker->postRemove(document);
}

void Assistant::forgetReading(DocumentId document)
{
    m_worker->postForget(document);
}

void Assistant::measureReadings()
{
    m_worker->postBrief([](Worker& worker) { worker.measureReadings(); });
}

void Assistant::setReadingsQuota(qint64 bytes)
{
    m_worker->postBrief([bytes](Worker& worker) { worker.setReadingsQuota(bytes); });
}

void Assistant::startSession(const QList<DocumentId>& documents)
{
    m_worker->postBrief([documents](Worker& worker) { worker.startSession(documents); });
}

void Assistant::openSession(SessionId session)
{
    m_worker->postBrief([session](Worker& worker) { worker.openSession(session); });
}

void Assistant::renameSession(SessionId session, const QString& title)
{
    m_worker->postBrief([session, title](Worker& worker) {
        worker.changeSessions([&](SessionRepository& sessions) { sessions.rename(session, title); });
    });
}

void Assistant::trashSession(SessionId session)
{
    m_worker->postBrief([session](Worker& worker) { worker.changeSessions([&](SessionRepository& sessions) { sessions.trash(session); }); });
}

void Assistant::restoreSession(SessionId session)
{
    m_worker->postBrief([session](Worker& worker) { worker.changeSessions([&](SessionRepository& sessions) { sessions.restore(session); }); });
}

void Assistant::eraseSessions(const QList<SessionId>& sessions)
{
    m_worker->postBrief([sessions](Worker& worker) { worker.eraseSessions(sessions); });
}

void Assistant::exportSession(SessionId session, const QString& file)
{
    m_worker->postBrief([session, file](Worker& worker) { worker.exportSession(session, file); });
}

void Assistant::openText(SessionId session)
{
    m_worker->postBrief([session](Worker& worker) { worker.openText(session); });
}

void Assistant::exportLibrary(const QString& file)
{
    m_worker->postUrgent([file](Worker& worker, std::stop_token stop) { worker.exportLibrary(file, std::move(stop)); });
}

void Assistant::checkLibrary()
{
    m_worker->postBrief([](Worker& worker) { worker.checkLibrary(); });
}

void Assistant::searchSessions(const QString& words)
{
    m_worker->postBrief([words](Worker& worker) { worker.searchSessions(words); });
}

void Assistant::searchTexts(const QString& words)
{
    m_worker->postTextSearch(words);
}

void Assistant::ask(SessionId session, const QString& question)
{
    m_worker->postUrgent([session, question, options = m_answering](Worker& worker, std::stop_token stop) {
        worker.ask(session, question, options, std::move(stop));
    }, WorkItem{0, WorkItem::Kind::Answer, session});
}

void Assistant::regenerate(SessionId session)
{
    m_worker->postUrgent([session, options = m_answering](Worker& worker, std::stop_token stop) { worker.regenerate(session, options, std::move(stop)); },
                         WorkItem{0, WorkItem::Kind::Answer, session});
}

void Assistant::answerAgain(SessionId session, MessageId question, const QList<TextPlace>& hidden)
{
    AnswerOptions options = m_answering;
    options.hidden = hidden;
    m_worker->postUrgent([session, question, options](Worker& worker, std::stop_token stop) { worker.answerAgain(session, question, options, std::move(stop)); },
                         WorkItem{0, WorkItem::Kind::Answer, session});
}

void Assistant::editQuestion(SessionId session, MessageId question, const QString& text)
{
    m_worker->postUrgent([session, question, text, options = m_answering](Worker& worker, std::stop_token stop) {
        worker.editQuestion(session, question, text, options, std::move(stop));
    }, WorkItem{0, WorkItem::Kind::Answer, session});
}

void Assistant::countTokens(const QString& text)
{
    m_worker->postBrief([text](Worker& worker) { worker.countTokens(text); });
}

void Assistant::openOutlines(SessionId session)
{
    m_worker->postBrief([session](Worker& worker) { worker.openOutlines(session); });
}

void Assistant::showBranch(SessionId session, MessageId through)
{
    m_worker->postBrief([session, through](Worker& worker) { worker.showBranch(session, through); });
}

void Assistant::openBranches(SessionId session)
{
    m_worker->postBrief([session](Worker& worker) { worker.openBranches(session); });
}

void Assistant::summarizePaths(const QStringList& paths)
{
    m_worker->postUrgent([paths](Worker& worker, std::stop_token stop) { worker.summarizePaths(paths, std::move(stop)); }, openingOf(paths));
}

void Assistant::summarize(const QList<DocumentId>& documents)
{
    m_worker->postUrgent([documents](Worker& worker, std::stop_token stop) { worker.summarize(documents, std::move(stop)); });
}

void Assistant::summarizeOn(SessionId session)
{
    m_worker->postSummary(session);
}

void Assistant::readChaptersAgain(SessionId session, const QList<int>& chapters)
{
    m_worker->postReadAgain(session, chapters);
}

void Assistant::openHops(MessageId message, int beginToken, int endToken)
{
    m_worker->postBrief([=](Worker& worker) { worker.openHops(message, beginToken, endToken); });
}

void Assistant::verify(SessionId session, MessageId answer)
{
    m_worker->postUrgent([answer](Worker& worker, std::stop_token stop) { worker.verify(answer, std::move(stop)); }, WorkItem{0, WorkItem::Kind::Looking, session});
}

void Assistant::openHeads(SessionId session, MessageId answer, int beginToken, int endToken)
{
    m_worker->postUrgent([=](Worker& worker, std::stop_token stop) { worker.openHeads(answer, beginToken, endToken, std::move(stop)); },
                         WorkItem{0, WorkItem::Kind::Looking, session});
}

void Assistant::openHeadPath(MessageId answer, int layer, int head)
{
    m_worker->postBrief([=](Worker& worker) { worker.openHeadPath(answer, layer, head); });
}

void Assistant::stop()
{
    m_worker->stop();
}

void Assistant::pauseWork(WorkId work)
{
    m_worker->pauseWork(work);
}

void Assistant::goOnWithWork(WorkId work)
{
    m_worker->goOnWithWork(work);
}

void Assistant::stopWork(WorkId work)
{
    m_worker->stopWork(work);
}

void Assistant::stopReading()
{
    m_worker->stopReading();
}

} // namespace octavo::app
