// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

#include "assistant/local_engine.h"
#include "octavo/engine/asking.h"
#include "octavo/engine/model_head.h"
#include "octavo/engine/plan_choice.h"

namespace octavo::app {

inline constexpr std::uint64_t kConversationRoom = 8192; // tokens of questions and answers that positions are planned for

inline double secondsSince(std::chrono::steady_clock::time_point begin)
{
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

// What makeLocalEngine() makes. Models and readings: local_engine.cpp; what is asked of them: local_engine_asking.cpp.
class LocalEngine final : public BookEngine {
public:
    explicit LocalEngine(const LocalEngineOptions& options) : m_options(options) {}
    ~LocalEngine() override
    {
        for (auto& [document, kept] : m_kept)
            kept.finishSaving(); // closing the program must not lose what was read
    }

    Outcome<EngineModel> open(const QString& modelFile, std::stop_token stop) override;
    Outcome<EngineModel> openHead(const QString& modelFile, std::stop_token stop) override;
    Outcome<TokenBegins> tokenize(const QByteArray& text, std::stop_token stop) override;
    ReadPlan planFor(qint64 tokens) const override;
    Outcome<ReadFacts> read(const ReadRequest& request, const std::function<void(const ReadStep&)>& progress, std::stop_token stop) override;
    Outcome<AskFacts> ask(const AskRequest& request, const std::function<void(const QString&)>& piece, std::stop_token stop) override;
    Outcome<AnswerLikelihood> likelihood(const AskRequest& request, const QString& answer, std::stop_token stop) override;
    Outcome<HeadLooks> headLooks(const AskRequest& request, const QString& answer, ByteRange words, std::stop_token stop) override;
    void forget(qint64 document) override;

private:
    // A document's reading. The tokens of the prompt around it come first.
    struct Kept {
        std::unique_ptr<Reading> reading;
        std::vector<TokenId> ids;       // intro, then the document
        std::uint64_t introTokens = 0;
        ReadingPlan plan;
        std::uint64_t lastUse = 0;
        bool beingRead = false;
        bool damageTold = false;
        std::jthread saver;             // last: ends before the reading that it writes goes

        void finishSaving()
        {
            if (saver.joinable())
                saver.join();
        }
    };

    // A conversation whose keys and values are still there: the next question adds to it instead of being read with all turns again.
    struct Warm {
        std::unique_ptr<Asking> asking;
        std::vector<qint64> documents;
        std::vector<std::vector<std::uint32_t>> passages;
        std::vector<std::uint64_t> readTokens;   // of each document, when the conversation began: it sees no more
        std::vector<DocumentSpan> hidden;
        std::vector<TokenId> ids;
    };

    void forgetModel();
    bool knowsModel() const { return m_model || m_head; }
    const ModelConfig& config() const { return m_model ? m_model->config() : m_head->config; }
    const Tokenizer& tokenizer() const { return m_model ? m_model->tokenizer() : *m_head->tokenizer; }
    const ChatTemplate& chat() const { return m_model ? m_model->chat() : m_head->chat; }
    QString sourceOf(const QString& modelFile) const;
    EngineSettings settings() const;
    std::vector<TokenId> introIds() const;
    Kept newlyKept(const QByteArray& text) const;
    PlanChoice choiceFor(std::uint64_t tokens) const;
    Outcome<std::unique_ptr<Reading>> openReading(const Kept& kept, const QString& file, QString& damage, std::stop_token stop);
    std::unique_ptr<Reading> readingOfSameBeginning(const Kept& kept, std::uint64_t planned, const QString& folder, std::stop_token stop) const;
    static QString damageOf(const Error& error);
    bool makeRoom(qint64 keep);
    static void finishLater(Kept& kept);
    static Failure noModel();
    std::vector<TokenId> promptIds(const AskRequest& request) const;
    std::vector<TokenSpan> spansOf(const AskRequest& request) const;
    std::vector<TokenSpan> hiddenFrom(const AskRequest& request) const;
    Outcome<std::unique_ptr<Asking>> askingOver(const AskRequest& request, AskingOptions options) const;
    Outcome<void> makeReady(const AskRequest& request, const std::stop_token& stop);
    Outcome<std::size_t> warmUp(const AskRequest& request, const std::vector<TokenId>& prompt, std::stop_token stop);
    AnswerTokenHops hopsOf(const HopRecord& record, const AskRequest& request) const;

    LocalEngineOptions m_options;
    std::shared_ptr<Engine> m_engine;
    std::shared_ptr<const Model> m_model;
    std::optional<ModelHead> m_head;   // while no model is open
    std::map<qint64, Kept> m_kept;
    std::uint64_t m_uses = 0;
    Warm m_warm;
};

} // namespace octavo::app
