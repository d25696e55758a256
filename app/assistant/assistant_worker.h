// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "archive/archive.h"
#include "assistant/change_watcher.h"
#include "assistant/conversation_service.h"
#include "assistant/job_queue.h"
#include "assistant/model_fetcher.h"
#include "assistant/summary_service.h"
#include "assistant/work_list.h"
#include "octavo/app/assistant.h"

namespace octavo::app {

// The other side of Assistant: what its slots want, done on the worker thread, and told by its signals on the owner's thread.
// A reading lets in what waits at the end of each chunk: there, questions are answered from what was read so far.
// Threads: the post, stop, download and busy functions on the owner's (post functions also from a running job), everything else on the worker's.
class Assistant::Worker {
public:
    Worker(Assistant& owner, AssistantOptions options, std::unique_ptr<BookEngine> engine);

    void postBrief(std::function<void(Worker&)> job);
    // Ends soon after its token is triggered. `item`: what the list of long work says of it.
    void postUrgent(std::function<void(Worker&, std::stop_token)> job, const std::optional<WorkItem>& item = {});
    void postRead(DocumentId document);
    void postUseModel(const QString& file);
    void postRecognize(const ScannedPages& scans);
    void postRemove(DocumentId document);
    void postForget(DocumentId document);
    void postSummary(SessionId session);               // reads its documents first, as far as they are not read yet
    void postReadAgain(SessionId session, const QList<int>& chapters);
    void downloadModel(const QString& reference, const QString& sha256);
    void stopDownload() { m_fetcher.stop(); }
    void postTextSearch(const QString& words);
    void pauseWork(WorkId work);
    void goOnWithWork(WorkId work);
    void stopWork(WorkId work);
    void stop() { m_jobs.stop(); }
    void stopReading();
    bool isBusy() const { return m_pending > 0; }

