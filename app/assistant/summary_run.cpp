// SPDX-License-Identifier: Apache-2.0
#include "assistant/summary_run.h"

#include <algorithm>
#include <utility>

#include "assistant/summary_coverage.h"
#include "assistant/summary_prompts.h"
#include "documents/token_map.h"

namespace octavo::app {

namespace {

constexpr float kAgainTemperature = 0.7F;    // the likeliest words would only be those that are there
constexpr qsizetype kMostSources = 5;
constexpr double kSmallestShare = 0.01;

using Kind = SummaryPart::Kind;
using State = Message::State;

} // namespace

SummaryService::Run::Run(SummaryService& service, Summary summary, const SummaryOptions& options, const SummaryEvents& events, std::stop_token stop)
    : m_service(service), m_summary(std::move(summary)), m_options(options), m_events(events), m_stop(std::move(stop))
{
}

Outcome<void> SummaryService::Run::writeMissing()
{
    const auto count = static_cast<int>(m_summary.parts.size());
    for (int at = 0; at < count; ++at) {
        if (!isNeeded(at))
            continue;
        int left = 0;
        for (int later = at; later < count; ++later)
            left += m_summary.parts[later].kind != Kind::Chapter || isNeeded(later);
        if (!begin(at, count - left, count))
            return {};
        if (const Outcome<void> written = write(at); !written)
            return written;
    }
    return {};
}

Outcome<void> SummaryService::Run::writeAgain(const QList<int>& chapters)
{
    for (qsizetype n = 0; n < chapters.size(); ++n) {
        const int at = chapters[n];
        if (at < 0 || at >= m_summary.parts.size() || m_summary.parts[at].kind != Kind::Chapter)
            continue;
        if (!begin(at, static_cast<int>(n), static_cast<int>(chapters.size())))
            return {};
        if (const Outcome<void> written = writeChapter(at, true); !written)
            return written;
    }
    return {};
}

bool SummaryService::Run::begin(int at, int done, int count)
{
    if (m_events.between)
        m_events.between();
    if (m_stop.stop_requested())
        return false;
    if (m_events.progress) {
        const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - m_begin).count();
        m_events.progress({session(), at, done, count, m_written > 0 ? seconds / m_written * (count - done) : -1});
    }
    return true;
}

Outcome<void> SummaryService::Run::tell()
{
    Outcome<Summary> now = m_service.summary(session());
    if (!now)
        return now.error();
    m_summary = std::move(*now);
    if (m_events.changed)
        m_events.changed(m_summary);
    return {};
}

void SummaryService::Run::tellWriting(int at, const Message& message)
{
    Summary writing = m_summary;
    writing.parts[at].message = message;
    writing.parts[at].gap = SummaryPart::Gap::None;
    if (m_events.changed)
        m_events.changed(writing);
}

// A whole is written anew where one of its parts was written after it: messages are numbered in the order in which they are begun.
bool SummaryService::Run::isNeeded(int at) const
{
    const SummaryPart& part = m_summary.parts[at];
    if (!part.isDone())
        return true;
    const QList<int> sources = sourcesOf(at);
    return std::any_of(sources.begin(), sources.end(), [&](int source) {
        const SummaryPart& of = m_summary.parts[source];
        return !of.again && of.message.id > part.message.id;
    });
}

QList<int> SummaryService::Run::sourcesOf(int at) const
{
    const SummaryPart& part = m_summary.parts[at];
    QList<int> sources;
    if (part.kind == Kind::Whole) {
        for (int other = 0; other < m_summary.parts.size(); ++other)
            if (m_summary.parts[other].kind == Kind::Chapter && m_summary.parts[other].document == part.document)
                sources.append(other);
    } else if (part.kind == Kind::Together) {
        for (const SummarizedDocument& document : m_summary.documents)
            sources.append(m_summary.topOf(document.id));
    }
    return sources;
}

Outcome<void> SummaryService::Run::write(int at)
{
    return m_summary.parts[at].kind == Kind::Chapter ? writeChapter(at, false) : writeWhole(at);
}

