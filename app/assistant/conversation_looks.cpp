// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "assistant/conversation_service.h"
#include "assistant/hop_view.h"
#include "assistant/sources.h"
#include "documents/place.h"
#include "documents/token_map.h"

// Looking again at an answer that is there: what it owes to its sources, and where each head looked.

namespace octavo::app {

namespace {

constexpr qsizetype kNamed = 3;        // parts that a note names

// Which tokens of an answer, by where they begin in its text, lie in the sentences marked with a source; all, where there are none.
std::vector<std::size_t> markedTokens(const QList<int>& begins, const std::vector<int>& sentenceEnds, const QList<int>& marks)
{
    std::vector<std::size_t> marked, all;
    for (std::size_t token = 0; token < static_cast<std::size_t>(begins.size()); ++token) {
        all.push_back(token);
        const auto end = std::upper_bound(sentenceEnds.begin(), sentenceEnds.end(), begins[static_cast<qsizetype>(token)]);
        if (end != sentenceEnds.end() && marks.contains(*end))
            marked.push_back(token);
    }
    return marked.empty() ? all : marked;
}

double meanOf(const std::vector<float>& values, const std::vector<std::size_t>& tokens)
{
    double sum = 0;
    for (const std::size_t token : tokens)
        sum += static_cast<double>(values[token]) / static_cast<double>(tokens.size());
    return sum;
}

// A request's hidden spans with some more tokens of one document.
std::vector<DocumentSpan> hidingToo(const AskRequest& request, std::size_t document, TokenRange more)
{
    std::vector<TokenRange> here{more};
    std::vector<DocumentSpan> hidden;
    for (const DocumentSpan& span : request.hidden)
        span.document == document ? here.push_back({span.begin, span.end}) : hidden.push_back(span);
    for (const TokenRange& tokens : merged(std::move(here)))
        hidden.push_back({document, tokens.begin, tokens.end});
    std::stable_sort(hidden.begin(), hidden.end(), [](const DocumentSpan& a, const DocumentSpan& b) { return a.document < b.document; });
    return hidden;
}

// Of a head's shares of all passages those of the ones that lie in a place.
float shareOf(const TextPlace& place, const HopRecord& record, const float* shares)
{
    float sum = 0;
    for (std::size_t at = 0; at < record.passages.size(); ++at) {
        const auto& [document, bytes] = record.passages[at];
        if (place.document == 0 || (document == place.document && bytes.begin < place.bytes.end && bytes.end > place.bytes.begin))
            sum += shares[at];
    }
    return sum;
}

} // namespace

Outcome<ConversationService::Asked> ConversationService::askedAgain(MessageId answer, const AnswerEvents& events, const std::stop_token& stop)
{
    if (!m_model)
        return noModel();
    struct Stored {
        Session session;
        Message question;
        Message answer;
        AnswerSettings settings;
    };
    const Failure noAnswer{Failure::Kind::Usage, QStringLiteral("Message %1 is no answer to a question, so there is nothing to look at again.").arg(answer)};
    const Outcome<std::optional<Stored>> found = m_library.read([&](Library& in) -> std::optional<Stored> {
        const std::optional<SessionId> session = in.messages().sessionOf(answer);
        const std::optional<SessionSummary> summary = session ? in.sessions().find(*session) : std::nullopt;
        const QList<Message> branch = in.messages().until(answer);
        const std::optional<AnswerSettings> settings = in.messages().settingsOf(answer);
        if (!summary || summary->isSummary || branch.size() < 2 || branch.last().role != Message::Role::Assistant || branch.last().text.isEmpty())
            return std::nullopt;
        Stored stored{{*summary, branch}, branch[branch.size() - 2], branch.last(), settings.value_or(AnswerSettings())};
        stored.answer.sources = in.citations().of(answer);
        return stored;
    });
    if (!found)
        return found.error();
    if (!*found)
        return noAnswer;
    const Stored& stored = **found;
    if (stored.settings.modelHash != m_model->answerHash) {
        if (stored.settings.model == m_model->name)
            return Failure{Failure::Kind::Model, QStringLiteral("This answer was written by %1 with other adapters than those in use. Let it answer again with these.").arg(m_model->name)};
        const QString writer = stored.settings.modelHash.isEmpty() ? QStringLiteral("a model that is not known any more") : stored.settings.model;
        return Failure{Failure::Kind::Model, QStringLiteral("This answer was written by %1, and the model in use is %2. Use that model, or let this one answer again.").arg(writer, m_model->name)};
    }
    AnswerTimings timings;
    for (const DocumentId document : stored.session.summary.documents) {
        const Outcome<void> read = readFirst(document, events, timings, stop);
        if (!read)
            return read.error();
    }
    AnswerOptions options;
    options.hidden = stored.settings.hidden;
    options.wish = stored.settings.wish;
    Outcome<AskRequest> request = requestFor(stored.session, stored.question, options, stop);
    if (!request)
        return request.error();
    return Asked{stored.answer, std::move(*request)};
}

Outcome<void> ConversationService::verify(MessageId id, const AnswerEvents& events, const std::function<void(const Verification&)>& found, std::stop_token stop)
{
    const Outcome<Asked> asked = askedAgain(id, events, stop);
    if (!asked)
        return asked.error();
    const Message& answer = asked->answer;
    const AskRequest& request = asked->request;
    const auto hiding = [&](std::vector<DocumentSpan> hidden) {
        AskRequest other = request;
        other.hidden = std::move(hidden);
        return m_engine.likelihood(other, answer.text, stop);
    };
    const Outcome<AnswerLikelihood> seen = m_engine.likelihood(request, answer.text, stop);
    if (!seen)
        return seen.error();

    // The sources' tokens, and of the heaviest one's document all that the stretch elsewhere must keep away from.
    struct Span {
        std::size_t document = 0;
        TokenRange tokens;
    };
    std::vector<Span> sources;
    std::uint32_t longest = 0;
    for (const Source& source : answer.sources) {
        const auto at = std::find(request.documents.begin(), request.documents.end(), source.document);
        const Outcome<std::shared_ptr<const TokenizedDocument>> text = m_shelf.tokenized(source.document, stop);
        if (!text)
            return text.error();
        sources.push_back({static_cast<std::size_t>(at - request.documents.begin()), tokensOf((*text)->tokens, source.bytes)});
        longest = std::max(longest, sources.back().tokens.end - sources.back().tokens.begin);
    }
    if (sources.empty())
        return {};
    const std::size_t heaviest = sources.front().document;
    std::vector<TokenRange> taken;
    for (const Span& source : sources)
        if (source.document == heaviest)
            taken.push_back(source.tokens);
    for (const DocumentSpan& span : request.hidden)
        if (span.document == heaviest)
            taken.push_back({span.begin, span.end});
    const Outcome<std::shared_ptr<const TokenizedDocument>> text = m_shelf.tokenized(answer.sources.front().document, stop);
    if (!text)
        return text.error();
    const TokenRange away = stretchElsewhere(merged(std::move(taken)), static_cast<std::uint32_t>((*text)->tokens.size()), longest);
    const Outcome<AnswerLikelihood> elsewhere = hiding(hidingToo(request, heaviest, away));
    if (!elsewhere)
        return elsewhere.error();

    Verification verification;
    verification.message = id;
    const QByteArray utf8 = answer.text.toUtf8();
    for (const std::uint32_t byte : seen->tokenBegins)
        verification.begins.append(static_cast<int>(QString::fromUtf8(utf8.first(byte)).size()));
    const std::vector<int> ends = sentenceEnds(answer.text);
    for (std::size_t at = 0; at < sources.size(); ++at) {
        const std::vector<std::size_t> tokens = markedTokens(verification.begins, ends, answer.sources[static_cast<qsizetype>(at)].marks);
        verification.tokens = static_cast<int>(tokens.size());
        verification.nll = meanOf(seen->nll, tokens);
        verification.elsewhereDrop = meanOf(elsewhere->nll, tokens) - verification.nll;
        const Outcome<AnswerLikelihood> without = hiding(hidingToo(request, sources[at].document, sources[at].tokens));
        if (!without)
            return without.error();
        verification.source = static_cast<int>(at);
        verification.drop = meanOf(without->nll, tokens) - verification.nll;
        verification.tokenDrops.clear();
        for (std::size_t token = 0; token < without->nll.size(); ++token)
            verification.tokenDrops.append(without->nll[token] - seen->nll[token]);
        found(verification);
    }
    return {};
}

Outcome<HeadsView> ConversationService::heads(MessageId id, int beginToken, int endToken, const AnswerEvents& events, std::stop_token stop)
{
    const Outcome<HopRecord> record = hopRecord(id);
    if (!record)
        return record.error();
    const Outcome<Asked> asked = askedAgain(id, events, stop);
    if (!asked)
        return asked.error();
    const auto [begin, end] = record->chosenTokens(beginToken, endToken);
    const QByteArray answer = record->answer.toUtf8();
    const auto byteOf = [&](std::size_t token) { return token < record->tokenCount() ? qint64{record->tokenBegins[token]} : answer.size(); };
    const ByteRange words{byteOf(begin), byteOf(end)};
    Outcome<HeadLooks> looks = m_engine.headLooks(asked->request, record->answer, words, stop);
    if (!looks)
        return looks.error();
    if (looks->passages.size() != std::size_t{looks->layers} * looks->heads * record->passages.size())
        return Failure{Failure::Kind::Usage, QStringLiteral("This answer was written by an Octavo that divided the text otherwise; let it answer again to see its heads.")};

    HeadsView view;
    view.message = id;
    view.words = QString::fromUtf8(answer.sliced(words.begin, words.size()));
    view.layers = static_cast<int>(looks->layers);
    view.heads = static_cast<int>(looks->heads);
    view.places.append(QStringLiteral("the text"));
    view.where.append(TextPlace());
    for (const Source& source : asked->answer.sources) {
        view.places.append(source.place.isEmpty() ? source.documentTitle : source.place);
        view.where.append(TextPlace{source.document, source.bytes});
    }
    for (const TextPlace& place : view.where)
        for (std::size_t head = 0; head < std::size_t{looks->layers} * looks->heads; ++head)
            view.shares.append(shareOf(place, *record, looks->passages.data() + head * record->passages.size()));
    m_lastHeads = {id, view.words, std::move(*looks)};
    return view;
}

Outcome<HeadPath> ConversationService::headPath(MessageId id, int layer, int head)
{
    const HeadLooks& looks = m_lastHeads.looks;
    const bool known = m_lastHeads.answer == id && 0 <= layer && layer < static_cast<int>(looks.layers) && 0 <= head && head < static_cast<int>(looks.heads);
    if (!known)
        return Failure{Failure::Kind::Usage, QStringLiteral("Where that head looked is not known; look at the heads of this answer again.")};
    Outcome<HopRecord> record = hopRecord(id);
    if (!record)
        return record.error();
    const Outcome<Documents> documents = documentsOf(*record);
    if (!documents)
        return documents.error();
    const std::size_t at = static_cast<std::size_t>(layer) * looks.heads + static_cast<std::size_t>(head);
    const auto shares = looks.passages.begin() + static_cast<std::ptrdiff_t>(at * record->passages.size());
    record->answer = m_lastHeads.words;
    record->tokenBegins = {0};
    record->weights.assign(shares, shares + static_cast<std::ptrdiff_t>(record->passages.size()));
    record->outside = {looks.sinks[at] + looks.outside[at]};
    record->heaviest.assign(1, {});
    HopView view = makeHopView(id, *record, *documents, 0, 0);
    return HeadPath{id, layer, head, std::move(view.path), view.outsideShare};
}

QString ConversationService::hiddenNote(const QList<TextPlace>& hidden)
{
    QStringList names;
    for (const TextPlace& place : hidden.first(std::min(kNamed, hidden.size()))) {
        const Outcome<std::shared_ptr<const Document>> document = m_shelf.open(place.document);
        if (!document)
            continue;   // whatever is wrong with it has been told where it was asked about
        const QList<const Part*> parts = (*document)->partsAt(place.bytes.begin);
        const auto part = std::find_if(parts.begin(), parts.end(), [&](const Part* one) { return one->bytes == place.bytes; });
        const QString name = part != parts.end() ? (*part)->title : place.bytes.size() == (*document)->text.size() ? (*document)->title : placeOf(**document, place.bytes.begin);
        names.append(QStringLiteral("“%1”").arg(name.simplified()));
    }
    if (names.isEmpty())
        return {};
    const qsizetype more = hidden.size() - names.size();
    return QStringLiteral("Answered without %1%2.").arg(names.join(QStringLiteral(", ")), more > 0 ? QStringLiteral(" and %1 more").arg(more) : QString());
}

} // namespace octavo::app