    void start(std::stop_token stop);
    void listModels();
    void importModel(const QString& file, const std::stop_token& stop);
    void removeModel(const QString& file);
    void openPaths(const QStringList& paths, bool asksInAnyCase, std::stop_token stop);
    void readPreviewed(PreviewId preview, const QList<PreviewChoice>& choices, std::stop_token stop);
    void dropPreview(PreviewId preview) { m_previews.erase(preview); }
    void lookAgain(DocumentId document, const QStringList& folders);
    void openDocument(DocumentId document);
    void pinDocument(DocumentId document, bool pinned);
    void measureReadings();
    void setReadingsQuota(qint64 bytes);
    void startSession(const QList<DocumentId>& documents);
    void openSession(SessionId session);
    void changeSessions(const std::function<void(SessionRepository&)>& change);
    void eraseSessions(const QList<SessionId>& sessions);
    void exportSession(SessionId session, const QString& file);
    void openText(SessionId session);
    void exportLibrary(const QString& file, std::stop_token stop);
    void checkLibrary();
    void searchSessions(const QString& words);
    void ask(SessionId session, const QString& question, const AnswerOptions& options, std::stop_token stop);
    void regenerate(SessionId session, const AnswerOptions& options, std::stop_token stop);
    void answerAgain(SessionId session, MessageId question, const AnswerOptions& options, std::stop_token stop);
    void editQuestion(SessionId session, MessageId question, const QString& text, const AnswerOptions& options, std::stop_token stop);
    void countTokens(const QString& text);
    void openOutlines(SessionId session);
    void showBranch(SessionId session, MessageId through);
    void openBranches(SessionId session);
    void openHops(MessageId message, int beginToken, int endToken);
    void verify(MessageId answer, std::stop_token stop);
    void openHeads(MessageId answer, int beginToken, int endToken, std::stop_token stop);
    void openHeadPath(MessageId answer, int layer, int head);
    void summarizePaths(const QStringList& paths, std::stop_token stop);
    void summarize(const QList<DocumentId>& documents, std::stop_token stop);

private:
    void post(JobKind kind, std::function<void(Worker&, std::stop_token)> job, DocumentId subject = 0, WorkId work = 0);
    void postReadAs(WorkId work, DocumentId document);
    void read(DocumentId document, std::stop_token stop);
    void stopReading(DocumentId document);
    void stopJobs(WorkId work);
    void recognize(const ScannedPages& scans, std::stop_token stop);
    LoadProgressed openProgressOf(const QString& path);
    void removeDocument(DocumentId document);
    void forgetReading(DocumentId document);
    std::vector<LoadedDocument> load(const QStringList& paths, const std::stop_token& stop);
    Outcome<OpenPreview> previewOf(const std::vector<LoadedDocument>& documents, const std::stop_token& stop);
    void takeIn(const std::vector<LoadedDocument>& documents, const std::stop_token& stop);   // and reads them
    Outcome<LoadedDocument> loadDocument(const QString& path, const std::stop_token& stop);               // openProgress
    Outcome<DocumentSummary> addDocument(const LoadedDocument& loaded, const std::stop_token& stop);      // and tells of it
    Outcome<void> tellAdded(const DocumentSummary& document, const std::stop_token& stop);                // documentAdded, documentOpened, scansFound, estimated
    void tellScans(DocumentId document);
    void failOpening(const Failure& failure, const QString& path);   // of a file that holds nothing but scans, offers to read them
    void importArchive(const QString& file, std::stop_token stop);
    void tellExported(const Outcome<ArchiveCounts>& exported, const QString& file);
    bool isListed(DocumentId document);   // in the library
    // The service, or null after failed() said why there is none. Tries again each time: a data folder may become writable.
    ConversationService* service();
    // Emits a signal of the owner, on its thread.
    template <class Signal, class... Values>
    void tell(Signal signal, const Values&... values);
    void fail(const Failure& failure);
    void notice(const QString& sentence);   // unless it is empty
    void useModel(const QString& file, const std::stop_token& stop);
    bool modelChanged(const EngineModel& model);   // since the last run; remembers it
    void searchTexts(const QString& words, int search);
    void tellLibrary();
    void tellModel(const EngineModel& model);
    void watchDocuments();
    void tellSessions();
    void finishAnswer(SessionId session, const Outcome<Answer>& answer);
    AnswerEvents eventsOf(SessionId session);
    AnswerEvents readingEvents();          // of what is read before an answer
    using SummaryWork = std::function<Outcome<void>(const SummaryEvents&, std::stop_token)>;
    void postSummaryWork(SessionId session, WorkId listed, SummaryWork work);

    Assistant& m_owner;
    ChangeWatcher* const m_watcher;   // the owner's child, on its thread
    const AssistantOptions m_options;
    QString m_modelFile;              // in use, or to be opened at the start
    std::unique_ptr<BookEngine> m_engine;
    std::unique_ptr<Library> m_library;
    std::unique_ptr<ConversationService> m_service;
    std::map<PreviewId, std::vector<LoadedDocument>> m_previews;   // that wait for the person's word
    PreviewId m_lastPreview = 0;
    std::unique_ptr<SummaryService> m_summaries;       // there with m_service
    QString m_searchedWords;          // what the session list is narrowed to
    std::atomic<DocumentId> m_readForAnswer = 0;   // what an answer has to read before it can begin; 0: nothing
    std::atomic<int> m_textSearch = 0;                  // the last one wanted: those before are given up
    std::atomic<int> m_pending = 0;   // jobs that wait or run; begins and ends to be 0 on the owner's thread
    WorkList m_work;
    std::atomic<WorkId> m_download = 0;   // in the list of work
    JobQueue m_jobs;                  // its thread uses all of the above, and itself while it ends
    ModelFetcher m_fetcher;           // last: its thread posts jobs
};

template <class Signal, class... Values>
void Assistant::Worker::tell(Signal signal, const Values&... values)
{
    QMetaObject::invokeMethod(&m_owner, [owner = &m_owner, signal, values...] { emit (owner->*signal)(values...); }, Qt::QueuedConnection);
}

} // namespace octavo::app