Outcome<void> SummaryService::Run::writeChapter(int at, bool again)
{
    const SummaryPart part = m_summary.parts[at];
    const Outcome<DocumentSummary> document = m_service.m_conversation.summary(part.document);
    if (!document)
        return document.error();
    const QString question = chapterPrompt(document->kind);
    const Outcome<bool> read = isRead(part);
    if (!read)
        return read.error();
    if (!*read)
        return failPart(at, question, QStringLiteral("“%1” has not been read to its end, so there is no summary of it. Read the document on, then go on with the summary.").arg(part.title));
    AnswerOptions options;
    options.maxTokens = m_options.chapterTokens;
    options.focus = TextPlace{part.document, part.bytes};
    if (again) {
        options.temperature = kAgainTemperature;
        options.seed = static_cast<std::uint64_t>(part.message.id);   // each time another one
    }
    AnswerEvents events = m_events.reading;
    events.started = [&](MessageId id) {
        Message message;
        message.id = id;
        message.role = Message::Role::Assistant;
        message.state = State::Streaming;
        tellWriting(at, message);
        SummaryPart begun = part;
        begun.message.id = id;
        if (!again)   // should the program end now, it is known how far it came; what fails here fails again in keep(), and is told then
            (void)m_service.m_library.write([&](Library& in) { in.summaries().update(session(), at, begun); });
    };
    events.piece = [&](const QString& piece) {
        if (m_events.piece)
            m_events.piece(at, piece);
    };
    const Outcome<Answer> answer = m_service.m_conversation.ask(session(), question, options, events, m_stop);
    if (!answer)
        return answer.error();
    const Message& message = answer->message;
    if (again && (message.state != State::Complete || message.text.trimmed().isEmpty()))
        return tell();   // what was there stays
    const Outcome<double> attention = attentionOf(message);
    if (!attention)
        return attention.error();
    return keep(at, message, *attention, again);
}

// Chapters that lie beyond what has been read would be made up.
Outcome<bool> SummaryService::Run::isRead(const SummaryPart& chapter)
{
    const Outcome<std::shared_ptr<const TokenizedDocument>> tokenized = m_service.m_conversation.tokenized(chapter.document, m_stop);
    if (!tokenized)
        return tokenized.error();
    const Outcome<DocumentSummary> document = m_service.m_conversation.summary(chapter.document);
    if (!document)
        return document.error();
    return static_cast<qint64>(tokensOf((*tokenized)->tokens, chapter.bytes).end) <= document->readTokens;
}

Outcome<double> SummaryService::Run::attentionOf(const Message& message)
{
    if (!message.hasHops)
        return 0.0;
    const Outcome<std::optional<QByteArray>> bytes = m_service.m_library.read([&](Library& in) { return in.hops().find(message.id); });
    if (!bytes)
        return bytes.error();
    const std::optional<HopRecord> record = *bytes ? unpackHopRecord(**bytes) : std::nullopt;
    return record ? attentionToText(*record) : 0.0;
}

// The request and its answer, at the end of the session.
Outcome<Message> SummaryService::Run::addAnswer(const QString& question)
{
    return m_service.m_library.write([&](Library& in) {
        const std::optional<SessionRow> row = in.sessions().row(session());
        Message asked;
        asked.parent = row ? row->head : 0;
        asked.role = Message::Role::User;
        asked.text = question;
        asked.at = QDateTime::currentDateTime();
        Message answer;
        answer.parent = in.messages().add(session(), asked);
        answer.role = Message::Role::Assistant;
        answer.state = State::Streaming;
        answer.at = asked.at;
        answer.id = in.messages().add(session(), answer);
        if (const std::optional<EngineModel>& model = m_service.m_conversation.model())
            in.messages().storeSettings(answer.id, {model->name, model->answerHash, model->settings, m_options.wholeTokens, 0, 0});
        return answer;
    });
}

Outcome<void> SummaryService::Run::failPart(int at, const QString& question, const QString& why)
{
    Outcome<Message> added = addAnswer(question);
    if (!added)
        return added.error();
    added->state = State::Failed;
    added->note = why;
    const Outcome<void> stored = m_service.m_library.write([&](Library& in) { in.messages().update(*added); });
    return stored ? keep(at, *added, 0, false) : stored;
}

Outcome<void> SummaryService::Run::keep(int at, const Message& message, double attention, bool again)
{
    SummaryPart& part = m_summary.parts[at];
    part.message = message;
    part.attention = attention;
    part.again = again;
    ++m_written;
    const Outcome<void> kept = m_service.m_library.write([&](Library& in) { in.summaries().update(session(), at, part); });
    return kept ? tell() : kept;
}

