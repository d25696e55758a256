// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <stop_token>

#include "assistant/conversation_service.h"
#include "octavo/app/summary.h"

namespace octavo::app {

// What happens while a summary is written; each may be empty. Called on the thread that writes.
struct SummaryEvents {
    std::function<void(const Summary&)> changed;                 // a part has begun or ended
    std::function<void(int part, const QString& piece)> piece;   // of the part that was begun last
    std::function<void(const SummaryProgress&)> progress;        // before each part
    std::function<void()> between;                               // before each part: whatever else waits may be done here
    AnswerEvents reading;                                        // readProgress, readFinished and noticed
};

struct SummaryOptions {
    int chapterTokens = 120;     // the most that a chapter's summary may take
    int wholeTokens = 240;       // a whole's
};

// Summaries: chapter by chapter, each asked of the reading that is there with everything else hidden, then the whole from the chapters' summaries,
// then, of several documents, all together from their wholes. What is written is in the library at once, with its sources and its hop record;
// a summary that was cut off goes on with the parts that are missing. Nothing is passed over silently: chapters that the whole neither looked at
// nor mentions are named (SummaryPart::Gap).
// Blocking; threads: as ConversationService. Lifetime: library, engine and conversation outlive it.
class SummaryService {
public:
    SummaryService(Library& library, BookEngine& engine, ConversationService& conversation) : m_library(library), m_engine(engine), m_conversation(conversation) {}

    // Stored and said to be running, with nothing written; needs a model. Documents are to be read before it is written: of what is not read by then there
    // is no summary, and that is told.
    Outcome<Summary> start(const QList<DocumentId>& documents, std::stop_token stop);
    Outcome<Summary> summary(SessionId session);
    // Writes what is missing, and what has to be written anew because a part that it is made from was. A stop keeps what was written.
    Outcome<void> write(SessionId session, const SummaryOptions& options, const SummaryEvents& events, std::stop_token stop);
    // Asks anew about these chapters (places in Summary::parts; others are ignored) and puts the answers beside the whole.
    Outcome<void> readAgain(SessionId session, const QList<int>& chapters, const SummaryOptions& options, const SummaryEvents& events, std::stop_token stop);
    Outcome<QList<SessionId>> interrupted();                     // those that a crash has cut off

private:
    class Run;

    Outcome<void> run(SessionId session, const std::function<Outcome<void>(Run&)>& work, const SummaryOptions& options, const SummaryEvents& events, std::stop_token stop);
    Outcome<void> checkCoverage(Summary& summary);

    Library& m_library;
    BookEngine& m_engine;
    ConversationService& m_conversation;
    std::map<SessionId, QList<QStringList>> m_words;             // of each part; chapters never change
};

} // namespace octavo::app
