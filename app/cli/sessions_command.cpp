// SPDX-License-Identifier: Apache-2.0
#include <QFile>

#include "archive/archive.h"
#include "assistant/stored_session.h"
#include "cli/cli.h"
#include "library/library.h"
#include "octavo/app/conversation_file.h"

namespace octavo::app::cli {

namespace {

using app::Session;
using Terminal = cli::Session;

nlohmann::json summaryOf(const SessionSummary& summary)
{
    nlohmann::json documents = nlohmann::json::array();
    for (const DocumentId id : summary.documents)
        documents.push_back(id);
    return {{"id", summary.id},
            {"title", summary.title.toStdString()},
            {"changed", summary.changed.toString(Qt::ISODate).toStdString()},
            {"documents", documents},
            {"snippet", summary.snippet.toStdString()}};
}

int printSummaries(const Terminal& terminal, const Outcome<QList<SessionSummary>>& sessions)
{
    if (!sessions)
        return terminal.fail(sessions.error());
    nlohmann::json list = nlohmann::json::array();
    std::string text;
    for (const SessionSummary& summary : *sessions) {
        list.push_back(summaryOf(summary));
        text += (text.empty() ? "" : "\n") + std::to_string(summary.id) + "  " + summary.changed.toString(Qt::ISODate).toStdString() + "  "
            + summary.title.toStdString() + (summary.snippet.isEmpty() ? "" : "  (" + summary.snippet.toStdString() + ")");
    }
    return terminal.done({{"sessions", list}}, text.empty() ? "no sessions" : text);
}

Outcome<void> changeExisting(Library& library, SessionId id, const std::function<void(Library&, SessionId)>& change)
{
    const auto found = library.write([&](Library& in) {
        const bool exists = in.sessions().find(id).has_value();
        if (exists)
            change(in, id);
        return exists;
    });
    if (!found)
        return found.error();
    return *found ? Outcome<void>() : Outcome<void>(noSuchSession(id));
}

int show(const Terminal& terminal, Library& library, SessionId id)
{
    const auto loaded = library.read([id](Library& in) { return loadSession(in, id); });
    if (!loaded)
        return terminal.fail(loaded.error());
    const std::optional<Session>& found = *loaded;
    if (!found)
        return terminal.fail(noSuchSession(id));
    nlohmann::json messages = nlohmann::json::array();
    std::string text = "# " + found->summary.title.toStdString();
    for (const Message& message : found->messages) {
        const bool user = message.role == Message::Role::User;
        nlohmann::json sources = nlohmann::json::array();
        const qsizetype versions = message.versions.size();
        const std::string version = versions > 0 ? " (" + std::to_string(message.versions.indexOf(message.id) + 1) + " of " + std::to_string(versions) + ")" : "";
        text += std::string("\n\n**") + (user ? "You" : "Octavo") + version + "**: " + message.text.toStdString();
        if (!message.note.isEmpty())
            text += "\n*" + message.note.toStdString() + "*";
        for (const Source& source : message.sources) {
            sources.push_back({{"document", source.document}, {"place", source.place.toStdString()}, {"page", source.page}, {"begin_byte", source.bytes.begin},
                               {"end_byte", source.bytes.end}, {"weight", source.weight}, {"text", source.text.toStdString()}});
            text += "\n> " + source.place.toStdString() + ": " + source.text.simplified().left(200).toStdString();
        }
        messages.push_back({{"id", message.id}, {"role", user ? "user" : "assistant"}, {"text", message.text.toStdString()},
                            {"note", message.note.toStdString()}, {"versions", message.versions}, {"at", message.at.toString(Qt::ISODate).toStdString()}, {"sources", sources}});
    }
    nlohmann::json object = summaryOf(found->summary);
    object["messages"] = messages;
    return terminal.done(object, text);
}

int exportText(const Terminal& terminal, Library& library, SessionId id, const QString& path)
{
    const auto text = loadConversationText(library, id);
    if (!text)
        return terminal.fail(text.error());
    const auto written = writeConversation(*text, path);
    return written ? terminal.done({{"file", path.toStdString()}, {"messages", text->session.messages.size()}}, "wrote " + path.toStdString()) : terminal.fail(written.error());
}

} // namespace

void addSessionsCommand(CLI::App& program, Terminal& terminal, int& exitCode)
{
    CLI::App* command = program.add_subcommand("sessions", "conversations in the library");
    command->require_subcommand(1);
    command->fallthrough();
    auto words = std::make_shared<std::string>();
    auto id = std::make_shared<SessionId>(0);
    const auto withLibrary = [&terminal, &exitCode](const std::function<int(Library&)>& run) {
        auto library = Library::open(terminal.dataDirPath());
        if (library)
            terminal.notice((*library)->notice());
        exitCode = library ? run(**library) : terminal.fail(library.error());
    };
    command->add_subcommand("list", "all, last changed first")->callback([=, &terminal] {
        withLibrary([&](Library& library) { return printSummaries(terminal, library.read([](Library& in) { return in.sessions().list(); })); });
    });
    CLI::App* search = command->add_subcommand("search", "those whose title or messages hold all words");
    search->add_option("words", *words, "words, or beginnings of words")->required();
    search->callback([=, &terminal] {
        withLibrary([&](Library& library) {
            return printSummaries(terminal, library.read([&](Library& in) { return in.sessions().search(QString::fromStdString(*words)); }));
        });
    });
    CLI::App* shown = command->add_subcommand("show", "one with its messages and sources, as Markdown or JSON");
    shown->add_option("session", *id, "its number")->required();
    shown->callback([=, &terminal] { withLibrary([&](Library& library) { return show(terminal, library, *id); }); });
    auto file = std::make_shared<std::string>();
    CLI::App* exported = command->add_subcommand("export", "write one to a file: with its documents, sources and hop records (.octavo), or to be read (.md, .html, .pdf, .json)");
    exported->add_option("session", *id, "its number")->required();
    exported->add_option("file", *file, "to write, replaced if it is there")->required();
    exported->callback([=, &terminal] {
        withLibrary([&](Library& library) {
            const QString path = QFile::decodeName(file->c_str());
            if (!isArchive(path))
                return exportText(terminal, library, *id, path);
            const auto done = exportSession(library, *id, path);
            return done ? terminal.done({{"file", *file}, {"messages", done->messages}}, exportSentence(*done, path).toStdString()) : terminal.fail(done.error());
        });
    });
    CLI::App* replayed = command->add_subcommand("replay", "ask the questions of such a file again, with its settings and seeds, and compare the answers");
    replayed->add_option("file", *file, "to read")->required();
    replayed->callback([=, &terminal, &exitCode] { exitCode = replayFile(terminal, QFile::decodeName(file->c_str())); });
    CLI::App* deleted = command->add_subcommand("delete", "put one into the trash");
    deleted->add_option("session", *id, "its number")->required();
    deleted->callback([=, &terminal] {
        withLibrary([&](Library& library) {
            const auto done = changeExisting(library, *id, [](Library& in, SessionId session) { in.sessions().trash(session); });
            return done ? terminal.done({{"trashed", *id}}, "session " + std::to_string(*id) + " is in the trash") : terminal.fail(done.error());
        });
    });
    command->add_subcommand("trash", "those in the trash, which are erased " + std::to_string(kTrashDays) + " days after they came there")->callback([=, &terminal] {
        withLibrary([&](Library& library) { return printSummaries(terminal, library.read([](Library& in) { return in.sessions().trashed(); })); });
    });
    CLI::App* restored = command->add_subcommand("restore", "take one out of the trash");
    restored->add_option("session", *id, "its number")->required();
    restored->callback([=, &terminal] {
        withLibrary([&](Library& library) {
            const auto done = changeExisting(library, *id, [](Library& in, SessionId session) { in.sessions().restore(session); });
            return done ? terminal.done({{"restored", *id}}, "session " + std::to_string(*id) + " is back") : terminal.fail(done.error());
        });
    });
}

} // namespace octavo::app::cli