Outcome<void> SummaryService::Run::writeWhole(int at)
{
    const SummaryPart part = m_summary.parts[at];
    const Digest digest = digestOf(sourcesOf(at));
    const QString question = part.kind == Kind::Whole ? wholePrompt(part.title) : togetherPrompt();
    if (digest.parts.isEmpty())
        return failPart(at, question, QStringLiteral("None of what “%1” is to be summarized from has a summary of its own.").arg(part.title));
    Outcome<Message> added = addAnswer(question);
    if (!added)
        return added.error();
    Message& message = *added;
    tellWriting(at, message);
    const Outcome<AskFacts> facts = askDigest(digest, question, at, message);
    double attention = 0;
    std::optional<HopRecord> record;
    if (facts) {
        message.text = facts->answer;
        message.state = facts->stopped ? State::Stopped : State::Complete;
        if (!facts->hops.empty())
            record = recordOf(digest, question, *facts);
    } else {
        message.state = facts.error().kind == Failure::Kind::Stopped ? State::Stopped : State::Failed;
        message.note = facts.error().sentence;
    }
    if (record) {
        message.hasHops = true;
        message.sources = sourcesIn(digest, *record);
        attention = attentionToText(*record);
    }
    const Outcome<void> stored = m_service.m_library.write([&](Library& in) {
        in.messages().update(message);
        in.citations().store(message.id, message.sources);
        if (record)
            in.hops().store(message.id, packHopRecord(*record));
    });
    return stored ? keep(at, message, attention, false) : stored;
}

SummaryService::Run::Digest SummaryService::Run::digestOf(const QList<int>& parts) const
{
    Digest digest;
    for (const int at : parts) {
        const SummaryPart& part = m_summary.parts[at];
        if (part.message.text.trimmed().isEmpty())
            continue;
        const qint64 begin = digest.text.size();
        digest.text += QStringLiteral("%1: %2\n\n").arg(part.title, part.message.text.simplified()).toUtf8();
        digest.ranges.append({begin, digest.text.size()});
        digest.passages.push_back({part.document, part.bytes});
        digest.parts.append(at);
    }
    return digest;
}

// The summaries are read like a document of their own, in memory only; so the whole's attention tells how much each of them gave to it.
Outcome<AskFacts> SummaryService::Run::askDigest(const Digest& digest, const QString& question, int at, Message& message)
{
    BookEngine& engine = m_service.m_engine;
    const qint64 id = -session();   // no document's
    const Outcome<TokenBegins> tokens = engine.tokenize(digest.text, m_stop);
    if (!tokens)
        return tokens.error();
    engine.forget(id);
    const Outcome<ReadFacts> read = engine.read({id, digest.text, {}, false}, [](const ReadStep&) {}, m_stop);
    if (!read)
        return read.error();
    AskRequest request;
    request.documents = {id};
    request.turns = {{true, question}};
    request.passages = {firstTokens(*tokens, digest.ranges)};
    request.maxTokens = m_options.wholeTokens;
    Outcome<AskFacts> facts = !read->complete
        ? Outcome<AskFacts>(Failure{Failure::Kind::Stopped, QStringLiteral("Stopped.")})
        : engine.ask(request, [&](const QString& piece) {
              message.text += piece;
              if (m_events.piece)
                  m_events.piece(at, piece);
          }, m_stop);
    engine.forget(id);
    return facts;
}

HopRecord SummaryService::Run::recordOf(const Digest& digest, const QString& question, const AskFacts& facts) const
{
    HopRecord record;
    record.model = m_service.m_conversation.model() ? m_service.m_conversation.model()->name : QString();
    record.question = question;
    record.answer = facts.answer;
    record.passages = digest.passages;
    for (const AnswerTokenHops& token : facts.hops) {
        record.tokenBegins.push_back(token.beginByte);
        record.weights.insert(record.weights.end(), token.passages.begin(), token.passages.end());
        record.outside.push_back(token.outside);
        record.heaviest.emplace_back();   // single tokens are those of the summaries, not of the document
    }
    return record;
}

// The parts that gave most, heaviest first. Each leads to the passage that it drew on most itself.
QList<Source> SummaryService::Run::sourcesIn(const Digest& digest, const HopRecord& record) const
{
    const std::vector<double> shares = record.shares(0, record.tokenCount());
    QList<Source> sources;
    for (qsizetype n = 0; n < digest.parts.size(); ++n) {
        const SummaryPart& part = m_summary.parts[digest.parts[n]];
        if (part.message.sources.isEmpty() || shares[static_cast<std::size_t>(n)] < kSmallestShare)
            continue;
        Source source = part.message.sources.first();
        source.weight = shares[static_cast<std::size_t>(n)];
        source.place = part.title;
        source.marks.clear();   // which are places in the part's text
        sources.append(source);
    }
    std::stable_sort(sources.begin(), sources.end(), [](const Source& a, const Source& b) { return a.weight > b.weight; });
    sources.resize(std::min(sources.size(), kMostSources));
    return sources;
}

} // namespace octavo::app
