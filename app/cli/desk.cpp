// SPDX-License-Identifier: Apache-2.0
#include "cli/desk.h"

#include <QFile>
#include <QFileInfo>

#include "assistant/local_engine.h"
#include "documents/left_out.h"

namespace octavo::app::cli {

Outcome<Desk> Desk::open(const Session& session, const std::optional<ReadingPlan>& plan, const KvFormat& kv)
{
    Desk desk;
    auto library = Library::open(session.dataDirPath());
    if (!library)
        return library.error();
    desk.library = std::move(*library);
    session.notice(desk.library->notice());
    desk.engine = makeLocalEngine({session.engineOptions(), plan, kv, {session.adapters.begin(), session.adapters.end()}, !session.withoutOwnAdapters, session.dataDirPath()});
    desk.service = std::make_unique<ConversationService>(*desk.library, *desk.engine, session.dataDirPath(), session.threads);
    return desk;
}

Outcome<Desk> Desk::openWithModel(const Session& session, const PlanOptions& options)
{
    auto desk = open(session, options, &ConversationService::openModel);
    if (desk)
        session.tellDevice(desk->model->whyNoGpu);
    return desk;
}

Outcome<Desk> Desk::openWithModelHead(const Session& session, const PlanOptions& options)
{
    return open(session, options, &ConversationService::openModelHead);
}

Outcome<Desk> Desk::open(const Session& session, const PlanOptions& options, OpenModel openModel)
{
    const auto plan = options.plan();
    if (!plan)
        return failureOf(plan.error());
    auto desk = open(session, *plan, options.kvFormat());
    if (!desk)
        return desk;
    const auto model = ((*desk->service).*openModel)(session.modelPath(), session.stop);
    if (!model)
        return model.error();
    desk->model = *model;
    return desk;
}

Outcome<DocumentSummary> Desk::added(const QString& path, const Session& session, const Intake& intake, DocumentId instead)
{
    const auto progressed = [&](const LoadProgress& step) {
        if (step.allScans > 0)
            session.progress("text recognition: " + std::to_string(step.scans) + " of " + std::to_string(step.allScans) + " pages");
    };
    const bool inPart = !intake.leaveOut.isEmpty() || intake.forgetLeftOut;
    auto document = inPart ? addedInPart(path, session, intake, progressed) : Outcome<DocumentSummary>(DocumentSummary{});
    if (document && (intake.ocr || !inPart))
        document = intake.ocr ? service->recognize(path, *intake.ocr, inPart ? document->id : instead, session.stop, progressed)
                              : service->addDocument(path, session.stop, progressed);
    session.endProgress();
    return document;
}

Outcome<DocumentSummary> Desk::addedInPart(const QString& path, const Session& session, const Intake& intake, const LoadProgressed& progressed)
{
    auto loaded = service->loadDocument(path, session.stop, progressed);
    if (!loaded)
        return loaded.error();
    if (intake.forgetLeftOut)
        loaded->leftOut.clear();
    for (const QString& pattern : intake.leaveOut) {
        const QStringList named = pathsNamed(loaded->document, pattern);
        if (named.isEmpty())
            return Failure{Failure::Kind::Usage, QStringLiteral("Nothing in %1 is named %2; octavo-cli read --dry-run tells what is there.").arg(path, pattern)};
        loaded->leftOut.append(named);
    }
    return service->addDocument(*loaded, session.stop);
}

Outcome<DocumentSummary> Desk::known(DocumentId id, const Session& session, const Intake& intake)
{
    auto document = service->summary(id);
    const bool isAsBefore = !intake.ocr && intake.leaveOut.isEmpty() && !intake.forgetLeftOut;
    return document && !isAsBefore ? added(document->path, session, intake, id) : document;
}

Outcome<QList<DocumentId>> Desk::documents(const std::vector<std::string>& pathsOrIds, const Session& session, const Intake& intake)
{
    QList<DocumentId> ids;
    for (const std::string& name : pathsOrIds) {
        const QString path = QFile::decodeName(name.c_str());
        bool isNumber = false;
        const DocumentId id = path.toLongLong(&isNumber);
        const auto document = isNumber && !QFileInfo::exists(path) ? known(id, session, intake) : added(QFileInfo(path).absoluteFilePath(), session, intake);
        if (!document)
            return document.error();
        if (!ids.contains(document->id))
            ids.append(document->id);
    }
    return ids;
}

AnswerEvents answerEvents(const Session& session)
{
    AnswerEvents events;
    events.readProgress = [&session](const ReadProgress& step) { session.progress(progressLine(step)); };
    events.readFinished = [&session](const DocumentSummary&, bool) { session.endProgress(); };
    events.noticed = [&session](const QString& sentence) { session.notice(sentence); };
    return events;
}

nlohmann::json jsonOf(const Source& source)
{
    return {{"document", source.document},
            {"title", source.documentTitle.toStdString()},
            {"place", source.place.toStdString()},
            {"line", source.line},
            {"page", source.page},
            {"begin_byte", source.bytes.begin},
            {"end_byte", source.bytes.end},
            {"weight", source.weight},
            {"text", source.text.toStdString()},
            {"marks", std::vector<int>(source.marks.begin(), source.marks.end())}};
}

std::string progressLine(const ReadProgress& progress)
{
    char text[160];
    const double share = progress.tokens ? 100.0 * static_cast<double>(progress.readTokens) / static_cast<double>(progress.tokens) : 0;
    std::snprintf(text, sizeof text, "reading: %lld of %lld tokens (%.0f %%), %.0f tokens/s, %.0f s left", static_cast<long long>(progress.readTokens),
                  static_cast<long long>(progress.tokens), share, progress.tokensPerSecond, std::max(0.0, progress.secondsLeft));
    return text;
}

} // namespace octavo::app::cli
