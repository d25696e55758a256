// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "assistant/conversation_service.h"
#include "assistant/job_queue.h"
#include "octavo/app/assistant.h"

namespace octavo::app {

// The other side of Assistant: what its slots want, done on the worker thread, and told by its signals on the owner's thread.
// Threads: post(), stop() and isBusy() on the owner's, everything else on the worker's.
class Assistant::Worker {
public:
    Worker(Assistant& owner, AssistantOptions options, std::unique_ptr<BookEngine> engine);
    ~Worker();

    // Jobs of which nobody wants half: they run even if stopped while they wait.
    void post(std::function<void(Worker&)> job);
    // Jobs that may take long. Each ends soon after its token is triggered.
    void postLong(std::function<void(Worker&, std::stop_token)> job);
    void stop() { m_jobs->stop(); }
    bool isBusy() const { return m_pending > 0; }

    void start(std::stop_token stop);
    void openPaths(const QStringList& paths, std::stop_token stop);
    void read(DocumentId document, std::stop_token stop);
    void openDocument(DocumentId document);
    void removeDocument(DocumentId document);
    void startSession(const QList<DocumentId>& documents);
    void openSession(SessionId session);
    void changeSessions(const std::function<void(SessionRepository&)>& change);
    void searchSessions(const QString& words);
    void ask(SessionId session, const QString& question, std::stop_token stop);
    void regenerate(SessionId session, std::stop_token stop);
    void openHops(MessageId message, int beginToken, int endToken);

private:
    // The service, or null after failed() said why there is none. Tries again each time: a data folder may become writable.
    ConversationService* service();
    // Emits a signal of the owner, on its thread.
    template <class Signal, class... Values>
    void tell(Signal signal, const Values&... values);
    void fail(const Failure& failure) { tell(&Assistant::failed, failure); }
    bool modelChanged(const EngineModel& model);   // since the last run; remembers it
    void tellLibrary();
    void tellSessions();
    void finishAnswer(SessionId session, const Outcome<Answer>& answer);
    AnswerEvents eventsOf(SessionId session);

    Assistant& m_owner;
    const AssistantOptions m_options;
    std::unique_ptr<BookEngine> m_engine;
    std::unique_ptr<Library> m_library;
    std::unique_ptr<ConversationService> m_service;
    QString m_searchedWords;          // what the session list is narrowed to
    int m_pending = 0;                // owner's thread
    std::unique_ptr<JobQueue> m_jobs; // last: its thread uses all of the above
};

} // namespace octavo::app
