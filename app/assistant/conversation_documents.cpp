// SPDX-License-Identifier: Apache-2.0
// The half of the conversation service that has to do with documents; conversation_service.cpp has sessions and questions.
#include "assistant/conversation_service.h"

#include <algorithm>
#include <cassert>

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QLocale>

#include "assistant/document_preview.h"
#include "assistant/sentences.h"
#include "documents/folder_walker.h"
#include "documents/left_out.h"
#include "documents/loaded_file.h"
#include "library/content_hash.h"

namespace octavo::app {

namespace {

constexpr qint64 kMeasuredTokens = 256;   // fewer say little about the speed of reading
constexpr int kMostLookedAt = 2000;       // files of one document

// `known`: what the document has, or has left out, in that folder.
bool hasNewFiles(const QString& path, const QString& inside, const QStringList& known, const LeftOut& leftOut)
{
    const QSet<QString> files(known.begin(), known.end());
    QSet<QString> folders(known.begin(), known.end());
    for (const QString& file : known) {
        for (qsizetype slash = file.indexOf('/', inside.size()); slash >= 0; slash = file.indexOf('/', slash + 1))
            folders.insert(file.first(slash + 1));
    }
    const std::vector<FoundItem> items = itemsIn(QFile::encodeName(path).toStdString(), QFile::encodeName(inside).toStdString(),
                                                 [&](const QString& folder) { return !folders.contains(folder) && leftOut.around(folder).isEmpty(); });
    return std::any_of(items.begin(), items.end(), [&](const FoundItem& item) {
        return item.why.isEmpty() && !files.contains(item.relativePath) && leftOut.around(item.relativePath).isEmpty()
               && mayHoldText(item.path, item.relativePath.section('/', -1));
    });
}

// Of a text that begins like one that was read before, such as its own old one.
QString reusedSentence(const DocumentSummary& document, const ReadFacts& facts)
{
    const QLocale locale;
    return QStringLiteral("%1 of %2 tokens of “%3” were read already; only the rest was read now.")
        .arg(locale.toString(facts.reusedTokens), locale.toString(facts.tokens), document.title);
}

} // namespace

Outcome<EngineModel> ConversationService::openModel(const QString& modelFile, std::stop_token stop)
{
    const Outcome<EngineModel> opened = m_engine.open(modelFile, stop);
    if (!opened)
        return opened.error();
    const Outcome<void> recorded = m_records.opened(*opened);
    if (!recorded)
        return recorded.error();
    return useModel(*opened);
}

Outcome<EngineModel> ConversationService::openModelHead(const QString& modelFile, std::stop_token stop)
{
    const Outcome<EngineModel> head = m_engine.openHead(modelFile, std::move(stop));
    if (!head)
        return head.error();
    const Outcome<EngineModel> recognized = m_records.recognized(*head);
    if (!recognized)
        return recognized.error();
    return useModel(*recognized);
}

EngineModel ConversationService::useModel(EngineModel model)
{
    m_shelf.forgetTokens();
    m_inMemory.clear();
    m_model = std::move(model);
    return *m_model;
}

Outcome<LoadedDocument> ConversationService::loadDocument(const QString& path, std::stop_token stop, const LoadProgressed& progress)
{
    return m_shelf.load(path, progress, stop);
}

Outcome<DocumentSummary> ConversationService::addDocument(const QString& path, std::stop_token stop, const LoadProgressed& progress)
{
    const Outcome<LoadedDocument> loaded = loadDocument(path, stop, progress);
    if (!loaded)
        return loaded.error();
    return addDocument(*loaded, stop);
}

Outcome<DocumentSummary> ConversationService::addDocument(const LoadedDocument& loaded, const std::stop_token& stop)
{
    Document document = withoutFiles(loaded.document, loaded.leftOut);
    if (document.text.isEmpty())
        return Failure{Failure::Kind::Folder, QStringLiteral("All text in “%1” is left out by you; choose again what is to be read of it.").arg(document.path)};
    const Outcome<DocumentId> id = m_shelf.store(std::move(document), stop);
    if (!id)
        return id.error();
    m_newFilesIn.erase(*id);
    return summary(*id);
}

Outcome<DocumentSummary> ConversationService::recognize(const QString& path, const QString& languages, DocumentId instead, std::stop_token stop,
                                                        const LoadProgressed& progress)
{
    const Outcome<QString> installed = m_shelf.scans().languages(languages);
    if (!installed)
        return installed.error();
    const Outcome<LoadedDocument> loaded = m_shelf.loadRecognized(path, *installed, progress, stop);
    if (!loaded)
        return loaded.error();
    const Outcome<DocumentSummary> document = addDocument(*loaded, stop);
    if (document && instead != 0 && instead != document->id) {
        if (const Outcome<void> removed = removeDocument(instead); !removed)
            return removed.error();
    }
    return document;
}

Outcome<DocumentPreview> ConversationService::preview(const LoadedDocument& loaded, const std::function<void(qint64)>& counted, const std::stop_token& stop)
{
    if (!m_model)
        return noModel();
    Outcome<PreviewItem> item = previewOf(loaded.document, loaded.leftOut, m_engine, counted, stop);
    if (!item)
        return item.error();
    const Outcome<double> speed = m_records.tokensPerSecond(*m_model);
    if (!speed)
        return speed.error();
    const Outcome<qint64> readBefore = readTokensOf(withoutFiles(loaded.document, loaded.leftOut));
    if (!readBefore)
        return readBefore.error();
    const ReadEstimate cost = costOf(item->tokens, std::max<qint64>(0, item->tokens - tokensLeftOut(*item) - *readBefore), *speed);
    return DocumentPreview{std::move(*item), cost};
}

// 0 if it is not in the library.
Outcome<qint64> ConversationService::readTokensOf(const Document& document)
{
    return m_library.read([&](Library& in) -> qint64 {
        const std::optional<DocumentId> id = in.documents().find(contentHash(document.text));
        const std::optional<DocumentSummary> known = id ? in.documents().summary(*id, m_model->hash) : std::nullopt;
        return known ? known->readTokens : 0;
    });
}

Outcome<double> ConversationService::tokensPerSecond()
{
    if (!m_model)
        return noModel();
    return m_records.tokensPerSecond(*m_model);
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
    return withNews(**found);
}

Outcome<QList<DocumentSummary>> ConversationService::documents()
{
    const QString hash = m_model ? m_model->hash : QString();
    Outcome<QList<DocumentSummary>> documents = m_library.read([&](Library& in) { return in.documents().list(hash); });
    if (documents)
        std::transform(documents->begin(), documents->end(), documents->begin(), [this](const DocumentSummary& summary) { return withNews(summary); });
    return documents;
}

DocumentSummary ConversationService::withNews(DocumentSummary summary) const
{
    summary.changed = summary.changed || (summary.state != DocumentSummary::State::Missing && m_newFilesIn.contains(summary.id));
    return summary;
}

Outcome<DocumentSummary> ConversationService::lookAgain(DocumentId id, const QStringList& folders)
{
    const Outcome<DocumentSummary> known = summary(id);
    if (!known || known->kind != DocumentKind::Folder || !QFileInfo(known->path).isDir())
        return known;
    const Outcome<QStringList> leftOut = m_library.read([&](Library& in) { return in.documents().leftOutOf(known->path); });
    if (!leftOut)
        return leftOut.error();
    QSet<QString>& newFilesIn = m_newFilesIn[id];
    for (const QString& folder : folders) {
        const QString relative = QDir(known->path).relativeFilePath(folder);
        const QString inside = relative == QLatin1String(".") ? QString() : relative + '/';
        const Outcome<QStringList> paths = m_library.read([&](Library& in) { return in.documents().ledgerPaths(id, inside); });
        if (!paths)
            return paths.error();
        if (hasNewFiles(known->path, inside, *paths, LeftOut(*leftOut)))
            newFilesIn.insert(folder);
        else
            newFilesIn.remove(folder);
    }
    if (newFilesIn.isEmpty())
        m_newFilesIn.erase(id);
    return summary(id);
}

Outcome<QHash<DocumentId, QStringList>> ConversationService::stirredFolders()
{
    const Outcome<QList<WatchedDocument>> watched = watchedDocuments(kMostLookedAt);
    if (!watched)
        return watched.error();
    QHash<DocumentId, QStringList> stirred;
    for (const WatchedDocument& document : *watched) {
        const Outcome<QDateTime> added = m_library.read([&](Library& in) { return in.documents().addedAt(document.id); });
        if (!added)
            return added.error();
        for (const QString& folder : document.folders) {
            if (QFileInfo(folder).lastModified() > *added)
                stirred[document.id].append(folder);
        }
    }
    return stirred;
}

Outcome<QList<WatchedDocument>> ConversationService::watchedDocuments(int mostFilesEach)
{
    return m_library.read([&](Library& in) {
        QList<WatchedDocument> watched;
        for (const DocumentId id : in.documents().listed())
            watched.append(in.documents().watched(id, mostFilesEach));
        return watched;
    });
}

Outcome<void> ConversationService::removeDocument(DocumentId id)
{
    assert(!m_beingRead.contains(id));
    const Outcome<void> removed = m_library.write([&](Library& in) { in.documents().remove(id); });
    if (removed) {
        m_engine.forget(id);
        m_inMemory.erase(id);
        m_newFilesIn.erase(id);
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
    const Outcome<double> tokensPerSecond = m_records.tokensPerSecond(*m_model);
    if (!tokensPerSecond)
        return tokensPerSecond.error();

    const auto tokens = static_cast<qint64>((*tokenized)->tokens.size());
    ReadEstimate estimate = costOf(tokens, tokens - known->readTokens, *tokensPerSecond);
    estimate.document = id;
    return estimate;
}

ReadEstimate ConversationService::costOf(qint64 tokens, qint64 unreadTokens, double tokensPerSecond) const
{
    ReadEstimate estimate;
    estimate.tokens = tokens;
    estimate.plan = m_engine.planFor(tokens);
    estimate.memoryBytes = tokens * estimate.plan.kvBytesPerToken + estimate.plan.hopBytes;
    estimate.diskBytes = estimate.memoryBytes;   // a kept reading is what reading goes on from
    estimate.device = m_model->device;
    if (tokensPerSecond > 0)
        estimate.seconds = static_cast<double>(unreadTokens) / tokensPerSecond;
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
    const Outcome<DocumentSummary> before = summary(id);
    if (!before)
        return before.error();
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
            m_records.storeSpeed(*m_model, static_cast<double>(facts->readTokens) / facts->seconds);
    });
    if (!stored)
        return stored.error();
    const Outcome<DocumentSummary> after = summary(id);
    if (!after)
        return after.error();
    if (!facts->file.isEmpty())
        m_readings.markUsed(facts->file);
    const bool sharesBeginning = before->readTokens == 0 && facts->reusedTokens > 0 && facts->readTokens > 0;
    const QString reused = sharesBeginning ? reusedSentence(*before, *facts) : QString();
    return ReadResult{*after, *facts, !facts->complete, joinSentences(joinSentences(*noRoom, facts->damage), reused)};
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

} // namespace octavo::app
