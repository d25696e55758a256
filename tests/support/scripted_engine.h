// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include <QStringList>

#include "assistant/book_engine.h"

namespace octavo::test {

// The one stretch of a single document of `tokens` tokens that a request does not hide.
inline app::DocumentSpan seenBy(const app::AskRequest& request, std::uint32_t tokens)
{
    app::DocumentSpan seen{0, 0, tokens};
    for (const app::DocumentSpan& hidden : request.hidden)
        (hidden.begin == 0 ? seen.begin : seen.end) = hidden.begin == 0 ? hidden.end : hidden.begin;
    return seen;
}

// What a ScriptedEngine does, and what was asked of it. The test keeps it while an Assistant owns the engine; change it only while
// no job runs. `onDisk` outlives an engine: pass the same script to a second one, and that is a restart.
struct EngineScript {
    std::optional<app::Failure> openFailure;
    std::optional<app::Failure> readFailure;
    std::optional<app::Failure> failsAfterReading;      // one chunk
    std::optional<app::Failure> askFailure;             // after the pieces have been streamed
    qint64 chunkTokens = 64;
    std::chrono::milliseconds chunkDelay{0};
    QStringList pieces{QStringLiteral("Ahab "), QStringLiteral("nails "), QStringLiteral("it.")};
    std::chrono::milliseconds pieceDelay{0};
    bool full = false;
    std::size_t favourite = 1;                          // the passage that gets half of the attention
    float others = 0.3F;                                // what the others share of it
    std::function<void()> onAsk;                        // before the first piece
    std::function<void(int piece)> onPiece;             // after each

    std::map<QByteArray, qint64> onDisk;                // text → tokens read
    int reads = 0;
    int heads = 0;                                      // opened without weights
    std::vector<app::AskRequest> asked;
    std::vector<app::AskRequest> judged;                // by likelihood()
    std::vector<app::ByteRange> lookedAt;               // by headLooks()
    std::vector<qint64> forgotten;
};

// An engine without a model: tokens are at most four bytes and begin at spaces, readings are counts, answers are scripted.
// It answers a stop at once, whatever it is doing.
class ScriptedEngine : public app::BookEngine {
public:
    explicit ScriptedEngine(std::shared_ptr<EngineScript> script) : m_script(std::move(script)) {}

    app::Outcome<app::EngineModel> open(const QString&, std::stop_token) override
    {
        if (m_script->openFailure)
            return *m_script->openFailure;
        return app::EngineModel{QStringLiteral("Scripted"), QStringLiteral("Script"), QStringLiteral("0123abcd"), 8192, {}, {}, QStringLiteral("script"), QStringLiteral("0123abcd")};
    }

    app::Outcome<app::EngineModel> openHead(const QString&, std::stop_token) override
    {
        ++m_script->heads;
        return app::EngineModel{QStringLiteral("Scripted"), {}, {}, 8192, {}, {}, QStringLiteral("script")};
    }

    app::Outcome<app::TokenBegins> tokenize(const QByteArray& text, std::stop_token stop) override
    {
        if (stop.stop_requested())
            return stopped();
        app::TokenBegins begins;
        for (qsizetype byte = 0; byte < text.size(); ++byte) {
            if (begins.empty() || text[byte] == ' ' || static_cast<quint64>(byte) == begins.back() + 4)
                begins.push_back(static_cast<quint64>(byte));
        }
        return begins;
    }

    app::ReadPlan planFor(qint64 tokens) const override
    {
        return {QStringLiteral("tensorized"), {0, 1024}, 4, 1024, static_cast<double>(tokens) / 2, 100, 0, QStringLiteral("So says the script.")};
    }

    app::Outcome<app::ReadFacts> read(const app::ReadRequest& request, const std::function<void(const app::ReadStep&)>& progress,
                                      std::stop_token stop) override
    {
        ++m_script->reads;
        if (m_script->readFailure)
            return *m_script->readFailure;
        const auto tokens = static_cast<qint64>(tokenize(request.text, {})->size());
        qint64& done = m_script->onDisk[request.text];
        const qint64 reused = done;
        while (done < tokens && pause(m_script->chunkDelay, stop)) {
            done = std::min(tokens, done + m_script->chunkTokens);
            progress({done, reused, tokens, 1000.0});
            if (m_script->failsAfterReading)
                return *m_script->failsAfterReading;
        }
        return app::ReadFacts{tokens, done - reused, reused, done * 100, static_cast<double>(done - reused) / 1000.0, done == tokens};
    }

