// SPDX-License-Identifier: Apache-2.0
#include "cli/eval_coverage.h"

#include <algorithm>

#include <QFile>
#include <QTemporaryDir>

#include "assistant/summary_service.h"
#include "cli/desk.h"
#include "eval/coverage.h"
#include "eval/eval_book.h"

namespace octavo::app::cli {

namespace {

Outcome<DocumentId> added(Desk& desk, const Session& session, const QString& path, const std::string& text)
{
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(text.data(), static_cast<qint64>(text.size())) != static_cast<qint64>(text.size()) || !file.flush())
        return failureOf(Error{Errc::WriteFailed, path.toStdString(), file.errorString().toStdString()});
    file.close();
    const auto ids = desk.documents({path.toStdString()}, session);
    if (!ids)
        return ids.error();
    return ids->front();
}

Outcome<Summary> summarized(Desk& desk, const Session& session, DocumentId id)
{
    SummaryService summaries(*desk.library, *desk.engine, *desk.service);
    const auto read = desk.service->read(id, [&](const ReadProgress& step) { session.progress(progressLine(step)); }, session.stop);
    if (!read)
        return read.error();
    const auto begun = summaries.start({id}, session.stop);
    if (!begun)
        return begun.error();
    SummaryEvents events;
    events.progress = [&](const SummaryProgress& step) { session.progress("part " + std::to_string(step.done + 1) + " of " + std::to_string(step.count)); };
    const auto written = summaries.write(begun->session.id, {}, events, session.stop);
    session.endProgress();
    if (!written)
        return written.error();
    return summaries.summary(begun->session.id);
}

} // namespace

int evalCoverage(const Session& session, const EvalCoverageOptions& options)
{
    // A library of its own, so that what is made up here does not stand among a person's documents.
    const QTemporaryDir folder;
    Session apart = session;
    apart.model = session.modelPath().toStdString();
    apart.dataDir = folder.path().toStdString();
    auto desk = Desk::openWithModel(apart, options.plan);
    if (!desk)
        return session.fail(desk.error());
    const auto book = evalBookText(options.book);
    if (!book)
        return session.fail(book.error());
    const auto plain = added(*desk, apart, folder.filePath(QStringLiteral("plain.txt")), *book);
    if (!plain)
        return session.fail(plain.error());
    const auto document = desk->service->document(*plain);
    if (!document)
        return session.fail(document.error());
    const auto tokens = desk->service->tokenized(*plain, session.stop);
    if (!tokens)
        return session.fail(tokens.error());
    const std::span<const std::uint64_t> begins = (*tokens)->tokens;
    if (begins.size() <= options.tokens)
        return session.fail(Error{Errc::InvalidArgument, "--tokens", "the book has only " + std::to_string(begins.size()) + " tokens"});

    // Whole chapters only, or the last would be a stump.
    QList<SummaryChapter> chapters = chaptersOf(**document, begins);
    const auto limit = static_cast<qint64>(begins[options.tokens]);
    chapters.removeIf([&](const SummaryChapter& chapter) { return chapter.bytes.end > limit; });
    if (chapters.isEmpty())
        return session.fail(Error{Errc::InvalidArgument, "--tokens", "not one chapter of the book ends in so few tokens"});
    const MarkedBook marked = withMarkers((*document)->text.left(chapters.last().bytes.end).toStdString(), chapters, options.seed);
    const auto id = added(*desk, apart, folder.filePath(QStringLiteral("marked.txt")), marked.text);
    if (!id)
        return session.fail(id.error());
    const auto summary = summarized(*desk, apart, *id);
    if (!summary)
        return session.fail(summary.error());

    const std::vector<MarkerFate> fates = fatesOf(marked, *summary);
    nlohmann::json markers = nlohmann::json::array();
    for (const MarkerFate& fate : fates)
        markers.push_back({{"chapter", fate.chapter.toStdString()}, {"thing", fate.thing}, {"by_chapter", fate.byChapter}, {"by_whole", fate.byWhole}, {"flagged", fate.flagged},
                           {"silent", fate.isSilent()}});
    const auto count = [&](const auto& holds) { return std::count_if(fates.begin(), fates.end(), holds); };
    const auto byChapter = count([](const MarkerFate& fate) { return fate.byChapter; }), byWhole = count([](const MarkerFate& fate) { return fate.byWhole; });
    const auto flagged = count([](const MarkerFate& fate) { return fate.flagged; }), silent = count([](const MarkerFate& fate) { return fate.isSilent(); });
    return session.done({{"tokens", options.tokens}, {"seed", options.seed}, {"chapters", fates.size()}, {"by_chapter", byChapter}, {"by_whole", byWhole}, {"flagged", flagged},
                         {"silent", silent}, {"markers", markers}},
                        "Of " + std::to_string(fates.size()) + " chapters with something to remember in each, their own summaries name it in " + std::to_string(byChapter)
                            + ", the whole's in " + std::to_string(byWhole) + "; " + std::to_string(flagged) + " were said to be passed over, and "
                            + std::to_string(silent) + " were passed over in silence.");
}

} // namespace octavo::app::cli
