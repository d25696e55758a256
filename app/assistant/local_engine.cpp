// SPDX-License-Identifier: Apache-2.0
#include "assistant/local_engine.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QStringDecoder>
#include <algorithm>
#include <cassert>
#include <chrono>
#include <map>
#include <thread>

#include "assistant/engine_failure.h"
#include "assistant/plan_words.h"
#include "octavo/app/assistant.h"
#include "octavo/engine/asking.h"
#include "octavo/engine/model_head.h"

namespace octavo::app {

namespace {

constexpr std::string_view kSystem = "You are a helpful assistant.";
constexpr std::uint64_t kLeastReused = 512; // tokens of another reading that are worth going on from
constexpr std::uint64_t kConversationRoom = 8192; // tokens of questions and answers that positions are planned for

// Small models fall into loops without it: SmolLM2-135M repeats one sentence to the end of the answer.
// Loops are whole sentences, so the window must be longer than one.
constexpr float kRepetitionPenalty = 1.1f;
constexpr std::uint32_t kPenaltyWindow = 256;

double secondsSince(std::chrono::steady_clock::time_point begin)
{
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}


std::string_view view(const QByteArray& bytes) { return {bytes.constData(), static_cast<std::size_t>(bytes.size())}; }

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
        std::optional<DocumentSpan> only;
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
    std::vector<TokenId> promptIds(const std::vector<Turn>& turns) const;
    std::vector<TokenSpan> spansOf(const AskRequest& request) const;
    std::vector<TokenSpan> hiddenFrom(const AskRequest& request) const;
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

Outcome<EngineModel> LocalEngine::open(const QString& modelFile, std::stop_token)
{
    if (!m_engine) {
        auto engine = Engine::create(m_options.engine);
        if (!engine)
            return failureOf(engine.error());
        m_engine = *engine;
    }
    auto model = Model::open(QFile::encodeName(modelFile).toStdString(), m_engine, {m_options.adapters});
    if (!model)
        return failureOf(model.error());
    if ((*model)->chat().format() == ChatTemplate::Format::Unknown)
        return unknownTurns(modelFile);
    forgetModel();
    m_model = *model;
    return EngineModel{QString::fromStdString(config().name), QString::fromStdString(m_model->device()), QString::fromStdString(m_model->hash()),
                       config().context, settings(), QString::fromStdString(m_model->whyNoGpu()), sourceOf(modelFile)};
}

Outcome<EngineModel> LocalEngine::openHead(const QString& modelFile, std::stop_token)
{
    auto head = ModelHead::open(QFile::encodeName(modelFile).toStdString());
    if (!head)
        return failureOf(head.error());
    if (head->chat.format() == ChatTemplate::Format::Unknown)
        return unknownTurns(modelFile);
    forgetModel();
    m_head = std::move(*head);
    return EngineModel{QString::fromStdString(config().name), {}, {}, config().context, settings(), {}, sourceOf(modelFile)};
}

void LocalEngine::forgetModel()
{
    m_warm = {};
    m_kept.clear();
    m_model.reset();
    m_head.reset();
}

QString LocalEngine::sourceOf(const QString& modelFile) const
{
    QStringList files{modelFile};
    for (const std::filesystem::path& adapter : m_options.adapters)
        files.append(QFile::decodeName(adapter.c_str()));
    for (QString& file : files) {
        const QFileInfo info(file);
        file = QStringLiteral("%1 %2 %3").arg(info.absoluteFilePath()).arg(info.size()).arg(info.lastModified().toMSecsSinceEpoch());
    }
    return files.join(QLatin1Char('\n'));
}

EngineSettings LocalEngine::settings() const
{
    const KvFormat& kv = m_options.plan ? m_options.plan->kv : m_options.kv;
    EngineSettings settings{m_options.engine.precision == Precision::Float32 ? QStringLiteral("f32") : QStringLiteral("int8"), QString::fromStdString(kv.toString()), {}, 0};
    if (m_options.plan) {
        QStringList dims;
        for (const std::uint32_t dimension : m_options.plan->dims)
            dims.append(QString::number(dimension));
        settings.dims = dims.join(QLatin1Char(','));
        settings.gate = m_options.plan->gate;
    }
    return settings;
}

Failure LocalEngine::noModel()
{
    return {Failure::Kind::Model, QCoreApplication::translate("LocalEngine", "No model is open; choose a model file first.")};
}

Outcome<TokenBegins> LocalEngine::tokenize(const QByteArray& text, std::stop_token)
{
    if (!knowsModel())
        return noModel();
    return tokenizer().encode(view(text), SpecialTokens::Literal).begins;
}

std::vector<TokenId> LocalEngine::introIds() const
{
    return tokenizer().encode(chat().documentIntro(kSystem), SpecialTokens::Parse).ids;
}

// What is to be read, and how; nothing is read yet.
LocalEngine::Kept LocalEngine::newlyKept(const QByteArray& text) const
{
    Kept kept;
    kept.ids = introIds();
    kept.introTokens = kept.ids.size();
    const std::vector<TokenId> body = tokenizer().encode(view(text), SpecialTokens::Literal).ids;
    kept.ids.insert(kept.ids.end(), body.begin(), body.end());
    kept.plan = choiceFor(kept.ids.size()).plan;
    return kept;
}

// `tokens` with those of the intro.
PlanChoice LocalEngine::choiceFor(std::uint64_t tokens) const
{
    if (m_options.plan)
        return costOf(*m_options.plan, config(), tokens, kConversationRoom);
    return choosePlan(config(), tokens, kConversationRoom, Engine::availableMemory(), m_options.kv);
}

ReadPlan LocalEngine::planFor(qint64 tokens) const
{
    return readPlanOf(choiceFor(introIds().size() + static_cast<std::uint64_t>(tokens)), config());
}

// Frees the reading that was not used for longest; false if there is none but `keep` and those a question has interrupted.
bool LocalEngine::makeRoom(qint64 keep)
{
    auto oldest = m_kept.end();
    for (auto entry = m_kept.begin(); entry != m_kept.end(); ++entry)
        if (entry->first != keep && !entry->second.beingRead && entry->second.reading
            && (oldest == m_kept.end() || entry->second.lastUse < oldest->second.lastUse))
            oldest = entry;
    if (oldest == m_kept.end())
        return false;
    m_warm = {};
    oldest->second.finishSaving();
    m_kept.erase(oldest);
    return true;
}

QString LocalEngine::damageOf(const Error& error)
{
    const QString file = QString::fromStdString(error.subject);
    if (error.code == Errc::UnsupportedVersion)
        return QCoreApplication::translate("LocalEngine", "The saved reading %1 was made by another version of Octavo; the document is read again.").arg(file);
    return QCoreApplication::translate("LocalEngine", "The saved reading %1 is damaged (%2); what was lost is read again.")
        .arg(file, QString::fromStdString(error.detail));
}

// From disk, as much as is there, else a new one, which takes the place of a file of which nothing can be used.
Outcome<std::unique_ptr<Reading>> LocalEngine::openReading(const Kept& kept, const QString& file, QString& damage, std::stop_token stop)
{
    const std::uint64_t planned = kept.ids.size() + kConversationRoom;
    if (!file.isEmpty() && QFile::exists(file)) {
        auto loaded = Reading::load(QFile::encodeName(file).toStdString(), m_model, kept.plan, planned, kept.ids, stop, Reading::Check::Later);
        if (loaded)
            return std::move(*loaded);
        if (loaded.error().code == Errc::OutOfMemory || loaded.error().code == Errc::Stopped)
            return failureOf(loaded.error());
        damage = damageOf(loaded.error());
    }
    if (auto begun = readingOfSameBeginning(kept, planned, file.isEmpty() ? QString() : QFileInfo(file).path(), stop))
        return begun;
    auto started = Reading::start(m_model, kept.plan, planned);
    if (!started)
        return failureOf(started.error());
    return std::move(*started);
}

// The longest beginning that the text shares with one read before, in memory or on disk: a document whose end has changed is not
// read from its begin again. Null if there is none worth it.
std::unique_ptr<Reading> LocalEngine::readingOfSameBeginning(const Kept& kept, std::uint64_t planned, const QString& folder, std::stop_token stop) const
{
    std::uint64_t longest = kLeastReused - 1;
    Reading* inMemory = nullptr;
    for (const auto& [document, other] : m_kept) {
        if (!other.reading || other.reading->plan() != kept.plan)
            continue;
        const std::span<const TokenId> ids = other.reading->ids();
        const auto common = static_cast<std::uint64_t>(std::mismatch(ids.begin(), ids.end(), kept.ids.begin(), kept.ids.end()).first - ids.begin());
        if (other.reading->resumableAt(common) > longest) {
            longest = other.reading->resumableAt(common);
            inMemory = other.reading.get();
        }
    }
    QString onDisk;
    const QFileInfoList files = folder.isEmpty() ? QFileInfoList() : QDir(folder).entryInfoList({QStringLiteral("*.oct")}, QDir::Files);
    for (const QFileInfo& file : files) {
        if (stop.stop_requested())
            return nullptr;
        const auto reusable = Reading::reusableTokens(QFile::encodeName(file.filePath()).toStdString(), *m_model, kept.plan, planned, kept.ids);
        if (reusable && *reusable > longest) {
            longest = *reusable;
            onDisk = file.filePath();
        }
    }
    if (onDisk.isEmpty() && inMemory)
        if (const auto checked = inMemory->check({}, stop); !checked)
            return nullptr;
    auto begun = !onDisk.isEmpty() ? Reading::load(QFile::encodeName(onDisk).toStdString(), m_model, kept.plan, planned, kept.ids, stop)
        : inMemory                 ? inMemory->fork(longest, planned)
                                   : Result<std::unique_ptr<Reading>>(nullptr);
    return begun ? std::move(*begun) : nullptr; // whatever is wrong with it: reading anew is right
}

Outcome<ReadFacts> LocalEngine::read(const ReadRequest& request, const std::function<void(const ReadStep&)>& progress, std::stop_token stop)
{
    if (!m_model)
        return noModel();
    const auto begin = std::chrono::steady_clock::now();
    Kept& kept = m_kept[request.document];
    if (kept.ids.empty())
        kept = newlyKept(request.text);
    assert(!kept.beingRead);
    kept.lastUse = ++m_uses;
    kept.saver = {};
    QString file;
    if (!request.readingsDir.isEmpty()) {
        // Readings hold what a text says: they are for nobody else's eyes.
        if (!QDir(request.readingsDir).exists() && !QDir().mkdir(request.readingsDir, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner))
            return Failure{Failure::Kind::Folder, QCoreApplication::translate("LocalEngine", "The folder %1 cannot be made; choose another data folder.").arg(request.readingsDir)};
        const std::string name = Reading::fileName(*m_model, kept.plan, kept.ids.size() + kConversationRoom, kept.ids);
        file = QDir(request.readingsDir).filePath(QString::fromStdString(name));
    }
    ReadFacts facts;
    while (!kept.reading) {
        auto opened = openReading(kept, file, facts.damage, stop);
        if (opened)
            kept.reading = std::move(*opened);
        else if (opened.error().kind != Failure::Kind::OutOfMemory || !makeRoom(request.document))
            return opened.error();
    }

    const std::uint64_t before = kept.reading->tokens();
    const auto ofDocument = [&](std::uint64_t tokens) { return static_cast<qint64>(tokens > kept.introTokens ? tokens - kept.introTokens : 0); };
    facts.tokens = ofDocument(kept.ids.size());
    facts.reusedTokens = ofDocument(before);
    double interrupted = 0; // seconds that questions and other work took between chunks
    kept.beingRead = true;
    Result<std::uint64_t> again = std::uint64_t{0}; // read again, where a kept reading was damaged
    if (before < kept.ids.size() || request.beforeAsking)
        again = kept.reading->check(
            [&](const ReadingProgress& step) {
                const auto told = std::chrono::steady_clock::now();
                progress({ofDocument(before - (step.total - step.done)), facts.reusedTokens, facts.tokens, static_cast<double>(step.done) / std::max(step.seconds, 1e-9)});
                interrupted += secondsSince(told);
            },
            stop);
    if (!again) {
        kept.beingRead = false;
        return failureOf(again.error());
    }
    const bool damaged = kept.reading->damage() && !kept.damageTold;
    if (damaged)
        facts.damage = damageOf(*kept.reading->damage());
    kept.damageTold = damaged || kept.damageTold;
    Result<void> keeping; // a reading that cannot be kept is still good for this run: the next start reads it again
    if ((before < kept.ids.size() || (damaged && kept.reading->isChecked())) && !file.isEmpty() && request.keep)
        keeping = kept.reading->keepIn(QFile::encodeName(file).toStdString(), stop);
    if (!keeping && keeping.error().code == Errc::InUse) {
        kept.beingRead = false;
        kept.reading.reset(); // the other one's may be whole the next time
        return failureOf(keeping.error());
    }
    const auto result = kept.reading->read(
        std::span(kept.ids).subspan(before),
        [&](const ReadingProgress& step) {
            const auto told = std::chrono::steady_clock::now();
            const double speed = static_cast<double>(step.done) / std::max(step.seconds - interrupted, 1e-9);
            progress({ofDocument(before + step.done), facts.reusedTokens, facts.tokens, speed});
            interrupted += secondsSince(told);
        },
        stop);
    kept.beingRead = false;
    if (!result && result.error().code != Errc::Stopped)
        return failureOf(result.error());
    facts.complete = result.ok();
    facts.file = QFile::exists(file) ? QFileInfo(file).fileName() : QString();
    facts.readTokens = ofDocument(kept.reading->tokens()) - facts.reusedTokens + static_cast<qint64>(*again);
    facts.reusedTokens -= static_cast<qint64>(*again);
    facts.kvBytes = static_cast<qint64>(kept.reading->kvBytes());
    facts.seconds = secondsSince(begin) - interrupted;
    if (facts.complete && keeping)
        keeping = kept.reading->finishKeeping();
    else if (keeping)
        finishLater(kept);
    if (!keeping && keeping.error().code != Errc::Stopped)
        return failureOf(keeping.error());
    return facts;
}

// A stop must answer at once, and where reading goes on from may take a while to write: it is kept behind the user's back.
// Should it fail, the next start goes on from the last checkpoint, and says so by its progress.
void LocalEngine::finishLater(Kept& kept)
{
    kept.saver = std::jthread([&reading = *kept.reading] { (void)reading.finishKeeping(); });
}

std::vector<TokenId> LocalEngine::promptIds(const std::vector<Turn>& turns) const
{
    const Tokenizer& tokenizer = m_model->tokenizer();
    const ChatTemplate& chat = m_model->chat();
    std::vector<TokenId> ids;
    const auto add = [&](const std::vector<TokenId>& more) { ids.insert(ids.end(), more.begin(), more.end()); };
    for (std::size_t n = 0; n < turns.size(); ++n) {
        const std::string text = turns[n].text.toStdString();
        if (turns[n].user) {
            add(turnTokens(tokenizer, n == 0 ? chat.questionIntro() : chat.nextQuestionIntro(), text));
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
        if (request.only) {
            const bool here = request.only->document == n;
            hide(base + intro, base + (here ? std::min(intro + request.only->begin, tokens) : tokens));
            if (here)
                hide(base + std::min(intro + request.only->end, tokens), base + tokens);
        }
        base += tokens;
    }
    return hidden;
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
        && m_warm.only == request.only;
    if (!seesTheSame) {
        std::vector<const Reading*> readings;
        AskingOptions options;
        for (const qint64 document : request.documents)
            readings.push_back(m_kept.at(document).reading.get());
        options.spans = spansOf(request);
        options.hidden = hiddenFrom(request);
        options.room = kConversationRoom;
        auto asking = Asking::over(readings, std::move(options));
        if (!asking)
            return failureOf(asking.error());
        m_warm = {std::move(*asking), request.documents, request.passages, std::move(readTokens), request.only, {}};
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

Outcome<AskFacts> LocalEngine::ask(const AskRequest& request, const std::function<void(const QString&)>& piece, std::stop_token stop)
{
    const auto begin = std::chrono::steady_clock::now();
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
    const std::vector<TokenId> prompt = promptIds(request.turns);
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

void LocalEngine::forget(qint64 document)
{
    const auto kept = m_kept.find(document);
    if (kept == m_kept.end())
        return;
    assert(!kept->second.beingRead);
    m_warm = {};
    m_kept.erase(kept);
}

} // namespace

std::unique_ptr<BookEngine> makeLocalEngine(const LocalEngineOptions& options) { return std::make_unique<LocalEngine>(options); }

std::unique_ptr<Assistant> Assistant::onThisMachine(AssistantOptions options, QObject* parent)
{
    const DeviceChoice device = deviceNamed(options.device.toStdString()).value_or(DeviceChoice::Auto);
    auto engine = makeLocalEngine({{options.threads, Precision::Int8, device}, {}});
    return std::make_unique<Assistant>(std::move(options), std::move(engine), parent);
}

} // namespace octavo::app
