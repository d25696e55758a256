// SPDX-License-Identifier: Apache-2.0
#include <QCoreApplication>
#include <QStringDecoder>
#include <algorithm>
#include <chrono>
#include <functional>

#include "assistant/engine_failure.h"
#include "assistant/local_engine_class.h"
#include "documents/token_map.h"

namespace octavo::app {

namespace {

// Small models fall into loops without it: SmolLM2-135M repeats one sentence to the end of the answer.
// Loops are whole sentences, so the window must be longer than one.
constexpr float kRepetitionPenalty = 1.1f;
constexpr std::uint32_t kPenaltyWindow = 256;

} // namespace

std::vector<TokenId> LocalEngine::promptIds(const AskRequest& request) const
{
    const std::vector<Turn>& turns = request.turns;
    const std::string wish = request.wish.isEmpty() ? std::string() : ' ' + request.wish.toStdString();
    const Tokenizer& tokenizer = m_model->tokenizer();
    const ChatTemplate& chat = m_model->chat();
    std::vector<TokenId> ids;
    const auto add = [&](const std::vector<TokenId>& more) { ids.insert(ids.end(), more.begin(), more.end()); };
    for (std::size_t n = 0; n < turns.size(); ++n) {
        const std::string text = turns[n].text.toStdString();
        if (turns[n].user) {
            add(turnTokens(tokenizer, n == 0 ? chat.questionIntro() : chat.nextQuestionIntro(), text + wish));
            add(tokenizer.encode(chat.answerIntro(), SpecialTokens::Parse).ids);
        } else {
            add(tokenizer.encode(text, SpecialTokens::Literal).ids);
        }
    }
    return ids;
}

// Passages as spans over the tokens of all readings. What has not been read yet lies beyond: its passages are empty.
std::vector<TokenSpan> LocalEngine::spansOf(const AskRequest& request) const
{
    std::vector<TokenSpan> spans;
    std::uint64_t base = 0;
    for (std::size_t n = 0; n < request.documents.size(); ++n) {
        const Kept& kept = m_kept.at(request.documents[n]);
        const std::uint64_t end = kept.reading->tokens();
        const std::vector<std::uint32_t>& firsts = request.passages[n];
        for (std::size_t p = 0; p < firsts.size(); ++p) {
            const std::uint64_t first = kept.introTokens + firsts[p];
            const std::uint64_t next = p + 1 < firsts.size() ? kept.introTokens + firsts[p + 1] : kept.ids.size();
            spans.push_back({base + std::min(first, end), base + std::min(next, end)});
        }
        base += end;
    }
    return spans;
}

// What the conversation does not see of the tokens of all readings. One introduction is enough: the first tokens of another would draw attention
// away from all texts (engine test TwoBooks).
std::vector<TokenSpan> LocalEngine::hiddenFrom(const AskRequest& request) const
{
    std::vector<TokenSpan> hidden;
    const auto hide = [&](std::uint64_t begin, std::uint64_t end) {
        if (begin < end)
            hidden.push_back({begin, end});
    };
    std::uint64_t base = 0;
    for (std::size_t n = 0; n < request.documents.size(); ++n) {
        const Kept& kept = m_kept.at(request.documents[n]);
        const std::uint64_t tokens = kept.reading->tokens(), intro = std::min(kept.introTokens, tokens);
        const std::uint64_t shown = base + (n == 0 ? 0 : intro); // the introduction is hidden before it
        hide(base, shown);
        for (const DocumentSpan& span : request.hidden)
            if (span.document == n)
                hide(base + std::min(intro + span.begin, tokens), base + std::min(intro + span.end, tokens));
        base += tokens;
    }
    return hidden;
}

Outcome<std::unique_ptr<Asking>> LocalEngine::askingOver(const AskRequest& request, AskingOptions options) const
{
    std::vector<const Reading*> readings;
    for (const qint64 document : request.documents)
        readings.push_back(m_kept.at(document).reading.get());
    options.hidden = hiddenFrom(request);
    options.room = kConversationRoom;
    auto asking = Asking::over(readings, std::move(options));
    if (!asking)
        return failureOf(asking.error());
    return std::move(*asking);
}

// Leaves m_warm with exactly the prompt in it; tells how many tokens had to be added for that. What the conversation before has in common
// with this one is kept: all of it for a next question, the turns before for one that was edited or is to be answered anew.
Outcome<std::size_t> LocalEngine::warmUp(const AskRequest& request, const std::vector<TokenId>& prompt, std::stop_token stop)
{
    std::vector<std::uint64_t> readTokens;
    for (const qint64 document : request.documents)
        readTokens.push_back(m_kept.at(document).reading->tokens());
    const bool seesTheSame
        = m_warm.asking && m_warm.documents == request.documents && m_warm.passages == request.passages && m_warm.readTokens == readTokens
        && m_warm.hidden == request.hidden;
    if (!seesTheSame) {
        AskingOptions options;
        options.spans = spansOf(request);
        auto asking = askingOver(request, std::move(options));
        if (!asking)
            return asking.error();
        m_warm = {std::move(*asking), request.documents, request.passages, std::move(readTokens), request.hidden, {}};
    }
    const auto common = std::mismatch(m_warm.ids.begin(), m_warm.ids.end(), prompt.begin(), prompt.end() - 1).first; // one token must be new: the answer follows it
    m_warm.ids.erase(common, m_warm.ids.end());
    if (const auto back = m_warm.asking->rewind(m_warm.ids.size()); !back)
        return failureOf(back.error());
    const auto missing = std::span(prompt).subspan(m_warm.ids.size());
    if (const auto added = m_warm.asking->prefill(missing, stop); !added)
        return failureOf(added.error());
    m_warm.ids = prompt;
    return missing.size();
}

AnswerTokenHops LocalEngine::hopsOf(const HopRecord& record, const AskRequest& request) const
{
    AnswerTokenHops hops;
    hops.passages = record.spans;
    hops.outside = record.outside + record.sinks;
    for (const TokenAttention& top : record.top) {
        std::uint64_t token = top.token;
        std::int32_t document = 0;
        while (token >= m_kept.at(request.documents[document]).reading->tokens())
            token -= m_kept.at(request.documents[document++]).reading->tokens();
        hops.top.push_back({document, static_cast<std::uint32_t>(token - m_kept.at(request.documents[document]).introTokens), top.weight});
    }
    return hops;
}

// The readings that a request is about can be asked.
Outcome<void> LocalEngine::makeReady(const AskRequest& request, const std::stop_token& stop)
{
    for (const qint64 document : request.documents) {
        const auto kept = m_kept.find(document);
        if (kept == m_kept.end() || !kept->second.reading || kept->second.reading->tokens() == 0)
            return Failure{Failure::Kind::Engine, QCoreApplication::translate("LocalEngine", "The document has not been read yet; read it, then ask again.")};
        kept->second.lastUse = ++m_uses;
        if (kept->second.beingRead && !kept->second.reading->isChecked())
            return Failure{Failure::Kind::Engine, QCoreApplication::translate("LocalEngine", "The saved reading of this document is being mended; ask again in a moment.")};
        if (const auto checked = kept->second.reading->check({}, stop); !checked)
            return failureOf(checked.error());
    }
    return {};
}

Outcome<AskFacts> LocalEngine::ask(const AskRequest& request, const std::function<void(const QString&)>& piece, std::stop_token stop)
{
    const auto begin = std::chrono::steady_clock::now();
    if (const auto ready = makeReady(request, stop); !ready)
        return ready.error();
    const std::vector<TokenId> prompt = promptIds(request);
    const auto added = warmUp(request, prompt, stop);
    if (!added)
        return added.error();

    AskFacts facts;
    facts.promptTokens = static_cast<qint64>(*added);
    SamplingSettings settings;
    settings.temperature = request.temperature;
    settings.repetitionPenalty = kRepetitionPenalty;
    settings.penaltyWindow = kPenaltyWindow;
    settings.seed = request.seed;
    Sampler sampler(settings);
    QStringDecoder decoder(QStringDecoder::Utf8); // keeps the bytes of a character that a token cuts in two
    std::uint32_t bytes = 0;
    const auto result = m_warm.asking->generate(
        sampler, static_cast<std::uint64_t>(request.maxTokens),
        [&](const AnswerToken& token) {
            if (facts.hops.empty())
                facts.firstTokenSeconds = secondsSince(begin);
            facts.hops.push_back(hopsOf(*token.hops, request));
            facts.hops.back().beginByte = bytes;
            bytes += static_cast<std::uint32_t>(token.bytes.size());
            const QString text = decoder.decode(QByteArrayView(token.bytes.data(), static_cast<qsizetype>(token.bytes.size())));
            facts.answer += text;
            if (!text.isEmpty())
                piece(text);
        },
        stop);
    if (!result) {
        m_warm = {};
        return failureOf(result.error());
    }
    m_warm.ids.insert(m_warm.ids.end(), result->ids.begin(), result->ids.end());
    m_warm.ids.resize(m_warm.asking->conversationTokens()); // a last token that nothing was written after has no keys and values yet
    facts.stopped = result->end == Answer::End::Stopped;
    facts.full = result->end == Answer::End::RoomUsedUp;
    const double writing = secondsSince(begin) - facts.firstTokenSeconds;
    facts.tokensPerSecond = facts.hops.size() > 1 ? static_cast<double>(facts.hops.size() - 1) / std::max(writing, 1e-9) : 0;
    return facts;
}

Outcome<AnswerLikelihood> LocalEngine::likelihood(const AskRequest& request, const QString& answer, std::stop_token stop)
{
    if (const auto ready = makeReady(request, stop); !ready)
        return ready.error();
    const auto asking = askingOver(request, {});
    if (!asking)
        return asking.error();
    if (const auto asked = (*asking)->prefill(promptIds(request), stop); !asked)
        return failureOf(asked.error());
    const TokenizedText tokens = tokenizer().encode(answer.toStdString(), SpecialTokens::Literal);
    const auto scores = (*asking)->prefillAndScore(tokens.ids, 0, stop);
    if (!scores)
        return failureOf(scores.error());
    AnswerLikelihood likelihood;
    likelihood.tokenBegins.assign(tokens.begins.begin(), tokens.begins.end());
    for (const TokenScore& score : *scores)
        likelihood.nll.push_back(score.nll);
    return likelihood;
}

Outcome<HeadLooks> LocalEngine::headLooks(const AskRequest& request, const QString& answer, ByteRange words, std::stop_token stop)
{
    if (const auto ready = makeReady(request, stop); !ready)
        return ready.error();
    AskingOptions options;
    options.spans = spansOf(request);
    options.perHead = true;
    options.topTokens = 0;
    const auto asking = askingOver(request, std::move(options));
    if (!asking)
        return asking.error();
    const TokenizedText tokens = tokenizer().encode(answer.toStdString(), SpecialTokens::Literal);
    const TokenRange wanted = words.size() > 0 ? tokensOf(tokens.begins, words) : TokenRange{0, static_cast<std::uint32_t>(tokens.ids.size())};
    // A token is foreseen by the one before it, so that is where the heads are looked at.
    std::vector<TokenId> before = promptIds(request);
    before.insert(before.end(), tokens.ids.begin(), tokens.ids.begin() + wanted.begin);
    HeadLooks looks;
    const auto add = [](std::vector<float>& sums, const std::vector<float>& of) {
        sums.resize(of.size());
        std::transform(of.begin(), of.end(), sums.begin(), sums.begin(), std::plus());
    };
    for (std::uint32_t at = wanted.begin; at < wanted.end; ++at) {
        if (const auto added = (*asking)->prefill(before, stop); !added)
            return failureOf(added.error());
        before = {tokens.ids[at]};
        const HeadHops& hops = (*asking)->lastHeads();
        looks.layers = hops.layers;
        looks.heads = hops.heads;
        add(looks.passages, hops.spans);
        add(looks.sinks, hops.sinks);
        add(looks.outside, hops.outside);
    }
    for (std::vector<float>* sums : {&looks.passages, &looks.sinks, &looks.outside})
        for (float& sum : *sums)
            sum /= static_cast<float>(wanted.end - wanted.begin);
    return looks;
}

} // namespace octavo::app
