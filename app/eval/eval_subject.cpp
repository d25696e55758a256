// SPDX-License-Identifier: Apache-2.0
#include "eval/eval_subject.h"

#include <algorithm>
#include <array>
#include <chrono>

#include "assistant/sources.h"
#include "documents/passages.h"
#include "documents/token_map.h"
#include "eval/mean_nll.h"
#include "octavo/engine/asking.h"

namespace octavo::app {

namespace {

constexpr const char* kSystem = "You are a helpful assistant.";
constexpr std::uint64_t kRoom = 1024;       // tokens for a question and its answer
constexpr DocumentId kDocument = 1;

// A task's text as the window would have it: its passages are what sources are made of.
struct EvalText {
    std::shared_ptr<Document> document;
    std::vector<std::uint64_t> begins;      // of its tokens, bytes
    QList<ByteRange> passages;
    std::vector<TokenSpan> spans;           // the passages' tokens, counted from the reading's first
};

EvalText textOf(const EvalTask& task, std::vector<std::uint64_t> begins, std::uint64_t introTokens)
{
    EvalText text{std::make_shared<Document>(), std::move(begins), {}, {}};
    text.document->text = QByteArray::fromStdString(task.text);
    text.document->outline.bytes = {0, text.document->text.size()};
    text.passages = passagesOf(*text.document);
    const std::vector<std::uint32_t> firsts = firstTokens(text.begins, text.passages);
    for (std::size_t at = 0; at < firsts.size(); ++at) {
        const std::uint64_t end = at + 1 < firsts.size() ? firsts[at + 1] : text.begins.size();
        text.spans.push_back({introTokens + firsts[at], introTokens + std::max<std::uint64_t>(end, firsts[at])});
    }
    return text;
}

bool overlaps(const ByteRange& bytes, const EvalTask::Range& range)
{
    return bytes.begin < static_cast<qint64>(range.end) && bytes.end > static_cast<qint64>(range.begin);
}

std::vector<TokenRange> evidenceOf(const EvalTask& task, const EvalText& text)
{
    std::vector<TokenRange> tokens;
    for (const EvalTask::Range& range : task.evidence)
        tokens.push_back(tokensOf(text.begins, {static_cast<qint64>(range.begin), static_cast<qint64>(range.end)}));
    return merged(std::move(tokens));
}

// As long as the evidence, as far from it as the text allows.
TokenRange elsewhereThan(const std::vector<TokenRange>& evidence, const EvalText& text)
{
    std::uint32_t length = 0;
    for (const TokenRange& tokens : evidence)
        length += tokens.end - tokens.begin;
    return stretchElsewhere(evidence, static_cast<std::uint32_t>(text.begins.size()), length);
}

// The right answer's likelihood after `question`, with some tokens of the text, which begins after `introTokens`, hidden.
Result<double> nllHiding(const Reading& reading, std::span<const TokenRange> hidden, std::uint64_t introTokens, std::span<const TokenId> question,
                         std::span<const TokenId> answer, const std::stop_token& stop)
{
    AskingOptions options;
    options.room = kRoom;
    for (const TokenRange& tokens : hidden)
        options.hidden.push_back({introTokens + tokens.begin, introTokens + tokens.end});
    const Reading* readings[] = {&reading};
    auto asking = Asking::over(readings, std::move(options));
    if (!asking)
        return asking.error();
    if (const auto asked = (*asking)->prefill(question, stop); !asked)
        return asked.error();
    const auto scores = (*asking)->prefillAndScore(answer, 0, stop);
    if (!scores)
        return scores.error();
    return meanNll(*scores);
}

} // namespace

EvalSubject::EvalSubject(std::shared_ptr<const Model> model, ReadingPlan plan, std::uint64_t plannedTokens)
    : m_model(std::move(model)), m_plan(std::move(plan)), m_plannedTokens(plannedTokens + kRoom)
{
}

EvalSubject::~EvalSubject() = default;

// Goes on from where the text before begins alike.
Result<void> EvalSubject::read(const std::vector<TokenId>& ids, const ReadingProgressFn& progress, const std::stop_token& stop)
{
    std::unique_ptr<Reading> reading;
    if (m_reading) {
        const std::span<const TokenId> before = m_reading->ids();
        const auto common = static_cast<std::uint64_t>(std::mismatch(before.begin(), before.end(), ids.begin(), ids.end()).first - before.begin());
        if (const std::uint64_t from = m_reading->resumableAt(common); from > 0) {
            auto forked = m_reading->fork(from, m_plannedTokens);
            if (!forked)
                return forked.error();
            reading = std::move(*forked);
        }
    }
    m_reading.reset();
    if (!reading) {
        auto started = Reading::start(m_model, m_plan, m_plannedTokens);
        if (!started)
            return started.error();
        reading = std::move(*started);
    }
    m_readNow = ids.size() - reading->tokens();
    if (const auto done = reading->read(std::span(ids).subspan(reading->tokens()), progress, stop); !done)
        return done.error();
    m_reading = std::move(reading);
    return {};
}

Result<EvalResult> EvalSubject::run(const EvalTask& task, const ReadingProgressFn& progress, const std::stop_token& stop)
{
    const auto begun = std::chrono::steady_clock::now();
    const Tokenizer& tokenizer = m_model->tokenizer();
    const ChatTemplate& chat = m_model->chat();
    std::vector<TokenId> ids = tokenizer.encode(chat.documentIntro(kSystem), SpecialTokens::Parse).ids;
    const std::uint64_t introTokens = ids.size();
    TokenizedText body = tokenizer.encode(task.text, SpecialTokens::Literal);
    ids.insert(ids.end(), body.ids.begin(), body.ids.end());
    if (const auto done = read(ids, progress, stop); !done)
        return done.error();

    const EvalText text = textOf(task, std::move(body.begins), introTokens);
    std::vector<TokenId> question = turnTokens(tokenizer, chat.questionIntro(), task.question);
    const std::vector<TokenId> start = turnTokens(tokenizer, chat.answerIntro(), task.answerStart);
    question.insert(question.end(), start.begin(), start.end());
    const std::vector<TokenId> answer = tokenizer.encode(rightAnswer(task), SpecialTokens::Literal).ids;

    AskingOptions options;
    options.room = kRoom;
    options.spans = text.spans;
    const Reading* readings[] = {m_reading.get()};
    auto asking = Asking::over(readings, std::move(options));
    if (!asking)
        return asking.error();
    if (const auto asked = (*asking)->prefill(question, stop); !asked)
        return asked.error();
    EvalResult result;
    result.textTokens = ids.size();
    result.readTokens = m_readNow;
    {
        auto known = (*asking)->fork();
        if (!known)
            return known.error();
        const auto scores = (*known)->prefillAndScore(answer, 0, stop);
        if (!scores)
            return scores.error();
        result.answerNll = meanNll(*scores);
        for (std::size_t at = 0; at < answer.size(); ++at)
            result.tokensRight += (*scores)[at].best == answer[at] ? 1.0 / static_cast<double>(answer.size()) : 0;
    }

    HopRecord record;
    for (const ByteRange& passage : text.passages)
        record.passages.push_back({kDocument, passage});
    Sampler sampler({});
    const auto written = (*asking)->generate(sampler, task.maxTokens, [&](const AnswerToken& token) {
        record.tokenBegins.push_back(static_cast<std::uint32_t>(result.output.size()));
        record.weights.insert(record.weights.end(), token.hops->spans.begin(), token.hops->spans.end());
        record.outside.push_back(token.hops->outside + token.hops->sinks);
        result.output += token.bytes;
    }, stop);
    if (!written)
        return written.error();
    result.score = scoreOf(task, result.output);

    if (!task.evidence.empty()) {
        Provenance found;
        const QList<Source> sources = sourcesOf(record, {{kDocument, text.document}});
        for (qsizetype at = 0; at < std::min<qsizetype>(3, sources.size()); ++at) {
            const bool holds = std::any_of(task.evidence.begin(), task.evidence.end(), [&](const EvalTask::Range& range) { return overlaps(sources[at].bytes, range); });
            found.top1 = found.top1 || (holds && at == 0);
            found.top3 = found.top3 || holds;
        }
        const std::vector<TokenRange> evidence = evidenceOf(task, text);
        const auto masked = nllHiding(*m_reading, evidence, introTokens, question, answer, stop);
        if (!masked)
            return masked.error();
        const auto elsewhere = nllHiding(*m_reading, std::array{elsewhereThan(evidence, text)}, introTokens, question, answer, stop);
        if (!elsewhere)
            return elsewhere.error();
        found.maskedDrop = *masked - result.answerNll;
        found.elsewhereDrop = *elsewhere - result.answerNll;
        result.provenance = found;
    }
    result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
    return result;
}

} // namespace octavo::app
