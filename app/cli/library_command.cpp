// SPDX-License-Identifier: Apache-2.0
#include <QFile>
#include <QLocale>

#include "archive/archive.h"
#include "cli/desk.h"

namespace octavo::app::cli {

namespace {

std::string sizeText(qint64 bytes) { return QLocale().formattedDataSize(bytes).toStdString(); }

int list(const Session& session, Desk& desk)
{
    const auto documents = desk.service->documents();
    if (!documents)
        return session.fail(documents.error());
    const auto shelf = desk.service->readings().contents();
    if (!shelf)
        return session.fail(shelf.error());
    nlohmann::json all = nlohmann::json::array();
    std::string text;
    for (const DocumentSummary& document : *documents) {
        all.push_back({{"id", document.id}, {"title", document.title.toStdString()}, {"path", document.path.toStdString()}, {"pinned", document.pinned},
                       {"tokens", document.tokens}, {"read_tokens", document.readTokens}, {"model", document.model.toStdString()}});
        const QString state = document.readTokens == 0 ? QStringLiteral("not read")
            : document.readTokens < document.tokens    ? QStringLiteral("read %1 of %2 tokens").arg(document.readTokens).arg(document.tokens)
                                                       : QStringLiteral("read, %1 tokens").arg(document.tokens);
        text += std::to_string(document.id) + "  " + document.title.toStdString() + "  (" + state.toStdString() + (document.pinned ? ", pinned" : "") + ")\n";
    }
    nlohmann::json readings = nlohmann::json::array();
    for (const KeptReading& reading : shelf->readings)
        readings.push_back({{"file", reading.name.toStdString()}, {"bytes", reading.bytes}, {"last_use", reading.lastUse.toString(Qt::ISODate).toStdString()}});
    text += std::to_string(shelf->readings.size()) + " kept readings take " + sizeText(shelf->bytes) + " of " + sizeText(shelf->quotaBytes);
    return session.done({{"documents", all}, {"readings", readings}, {"bytes", shelf->bytes}, {"quota_bytes", shelf->quotaBytes}}, text);
}

int check(const Session& session, Desk& desk)
{
    const auto wrong = desk.library->check();
    if (!wrong)
        return session.fail(wrong.error());
    const bool isSound = wrong->isEmpty();
    session.done({{"sound", isSound}, {"wrong", wrong->toStdString()}}, isSound ? "the library is sound" : "the library is damaged: " + wrong->toStdString());
    return isSound ? kDone : kFailed;
}

int pin(const Session& session, Desk& desk, DocumentId id, bool pinned)
{
    const auto done = desk.service->setPinned(id, pinned);
    if (!done)
        return session.fail(done.error());
    return session.done({{"document", id}, {"pinned", pinned}}, "document " + std::to_string(id) + (pinned ? " is pinned" : " is not pinned any more"));
}

int forget(const Session& session, Desk& desk, DocumentId id)
{
    const auto done = desk.service->forgetReading(id);
    if (!done)
        return session.fail(done.error());
    return session.done({{"document", id}, {"deleted", *done}}, *done ? "what was kept of document " + std::to_string(id) + " is deleted" : "nothing is kept of it");
}

int quota(const Session& session, Desk& desk, std::optional<std::uint64_t> bytes)
{
    if (bytes) {
        if (const auto set = desk.service->readings().setQuota(static_cast<qint64>(*bytes)); !set)
            return session.fail(set.error());
    }
    const auto shelf = desk.service->readings().contents();
    if (!shelf)
        return session.fail(shelf.error());
    return session.done({{"bytes", shelf->bytes}, {"quota_bytes", shelf->quotaBytes}},
                        "kept readings take " + sizeText(shelf->bytes) + " of " + sizeText(shelf->quotaBytes));
}

int exportAll(const Session& session, Desk& desk, const QString& file)
{
    const auto done = exportLibrary(*desk.library, file, session.stop);
    if (!done)
        return session.fail(done.error());
    return session.done({{"file", file.toStdString()}, {"sessions", done->sessions}, {"documents", done->documents}, {"messages", done->messages}},
                        exportSentence(*done, file).toStdString());
}

int import(const Session& session, Desk& desk, const QString& file)
{
    const auto done = importArchive(*desk.library, file, session.stop);
    if (!done)
        return session.fail(done.error());
    return session.done({{"sessions", done->sessions}, {"documents", done->documents}, {"messages", done->messages}, {"already_here", done->alreadyHere}},
                        importSentence(*done).toStdString());
}

} // namespace

void addLibraryCommand(CLI::App& program, Session& session, int& exitCode)
{
    CLI::App* command = program.add_subcommand("library", "documents, and what is kept of them");
    command->require_subcommand(1);
    command->fallthrough();
    auto id = std::make_shared<DocumentId>(0);
    auto bytes = std::make_shared<std::optional<std::uint64_t>>();
    const auto with = [&session, &exitCode](const PlanOptions* model, const std::function<int(Desk&)>& run) {
        auto desk = model ? Desk::openWithModel(session, *model) : Desk::open(session);
        exitCode = desk ? run(*desk) : session.fail(desk.error());
    };
    command->add_subcommand("list", "documents, their state, and what their readings take")->callback([=, &session] {
        with(nullptr, [&](Desk& desk) { return list(session, desk); });
    });
    command->add_subcommand("check", "looks at every page of the library, and compares its indexes")->callback([=, &session] {
        with(nullptr, [&](Desk& desk) { return check(session, desk); });
    });
    for (const bool pinned : {true, false}) {
        CLI::App* verb = command->add_subcommand(pinned ? "pin" : "unpin", pinned ? "never delete what was read of a document" : "undo pin");
        verb->add_option("document", *id, "its number")->required();
        verb->callback([=, &session] { with(nullptr, [&](Desk& desk) { return pin(session, desk, *id, pinned); }); });
    }
    CLI::App* forgotten = command->add_subcommand("forget", "delete what the model has read of a document; the document and its sessions stay");
    forgotten->add_option("document", *id, "its number")->required();
    const auto plan = std::make_shared<PlanOptions>();
    forgotten->callback([=, &session] { with(plan.get(), [&](Desk& desk) { return forget(session, desk, *id); }); });
    auto file = std::make_shared<std::string>();
    const std::pair<const char*, const char*> archiving[] = {{"export", "write all documents and conversations to one file (.octavo)"},
                                                             {"import", "take over what such a file holds, all of it or nothing"}};
    for (const auto& [name, what] : archiving) {
        const bool exports = std::string_view(name) == "export";
        CLI::App* verb = command->add_subcommand(name, what);
        verb->add_option("file", *file, exports ? "to write, replaced if it is there" : "to read")->required();
        verb->callback([=, &session] {
            with(nullptr, [&](Desk& desk) { return (exports ? exportAll : import)(session, desk, QFile::decodeName(file->c_str())); });
        });
    }
    CLI::App* limit = command->add_subcommand("quota", "tells, or sets, what kept readings may take of the disk");
    limit->add_option("size", *bytes, "such as 20GB; 0: half of what is free")->transform(CLI::AsSizeValue(false));
    limit->callback([=, &session] { with(nullptr, [&](Desk& desk) { return quota(session, desk, *bytes); }); });
}

} // namespace octavo::app::cli
