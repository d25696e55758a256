// SPDX-License-Identifier: Apache-2.0
#include "assistant/local_engine_class.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <algorithm>
#include <cassert>
#include <chrono>
#include <thread>

#include "assistant/engine_failure.h"
#include "assistant/plan_words.h"
#include "models/model_options.h"
#include "octavo/app/assistant.h"

namespace octavo::app {

namespace {

constexpr std::string_view kSystem = "You are a helpful assistant.";
constexpr std::uint64_t kLeastReused = 512; // tokens of another reading that are worth going on from

std::string_view view(const QByteArray& bytes) { return {bytes.constData(), static_cast<std::size_t>(bytes.size())}; }

} // namespace

Outcome<EngineModel> LocalEngine::open(const QString& modelFile, std::stop_token)
{
    if (!m_engine) {
        auto engine = Engine::create(m_options.engine);
        if (!engine)
            return failureOf(engine.error());
        m_engine = *engine;
    }
    const auto options = modelOptions(m_options.adapters, m_options.ownAdapters, m_options.dataDir);
    if (!options)
        return options.error();
    auto model = Model::open(QFile::encodeName(modelFile).toStdString(), m_engine, *options);
    if (!model)
        return failureOf(model.error());
    if ((*model)->chat().format() == ChatTemplate::Format::Unknown)
        return unknownTurns(modelFile);
    forgetModel();
    m_model = *model;
    QStringList own;
    for (const std::string& name : m_model->offeredAdapters())
        own.append(QString::fromStdString(name));
    return EngineModel{QString::fromStdString(config().name), QString::fromStdString(m_model->device()), QString::fromStdString(m_model->hash()),
                       config().context, settings(), QString::fromStdString(m_model->whyNoGpu()), sourceOf(modelFile), QString::fromStdString(m_model->askingHash()), own};
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
        settings.dims = dimsText(*m_options.plan);
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

void LocalEngine::forget(qint64 document)
{
    const auto kept = m_kept.find(document);
    if (kept == m_kept.end())
        return;
    assert(!kept->second.beingRead);
    m_warm = {};
    m_kept.erase(kept);
}

std::unique_ptr<BookEngine> makeLocalEngine(const LocalEngineOptions& options) { return std::make_unique<LocalEngine>(options); }

std::unique_ptr<Assistant> Assistant::onThisMachine(AssistantOptions options, QObject* parent)
{
    const DeviceChoice device = deviceNamed(options.device.toStdString()).value_or(DeviceChoice::Auto);
    LocalEngineOptions local{{options.threads, Precision::Int8, device, options.gpuLayers}, {}};
    local.ownAdapters = options.ownAdapters;
    local.dataDir = options.dataDir;
    auto engine = makeLocalEngine(local);
    return std::make_unique<Assistant>(std::move(options), std::move(engine), parent);
}

} // namespace octavo::app
