// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <stop_token>

#include <QHash>
#include <QSet>

#include "assistant/book_engine.h"
#include "assistant/document_shelf.h"
#include "assistant/hop_record.h"
#include "assistant/model_records.h"
#include "assistant/reading_shelf.h"
#include "library/library.h"
#include "octavo/app/assistant.h"
#include "octavo/app/preview.h"
#include "octavo/app/heads_view.h"
#include "octavo/app/verification.h"

namespace octavo::app {

// What happens on the way to an answer, in this order; each may be empty. Called on the thread that asks.
struct AnswerEvents {
    std::function<void(const Message& question)> questionStored;
    std::function<void(MessageId answer)> started;
    std::function<void(const ReadProgress&)> readProgress;                      // of documents not read yet in this run
    std::function<void(const DocumentSummary&, bool stopped)> readFinished;
    std::function<void(const QString& sentence)> noticed;                       // ReadResult::notice
    std::function<void(const QString& piece)> piece;
};

struct Answer {
    Message message;             // also where the engine failed (state Failed) or was stopped: note says why
    AnswerTimings timings;
};

struct ReadResult {
    DocumentSummary document;
    ReadFacts facts;
    bool stopped = false;        // what was read is kept
    QString notice{};            // what a person should know of how it is kept (damage, no room on the disk); else empty
};

// The conversation: documents are added and read, questions asked and answered, and all of it is in the library before and after.
// The window (through Assistant) and octavo-cli both work through this class, so that they cannot differ.
// Blocking; threads: one at a time, stop tokens from any. Lifetime: library and engine outlive it.
// From the progress callback of a read() everything may be called but removing that document and openModel(): a question asked there is
// answered from what was read so far.
// Errors: a Failure if nothing could be done. A question that was stored always gets an answer message; engine errors are its note.
class ConversationService {
public:
    // Reads so many scanned pages at once; 0: one per core.
    ConversationService(Library& library, BookEngine& engine, const QString& dataDir, int threads = 0);

    Outcome<EngineModel> openModel(const QString& modelFile, std::stop_token stop);
    // Its vocabulary and numbers alone, to count and to estimate; of the weights nothing is read. Speed and what has been read are known if the file
    // was open before.
    Outcome<EngineModel> openModelHead(const QString& modelFile, std::stop_token stop);
    const std::optional<EngineModel>& model() const { return m_model; }

    // These need no model. Of what is loaded, addDocument() takes in what the person did not leave out before.
    Outcome<LoadedDocument> loadDocument(const QString& path, std::stop_token stop, const LoadProgressed& progress = [](const LoadProgress&) {});
    Outcome<DocumentSummary> addDocument(const QString& path, std::stop_token stop, const LoadProgressed& progress = [](const LoadProgress&) {});
    Outcome<DocumentSummary> addDocument(const LoadedDocument& loaded, const std::stop_token& stop = {});
    // addDocument() with its scans read in these languages, installed ones; empty: those that are likely. `instead`: the document that it takes the place of,
    // 0: none.
    Outcome<DocumentSummary> recognize(const QString& path, const QString& languages, DocumentId instead, std::stop_token stop,
                                       const LoadProgressed& progress = [](const LoadProgress&) {});
    ScanReader& scans() { return m_shelf.scans(); }
    // What it would cost to read, all in all and by parts, without taking it in.
    Outcome<DocumentPreview> preview(const LoadedDocument& loaded, const std::function<void(qint64 bytes)>& counted, const std::stop_token& stop);
    Outcome<double> tokensPerSecond();   // of reading, on this machine; 0 if it has not been measured
    Outcome<std::shared_ptr<const Document>> document(DocumentId id);
    Outcome<std::shared_ptr<const TokenizedDocument>> tokenized(DocumentId id, std::stop_token stop) { return m_shelf.tokenized(id, std::move(stop)); }
    Outcome<DocumentSummary> summary(DocumentId id);
    Outcome<QList<DocumentSummary>> documents();
    // Looks at the disk again: whether its files have changed, gone or come, the last in `folders` of it (absolute). A summary says so from then on.
    Outcome<DocumentSummary> lookAgain(DocumentId id, const QStringList& folders);
    // Those in which, by the folders' times, files may have come or gone since they were read, and the folders.
    Outcome<QHash<DocumentId, QStringList>> stirredFolders();
    Outcome<QList<WatchedDocument>> watchedDocuments(int mostFilesEach);
    Outcome<void> removeDocument(DocumentId id);
    Outcome<ReadEstimate> estimate(DocumentId id, std::stop_token stop);
    Outcome<ReadResult> read(DocumentId id, const std::function<void(const ReadProgress&)>& progress, std::stop_token stop);
    Outcome<QList<DocumentId>> interruptedReads();   // reads that a crash has cut off, oldest first

    ReadingShelf& readings() { return m_readings; }
    Outcome<void> setPinned(DocumentId id, bool pinned);   // its readings are not deleted to make room
    Outcome<bool> forgetReading(DocumentId id);            // deletes what is kept of it, by the model at hand; false if there is nothing to delete

