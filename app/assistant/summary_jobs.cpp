// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "assistant/assistant_worker.h"
#include "crash/event_log.h"

// What the assistant's worker does for summaries.

namespace octavo::app {

void Assistant::Worker::summarizePaths(const QStringList& paths, std::stop_token stop)
{
    if (!service())
        return;
    QList<DocumentId> documents;
    for (const QString& path : paths) {
        const Outcome<LoadedDocument> loaded = loadDocument(path, stop);
        if (!loaded) {
            failOpening(loaded.error(), path);
            continue;
        }
        const Outcome<DocumentSummary> document = addDocument(*loaded, stop);
        if (!document)
            fail(document.error());
        else if (!documents.contains(document->id))
            documents.append(document->id);
    }
    if (!documents.isEmpty())
        summarize(documents, std::move(stop));
}

void Assistant::Worker::summarize(const QList<DocumentId>& documents, std::stop_token stop)
{
    if (!service() || stop.stop_requested())
        return;
    const Outcome<Summary> begun = m_summaries->start(documents, stop);
    if (!begun)
        return fail(begun.error());
    tell(&Assistant::summaryOpened, *begun);
    tellSessions();
    postSummary(begun->session.id);
}

// Its readings are part of its work: paused, they stop with it.
void Assistant::Worker::postSummary(SessionId session)
{
    m_work.dropPaused(WorkItem::Kind::Summary, session);
    postBrief([session](Worker& worker) {
        if (!worker.service())
            return;
        const Outcome<Summary> summary = worker.m_summaries->summary(session);
        if (!summary)
            return worker.fail(summary.error());
        const QList<DocumentId>& documents = summary->session.documents;
        const auto again = [&worker, session] { worker.postSummary(session); };
        const WorkId work = worker.m_work.add({0, WorkItem::Kind::Summary, session}, again, static_cast<int>(documents.size()) + 1);
        for (const DocumentId document : documents)
            worker.postReadAs(work, document);
        worker.postSummaryWork(session, work, [&worker, session](const SummaryEvents& events, std::stop_token stop) {
            return worker.m_summaries->write(session, {}, events, std::move(stop));
        });
    });
}

void Assistant::Worker::postReadAgain(SessionId session, const QList<int>& chapters)
{
    m_work.dropPaused(WorkItem::Kind::Summary, session);
    postBrief([session, chapters](Worker& worker) {
        if (!worker.service())
            return;
        const WorkId work = worker.m_work.add({0, WorkItem::Kind::Summary, session}, [&worker, session, chapters] { worker.postReadAgain(session, chapters); });
        worker.postSummaryWork(session, work, [&worker, session, chapters](const SummaryEvents& events, std::stop_token stop) {
            return worker.m_summaries->readAgain(session, chapters, {}, events, std::move(stop));
        });
    });
}

// Patient, and after the readings that were posted before it.
void Assistant::Worker::postSummaryWork(SessionId session, WorkId listed, SummaryWork work)
{
    post(JobKind::Patient, [session, work = std::move(work)](Worker& worker, std::stop_token stop) {
        EventLog::instance().add("summary begins, session", session);
        SummaryEvents events;
        events.reading = worker.eventsOf(session);
        events.reading.questionStored = {};
        events.changed = [&worker](const Summary& summary) { worker.tell(&Assistant::summaryChanged, summary); };
        events.piece = [&worker, session](int part, const QString& piece) { worker.tell(&Assistant::summaryPiece, session, part, piece); };
        events.progress = [&worker](const SummaryProgress& progress) { worker.tell(&Assistant::summaryProgress, progress); };
        events.between = [&worker] { worker.m_jobs.letIn(); };
        const Outcome<void> written = work(events, stop);
        worker.m_readForAnswer = 0;
        EventLog::instance().add("summary ends, session", session);
        if (!written)
            worker.fail(written.error());
        const Outcome<Summary> summary = worker.m_summaries->summary(session);
        if (!summary)
            return worker.fail(summary.error());
        worker.tell(&Assistant::summaryFinished, *summary);
        worker.tellSessions();
    }, 0, listed);
}

} // namespace octavo::app
