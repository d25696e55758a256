// SPDX-License-Identifier: Apache-2.0
#include <iostream>

#include "assistant/summary_service.h"
#include "cli/desk.h"

namespace octavo::app::cli {

namespace {

struct Options {
    std::vector<std::string> documents;
    SummaryOptions summary;
    PlanOptions plan;
};

const char* nameOf(SummaryPart::Gap gap)
{
    switch (gap) {
    case SummaryPart::Gap::Unsaid: return "unsaid";
    case SummaryPart::Gap::PassedOver: return "passed_over";
    case SummaryPart::Gap::None: break;
    }
    return "none";
}

std::vector<std::string> stringsOf(const QStringList& list)
{
    std::vector<std::string> strings;
    for (const QString& text : list)
        strings.push_back(text.toStdString());
    return strings;
}

nlohmann::json jsonOf(const SummaryPart& part)
{
    nlohmann::json sources = nlohmann::json::array();
    for (const Source& source : part.message.sources)
        sources.push_back(cli::jsonOf(source));
    nlohmann::json json{{"title", part.title.toStdString()}, {"summary", part.message.text.toStdString()}, {"note", part.message.note.toStdString()},
                        {"message", part.message.id},        {"done", part.isDone()},                      {"attention", part.attention},
                        {"sources", sources}};
    if (part.kind != SummaryPart::Kind::Chapter)
        return json;
    json.update({{"begin_byte", part.bytes.begin}, {"end_byte", part.bytes.end}, {"gap", nameOf(part.gap)}, {"words", stringsOf(part.words)},
                 {"mentioned", stringsOf(part.mentioned)}, {"whole_attention", part.wholeAttention}});
    return json;
}

nlohmann::json jsonOf(const Summary& summary)
{
    nlohmann::json documents = nlohmann::json::array();
    for (const SummarizedDocument& document : summary.documents) {
        nlohmann::json chapters = nlohmann::json::array(), leftOut = nlohmann::json::array();
        for (const SummaryPart& part : summary.parts)
            if (part.kind == SummaryPart::Kind::Chapter && part.document == document.id)
                chapters.push_back(jsonOf(part));
        for (const LedgerEntry& entry : document.leftOut)
            leftOut.push_back({{"what", entry.what.toStdString()}, {"why", entry.why.toStdString()}, {"bytes", entry.bytes}});
        const int top = summary.topOf(document.id);
        documents.push_back({{"id", document.id}, {"title", document.title.toStdString()}, {"whole", top < 0 ? nlohmann::json() : jsonOf(summary.parts[top])},
                             {"chapters", chapters}, {"not_read", leftOut}});
    }
    const int top = summary.topOf(0);
    return {{"session", summary.session.id}, {"summary", top < 0 ? "" : summary.parts[top].message.text.toStdString()}, {"documents", documents},
            {"coverage", stringsOf(coverageWords(summary))}};
}

// Documents are read before, so that what goes wrong there is told once.
Outcome<void> readAll(Desk& desk, const QList<DocumentId>& ids, const Session& session)
{
    for (const DocumentId id : ids) {
        const auto read = desk.service->read(id, [&](const ReadProgress& step) { session.progress(progressLine(step)); }, session.stop);
        session.endProgress();
        if (!read)
            return read.error();
        session.notice(read->notice);
        if (read->stopped)
            return Failure{Failure::Kind::Stopped, QStringLiteral("Stopped; what was read is kept.")};
    }
    return {};
}

SummaryEvents eventsFor(const Session& session)
{
    SummaryEvents events;
    events.reading = answerEvents(session);
    if (session.json) {
        events.progress = [&session](const SummaryProgress& step) {
            session.progress("part " + std::to_string(step.done + 1) + " of " + std::to_string(step.count)
                             + (step.secondsLeft < 0 ? std::string() : ", " + std::to_string(static_cast<int>(step.secondsLeft)) + " s left"));
        };
        return events;
    }
    const auto begun = std::make_shared<MessageId>(0);
    events.changed = [begun](const Summary& summary) {
        for (const SummaryPart& part : summary.parts) {
            if (part.message.state != Message::State::Streaming || part.message.id == *begun)
                continue;
            *begun = part.message.id;
            std::cout << "\n\n" << (part.kind == SummaryPart::Kind::Chapter ? "### " : part.kind == SummaryPart::Kind::Whole ? "## " : "# ")
                      << part.title.toStdString() << "\n\n" << std::flush;
        }
    };
    events.piece = [](int, const QString& piece) { std::cout << piece.toStdString() << std::flush; };
    return events;
}

int summarize(const Session& session, const Options& options)
{
    auto desk = Desk::openWithModel(session, options.plan);
    if (!desk)
        return session.fail(desk.error());
    const auto ids = desk->documents(options.documents, session);
    if (!ids)
        return session.fail(ids.error());
    if (const auto read = readAll(*desk, *ids, session); !read)
        return session.fail(read.error());
    SummaryService summaries(*desk->library, *desk->engine, *desk->service);
    const auto begun = summaries.start(*ids, session.stop);
    if (!begun)
        return session.fail(begun.error());
    const auto written = summaries.write(begun->session.id, options.summary, eventsFor(session), session.stop);
    session.endProgress();
    if (!written)
        return session.fail(written.error());
    const auto summary = summaries.summary(begun->session.id);
    if (!summary)
        return session.fail(summary.error());
    std::string text = "\n";
    for (const QString& sentence : coverageWords(*summary))
        text += "\n" + sentence.toStdString();
    session.done(jsonOf(*summary), text);
    if (summary->isComplete())
        return kDone;
    if (session.stop.stop_requested())
        return kStoppedByUser;
    return kFailed;
}

} // namespace

void addSummarizeCommand(CLI::App& program, Session& session, int& exitCode)
{
    auto options = std::make_shared<Options>();
    CLI::App* command = program.add_subcommand("summarize", "summarize documents chapter by chapter and as a whole, and name the chapters that the whole passes over");
    command->add_option("documents", options->documents, "files and folders, or ids of documents in the library")->required();
    command->add_option("--max-tokens", options->summary.wholeTokens, "longest summary of a whole; a chapter's may take half of it")->check(CLI::Range(2, 8192));
    options->plan.addTo(*command);
    command->callback([&session, &exitCode, options] {
        options->summary.chapterTokens = options->summary.wholeTokens / 2;
        exitCode = summarize(session, *options);
    });
}

} // namespace octavo::app::cli
