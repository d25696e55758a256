// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>

#include <QObject>
#include <QStringList>

#include "octavo/app/conversation_text.h"
#include "octavo/app/document.h"
#include "octavo/app/failure.h"
#include "octavo/app/heads_view.h"
#include "octavo/app/hop_view.h"
#include "octavo/app/model_shelf.h"
#include "octavo/app/page_picture.h"
#include "octavo/app/preview.h"
#include "octavo/app/read_estimate.h"
#include "octavo/app/session.h"
#include "octavo/app/summary.h"
#include "octavo/app/verification.h"
#include "octavo/app/work.h"

namespace octavo::app {

class BookEngine;
class PageDrawer;

// How far opening a file or folder has come, before anything of it can be read by a model.
struct OpenProgress {
    QString path;
    qint64 files = 0;          // met so far
    qint64 bytes = 0;          // read so far
    double counted = -1;       // 0…1, of its text, whose tokens are counted when all is read; < 0: not begun
    int scans = 0;             // pages of the file at hand that text recognition has read, of
    int allScans = 0;          // so many; 0: none is at work
};

// Pages that are pictures of text. Text recognition is offered, never done unasked.
struct ScannedPages {
    DocumentId document = 0;   // 0: there is nothing else in the file, so that there is no document
    QString path;
    int scans = 0;
    int pages = 0;             // in all; 0: unknown
    double seconds = 0;        // that it takes, roughly
    QString languages{};       // that it would be done in, "deu+eng"; may be changed to others that are installed
    QString whyNot{};          // one sentence that says how to get it; empty: it is there
};

struct ReadProgress {
    DocumentId document = 0;
    qint64 readTokens = 0;     // of which reusedTokens came from disk
    qint64 reusedTokens = 0;
    qint64 tokens = 0;
    double tokensPerSecond = 0;
    double secondsLeft = 0;    // < 0 while unknown
};

struct AnswerTimings {
    double firstTokenSeconds = 0;
    double tokensPerSecond = 0;
    qint64 promptTokens = 0;
    qint64 readTokens = 0;     // document tokens read for this answer
    qint64 reusedTokens = 0;   // document tokens that were there already
};

// What makes small models end after the answer: SmolLM2-135M goes on in the manner of the book otherwise, to the last token that it may write (docs/quality.md).
inline constexpr const char* kShortAnswer = "Answer in one sentence.";

// How answers are written.
struct AnswerOptions {
    int maxTokens = 512;
    float temperature = 0;     // 0 = the likeliest token each time
    std::uint64_t seed = 0;    // for temperatures above 0
    std::optional<TextPlace> focus{};   // of one of the session's documents. Everything else is hidden: other documents, the rest of this one, all turns before
    QString wish{};                     // put behind each question for the model, not shown and not stored with it; empty: nothing
    QList<TextPlace> hidden{};          // of the session's documents; not all of them. Exact for what question and answer see: text behind was read with these in sight
};

struct ModelSummary {
    QString name;
    QString file;
    QString device;            // "CPU, 2 threads"
    qint64 contextTokens = 0;
    QString whyNoGpu{};        // a short reason why it is not the GPU; empty: it is, or it was not wanted
    QStringList adapters{};    // names of those of Octavo's own that it answers with
};

// The parts of a document, without its text.
struct DocumentOutline {
    DocumentId document = 0;
    QString title;
    Part outline;
};

// What kept readings take of the disk.
struct ReadingsSpace {
    int readings = 0;
    qint64 bytes = 0;
    qint64 quotaBytes = 0;     // what they may take
};

struct AssistantOptions {
    QString dataDir;           // library.db and readings/ live here; created if absent
    QString modelFile;
    int threads = 0;           // 0 = all
    QString device{};          // "cpu", "cuda"; else auto: the GPU where one answers and the model fits
    bool ownAdapters = true;   // whether the adapters that Octavo brings along are applied to their models
    std::optional<quint32> gpuLayers{}; // as EngineOptions::gpuLayers
};

// The conversation service of the window: the library, the engine and the work on them, behind slots and signals.
// All work runs on one worker thread of its own, one job after the other. Readings wait for each other and give way to everything else: at
// the end of each chunk (512 tokens) what was asked for meanwhile is done, questions answered from what was read so far, and reading
// goes on. A stop ends any job within 200 ms and keeps what was done. Each call answers with exactly the signals its comment names, or
// with failed().
// Threads: lives on and is called from one thread (the GUI's); signals arrive there. Lifetime: the destructor stops and joins.
class Assistant : public QObject {
    Q_OBJECT

public:
    Assistant(AssistantOptions options, std::unique_ptr<BookEngine> engine, QObject* parent = nullptr);
    ~Assistant() override;

