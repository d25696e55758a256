// SPDX-License-Identifier: Apache-2.0
#include <QFile>
#include <QTemporaryDir>

#include "archive/archive.h"
#include "assistant/replay.h"
#include "cli/desk.h"

namespace octavo::app::cli {

namespace {

// The options that make the engine what it was; a Failure for words that a file has and the command line does not.
Outcome<PlanOptions> planOf(const EngineSettings& settings)
{
    PlanOptions options;
    options.kv = settings.kv.toStdString();
    if (!KvFormat::named(options.kv) || (settings.precision != QStringLiteral("int8") && settings.precision != QStringLiteral("f32")))
        return Failure{Failure::Kind::Usage, QStringLiteral("This Octavo does not know the settings (%1, %2) that the answers were made with.").arg(settings.precision, settings.kv)};
    if (settings.dims.isEmpty())
        return options;
    options.attention = settings.dims == QStringLiteral("0") ? "full" : "tensorized";
    options.dims = settings.dims.toStdString();
    options.gate = static_cast<float>(settings.gate);
    return options;
}

} // namespace

// In a library of its own that goes afterwards: what is replayed is a stranger's, perhaps, and the readings it takes are not for later.
int replayFile(const Session& session, const QString& file)
{
    const QTemporaryDir folder;
    Session apart = session;
    apart.dataDir = folder.path().toStdString();
    auto library = Library::open(folder.path());
    if (!library)
        return session.fail(library.error());
    const auto imported = importArchive(**library, file, session.stop);
    if (!imported)
        return session.fail(imported.error());
    if (!imported->session)
        return session.fail(Failure{Failure::Kind::Usage, QStringLiteral("%1 holds %2 conversations; one can be replayed. Export it alone.").arg(file).arg(imported->sessions)});
    const auto made = settingsOf(**library, *imported->session);
    if (!made)
        return session.fail(made.error());
    if (!*made)
        return session.fail(Failure{Failure::Kind::Usage, QStringLiteral("%1 has no answers of which it is known how they were made.").arg(file)});
    const auto plan = planOf((*made)->engine);
    if (!plan)
        return session.fail(plan.error());
    apart.precision = (*made)->engine.precision.toStdString();
    library->reset();
    auto desk = Desk::openWithModel(apart, *plan);
    if (!desk)
        return session.fail(desk.error());

    const auto answers = replay(*desk->service, *desk->library, *imported->session, *desk->model, answerEvents(session), session.stop);
    if (!answers)
        return session.fail(answers.error());
    nlohmann::json list = nlohmann::json::array();
    std::string text;
    qsizetype same = 0;
    for (const ReplayedAnswer& answer : *answers) {
        same += answer.same;
        list.push_back({{"question", answer.question.toStdString()}, {"same", answer.same}, {"before", answer.before.toStdString()}, {"now", answer.now.toStdString()},
                        {"why", answer.why.toStdString()}});
        text += (answer.same ? "same    " : "differs ") + answer.question.simplified().left(100).toStdString() + "\n";
        if (!answer.same)
            text += "  then: " + answer.before.simplified().left(300).toStdString() + "\n  now:  " + answer.now.simplified().left(300).toStdString() + "\n"
                + (answer.why.isEmpty() ? "" : "  " + answer.why.toStdString() + "\n");
    }
    text += std::to_string(same) + " of " + std::to_string(answers->size()) + " answers are the same";
    session.done({{"answers", list}, {"same", same}, {"model", (*made)->model.toStdString()}}, text);
    return same == answers->size() ? kDone : kFailed;
}

} // namespace octavo::app::cli
