// SPDX-License-Identifier: Apache-2.0
#include <QFile>
#include <QSaveFile>

#include "cli/desk.h"
#include "octavo/app/hop_png.h"
#include "octavo/app/hop_view.h"

namespace octavo::app::cli {

namespace {

struct Options {
    SessionId session = 0;   // 0 = the last one
    std::string format = "svg";
    std::string output;
    std::string level = "path";
};

// The last answer of a session that has a hop record.
Outcome<MessageId> lastAnswer(Desk& desk, SessionId& session)
{
    auto found = desk.library->read([&](Library& in) {
        if (session == 0)
            if (const QList<SessionSummary> all = in.sessions().list(); !all.isEmpty())
                session = all.first().id;
        MessageId last = 0;
        for (const Message& message : in.messages().branch(session))
            if (message.hasHops)
                last = message.id;
        return last;
    });
    if (found && *found == 0)
        return Failure{Failure::Kind::Usage, QStringLiteral("There is no answer to show the hops of; ask something first with octavo-cli ask.")};
    return found;
}

int hops(const Session& session, Options options)
{
    auto desk = Desk::open(session);
    if (!desk)
        return session.fail(desk.error());
    const auto message = lastAnswer(*desk, options.session);
    if (!message)
        return session.fail(message.error());
    const auto view = desk->service->hops(*message, 0, 0);
    if (!view)
        return session.fail(view.error());

    const std::map<std::string, int> levels{{"path", -1}, {"chapters", 0}, {"sections", 1}, {"passages", 2}};
    const bool needsGrid = options.format == "csv" || options.format == "npy";
    const int grid = needsGrid ? std::max(0, levels.at(options.level)) : levels.at(options.level);
    const std::map<std::string, HopFormat> formats{{"svg", HopFormat::Svg}, {"png", HopFormat::Svg},  {"csv", HopFormat::Csv},
                                                   {"json", HopFormat::Json}, {"npy", HopFormat::Npy}, {"html", HopFormat::Html}};
    QByteArray bytes = exportHops(*view, formats.at(options.format), grid);
    if (options.format == "png")
        bytes = pngOfSvg(bytes);
    QSaveFile file(QFile::decodeName(options.output.c_str()));
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size() || !file.commit())
        return session.fail(Error{Errc::WriteFailed, options.output, file.errorString().toStdString()});
    return session.done({{"session", options.session}, {"message", *message}, {"file", options.output}, {"bytes", bytes.size()}},
                        "wrote " + options.output);
}

} // namespace

void addHopsCommand(CLI::App& program, Session& session, int& exitCode)
{
    auto options = std::make_shared<Options>();
    CLI::App* command = program.add_subcommand("hops", "where the last answer of a session looked");
    command->add_option("session", options->session, "its number; the last one if absent");
    command->add_option("--format", options->format, "of the file")->check(CLI::IsMember({"svg", "png", "csv", "json", "npy", "html"}));
    command->add_option("--level", options->level, "the path through all levels, or the map of one")
        ->check(CLI::IsMember({"path", "chapters", "sections", "passages"}));
    command->add_option("-o,--output", options->output, "the file to write")->required();
    command->callback([&session, &exitCode, options] { exitCode = hops(session, *options); });
}

} // namespace octavo::app::cli
