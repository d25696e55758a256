// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include <QElapsedTimer>

#include "assistant/assistant_worker.h"
#include "assistant/document_preview.h"

// What the assistant's worker does to open files and folders, and to have scans read.

namespace octavo::app {

namespace {

constexpr qint64 kOpenProgressPause = 100;   // ms
constexpr double kLong = 20;                 // s; what is read sooner is read without asking
constexpr double kLongWithChoice = 5;        // s; where files can be left out, it pays to ask earlier
constexpr double kUnmeasuredSpeed = 500;     // tokens/s; SmolLM2-135M reads over 1,000 on two cores, and a larger model is measured by its first reading

bool isWorthAsking(const OpenPreview& preview)
{
    double seconds = 0;
    bool hasChoice = preview.documents.size() > 1;
    for (const DocumentPreview& document : preview.documents) {
        const qint64 tokens = document.estimate.tokens - tokensLeftOut(document.item);
        seconds += preview.tokensPerSecond > 0 ? document.estimate.seconds : static_cast<double>(tokens) / kUnmeasuredSpeed;
        hasChoice = hasChoice || document.item.kind == PartKind::Folder;
    }
    return seconds > (hasChoice ? kLongWithChoice : kLong);
}

// Lets a call through now and then.
class Pacer {
public:
    bool isTime()
    {
        if (m_since.isValid() && m_since.elapsed() < kOpenProgressPause)
            return false;
        m_since.start();
        return true;
    }

private:
    QElapsedTimer m_since;
};

} // namespace

void Assistant::Worker::openPaths(const QStringList& paths, bool asksInAnyCase, std::stop_token stop)
{
    if (!service())
        return;
    std::vector<LoadedDocument> documents = load(paths, stop);
    if (documents.empty())
        return;
    Outcome<OpenPreview> preview = previewOf(documents, stop);
    if (!preview && preview.error().kind != Failure::Kind::Model)   // without a model a document is taken in all the same, and can be looked at
        return fail(preview.error());
    if (!preview || !(asksInAnyCase || isWorthAsking(*preview)))
        return takeIn(documents, stop);
    preview->id = ++m_lastPreview;
    m_previews[preview->id] = std::move(documents);
    tell(&Assistant::previewReady, *preview);
}

std::vector<LoadedDocument> Assistant::Worker::load(const QStringList& paths, const std::stop_token& stop)
{
    std::vector<LoadedDocument> documents;
    for (const QString& path : paths) {
        if (isArchive(path)) {
            importArchive(path, stop);
            continue;
        }
        Outcome<LoadedDocument> document = loadDocument(path, stop);
        if (document)
            documents.push_back(std::move(*document));
        else
            failOpening(document.error(), path);
    }
    return documents;
}

Outcome<LoadedDocument> Assistant::Worker::loadDocument(const QString& path, const std::stop_token& stop)
{
    return m_service->loadDocument(path, stop, openProgressOf(path));
}

LoadProgressed Assistant::Worker::openProgressOf(const QString& path)
{
    return [this, path, pacer = Pacer()](const LoadProgress& progress) mutable {
        if (pacer.isTime())
            tell(&Assistant::openProgress, OpenProgress{path, progress.files, progress.bytes, -1, progress.scans, progress.allScans});
    };
}

void Assistant::Worker::failOpening(const Failure& failure, const QString& path)
{
    if (failure.kind == Failure::Kind::OnlyScans && m_service->scans().tesseract())
        return tell(&Assistant::scansFound, m_service->scans().offerFor(path, failure.scans, failure.scans));
    fail(failure);
}

Outcome<OpenPreview> Assistant::Worker::previewOf(const std::vector<LoadedDocument>& documents, const std::stop_token& stop)
{
    OpenPreview preview;
    for (const LoadedDocument& loaded : documents) {
        const Document& document = loaded.document;
        Pacer pacer;
        const Outcome<DocumentPreview> counted = m_service->preview(loaded, [&](qint64 bytes) {
            if (pacer.isTime())
                tell(&Assistant::openProgress, OpenProgress{document.path, document.files.size(), document.text.size(),
                                                            static_cast<double>(bytes) / static_cast<double>(document.text.size())});
        }, stop);
        if (!counted)
            return counted.error();
        preview.documents.append(*counted);
    }
    const Outcome<double> speed = m_service->tokensPerSecond();
    if (!speed)
        return speed.error();
    preview.tokensPerSecond = *speed;
    return preview;
}

void Assistant::Worker::readPreviewed(PreviewId id, const QList<PreviewChoice>& choices, std::stop_token stop)
{
    const auto preview = m_previews.find(id);
    if (preview == m_previews.end() || !service())
        return;
    std::vector<LoadedDocument> chosen;
    for (qsizetype at = 0; at < choices.size(); ++at) {
        LoadedDocument& document = preview->second.at(static_cast<std::size_t>(at));
        document.leftOut = choices[at].leftOut;
        if (choices[at].isRead)
            chosen.push_back(std::move(document));
    }
    m_previews.erase(preview);
    takeIn(chosen, stop);
}

void Assistant::Worker::takeIn(const std::vector<LoadedDocument>& documents, const std::stop_token& stop)
{
    for (const LoadedDocument& loaded : documents) {
        const Outcome<DocumentSummary> document = addDocument(loaded, stop);
        if (!document)
            fail(document.error());
        else if (!stop.stop_requested())
            postRead(document->id);
    }
}

Outcome<DocumentSummary> Assistant::Worker::addDocument(const LoadedDocument& loaded, const std::stop_token& stop)
{
    const Outcome<DocumentSummary> document = m_service->addDocument(loaded, stop);
    if (!document)
        return document;
    if (const Outcome<void> told = tellAdded(*document, stop); !told)
        return told.error();
    return document;
}

Outcome<void> Assistant::Worker::tellAdded(const DocumentSummary& document, const std::stop_token& stop)
{
    tell(&Assistant::documentAdded, document);
    watchDocuments();
    openDocument(document.id);
    tellScans(document.id);
    const Outcome<ReadEstimate> estimate = m_service->estimate(document.id, stop);
    if (!estimate)
        return estimate.error();
    tell(&Assistant::estimated, *estimate);
    return {};
}

void Assistant::Worker::tellScans(DocumentId id)
{
    const Outcome<std::shared_ptr<const Document>> document = m_service->document(id);
    if (!document || (*document)->scannedPages() == 0)
        return;
    ScannedPages scans = m_service->scans().offerFor((*document)->path, (*document)->scannedPages(), (*document)->pages());
    scans.document = id;
    tell(&Assistant::scansFound, scans);
}

void Assistant::Worker::recognize(const ScannedPages& scans, std::stop_token stop)
{
    if (!service())
        return;
    const Outcome<DocumentSummary> document = m_service->recognize(scans.path, scans.languages, scans.document, stop, openProgressOf(scans.path));
    if (document) {
        if (const Outcome<void> told = tellAdded(*document, stop); !told)
            fail(told.error());
        else if (!stop.stop_requested())
            postRead(document->id);
        return tellLibrary();
    }
    failOpening(document.error(), scans.path);
    if (scans.document != 0)
        postRead(scans.document);   // which was stopped for this
}

} // namespace octavo::app
