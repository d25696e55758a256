// SPDX-License-Identifier: Apache-2.0
#include "assistant/conversation_service.h"

#include <algorithm>
#include <cassert>
#include <chrono>

#include <QDir>

#include "assistant/hop_view.h"
#include "assistant/sentences.h"
#include "assistant/sources.h"
#include "assistant/stored_session.h"
#include "documents/token_map.h"

namespace octavo::app {

namespace {

constexpr auto kSaveEvery = std::chrono::milliseconds(500);   // of an answer that streams
constexpr float kRegenerateTemperature = 0.7F;                // greedy would only repeat itself
constexpr qsizetype kTitleCharacters = 60;

QString titleFor(const QString& question)
{
    const QString line = question.simplified();
    return line.size() <= kTitleCharacters ? line : line.left(kTitleCharacters - 1) + QStringLiteral("…");
}

QString percent(qint64 part, qint64 whole)
{
    return QStringLiteral("%1 %").arg(whole > 0 ? 100 * part / whole : 0);   // rounded down: 99.9 % is not all
}

// What an answer does not see of a document.
std::vector<TokenRange> hiddenTokens(DocumentId id, const TokenBegins& tokens, const AnswerOptions& options)
{
    std::vector<TokenRange> hidden;
    if (options.focus) {
        const TokenRange seen = tokensOf(tokens, options.focus->bytes);
        hidden = {{0, seen.begin}, {seen.end, static_cast<std::uint32_t>(tokens.size())}};
    }
    for (const TextPlace& place : options.hidden)
        if (place.document == id)
            hidden.push_back(tokensOf(tokens, place.bytes));
    return merged(std::move(hidden));
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
      m_records(library), m_shelf(library, engine, threads)
{
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

// The session after `show`, which says whether there was something to be shown.
Outcome<Session> ConversationService::showing(SessionId id, const QString& nothing, const std::function<bool(Library&)>& show)
{
    const Outcome<bool> shown = m_library.write(show);
    if (!shown)
        return shown.error();
    return *shown ? session(id) : Outcome<Session>(Failure{Failure::Kind::Usage, nothing});
}

Outcome<Session> ConversationService::showingQuestion(SessionId id, MessageId question, const std::function<MessageId(const Message&)>& end)
{
    return showing(id, QStringLiteral("Session %1 has no question %2.").arg(id).arg(question), [&](Library& in) {
        const std::optional<Message> message = in.messages().find(question);
        const bool isOne = message && message->role == Message::Role::User && in.messages().sessionOf(question) == id;
        if (isOne)
            in.messages().showUntil(id, end(*message));
        return isOne;
    });
}

Outcome<Session> ConversationService::beginInsteadOf(SessionId id, MessageId question)
{
    return showingQuestion(id, question, [](const Message& message) { return message.parent; });
}

Outcome<Session> ConversationService::endAt(SessionId id, MessageId question)
{
    return showingQuestion(id, question, [](const Message& message) { return message.id; });
}

Outcome<Session> ConversationService::showBranch(SessionId id, MessageId through)
{
    return showing(id, QStringLiteral("Session %1 has no message %2.").arg(id).arg(through), [&](Library& in) {
        const bool isOne = in.messages().sessionOf(through) == id;
        if (isOne)
            in.messages().show(id, through);
        return isOne;
    });
}

Outcome<QList<Message>> ConversationService::allMessages(SessionId id)
{
    return m_library.read([&](Library& in) { return in.messages().all(id); });
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
    const Outcome<void> stored = m_library.write([&](Library& in) {
        asked.id = in.messages().add(id, asked);
        asked.versions = in.messages().versions(id, asked.parent);
        const bool isFirst = asked.parent == 0 && asked.versions.isEmpty();
        if (isFirst && !options.focus)
            in.sessions().rename(id, titleFor(question));
    });
    if (!stored)
        return stored.error();
    if (events.questionStored)
        events.questionStored(asked);
    return answer(*before, asked, options, events, stop);
}

Outcome<Answer> ConversationService::regenerate(SessionId id, AnswerOptions options, const AnswerEvents& events, std::stop_token stop)
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
    if (*answers > 0 && options.hidden.isEmpty()) {
        options.temperature = std::max(options.temperature, kRegenerateTemperature);
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
            in.messages().storeSettings(added, {m_model->name, m_model->answerHash, m_model->settings, options.maxTokens, options.temperature, options.seed, options.hidden, options.wish});
        return added;
    });
    if (!id)
        return id.error();
    message.id = *id;
    if (events.started)
        events.started(message.id);

    const QList<DocumentId> documents = askedDocuments(session, options);
    const Outcome<AskFacts> facts = askEngine(session, question, options, events, answer, stop);
    if (facts) {
        message.text = facts->answer;
        message.state = facts->stopped ? Message::State::Stopped : Message::State::Complete;
        message.note = joinSentences(hiddenNote(options.hidden), partlyReadNote(documents));
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
    const Outcome<void> stored = storeAnswer(documents, question, facts ? *facts : AskFacts(), message);
    if (!stored) {
        message.state = Message::State::Failed;
        message.note = stored.error().sentence;
    }
    if (const auto versions = m_library.read([&](Library& in) { return in.messages().versions(session.summary.id, question.id); }))
        message.versions = *versions;
    return answer;
}

Outcome<AskFacts> ConversationService::askEngine(const Session& session, const Message& question, const AnswerOptions& options,
                                                 const AnswerEvents& events, Answer& answer, std::stop_token stop)
{
    if (!m_model)
        return noModel();
    for (const DocumentId document : askedDocuments(session, options)) {
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
    bool nothingLeft = true;
    for (const DocumentId id : askedDocuments(session, options)) {
        const Outcome<std::shared_ptr<const TokenizedDocument>> tokenized = m_shelf.tokenized(id, stop);
        if (!tokenized)
            return tokenized.error();
        request.documents.push_back(id);
        request.passages.push_back((*tokenized)->passageBegins);
        std::uint32_t left = static_cast<std::uint32_t>((*tokenized)->tokens.size());
        for (const TokenRange& hidden : hiddenTokens(id, (*tokenized)->tokens, options)) {
            request.hidden.push_back({request.documents.size() - 1, hidden.begin, hidden.end});
            left -= hidden.end - hidden.begin;
        }
        nothingLeft = nothingLeft && left == 0;
    }
    if (nothingLeft && !request.hidden.empty())
        return Failure{Failure::Kind::Usage, QStringLiteral("Nothing is left that the answer could look at; leave at least one part in.")};
    request.turns = options.focus ? std::vector<Turn>{{true, question.text}} : turnsUpTo(session.messages, question);
    request.wish = options.wish;
    request.maxTokens = options.maxTokens;
    request.temperature = options.temperature;
    request.seed = options.seed;
    return request;
}

QList<DocumentId> ConversationService::askedDocuments(const Session& session, const AnswerOptions& options)
{
    return options.focus ? QList<DocumentId>{options.focus->document} : session.summary.documents;
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

Outcome<void> ConversationService::storeAnswer(const QList<DocumentId>& asked, const Message& question, const AskFacts& facts, Message& message)
{
    std::optional<HopRecord> record;
    if (!facts.hops.empty()) {
        Outcome<HopRecord> made = recordOf(asked, question, facts);
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

Outcome<HopRecord> ConversationService::hopRecord(MessageId message)
{
    const Outcome<std::optional<QByteArray>> bytes = m_library.read([&](Library& in) { return in.hops().find(message); });
    if (!bytes)
        return bytes.error();
    if (!bytes->has_value())
        return Failure{Failure::Kind::Usage, QStringLiteral("Message %1 has no record of where its answer looked.").arg(message)};
    std::optional<HopRecord> record = unpackHopRecord(**bytes);
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
    return std::move(*record);
}

Outcome<HopView> ConversationService::hops(MessageId message, int beginToken, int endToken)
{
    const Outcome<HopRecord> record = hopRecord(message);
    if (!record)
        return record.error();
    const Outcome<Documents> documents = documentsOf(*record);
    if (!documents)
        return documents.error();
    return makeHopView(message, *record, *documents, beginToken, endToken);
}

Failure ConversationService::noModel() const
{
    return {Failure::Kind::Model, QStringLiteral("No model is open. Choose a model file, then try again.")};
}

} // namespace octavo::app
