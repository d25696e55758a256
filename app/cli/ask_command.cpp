// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <functional>
#include <iostream>

#include "cli/desk.h"

namespace octavo::app::cli {

namespace {

struct Options {
    std::vector<std::string> documents;
    std::string question;
    AnswerOptions answer;
    std::vector<std::string> without;
    bool verify = false;
    bool isShort = false;
    PlanOptions plan;
};

// Parts of the documents by their titles, in any case; those of which a title is only a part where it is the only one.
Outcome<QList<TextPlace>> partsNamed(ConversationService& service, const QList<DocumentId>& documents, const std::vector<std::string>& names)
{
    struct Named {
        QString title;
        TextPlace place;
    };
    QList<Named> all;
    for (const DocumentId id : documents) {
        const auto document = service.document(id);
        if (!document)
            return document.error();
        const std::function<void(const Part&)> add = [&](const Part& part) {
            all.append({part.title.simplified(), {id, part.bytes}});
            std::for_each(part.parts.begin(), part.parts.end(), add);
        };
        add((*document)->outline);
    }
    QList<TextPlace> places;
    for (const std::string& given : names) {
        const QString name = QString::fromStdString(given).simplified();
        QList<TextPlace> same, like;
        for (const Named& part : all) {
            if (part.title.compare(name, Qt::CaseInsensitive) == 0)
                same.append(part.place);
            else if (part.title.contains(name, Qt::CaseInsensitive))
                like.append(part.place);
        }
        if (same.isEmpty() && like.size() != 1)
            return Failure{Failure::Kind::Usage, like.isEmpty() ? QStringLiteral("Nothing that is asked has a part called “%1”; read --dry-run lists the parts.").arg(name)
                                                                : QStringLiteral("%1 parts have “%2” in their title; name one in full.").arg(like.size()).arg(name)};
        places += same.isEmpty() ? like : same;
    }
    return places;
}

// What each source is worth to the answer, into its JSON; returns the same for people, a line each.
Outcome<std::vector<std::string>> verified(const Session& session, ConversationService& service, MessageId answer, nlohmann::json& sources)
{
    std::vector<std::string> lines;
    session.progress("verifying");
    const auto done = service.verify(answer, {}, [&](const Verification& found) {
        sources[static_cast<std::size_t>(found.source)]["verified"] = {{"nll", found.nll}, {"drop", found.drop}, {"elsewhere_drop", found.elsewhereDrop},
                                                                      {"tokens", found.tokens}, {"matters", found.matters()}};
        char line[160];
        std::snprintf(line, sizeof line, "%s: without it %.2f times less likely a token, without text elsewhere %.2f times", found.matters() ? "verified" : "hardly needed",
                      std::exp(found.drop), std::exp(found.elsewhereDrop));
        lines.push_back(line);
    }, session.stop);
    session.endProgress();
    if (!done)
        return done.error();
    return lines;
}

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

    AnswerOptions answering = options.answer;
    const auto hidden = partsNamed(*desk->service, *ids, options.without);
    if (!hidden)
        return session.fail(hidden.error());
    answering.hidden = *hidden;
    answering.wish = options.isShort ? QString::fromLatin1(kShortAnswer) : QString();
    AnswerEvents events = answerEvents(session);
    if (!session.json)
        events.piece = [](const QString& piece) { std::cout << piece.toStdString() << std::flush; };
    const auto answer = desk->service->ask(started->summary.id, QString::fromStdString(options.question), answering, events, session.stop);
    if (!answer)
        return session.fail(answer.error());

    const Message& message = answer->message;
    nlohmann::json sources = nlohmann::json::array();
    std::string text = "\n";
    for (const Source& source : message.sources)
        sources.push_back(jsonOf(source));
    std::vector<std::string> checks;
    if (options.verify && !message.sources.isEmpty()) {
        const auto found = verified(session, *desk->service, message.id, sources);
        if (!found)
            return session.fail(found.error());
        checks = *found;
    }
    std::size_t number = 0;
    for (const Source& source : message.sources) {
        char share[16];
        std::snprintf(share, sizeof share, "%.0f %%", 100 * source.weight);
        text += "\n[" + std::to_string(++number) + "] " + share + "  " + source.documentTitle.toStdString() + " ▸ " + source.place.toStdString()
            + "\n    " + source.text.simplified().left(200).toStdString();
        if (number <= checks.size())
            text += "\n    " + checks[number - 1];
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
    command->add_option("--without", options->without, "titles of chapters or other parts that question and answer are not to see");
    command->add_flag("--short", options->isShort, "ask for an answer in one sentence: small models go on for pages otherwise");
    command->add_flag("--verify", options->verify, "tell how much less likely the answer is without each of its sources");
    options->plan.addTo(*command);
    command->callback([&session, &exitCode, options] { exitCode = ask(session, *options); });
}

} // namespace octavo::app::cli
