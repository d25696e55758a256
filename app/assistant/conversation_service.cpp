// SPDX-License-Identifier: Apache-2.0
#include "assistant/conversation_service.h"

#include <algorithm>
#include <cassert>
#include <chrono>

#include <QDir>
#include <QLocale>

#include "assistant/hop_view.h"
#include "assistant/sources.h"
#include "documents/token_map.h"

namespace octavo::app {

namespace {

constexpr auto kSaveEvery = std::chrono::milliseconds(500);   // of an answer that streams
constexpr float kRegenerateTemperature = 0.7F;                // greedy would only repeat itself
constexpr qint64 kMeasuredTokens = 256;                       // fewer say little about the speed of reading
constexpr qsizetype kTitleCharacters = 60;

QString speedKey(const EngineModel& model) { return QStringLiteral("reading.tokens_per_second/%1/%2").arg(model.hash, model.device); }

QString titleFor(const QString& question)
{
    const QString line = question.simplified();
    return line.size() <= kTitleCharacters ? line : line.left(kTitleCharacters - 1) + QStringLiteral("…");
}

QString joinSentences(const QString& first, const QString& second)
{
    return first.isEmpty() || second.isEmpty() ? first + second : first + QLatin1Char(' ') + second;
}

QString percent(qint64 part, qint64 whole)
{
    return QStringLiteral("%1 %").arg(whole > 0 ? 100 * part / whole : 0);   // rounded down: 99.9 % is not all
}

// Null if there is no such session.
std::optional<Session> loadSession(Library& library, SessionId id)
{
    const std::optional<SessionSummary> summary = library.sessions().find(id);
    if (!summary)
        return std::nullopt;
    Session session{*summary, library.messages().branch(id)};
    for (Message& message : session.messages)
        message.sources = library.citations().of(message.id);
    return session;
}

// Questions with their answers, as far as there are any, and the question to be answered now.
std::vector<Turn> turnsUpTo(const QList<Message>& branch, const Message& question)
{
    std::vector<Turn> turns;
    for (qsizetype at = 0; at + 1 < branch.size() && branch[at].id != question.id; ++at) {
        const bool answered = branch[at].role == Message::Role::User && branch[at + 1].role == Message::Role::Assistant
                              && branch[at + 1].state != Message::State::Failed && !branch[at + 1].text.isEmpty();
        if (answered) {
            turns.push_back({true, branch[at].text});
            turns.push_back({false, branch[at + 1].text});
        }
    }
    turns.push_back({true, question.text});
    return turns;
}

} // namespace

ConversationService::ConversationService(Library& library, BookEngine& engine, const QString& dataDir, int threads)
    : m_library(library), m_engine(engine), m_readingsDir(QDir(dataDir).filePath(QStringLiteral("readings"))), m_readings(library, m_readingsDir),
      m_shelf(library, engine, threads)
{
}

Outcome<EngineModel> ConversationService::openModel(const QString& modelFile, std::stop_token stop)
{
    const Outcome<EngineModel> opened = m_engine.open(modelFile, stop);
    if (!opened)
        return opened.error();
    m_model = *opened;
    m_shelf.forgetTokens();
    m_inMemory.clear();
    return *opened;
}

Outcome<DocumentSummary> ConversationService::addDocument(const QString& path, std::stop_token stop, const LoadProgressed& progress)
{
    const Outcome<DocumentId> id = m_shelf.add(path, progress, stop);
    if (!id)
        return id.error();
    return summary(*id);
}

Outcome<DocumentSummary> ConversationService::recognize(const QString& path, const QString& languages, DocumentId instead, std::stop_token stop,
                                                        const LoadProgressed& progress)
{
    const Outcome<QString> installed = m_shelf.scans().languages(languages);
    if (!installed)
        return installed.error();
    const Outcome<DocumentId> id = m_shelf.addRecognized(path, *installed, progress, stop);
    if (!id)
        return id.error();
    if (instead != 0 && instead != *id) {
        if (const Outcome<void> removed = removeDocument(instead); !removed)
            return removed.error();
    }
    return summary(*id);
}

Outcome<std::shared_ptr<const Document>> ConversationService::document(DocumentId id)
{
    return m_shelf.open(id);
}

Outcome<DocumentSummary> ConversationService::summary(DocumentId id)
{
    const QString hash = m_model ? m_model->hash : QString();
    const Outcome<std::optional<DocumentSummary>> found = m_library.read([&](Library& in) { return in.documents().summary(id, hash); });
    if (!found)
        return found.error();
    if (!found->has_value())
        return Failure{Failure::Kind::Usage, QStringLiteral("There is no document %1 in the library.").arg(id)};
    return **found;
}

Outcome<QList<DocumentSummary>> ConversationService::documents()
{
    const QString hash = m_model ? m_model->hash : QString();
    return m_library.read([&](Library& in) { return in.documents().list(hash); });
}

Outcome<void> ConversationService::removeDocument(DocumentId id)
{
    assert(!m_beingRead.contains(id));
    const Outcome<void> removed = m_library.write([&](Library& in) { in.documents().remove(id); });
    if (removed) {
        m_engine.forget(id);
        m_inMemory.erase(id);
        m_shelf.drop(id);
    }
    return removed;
}

Outcome<ReadEstimate> ConversationService::estimate(DocumentId id, std::stop_token stop)
{
    if (!m_model)
        return noModel();
    const Outcome<std::shared_ptr<const TokenizedDocument>> tokenized = m_shelf.tokenized(id, stop);
    if (!tokenized)
        return tokenized.error();
    const Outcome<DocumentSummary> known = summary(id);
    if (!known)
        return known.error();
    const Outcome<QString> speed = m_library.read([&](Library& in) { return in.settings().value(speedKey(*m_model)); });
    if (!speed)
        return speed.error();

    ReadEstimate estimate;
    estimate.document = id;
    estimate.tokens = static_cast<qint64>((*tokenized)->tokens.size());
    estimate.plan = m_engine.planFor(estimate.tokens);
    estimate.memoryBytes = estimate.tokens * estimate.plan.kvBytesPerToken + estimate.plan.hopBytes;
    estimate.diskBytes = estimate.memoryBytes;   // a kept reading is what reading goes on from
    estimate.device = m_model->device;
    if (const double tokensPerSecond = speed->toDouble(); tokensPerSecond > 0)
        estimate.seconds = static_cast<double>(estimate.tokens - known->readTokens) / tokensPerSecond;
    return estimate;
}

Outcome<ReadResult> ConversationService::read(DocumentId id, const std::function<void(const ReadProgress&)>& progress, std::stop_token stop)
{
    return read(id, false, progress, std::move(stop));
}

Outcome<ReadResult> ConversationService::read(
    DocumentId id, bool beforeAsking, const std::function<void(const ReadProgress&)>& progress, std::stop_token stop)
{
    if (!m_model)
        return noModel();
    const Outcome<std::shared_ptr<const Document>> document = m_shelf.open(id);
    if (!document)
        return document.error();
    const auto report = [&](const ReadStep& step) {
        m_inMemory[id] = {step.tokens, step.doneTokens};
        if (!progress)
            return;
        const double left = static_cast<double>(step.tokens - step.doneTokens);
        progress({id, step.doneTokens, step.reusedTokens, step.tokens, step.tokensPerSecond,
            step.tokensPerSecond > 0 ? left / step.tokensPerSecond : -1});
    };
    const Outcome<QString> noRoom = makeRoomFor(id, stop);
    if (!noRoom)
        return noRoom.error();
    const Outcome<void> begun = m_library.write([&](Library& in) { in.jobs().begin(JobRepository::Kind::Read, id); });
    if (!begun)
        return begun.error();
    assert(!m_beingRead.contains(id));
    m_beingRead.insert(id);
    const Outcome<ReadFacts> facts = m_engine.read({id, (*document)->text, m_readingsDir, noRoom->isEmpty(), beforeAsking}, report, stop);
    m_beingRead.erase(id);
    const Outcome<void> ended = m_library.write([&](Library& in) { in.jobs().end(JobRepository::Kind::Read, id); });
    if (!ended)
        return ended.error();
    if (!facts && facts.error().kind == Failure::Kind::Stopped) {   // before there was anything to keep
        const Outcome<DocumentSummary> unchanged = summary(id);
        if (!unchanged)
            return unchanged.error();
        return ReadResult{*unchanged, {}, true};
    }
    if (!facts) {
        m_inMemory.erase(id);   // the next question tries again
        return facts.error();
    }

    const qint64 done = facts->reusedTokens + facts->readTokens;
    m_inMemory[id] = {facts->tokens, done};
    const Outcome<void> stored = m_library.write([&](Library& in) {
        in.documents().storeReading(id, {m_model->hash, m_model->name, facts->tokens, done, facts->kvBytes, facts->file});
        if (facts->readTokens >= kMeasuredTokens && facts->seconds > 0)
            in.settings().set(speedKey(*m_model), QString::number(static_cast<double>(facts->readTokens) / facts->seconds, 'f', 2));
    });
    if (!stored)
        return stored.error();
    const Outcome<DocumentSummary> after = summary(id);
    if (!after)
        return after.error();
    if (!facts->file.isEmpty())
        m_readings.markUsed(facts->file);
    return ReadResult{*after, *facts, !facts->complete, joinSentences(*noRoom, facts->damage)};
}

Outcome<QList<DocumentId>> ConversationService::interruptedReads()
{
    return m_library.read([](Library& in) { return in.jobs().open(JobRepository::Kind::Read); });
}

Outcome<void> ConversationService::setPinned(DocumentId id, bool pinned)
{
    const Outcome<DocumentSummary> found = summary(id);
    if (!found)
        return found.error();
    return m_library.write([&](Library& in) { in.documents().setPinned(id, pinned); });
}

Outcome<bool> ConversationService::forgetReading(DocumentId id)
{
    const QString hash = m_model ? m_model->hash : QString();
    const Outcome<QString> file = m_library.read([&](Library& in) { return in.documents().readingFile(id, hash); });
    if (!file)
        return file.error();
    const Outcome<bool> forgotten = m_readings.forget(*file);
    if (forgotten && *forgotten) {
        m_engine.forget(id);
        m_inMemory.erase(id);
    }
    return forgotten;
}

// Room on the disk for what reading this document will keep. Where there is none, one sentence: it is read all the same, and not kept.
Outcome<QString> ConversationService::makeRoomFor(DocumentId id, std::stop_token stop)
{
    const Outcome<ReadEstimate> cost = estimate(id, std::move(stop));
    if (!cost)
        return cost.error();
    const Outcome<DocumentSummary> known = summary(id);
    if (!known)
        return known.error();
    QString file;
    const Outcome<QStringList> inUse = m_library.read([&](Library& in) { // their room would not be free before the program ends
        file = in.documents().readingFile(id, m_model->hash);
        QStringList files{file};
        for (const auto& [document, extent] : m_inMemory)
            files.append(in.documents().readingFile(document, m_model->hash));
        return files;
    });
    if (!inUse)
        return inUse.error();
    if (known->readTokens >= cost->tokens && m_readings.has(file))
        return QString();
    const Outcome<qint64> missing = m_readings.makeRoom(cost->diskBytes, *inUse);
    if (!missing)
        return missing.error();
    if (*missing == 0)
        return QString();
    return QStringLiteral("What is understood of “%1” is not kept on the disk: it takes %2, and %3 are missing. Free some space, unpin documents, or raise "
                          "the quota; until then it is read again after each start.")
        .arg(known->title, QLocale().formattedDataSize(cost->diskBytes), QLocale().formattedDataSize(*missing));
}

Outcome<Session> ConversationService::startSession(const QList<DocumentId>& documents)
{
    QStringList titles;
    for (const DocumentId id : documents) {
        const Outcome<DocumentSummary> found = summary(id);
        if (!found)
            return found.error();
        titles.append(found->title);
    }
    const Outcome<SessionId> id
        = m_library.write([&](Library& in) { return in.sessions().add(titles.join(QStringLiteral(", ")), documents); });
    if (!id)
        return id.error();
    return session(*id);
}

Outcome<Session> ConversationService::session(SessionId id)
{
    const Outcome<std::optional<Session>> found = m_library.read([&](Library& in) { return loadSession(in, id); });
    if (!found)
        return found.error();
    if (!found->has_value())
        return noSuchSession(id);
    return **found;
}

Outcome<Answer> ConversationService::ask(SessionId id, const QString& question, const AnswerOptions& options, const AnswerEvents& events,
                                         std::stop_token stop)
{
    const Outcome<Session> before = session(id);
    if (!before)
        return before.error();
    Message asked;
    asked.parent = before->messages.isEmpty() ? 0 : before->messages.last().id;
    asked.role = Message::Role::User;
    asked.text = question;
    asked.at = QDateTime::currentDateTime();
    const Outcome<MessageId> stored = m_library.write([&](Library& in) {
        if (before->messages.isEmpty())
            in.sessions().rename(id, titleFor(question));
        return in.messages().add(id, asked);
    });
    if (!stored)
        return stored.error();
    asked.id = *stored;
    if (events.questionStored)
        events.questionStored(asked);
    return answer(*before, asked, options, events, stop);
}

Outcome<Answer> ConversationService::regenerate(SessionId id, const AnswerEvents& events, std::stop_token stop)
{
    const Outcome<Session> shown = session(id);
    if (!shown)
        return shown.error();
    const auto question
        = std::find_if(shown->messages.rbegin(), shown->messages.rend(), [](const Message& m) { return m.role == Message::Role::User; });
    if (question == shown->messages.rend())
        return Failure{Failure::Kind::Usage, QStringLiteral("There is no question to answer again in this session.")};
    const Outcome<int> answers = m_library.read([&](Library& in) { return in.messages().countAnswersTo(question->id); });
    if (!answers)
        return answers.error();
    AnswerOptions options;
    if (*answers > 0) {
        options.temperature = kRegenerateTemperature;
        options.seed = static_cast<std::uint64_t>(*answers);
    }
    return answer(*shown, *question, options, events, stop);
}

Outcome<Answer> ConversationService::answer(
    const Session& session, const Message& question, const AnswerOptions& options, const AnswerEvents& events, std::stop_token stop)
{
    Answer answer;
    Message& message = answer.message;
    message.parent = question.id;
    message.role = Message::Role::Assistant;
    message.state = Message::State::Streaming;
    message.at = QDateTime::currentDateTime();
    const Outcome<MessageId> id = m_library.write([&](Library& in) {
        const MessageId added = in.messages().add(session.summary.id, message);
        if (m_model)
            in.messages().storeSettings(added, {m_model->name, m_model->hash, m_model->settings, options.maxTokens, options.temperature, options.seed});
        return added;
    });
    if (!id)
        return id.error();
    message.id = *id;
    if (events.started)
        events.started(message.id);

    const Outcome<AskFacts> facts = askEngine(session, question, options, events, answer, stop);
    if (facts) {
        message.text = facts->answer;
        message.state = facts->stopped ? Message::State::Stopped : Message::State::Complete;
        message.note = partlyReadNote(session.summary.documents);
        if (facts->stopped)
            message.note = joinSentences(QStringLiteral("Stopped."), message.note);
        if (facts->full)
            message.note
                = joinSentences(QStringLiteral("The room for this conversation is used up; ask on in a new session."), message.note);
        answer.timings.firstTokenSeconds = facts->firstTokenSeconds;
        answer.timings.tokensPerSecond = facts->tokensPerSecond;
        answer.timings.promptTokens = facts->promptTokens;
    } else {
        message.state = facts.error().kind == Failure::Kind::Stopped ? Message::State::Stopped : Message::State::Failed;
        message.note = facts.error().sentence;
    }
    const Outcome<void> stored = storeAnswer(session, question, facts ? *facts : AskFacts(), message);
    if (!stored) {
        message.state = Message::State::Failed;
        message.note = stored.error().sentence;
    }
    return answer;
}

Outcome<AskFacts> ConversationService::askEngine(const Session& session, const Message& question, const AnswerOptions& options,
                                                 const AnswerEvents& events, Answer& answer, std::stop_token stop)
{
    if (!m_model)
        return noModel();
    for (const DocumentId document : session.summary.documents) {
        const Outcome<void> read = readFirst(document, events, answer.timings, stop);
        if (!read)
            return read.error();
    }
    const Outcome<AskRequest> request = requestFor(session, question, options, stop);
    if (!request)
        return request.error();

    Message& message = answer.message;
    auto saved = std::chrono::steady_clock::now() - kSaveEvery;   // so that the first piece is saved at once
    return m_engine.ask(*request, [&](const QString& piece) {
        message.text += piece;
        if (const auto now = std::chrono::steady_clock::now(); now - saved >= kSaveEvery) {
            saved = now;
            // What fails here fails again when the whole answer is stored, and is told then.
            (void)m_library.write([&](Library& in) { in.messages().update(message); });
        }
        if (events.piece)
            events.piece(piece);
    }, stop);
}

Outcome<void> ConversationService::readFirst(DocumentId id, const AnswerEvents& events, AnswerTimings& timings, std::stop_token stop)
{
    const auto known = m_inMemory.find(id);
    const bool wasRead = known != m_inMemory.end() && known->second.readTokens > 0;
    // Not beyond where somebody stopped it: that is how far they want it read. Nor may a question that interrupts its reading go on with it.
    if (m_beingRead.contains(id) || (wasRead && !known->second.isComplete())) {
        timings.reusedTokens += known->second.readTokens;
        return {};
    }
    // Also if it was read in this run: the engine may have had to free it meanwhile, and takes no time if it has it.
    const Outcome<ReadResult> result = read(id, true, events.readProgress, stop);
    if (!result)
        return result.error();
    timings.readTokens += result->facts.readTokens;
    timings.reusedTokens += result->facts.reusedTokens;
    if (events.noticed && !result->notice.isEmpty())
        events.noticed(result->notice);
    if (events.readFinished && (!wasRead || result->facts.readTokens > 0))
        events.readFinished(result->document, result->stopped);
    if (!result->stopped)
        return {};
    return Failure{Failure::Kind::Stopped,
                   QStringLiteral("Stopped while reading “%1”, at %2. Ask again to have an answer from what was read.")
                       .arg(result->document.title, percent(result->document.readTokens, result->document.tokens))};
}

Outcome<AskRequest> ConversationService::requestFor(
    const Session& session, const Message& question, const AnswerOptions& options, std::stop_token stop)
{
    AskRequest request;
    for (const DocumentId id : session.summary.documents) {
        const Outcome<std::shared_ptr<const TokenizedDocument>> tokenized = m_shelf.tokenized(id, stop);
        if (!tokenized)
            return tokenized.error();
        request.documents.push_back(id);
        request.passages.push_back((*tokenized)->passageBegins);
    }
    request.turns = turnsUpTo(session.messages, question);
    request.maxTokens = options.maxTokens;
    request.temperature = options.temperature;
    request.seed = options.seed;
    return request;
}

QString ConversationService::partlyReadNote(const QList<DocumentId>& documents)
{
    QString note;
    for (const DocumentId id : documents) {
        const auto known = m_inMemory.find(id);
        if (known == m_inMemory.end() || known->second.isComplete())
            continue;
        const Outcome<DocumentSummary> found = summary(id);
        const QString title = found ? found->title : QString::number(id);
        const QString sentence = m_beingRead.contains(id) ? QStringLiteral("Answered from the first %1 of “%2”, read so far.")
                                                          : QStringLiteral("Answered from the first %1 of “%2”; the rest has not been read.");
        note = joinSentences(note, sentence.arg(percent(known->second.readTokens, known->second.tokens), title));
    }
    return note;
}

Outcome<void> ConversationService::storeAnswer(const Session& session, const Message& question, const AskFacts& facts, Message& message)
{
    std::optional<HopRecord> record;
    if (!facts.hops.empty()) {
        Outcome<HopRecord> made = recordOf(session.summary.documents, question, facts);
        if (!made)
            return made.error();
        record = std::move(*made);
    }
    if (record) {
        message.hasHops = true;
        const Outcome<Documents> documents = documentsOf(*record);
        if (!documents)
            return documents.error();
        message.sources = sourcesOf(*record, *documents);
    }
    return m_library.write([&](Library& in) {
        in.messages().update(message);
        in.citations().store(message.id, message.sources);
        if (record)
            in.hops().store(message.id, packHopRecord(*record));
    });
}

Outcome<HopRecord> ConversationService::recordOf(const QList<DocumentId>& documents, const Message& question, const AskFacts& facts)
{
    HopRecord record;
    record.model = m_model->name;
    record.question = question.text;
    record.answer = facts.answer;
    std::vector<std::shared_ptr<const TokenizedDocument>> tokenized;
    for (const DocumentId id : documents) {
        const Outcome<std::shared_ptr<const TokenizedDocument>> tokens = m_shelf.tokenized(id, {});
        if (!tokens)
            return tokens.error();
        tokenized.push_back(*tokens);
        for (const ByteRange& bytes : (*tokens)->passages)
            record.passages.push_back({id, bytes});
    }
    for (const AnswerTokenHops& token : facts.hops) {
        assert(token.passages.size() == record.passages.size());
        record.tokenBegins.push_back(token.beginByte);
        record.weights.insert(record.weights.end(), token.passages.begin(), token.passages.end());
        record.outside.push_back(token.outside);
        std::vector<HopRecord::HeavyToken>& heaviest = record.heaviest.emplace_back();
        for (const TokenWeight& heavy : token.top) {
            const DocumentId id = documents[heavy.document];
            const Outcome<std::shared_ptr<const Document>> document = m_shelf.open(id);
            if (!document)
                return document.error();
            const TokenBegins& begins = tokenized[static_cast<std::size_t>(heavy.document)]->tokens;
            heaviest.push_back({id, bytesOf(begins, {heavy.token, heavy.token + 1}, (*document)->text.size()), heavy.weight});
        }
    }
    return record;
}

Outcome<ConversationService::Documents> ConversationService::documentsOf(const HopRecord& record)
{
    Documents documents;
    for (const HopRecord::Passage& passage : record.passages) {
        if (documents.contains(passage.document))
            continue;
        const Outcome<std::shared_ptr<const Document>> document = m_shelf.open(passage.document);
        if (!document)
            return document.error();
        documents[passage.document] = *document;
    }
    return documents;
}

Outcome<HopView> ConversationService::hops(MessageId message, int beginToken, int endToken)
{
    const Outcome<std::optional<QByteArray>> bytes = m_library.read([&](Library& in) { return in.hops().find(message); });
    if (!bytes)
        return bytes.error();
    if (!bytes->has_value())
        return Failure{Failure::Kind::Usage, QStringLiteral("Message %1 has no record of where its answer looked.").arg(message)};
    const std::optional<HopRecord> record = unpackHopRecord(**bytes);
    const Failure damaged{Failure::Kind::Library, QStringLiteral("The hop record of message %1 is damaged, or was written by a newer Octavo.").arg(message)};
    if (!record)
        return damaged;
    const Outcome<Documents> documents = documentsOf(*record);
    if (!documents)
        return documents.error();
    std::map<DocumentId, qint64> textBytes;
    for (const auto& [id, document] : *documents)
        textBytes[id] = document->text.size();
    if (!fitsInto(*record, textBytes))
        return damaged;
    return makeHopView(message, *record, *documents, beginToken, endToken);
}

Failure ConversationService::noModel() const
{
    return {Failure::Kind::Model, QStringLiteral("No model is open. Choose a model file, then try again.")};
}

} // namespace octavo::app
