// SPDX-License-Identifier: Apache-2.0
#include "assistant/assistant_worker.h"

#include <algorithm>
#include <utility>

#include <QCoreApplication>

#include "crash/event_log.h"
#include "documents/text_search.h"

namespace octavo::app {

namespace {

constexpr qint64 kSnippetBytes = 40;

constexpr int kMostFilesWatched = 1000;      // of one document

} // namespace

Assistant::Worker::Worker(Assistant& owner, AssistantOptions options, std::unique_ptr<BookEngine> engine)
    : m_owner(owner), m_watcher(new ChangeWatcher(&owner)), m_options(std::move(options)), m_modelFile(m_options.modelFile), m_engine(std::move(engine)),
      m_work({[this](const QList<WorkItem>& items) { tell(&Assistant::workChanged, items); }, [this](const WorkItem& item) { tell(&Assistant::workEnded, item); }})
{
    connect(m_watcher, &ChangeWatcher::changed, &owner, [this](DocumentId document, const QStringList& folders) {
        postBrief([document, folders](Worker& worker) { worker.lookAgain(document, folders); });
    });
}

void Assistant::Worker::postBrief(std::function<void(Worker&)> job)
{
    post(JobKind::Brief, [job = std::move(job)](Worker& worker, const std::stop_token&) { job(worker); });
}

void Assistant::Worker::postUrgent(std::function<void(Worker&, std::stop_token)> job, const std::optional<WorkItem>& item)
{
    post(JobKind::Urgent, std::move(job), 0, item ? m_work.add(*item, {}) : 0);
}

void Assistant::Worker::postRead(DocumentId document)
{
    m_work.dropPaused(WorkItem::Kind::Reading, document);
    postReadAs(m_work.add({0, WorkItem::Kind::Reading, document}, [this, document] { postRead(document); }), document);
}

void Assistant::Worker::postReadAs(WorkId work, DocumentId document)
{
    post(JobKind::Patient, [document](Worker& worker, std::stop_token stop) { worker.read(document, std::move(stop)); }, document, work);
}

void Assistant::Worker::pauseWork(WorkId work)
{
    if (m_work.pause(work))
        stopJobs(work);
}

void Assistant::Worker::goOnWithWork(WorkId work)
{
    if (const auto again = m_work.takePaused(work))
        again();
}

void Assistant::Worker::stopWork(WorkId work)
{
    m_work.takePaused(work);
    stopJobs(work);
}

void Assistant::Worker::stopJobs(WorkId work)
{
    work == m_download ? m_fetcher.stop() : m_jobs.stopWork(work);
}

// The document's place is taken by another at the end: as in postRemove().
void Assistant::Worker::postRecognize(const ScannedPages& scans)
{
    stopReading(scans.document);
    postUrgent([scans](Worker& worker, std::stop_token stop) { worker.recognize(scans, std::move(stop)); }, WorkItem{0, WorkItem::Kind::Opening, 0, scans.path});
}

// Its reading, should it go on or wait, is stopped first: so the document is never removed from under it.
void Assistant::Worker::postRemove(DocumentId document)
{
    m_work.dropPaused(WorkItem::Kind::Reading, document);
    stopReading(document);
    postBrief([document](Worker& worker) { worker.removeDocument(document); });
}

void Assistant::Worker::postForget(DocumentId document)
{
    m_work.dropPaused(WorkItem::Kind::Reading, document);
    stopReading(document);
    postBrief([document](Worker& worker) { worker.forgetReading(document); });
}

void Assistant::Worker::stopReading(DocumentId document)
{
    m_jobs.stopSubject(document);
    if (m_readForAnswer == document)
        m_jobs.stop();
}

void Assistant::Worker::stopReading()
{
    m_readForAnswer != 0 ? m_jobs.stop() : m_jobs.stopPatient();
}

void Assistant::Worker::post(JobKind kind, std::function<void(Worker&, std::stop_token)> job, DocumentId subject, WorkId work)
{
    if (m_pending++ == 0)
        emit m_owner.busyChanged(true);
    m_jobs.post(kind, [this, job = std::move(job), work](std::stop_token stop) {
        m_work.beginJob(work);
        job(*this, stop);
        m_work.endJob(work, stop.stop_requested());
        QMetaObject::invokeMethod(&m_owner, [this] {
            if (--m_pending == 0)
                emit m_owner.busyChanged(false);
        }, Qt::QueuedConnection);
    }, subject, work);
}

ConversationService* Assistant::Worker::service()
{
    if (!m_library) {
        Outcome<std::unique_ptr<Library>> opened = Library::open(m_options.dataDir);
        if (!opened) {
            fail(opened.error());
            return nullptr;
        }
        m_library = std::move(*opened);
        notice(m_library->notice());
        m_service = std::make_unique<ConversationService>(*m_library, *m_engine, m_options.dataDir, m_options.threads);
        m_summaries = std::make_unique<SummaryService>(*m_library, *m_engine, *m_service);
    }
    return m_service.get();
}

void Assistant::Worker::start(std::stop_token stop)
{
    if (!service())
        return;
    tellLibrary();   // as the last model left it: the list should not wait for a model
    tellSessions();
    const Outcome<EngineModel> model = m_service->openModel(m_modelFile, stop);
    if (!model)
        return fail(model.error());
    EventLog::instance().add("model open, tokens of context", model->contextTokens);
    if (modelChanged(*model))
        tellLibrary();
    tellModel(*model);
    const Outcome<QList<DocumentId>> interrupted = m_service->interruptedReads();
    if (!interrupted)
        return fail(interrupted.error());
    for (const DocumentId document : *interrupted)
        postRead(document);
    const Outcome<QHash<DocumentId, QStringList>> stirred = m_service->stirredFolders();
    if (!stirred)
        return fail(stirred.error());
    for (auto document = stirred->begin(); document != stirred->end(); ++document)
        lookAgain(document.key(), document.value());
    const Outcome<QList<SessionId>> summaries = m_summaries->interrupted();
    if (!summaries)
        return fail(summaries.error());
    for (const SessionId session : *summaries)
        postSummary(session);
}

bool Assistant::Worker::modelChanged(const EngineModel& model)
{
    const QString key = QStringLiteral("model.hash");
    const Outcome<bool> changed = m_library->write([&](Library& in) {
        const bool differs = in.settings().value(key) != model.hash;
        in.settings().set(key, model.hash);
        return differs;
    });
    return changed && *changed;
}

void Assistant::Worker::importArchive(const QString& file, std::stop_token stop)
{
    const Outcome<ArchiveCounts> imported = app::importArchive(*m_library, file, std::move(stop));
    if (!imported)
        return fail(imported.error());
    tellLibrary();
    tellSessions();
    notice(importSentence(*imported));
    if (imported->session)
        openSession(*imported->session);
}

void Assistant::Worker::exportSession(SessionId session, const QString& file)
{
    if (service())
        tellExported(app::exportSession(*m_library, session, file), file);
}

void Assistant::Worker::exportLibrary(const QString& file, std::stop_token stop)
{
    if (service())
        tellExported(app::exportLibrary(*m_library, file, std::move(stop)), file);
}

void Assistant::Worker::checkLibrary()
{
    if (!service())
        return;
    const Outcome<QString> wrong = m_library->check();
    if (!wrong)
        return fail(wrong.error());
    notice(wrong->isEmpty() ? QCoreApplication::translate("Assistant", "The library is sound.")
                            : QCoreApplication::translate("Assistant", "The library is damaged (%1). Start Octavo again: what can be read of it is saved into a new one.").arg(*wrong));
}

void Assistant::Worker::tellExported(const Outcome<ArchiveCounts>& exported, const QString& file)
{
    if (!exported)
        return fail(exported.error());
    notice(exportSentence(*exported, file));
}

void Assistant::Worker::read(DocumentId document, std::stop_token stop)
{
    if (!service())
        return;
    if (stop.stop_requested() && !isListed(document))
        return;   // it was removed while its reading waited
    const auto endOfChunk = [this](const ReadProgress& step) {
        tell(&Assistant::readProgress, step);
        m_jobs.letIn();
    };
    EventLog::instance().add("reading begins, document", document);
    const Outcome<ReadResult> result = m_service->read(document, endOfChunk, stop);
    EventLog::instance().add("reading ends, tokens", result ? result->facts.tokens : -1);
    if (!result)
        return fail(result.error());
    notice(result->notice);
    tell(&Assistant::readFinished, result->document, result->stopped);
}

void Assistant::Worker::fail(const Failure& failure)
{
    EventLog::instance().add("failed, kind", static_cast<int>(failure.kind));
    tell(&Assistant::failed, failure);
}

void Assistant::Worker::notice(const QString& sentence)
{
    if (!sentence.isEmpty())
        tell(&Assistant::noticed, sentence);
}

bool Assistant::Worker::isListed(DocumentId id)
{
    const Outcome<bool> listed = m_library->read([id](Library& in) { return in.documents().listed().contains(id); });
    return listed && *listed;
}

void Assistant::Worker::lookAgain(DocumentId id, const QStringList& folders)
{
    if (!service() || !isListed(id))
        return;   // it was removed meanwhile
    const Outcome<DocumentSummary> document = m_service->lookAgain(id, folders);
    if (!document)
        return fail(document.error());
    tell(&Assistant::documentChanged, *document);
}

void Assistant::Worker::watchDocuments()
{
    const Outcome<QList<WatchedDocument>> documents = m_service->watchedDocuments(kMostFilesWatched);
    if (!documents)
        return fail(documents.error());
    QMetaObject::invokeMethod(m_watcher, [watcher = m_watcher, documents = *documents] { watcher->watch(documents); }, Qt::QueuedConnection);
}

void Assistant::Worker::openDocument(DocumentId id)
{
    if (!service())
        return;
    const Outcome<std::shared_ptr<const Document>> document = m_service->document(id);
    if (!document)
        return fail(document.error());
    tell(&Assistant::documentOpened, id, **document);
}

void Assistant::Worker::pinDocument(DocumentId document, bool pinned)
{
    if (!service())
        return;
    const Outcome<void> done = m_service->setPinned(document, pinned);
    if (!done)
        return fail(done.error());
    tellLibrary();
}

void Assistant::Worker::removeDocument(DocumentId document)
{
    if (!service())
        return;
    const Outcome<void> removed = m_service->removeDocument(document);
    if (!removed)
        return fail(removed.error());
    tellLibrary();
}

void Assistant::Worker::forgetReading(DocumentId document)
{
    if (!service())
        return;
    const Outcome<bool> forgotten = m_service->forgetReading(document);
    if (!forgotten)
        return fail(forgotten.error());
    tellLibrary();
    measureReadings();
}

void Assistant::Worker::measureReadings()
{
    if (!service())
        return;
    const Outcome<ReadingShelf::Contents> contents = m_service->readings().contents();
    if (!contents)
        return fail(contents.error());
    tell(&Assistant::readingsSpace, ReadingsSpace{static_cast<int>(contents->readings.size()), contents->bytes, contents->quotaBytes});
}

void Assistant::Worker::setReadingsQuota(qint64 bytes)
{
    if (!service())
        return;
    const Outcome<void> set = m_service->readings().setQuota(bytes);
    if (!set)
        return fail(set.error());
    measureReadings();
}

void Assistant::Worker::startSession(const QList<DocumentId>& documents)
{
    if (!service())
        return;
    const Outcome<Session> session = m_service->startSession(documents);
    if (!session)
        return fail(session.error());
    tell(&Assistant::sessionOpened, *session);
    tellSessions();
}

void Assistant::Worker::openSession(SessionId id)
{
    if (!service())
        return;
    const Outcome<Session> session = m_service->session(id);
    if (!session)
        return fail(session.error());
    if (session->summary.isSummary) {
        const Outcome<Summary> summary = m_summaries->summary(id);
        if (!summary)
            return fail(summary.error());
        tell(&Assistant::summaryOpened, *summary);
    } else {
        tell(&Assistant::sessionOpened, *session);
    }
    if (!session->summary.documents.isEmpty())
        openDocument(session->summary.documents.first());
}

void Assistant::Worker::changeSessions(const std::function<void(SessionRepository&)>& change)
{
    if (!service())
        return;
    const Outcome<void> changed = m_library->write([&](Library& in) { change(in.sessions()); });
    if (!changed)
        return fail(changed.error());
    tellSessions();
}

void Assistant::Worker::eraseSessions(const QList<SessionId>& sessions)
{
    if (!service())
        return;
    const Outcome<void> erased = m_library->erase(sessions);
    if (!erased)
        return fail(erased.error());
    tellSessions();
}

void Assistant::Worker::searchSessions(const QString& words)
{
    m_searchedWords = words;
    if (service())
        tellSessions();
}

void Assistant::Worker::postTextSearch(const QString& words)
{
    postBrief([words, search = ++m_textSearch](Worker& worker) { worker.searchTexts(words, search); });
}

void Assistant::Worker::searchTexts(const QString& words, int search)
{
    if (!service())
        return;
    QList<DocumentHit> hits;
    const Outcome<QList<DocumentId>> documents = m_library->read([](Library& in) { return in.documents().listed(); });
    if (!documents)
        return fail(documents.error());
    for (const DocumentId id : words.trimmed().isEmpty() ? QList<DocumentId>() : *documents) {
        const Outcome<QByteArray> text = m_library->read([id](Library& in) { return in.documents().text(id); });
        if (!text)
            return fail(text.error());
        if (search != m_textSearch)
            return;
        if (const std::optional<ByteRange> place = findWords(*text, words))
            hits.append({id, *place, snippetAround(*text, *place, kSnippetBytes)});
    }
    tell(&Assistant::textsFound, words, hits);
}

void Assistant::Worker::ask(SessionId session, const QString& question, const AnswerOptions& options, std::stop_token stop)
{
    EventLog::instance().add("asked, session", session);
    if (service())
        finishAnswer(session, m_service->ask(session, question, options, eventsOf(session), stop));
}

void Assistant::Worker::regenerate(SessionId session, const AnswerOptions& options, std::stop_token stop)
{
    EventLog::instance().add("asked again, session", session);
    if (service())
        finishAnswer(session, m_service->regenerate(session, options, eventsOf(session), stop));
}

void Assistant::Worker::tellLibrary()
{
    const Outcome<QList<DocumentSummary>> documents = m_service->documents();
    if (!documents)
        return fail(documents.error());
    tell(&Assistant::libraryChanged, *documents);
    watchDocuments();
}

void Assistant::Worker::tellSessions()
{
    const Outcome<QList<SessionSummary>> sessions = m_library->read([&](Library& in) { return in.sessions().search(m_searchedWords); });
    if (!sessions)
        return fail(sessions.error());
    const Outcome<QList<SessionSummary>> trashed = m_library->read([](Library& in) { return in.sessions().trashed(); });
    if (!trashed)
        return fail(trashed.error());
    tell(&Assistant::sessionsChanged, *sessions, *trashed);
}

AnswerEvents Assistant::Worker::readingEvents()
{
    AnswerEvents events;
    events.readProgress = [this](const ReadProgress& step) {
        m_readForAnswer = step.document;
        tell(&Assistant::readProgress, step);
    };
    events.readFinished = [this](const DocumentSummary& document, bool stopped) {
        m_readForAnswer = 0;
        tell(&Assistant::readFinished, document, stopped);
    };
    events.noticed = [this](const QString& sentence) { notice(sentence); };
    return events;
}

AnswerEvents Assistant::Worker::eventsOf(SessionId session)
{
    AnswerEvents events = readingEvents();
    const auto answer = std::make_shared<MessageId>(0);
    events.questionStored = [this, session](const Message& question) { tell(&Assistant::messageAdded, session, question); };
    events.started = [this, session, answer](MessageId message) {
        *answer = message;
        tell(&Assistant::answerStarted, session, message);
    };
    events.piece = [this, answer](const QString& piece) { tell(&Assistant::answerPiece, *answer, piece); };
    return events;
}

void Assistant::Worker::finishAnswer(SessionId session, const Outcome<Answer>& answer)
{
    m_readForAnswer = 0;
    if (!answer)
        return fail(answer.error());
    EventLog::instance().add("answer ends, characters", answer->message.text.size());
    tell(&Assistant::answerFinished, session, answer->message, answer->timings);
    tellSessions();   // the first question gives a session its title, and the last one its place in the list
}

} // namespace octavo::app