    app::Outcome<app::AskFacts> ask(const app::AskRequest& request, const std::function<void(const QString&)>& piece,
                                    std::stop_token stop) override
    {
        m_script->asked.push_back(request);
        if (m_script->onAsk)
            m_script->onAsk();
        app::AskFacts facts;
        facts.promptTokens = 10;
        facts.firstTokenSeconds = 0.25;
        facts.tokensPerSecond = 20;
        facts.full = m_script->full;
        for (int at = 0; at < m_script->pieces.size(); ++at) {
            if (!pause(m_script->pieceDelay, stop)) {
                facts.stopped = true;
                return facts;
            }
            facts.hops.push_back(hopsOf(request, static_cast<std::uint32_t>(facts.answer.toUtf8().size())));
            facts.answer += m_script->pieces[at];
            piece(m_script->pieces[at]);
            if (m_script->onPiece)
                m_script->onPiece(at);
        }
        if (m_script->askFailure)
            return *m_script->askFailure;
        return facts;
    }

    // A passage of the text that is hidden takes its share of the attention times ten from the likelihood of each token.
    app::Outcome<app::AnswerLikelihood> likelihood(const app::AskRequest& request, const QString& answer, std::stop_token stop) override
    {
        if (!pause(m_script->pieceDelay, stop))
            return stopped();
        m_script->judged.push_back(request);
        const app::AnswerTokenHops hops = hopsOf(request, 0);
        float hidden = 0;
        for (const app::DocumentSpan& span : request.hidden)
            for (std::size_t at = 0; at < request.passages[span.document].size(); ++at)
                if (const std::uint32_t begin = request.passages[span.document][at]; span.begin <= begin && begin < span.end && span.document == 0)
                    hidden += hops.passages[at];
        app::AnswerLikelihood likelihood;
        likelihood.tokenBegins = tokenBegins(answer);
        likelihood.nll.assign(likelihood.tokenBegins.size(), 1 + 10 * hidden);
        return likelihood;
    }

    // Two layers of three heads: all look as the answer did, but half of what those of the second layer look at are sinks.
    app::Outcome<app::HeadLooks> headLooks(const app::AskRequest& request, const QString&, app::ByteRange words, std::stop_token stop) override
    {
        if (!pause(m_script->pieceDelay, stop))
            return stopped();
        m_script->lookedAt.push_back(words);
        const app::AnswerTokenHops hops = hopsOf(request, 0);
        app::HeadLooks looks{2, 3, {}, {}, {}};
        for (int head = 0; head < 6; ++head) {
            const float factor = head < 3 ? 1 : 0.5F;
            for (const float share : hops.passages)
                looks.passages.push_back(share * factor);
            looks.sinks.push_back(1 - factor);
            looks.outside.push_back(hops.outside * factor);
        }
        return looks;
    }

    void forget(qint64 document) override { m_script->forgotten.push_back(document); }

private:
    std::vector<std::uint32_t> tokenBegins(const QString& text)
    {
        const auto begins = tokenize(text.toUtf8(), {});
        return {begins->begin(), begins->end()};
    }

    static app::Failure stopped() { return {app::Failure::Kind::Stopped, QStringLiteral("Stopped.")}; }

    // False if stopped meanwhile.
    static bool pause(std::chrono::milliseconds time, const std::stop_token& stop)
    {
        std::mutex mutex;
        std::unique_lock lock(mutex);
        std::condition_variable_any never;
        never.wait_for(lock, stop, time, [] { return false; });
        return !stop.stop_requested();
    }

    app::AnswerTokenHops hopsOf(const app::AskRequest& request, std::uint32_t beginByte) const
    {
        std::size_t passages = 0;
        for (const auto& document : request.passages)
            passages += document.size();
        app::AnswerTokenHops hops;
        hops.beginByte = beginByte;
        hops.outside = passages > 0 ? 0.5F - m_script->others : 1.0F;
        if (passages == 0)
            return hops;
        const std::size_t favourite = std::min(m_script->favourite, passages - 1);
        hops.passages.assign(passages, passages > 1 ? m_script->others / static_cast<float>(passages - 1) : 0.0F);
        hops.passages[favourite] = passages > 1 ? 0.5F : 0.5F + m_script->others;
        hops.top.push_back({0, request.passages.front()[std::min(favourite, request.passages.front().size() - 1)], 0.1F});
        return hops;
    }

    std::shared_ptr<EngineScript> m_script;
};

} // namespace octavo::test
