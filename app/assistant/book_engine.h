// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <vector>

#include <QByteArray>
#include <QString>

#include "octavo/app/failure.h"
#include "octavo/app/read_plan.h"
#include "octavo/app/session.h"

namespace octavo::app {

// Where each token of a document's text form begins, in bytes, ascending.
using TokenBegins = std::vector<std::uint64_t>;

struct EngineModel {
    QString name;
    QString device;
    QString hash;              // identifies what readings are made with; part of their names on disk
    qint64 contextTokens = 0;
    EngineSettings settings{};
    QString whyNoGpu{};        // why it is not the GPU though that was left open; empty where nothing is to be said
    QString source{};          // its files with their sizes and times: as long as these stay, so does the hash
    QString answerHash{};      // identifies what answers are made with: the model and its adapters; empty of one that is not open
    QStringList adapters{};    // names of Octavo's own adapters that are applied
};

// One document to be read. The engine keeps its reading (in memory and at `readingFile`) under `document`.
struct ReadRequest {
    qint64 document = 0;       // any number that stays the same for this text
    QByteArray text;
    QString readingsDir;       // where readings are kept while they are read; empty = memory only
    bool keep = true;          // false: what is there already is used, and nothing is written
    bool beforeAsking = false; // what comes from disk is looked at now, all of it; else only where reading has to go on from it
};

struct ReadFacts {
    qint64 tokens = 0;         // of the document
    qint64 readTokens = 0;     // by this call
    qint64 reusedTokens = 0;   // found in memory or on disk
    qint64 kvBytes = 0;
    double seconds = 0;
    bool complete = false;     // false: stopped, what was read is kept
    QString file{};            // of the kept reading, without its folder; empty: in memory only
    QString damage{};          // one sentence, if what was kept on disk was damaged, and read again in part; else empty
};

struct ReadStep {
    qint64 doneTokens = 0;     // of the document, reused ones included
    qint64 reusedTokens = 0;
    qint64 tokens = 0;
    double tokensPerSecond = 0;
};

// One turn of the conversation so far.
struct Turn {
    bool user = true;
    QString text;
};

// Tokens [begin, end) of one document's text.
struct DocumentSpan {
    std::size_t document = 0;                    // index into AskRequest::documents
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
    bool operator==(const DocumentSpan&) const = default;
};

struct AskRequest {
    std::vector<qint64> documents;               // as in ReadRequest, in the order they are put before the question
    std::vector<Turn> turns;                     // oldest first; the last is the question
    QString wish{};                              // put behind every question
    // Per document: first tokens of its passages, ascending, the first 0. Attention is summed per passage.
    std::vector<std::vector<std::uint32_t>> passages;
    // What question and answer do not see of the documents: by document, then ascending, not overlapping. The places of all else stay.
    std::vector<DocumentSpan> hidden{};
    int maxTokens = 512;
    float temperature = 0;                       // 0 = greedy
    std::uint64_t seed = 0;
};

struct TokenWeight {
    std::int32_t document = 0;                   // index into AskRequest::documents
    std::uint32_t token = 0;                     // of that document's text
    float weight = 0;                            // share of this answer token's attention, mean of all layers and heads
};

// Where one answer token looked: shares of its attention, mean of all layers and heads.
struct AnswerTokenHops {
    std::uint32_t beginByte = 0;                 // of the answer's text
    std::vector<float> passages;                 // all passages of all documents, one after the other
    std::vector<TokenWeight> top;                // heaviest document tokens, heaviest first, at most 32
    float outside = 0;                           // sinks, prompt and conversation; passages + outside = 1
};

struct AskFacts {
    QString answer;
    std::vector<AnswerTokenHops> hops;           // one per answer token
    qint64 promptTokens = 0;
    double firstTokenSeconds = 0;
    double tokensPerSecond = 0;
    bool stopped = false;                        // by the stop token; the answer holds what was written till then
    bool full = false;                           // ended because the room for the conversation is used up
};

// How likely the model finds an answer that is there already.
struct AnswerLikelihood {
    std::vector<std::uint32_t> tokenBegins;      // bytes of the answer's text
    std::vector<float> nll;                      // of each token after all before it: negative log likelihood, nats
};

// Where each head looked, to foresee the tokens of some words of an answer: mean of these tokens. A head's passages + sinks + outside = 1.
struct HeadLooks {
    std::uint32_t layers = 0;
    std::uint32_t heads = 0;                     // of each layer
    std::vector<float> passages;                 // [layer][head][passage], all passages of all documents one after the other
    std::vector<float> sinks;                    // [layer][head]: the first tokens of each document, which attention falls on for want of a better place
    std::vector<float> outside;                  // [layer][head]: prompt and conversation
};

// What the app needs of an engine: a few calls, so that a script can stand in for it in tests.
// Threads: all calls from one thread, except that stop tokens may be triggered from any. Callbacks run on the calling thread.
// The progress callback of a read() may call everything but open(), and read() and forget() of the document being read: asked there,
// it answers from what was read so far. Time spent in callbacks counts neither as seconds nor in speeds of reading.
class BookEngine {
public:
    virtual ~BookEngine() = default;

    virtual Outcome<EngineModel> open(const QString& modelFile, std::stop_token stop) = 0;
    // To tokenize() and to plan alone, without the model's weights: hash and device, which need them, stay empty. Until open(), reading and asking fail.
    virtual Outcome<EngineModel> openHead(const QString& modelFile, std::stop_token stop) = 0;
    virtual Outcome<TokenBegins> tokenize(const QByteArray& text, std::stop_token stop) = 0;
    virtual ReadPlan planFor(qint64 tokens) const = 0;   // how a text of so many tokens is read; only with a model, or its head, open
    virtual Outcome<ReadFacts> read(const ReadRequest& request, const std::function<void(const ReadStep&)>& progress, std::stop_token stop) = 0;
    virtual Outcome<AskFacts> ask(const AskRequest& request, const std::function<void(const QString& piece)>& piece, std::stop_token stop) = 0;
    // These two write nothing: the answer is given, and what ask() keeps warm stays as it is. Seed, temperature and room of the request play no part.
    virtual Outcome<AnswerLikelihood> likelihood(const AskRequest& request, const QString& answer, std::stop_token stop) = 0;
    // `words`: bytes of the answer; empty: all of it.
    virtual Outcome<HeadLooks> headLooks(const AskRequest& request, const QString& answer, ByteRange words, std::stop_token stop) = 0;
    virtual void forget(qint64 document) = 0;    // frees its memory; files on disk stay
};

} // namespace octavo::app