    Outcome<Session> startSession(const QList<DocumentId>& documents);
    Outcome<Session> session(SessionId id);
    // Asks at the end of the branch shown. Documents not read yet in this run are read first (found on disk where they were read before);
    // one whose reading goes on, or was stopped in this run, is asked as far as it was read, and the answer's note says so.
    Outcome<Answer> ask(
        SessionId session, const QString& question, const AnswerOptions& options, const AnswerEvents& events, std::stop_token stop);
    // A question of the session in other words, or any other in its place: the branch shown ends before it from now on, and the old one stays beside it. To be
    // followed by ask().
    Outcome<Session> beginInsteadOf(SessionId session, MessageId question);
    Outcome<Session> showBranch(SessionId session, MessageId through);   // the newest through this message
    Outcome<QList<Message>> allMessages(SessionId session);              // of all branches, in the order in which they were added, without sources
    Outcome<Session> endAt(SessionId session, MessageId question);             // the branch shown ends there from now on: what is below stays, on other branches
    // Another answer to the last question of the branch shown, on a branch of its own: with another seed and no colder than makes it another. Where something is
    // hidden, that is what makes it another, and nothing else.
    Outcome<Answer> regenerate(SessionId session, AnswerOptions options, const AnswerEvents& events, std::stop_token stop);
    // What an answer owes to each of its sources, told one by one. Needs the model that wrote it.
    Outcome<void> verify(MessageId answer, const AnswerEvents& events, const std::function<void(const Verification&)>& found, std::stop_token stop);
    // Where each head looked for the answer's tokens [beginToken, endToken), begin == end: all. Needs the model that wrote it; that of one head only what heads() found last.
    Outcome<HeadsView> heads(MessageId answer, int beginToken, int endToken, const AnswerEvents& events, std::stop_token stop);
    Outcome<HeadPath> headPath(MessageId answer, int layer, int head);
    // Answer tokens [beginToken, endToken); begin == end: all.
    Outcome<HopView> hops(MessageId message, int beginToken, int endToken);

private:
    struct Extent {              // how far the engine has a document in memory
        qint64 tokens = 0;
        qint64 readTokens = 0;
        bool isComplete() const { return readTokens >= tokens; }
    };

    using Documents = std::map<DocumentId, std::shared_ptr<const Document>>;

    DocumentSummary withNews(DocumentSummary summary) const;
    EngineModel useModel(EngineModel model);
    Outcome<qint64> readTokensOf(const Document& document);
    ReadEstimate costOf(qint64 tokens, qint64 unreadTokens, double tokensPerSecond) const;
    Failure noModel() const;
    Outcome<Session> showing(SessionId id, const QString& nothing, const std::function<bool(Library&)>& show);
    Outcome<Session> showingQuestion(SessionId id, MessageId question, const std::function<MessageId(const Message&)>& end);
    Outcome<Answer> answer(const Session& session, const Message& question, const AnswerOptions& options, const AnswerEvents& events,
                           std::stop_token stop);
    // Reads what has to be read, then asks; the answer's text grows with each piece.
    Outcome<AskFacts> askEngine(const Session& session, const Message& question, const AnswerOptions& options, const AnswerEvents& events,
                                Answer& answer, std::stop_token stop);
    Outcome<ReadResult> read(DocumentId id, bool beforeAsking, const std::function<void(const ReadProgress&)>& progress, std::stop_token stop);
    Outcome<QString> makeRoomFor(DocumentId id, std::stop_token stop);
    Outcome<void> readFirst(DocumentId id, const AnswerEvents& events, AnswerTimings& timings, std::stop_token stop);
    Outcome<AskRequest> requestFor(const Session& session, const Message& question, const AnswerOptions& options, std::stop_token stop);
    // An answer that is there, and what it was asked with.
    struct Asked {
        Message answer;
        AskRequest request;
    };
    Outcome<Asked> askedAgain(MessageId answer, const AnswerEvents& events, const std::stop_token& stop);
    Outcome<HopRecord> hopRecord(MessageId message);
    QString partlyReadNote(const QList<DocumentId>& documents);
    QString hiddenNote(const QList<TextPlace>& hidden);
    Outcome<void> storeAnswer(const QList<DocumentId>& asked, const Message& question, const AskFacts& facts, Message& message);
    Outcome<HopRecord> recordOf(const QList<DocumentId>& documents, const Message& question, const AskFacts& facts);
    static QList<DocumentId> askedDocuments(const Session& session, const AnswerOptions& options);
    Outcome<Documents> documentsOf(const HopRecord& record);

    Library& m_library;
    BookEngine& m_engine;
    QString m_readingsDir;
    ReadingShelf m_readings;
    ModelRecords m_records;
    DocumentShelf m_shelf;
    std::optional<EngineModel> m_model;
    std::map<DocumentId, Extent> m_inMemory;
    struct LastHeads {
        MessageId answer = 0;
        QString words;
        HeadLooks looks;
    };
    LastHeads m_lastHeads;
    std::map<DocumentId, QSet<QString>> m_newFilesIn;   // folders with files that the document does not have
    std::set<DocumentId> m_beingRead;   // more than one if a question interrupts a reading and has to read another document
};

} // namespace octavo::app