    // An assistant with this machine's own engine, `options.threads` and `options.device`, for main programs and end-to-end tests.
    static std::unique_ptr<Assistant> onThisMachine(AssistantOptions options, QObject* parent = nullptr);

    bool busy() const;
    void setAnswering(const AnswerOptions& options);   // from the next question on

public slots:
    // Once, first: libraryChanged, sessionsChanged, modelReady (libraryChanged before it if it is another model). Reads that a crash has cut off go on.
    void start();
    void listModels();                                  // modelsListed
    // What goes on is stopped, and kept; then modelReady, libraryChanged, modelsListed. One that cannot be opened leaves the old one in use.
    void useModel(const QString& file);
    void importModel(const QString& file);              // openProgress…, modelsListed, noticed
    // From Hugging Face ("owner/name/file.gguf") or an https address, with a SHA-256 in hex that it must have, if one is given: downloadProgress…; downloadEnded,
    // modelsListed and noticed. One at a time, beside all other work. What came before a pause or a break is kept, and gone on with. Nothing else in Octavo connects to the net.
    void downloadModel(const QString& reference, const QString& sha256);
    void stopDownload();                                // downloadEnded
    void removeModel(const QString& file);              // modelsListed; into the system's trash. Not the one in use
    // openProgress…; then, if all that was opened is read in a short time, for each path documentAdded, documentOpened, scansFound where there are, estimated,
    // and it is read as read() does. Else previewReady, and nothing more before readPreviewed(). Of a file that holds nothing but scans only scansFound.
    // An archive (.octavo) is taken into the library instead: libraryChanged, sessionsChanged, noticed; of a single conversation sessionOpened and
    // documentOpened too.
    void openPaths(const QStringList& paths);
    void previewPaths(const QStringList& paths);        // the same, and asks in any case
    // Each document as its choice says, in the order of the preview: documentAdded, documentOpened, scansFound where there are, estimated, and it is read.
    void readPreviewed(octavo::app::PreviewId preview, const QList<octavo::app::PreviewChoice>& choices);
    void dropPreview(octavo::app::PreviewId preview);   // no signal; as if it had never been opened
    // Reads the scans of what scansFound told of: openProgress…, documentAdded, libraryChanged, documentOpened, estimated, and it is read. The new document takes
    // the place of the one without; a stop keeps that one as it was.
    void recognize(const octavo::app::ScannedPages& scans);
    // Pages of a PDF file as they look, beside all other work: pageSizesReady, pageDrawn. Those asked for last come first.
    void measurePages(const QString& file);
    void drawPage(const QString& file, int page, double dpi);
    void dropDrawing();                                 // what was asked for and has not begun is not wanted any more
    void read(octavo::app::DocumentId document);        // readProgress…, readFinished
    void openDocument(octavo::app::DocumentId document);// documentOpened
    void removeDocument(octavo::app::DocumentId document);          // libraryChanged; its reading ends; sessions keep their messages
    void pinDocument(octavo::app::DocumentId document, bool pinned); // libraryChanged; what was read of it is not deleted to make room for others
    void forgetReading(octavo::app::DocumentId document);           // libraryChanged, readingsSpace; what is kept of it on the disk is deleted
    void measureReadings();                                         // readingsSpace
    void setReadingsQuota(qint64 bytes);                            // readingsSpace; 0: half of what they take and what else is free
    void startSession(const QList<octavo::app::DocumentId>& documents); // sessionOpened, sessionsChanged
    void openSession(octavo::app::SessionId session);   // sessionOpened, or summaryOpened; and documentOpened of its first document
    void renameSession(octavo::app::SessionId session, const QString& title);   // sessionsChanged
    void trashSession(octavo::app::SessionId session);  // sessionsChanged
    void restoreSession(octavo::app::SessionId session);// sessionsChanged
    void eraseSessions(const QList<octavo::app::SessionId>& sessions);  // sessionsChanged; for ever
    void exportSession(octavo::app::SessionId session, const QString& file);   // noticed; as an archive, replaced if it is there
    void openText(octavo::app::SessionId session);      // textReady
    void exportLibrary(const QString& file);            // noticed
    void checkLibrary();                                // noticed: everything in it, and its indexes
    void searchSessions(const QString& words);          // sessionsChanged with the matches; empty = all
    void searchTexts(const QString& words);             // textsFound, unless other words are searched for meanwhile; of documents in the library, a thousandth of a second each
    // messageAdded (question), answerStarted, answerPiece…, answerFinished, sessionsChanged. Documents not read yet in this run, nor
    // being read, are read before the first piece: readProgress…, readFinished. An engine's failure is the answer's note, with state Failed.
    void ask(octavo::app::SessionId session, const QString& question);
    void regenerate(octavo::app::SessionId session);    // the same without messageAdded: another answer to the last question
    // Another answer to any question, where it and the answer do not see some of the text: sessionOpened, which ends with that question, and the signals of
    // regenerate(). Nothing hidden: as regenerate().
    void answerAgain(octavo::app::SessionId session, octavo::app::MessageId question, const QList<octavo::app::TextPlace>& hidden);
    // sessionOpened, which ends before that question, and the signals of ask(): asked in other words, on a branch beside the old one.
    void editQuestion(octavo::app::SessionId session, octavo::app::MessageId question, const QString& text);
    void countTokens(const QString& text);              // tokensCounted, unless there is no model
    void openOutlines(octavo::app::SessionId session);  // outlinesReady
    void showBranch(octavo::app::SessionId session, octavo::app::MessageId through);   // sessionOpened, with the newest branch through it
    void openBranches(octavo::app::SessionId session);  // branchesReady
    // As openPaths(), then summarize() of all that could be opened.
    void summarizePaths(const QStringList& paths);
    // summaryOpened, sessionsChanged; then the documents are read as read() does, and the summary is written: summaryProgress, summaryChanged,
    // summaryPiece…, summaryChanged for each part; at its end summaryFinished. What else is asked for is done between two parts.
    void summarize(const QList<octavo::app::DocumentId>& documents);
    void summarizeOn(octavo::app::SessionId session);   // what is missing of a summary that was stopped; the signals of summarize() but for the first two
    void readChaptersAgain(octavo::app::SessionId session, const QList<int>& chapters); // likewise; places in Summary::parts
    void openHops(octavo::app::MessageId message, int beginToken, int endToken); // hopsReady; tokens of the answer, begin == end: all
    // What an answer of the session owes to each of its sources, documents not read yet in this run being read before: sourceVerified for each, in their order;
    // at the end, also where it failed or was stopped, verifyEnded.
    void verify(octavo::app::SessionId session, octavo::app::MessageId answer);
    // Likewise headsReady; without layers where it failed or was stopped.
    void openHeads(octavo::app::SessionId session, octavo::app::MessageId answer, int beginToken, int endToken);
    void openHeadPath(octavo::app::MessageId answer, int layer, int head);   // headPathReady; of the answer and words that openHeads() was about last
    void stop();                                        // ends the answer being written and those waiting; if there are none, all reading
    void pauseWork(octavo::app::WorkId work);           // workChanged; and what its end tells: what was done is kept
    void goOnWithWork(octavo::app::WorkId work);        // of paused work: as it was begun, from where it was paused
    void stopWork(octavo::app::WorkId work);            // ends this alone; what is paused is only dropped from the list
    void stopReading();                                 // ends all reading, also for an answer; one being written goes on

signals:
    void modelReady(const octavo::app::ModelSummary& model);
    void modelsListed(const octavo::app::ModelShelf& shelf);
    void downloadProgress(const octavo::app::ModelDownload& download);   // ten times a second at most
    void downloadEnded(const QString& fileName);   // also where it failed or was stopped
    void libraryChanged(const QList<octavo::app::DocumentSummary>& documents);
    void sessionsChanged(const QList<octavo::app::SessionSummary>& sessions, const QList<octavo::app::SessionSummary>& trashed);
    void textsFound(const QString& words, const QList<octavo::app::DocumentHit>& hits);   // in the order of the library; words empty: nothing was looked for
    void readingsSpace(const octavo::app::ReadingsSpace& space);
    void documentAdded(const octavo::app::DocumentSummary& document);
    void documentChanged(const octavo::app::DocumentSummary& document);   // at any time: its files on the disk were changed, removed, or put back
    void documentOpened(octavo::app::DocumentId id, const octavo::app::Document& document);
    void previewReady(const octavo::app::OpenPreview& preview);
    void scansFound(const octavo::app::ScannedPages& scans);
    void pageSizesReady(const octavo::app::PageSizes& sizes);
    void pageDrawn(const octavo::app::DrawnPage& page);
    void estimated(const octavo::app::ReadEstimate& estimate);
    void openProgress(const octavo::app::OpenProgress& progress);   // ten times a second at most
    void readProgress(const octavo::app::ReadProgress& progress);
    void readFinished(const octavo::app::DocumentSummary& document, bool stopped);
    void sessionOpened(const octavo::app::Session& session);
    void tokensCounted(const QString& text, qint64 tokens);
    void outlinesReady(octavo::app::SessionId session, const QList<octavo::app::DocumentOutline>& outlines);   // of its documents, in their order
    void branchesReady(octavo::app::SessionId session, const QList<octavo::app::Message>& messages);   // of all branches, as they were added
    void textReady(const octavo::app::ConversationText& text);
    void messageAdded(octavo::app::SessionId session, const octavo::app::Message& message);
    void answerStarted(octavo::app::SessionId session, octavo::app::MessageId message);
    void answerPiece(octavo::app::MessageId message, const QString& piece);
    void answerFinished(octavo::app::SessionId session, const octavo::app::Message& message, const octavo::app::AnswerTimings& timings);
    void summaryOpened(const octavo::app::Summary& summary);
    void summaryChanged(const octavo::app::Summary& summary);
    void summaryProgress(const octavo::app::SummaryProgress& progress);
    void summaryPiece(octavo::app::SessionId session, int part, const QString& piece);
    void summaryFinished(const octavo::app::Summary& summary);
    void hopsReady(const octavo::app::HopView& view);
    void sourceVerified(const octavo::app::Verification& verification);
    void verifyEnded(octavo::app::MessageId answer);
    void headsReady(const octavo::app::HeadsView& view);
    void headPathReady(const octavo::app::HeadPath& path);
    void failed(const octavo::app::Failure& failure);
    void noticed(const QString& sentence);   // nothing has failed, but a person should know: a library salvaged, a reading that is not kept
    void workChanged(const QList<octavo::app::WorkItem>& work);   // all that takes long and waits, goes on or is paused, oldest first
    void workEnded(const octavo::app::WorkItem& work);
    void busyChanged(bool busy);

private:
    class Worker;
    AnswerOptions m_answering;
    std::unique_ptr<Worker> m_worker;
    std::unique_ptr<PageDrawer> m_pages;
};

} // namespace octavo::app

Q_DECLARE_METATYPE(octavo::app::OpenProgress)
Q_DECLARE_METATYPE(octavo::app::ScannedPages)
Q_DECLARE_METATYPE(octavo::app::ReadingsSpace)
Q_DECLARE_METATYPE(octavo::app::ReadProgress)
Q_DECLARE_METATYPE(octavo::app::AnswerTimings)
Q_DECLARE_METATYPE(octavo::app::ModelSummary)
