// SPDX-License-Identifier: Apache-2.0
#include <iostream>

#include "cli/desk.h"

namespace octavo::app::cli {

namespace {

struct Options {
    std::vector<std::string> documents;
    std::string question;
    AnswerOptions answer;
    PlanOptions plan;
};

int ask(const Session& session, const Options& options)
{
    auto desk = Desk::openWithModel(session, options.plan);
    if (!desk)
        return session.fail(desk.error());
    const auto ids = desk->documents(options.documents, session);
    if (!ids)
        return session.fail(ids.error());
    const auto started = desk->service->startSession(*ids);
    if (!started)
        return session.fail(started.error());

    // Of several documents the longest costs most to read: its plan is told.
    ReadEstimate longest;
    for (const DocumentId id : *ids) {
        const auto estimate = desk->service->estimate(id, session.stop);
        if (!estimate)
            return session.fail(estimate.error());
        if (estimate->tokens >= longest.tokens)
            longest = *estimate;
    }
    session.tell(longest.plan);

    AnswerEvents events = answerEvents(session);
    if (!session.json)
        events.piece = [](const QString& piece) { std::cout << piece.toStdString() << std::flush; };
    const auto answer = desk->service->ask(started->summary.id, QString::fromStdString(options.question), options.answer, events, session.stop);
    if (!answer)
        return session.fail(answer.error());

    const Message& message = answer->message;
    nlohmann::json sources = nlohmann::json::array();
    std::string text = "\n";
    int number = 0;
    for (const Source& source : message.sources) {
        sources.push_back(jsonOf(source));
        char share[16];
        std::snprintf(share, sizeof share, "%.0f %%", 100 * source.weight);
        text += "\n[" + std::to_string(++number) + "] " + share + "  " + source.documentTitle.toStdString() + " ▸ " + source.place.toStdString()
            + "\n    " + source.text.simplified().left(200).toStdString();
    }
    if (!message.note.isEmpty())
        text += "\n" + message.note.toStdString();
    session.done({{"session", started->summary.id},
                  {"answer", message.text.toStdString()},
                  {"note", message.note.toStdString()},
                  {"sources", sources},
                  {"plan", jsonOf(longest.plan)},
                  {"read_tokens", answer->timings.readTokens},
                  {"reused_tokens", answer->timings.reusedTokens},
                  {"first_token_seconds", answer->timings.firstTokenSeconds},
                  {"decode_tokens_per_second", answer->timings.tokensPerSecond}},
                 text);
    if (message.state == Message::State::Stopped)
        return kStoppedByUser;
    return message.state == Message::State::Failed ? kFailed : kDone;
}

} // namespace

void addAskCommand(CLI::App& program, Session& session, int& exitCode)
{
    auto options = std::make_shared<Options>();
    CLI::App* command = program.add_subcommand("ask", "ask one question about documents, reading them first where needed");
    command->add_option("documents", options->documents, "files and folders, or ids of documents in the library")->required();
    command->add_option("-q,--question", options->question, "the question")->required();
    command->add_option("--max-tokens", options->answer.maxTokens, "longest answer")->check(CLI::Range(1, 8192));
    command->add_option("--temperature", options->answer.temperature, "0 = always the likeliest word")->check(CLI::Range(0.0, 5.0));
    command->add_option("--seed", options->answer.seed, "for temperatures above 0");
    options->plan.addTo(*command);
    command->callback([&session, &exitCode, options] { exitCode = ask(session, *options); });
}

} // namespace octavo::app::cli
