// SPDX-License-Identifier: Apache-2.0
#include <QFile>
#include <QLocale>

#include "cli/desk.h"
#include "documents/token_map.h"

namespace octavo::app::cli {

namespace {

constexpr const char* kLikelyLanguages = "likely";

struct Options {
    std::vector<std::string> paths;
    PlanOptions plan;
    bool dryRun = false;
    std::optional<std::string> ocr;
    std::vector<std::string> leaveOut;
    bool everything = false;

    Intake intake() const
    {
        Intake intake;
        if (ocr)
            intake.ocr = *ocr == kLikelyLanguages ? QString() : QString::fromStdString(*ocr);
        for (const std::string& pattern : leaveOut)
            intake.leaveOut.append(QFile::decodeName(pattern.c_str()));
        intake.forgetLeftOut = everything;
        return intake;
    }
};

nlohmann::json ledgerOf(const Document& document)
{
    nlohmann::json lines = nlohmann::json::array();
    for (const LedgerEntry& entry : document.ledger)
        lines.push_back({{"what", entry.what.toStdString()}, {"why", entry.why.toStdString()}, {"bytes", entry.bytes}, {"included", entry.included}});
    return lines;
}

const char* kindName(PartKind kind)
{
    switch (kind) {
    case PartKind::Book: return "book";
    case PartKind::Chapter: return "chapter";
    case PartKind::Section: return "section";
    case PartKind::Folder: return "folder";
    case PartKind::File: return "file";
    case PartKind::Function: return "function";
    case PartKind::Class: return "class";
    }
    return "part";
}

nlohmann::json partsOf(const Part& part, const TokenBegins& tokens)
{
    nlohmann::json parts = nlohmann::json::array();
    for (const Part& child : part.parts)
        parts.push_back({{"title", child.title.toStdString()},
                         {"kind", kindName(child.kind)},
                         {"begin_byte", child.bytes.begin},
                         {"end_byte", child.bytes.end},
                         {"tokens", countTokens(tokens, child.bytes)},
                         {"parts", partsOf(child, tokens)}});
    return parts;
}

// The structure for people: a line for each chapter, folder and file, as many as fit on a few screens.
class PartsText {
public:
    PartsText(const Part& root, const TokenBegins& tokens) : m_tokens(tokens)
    {
        add(root, 1);
        if (m_more > 0)
            m_text += "  and " + std::to_string(m_more) + " more parts, which --json tells\n";
    }
    std::string take() && { return std::move(m_text); }

private:
    void add(const Part& part, int depth)
    {
        for (const Part& child : part.parts) {
            if (child.kind == PartKind::Function || child.kind == PartKind::Class)
                continue;
            if (m_lines == kMostLines) {
                ++m_more;
            } else {
                ++m_lines;
                m_text += std::string(static_cast<std::size_t>(depth) * 2, ' ') + child.title.simplified().toStdString() + (child.kind == PartKind::Folder ? "/" : "") + ": "
                    + std::to_string(countTokens(m_tokens, child.bytes)) + " tokens\n";
            }
            add(child, depth + 1);
        }
    }

    static constexpr int kMostLines = 200;
    const TokenBegins& m_tokens;
    std::string m_text;
    int m_lines = 0;
    int m_more = 0;
};

void tellScans(const Document& document, const Session& session)
{
    if (const int scans = document.scannedPages(); scans > 0)
        session.notice(QStringLiteral("%1 of %2 pages of %3 are pictures without text; --ocr reads them, where Tesseract is installed.")
                           .arg(scans).arg(document.pages()).arg(document.path));
}

std::string skippedText(const Document& document)
{
    std::string text;
    for (const LedgerEntry& entry : document.ledger)
        if (!entry.included)
            text += "  not read: " + entry.what.toStdString() + " (" + entry.why.toStdString() + ", " + std::to_string(entry.bytes) + " bytes)\n";
    return text;
}

Outcome<nlohmann::json> preview(Desk& desk, DocumentId id, const Session& session, std::string& text)
{
    const auto document = desk.service->document(id);
    if (!document)
        return document.error();
    const auto estimate = desk.service->estimate(id, session.stop);
    if (!estimate)
        return estimate.error();
    const auto tokenized = desk.service->tokenized(id, session.stop);
    if (!tokenized)
        return tokenized.error();
    const TokenBegins& tokens = (*tokenized)->tokens;
    const Document& found = **document;
    text += found.path.toStdString() + ": " + std::to_string(estimate->tokens) + " tokens, "
        + QLocale().formattedDataSize(estimate->memoryBytes).toStdString() + " of memory, "
        + QLocale().formattedDataSize(estimate->diskBytes).toStdString() + " of disk"
        + (estimate->seconds > 0 ? ", about " + std::to_string(static_cast<long long>(estimate->seconds + 0.5)) + " s" : std::string()) + "\n"
        + PartsText(found.outline, tokens).take() + skippedText(found);
    session.tell(estimate->plan);
    tellScans(found, session);
    return nlohmann::json{{"id", id},
                          {"path", found.path.toStdString()},
                          {"tokens", estimate->tokens},
                          {"ledger", ledgerOf(found)},
                          {"parts", partsOf(found.outline, tokens)},
                          {"plan", jsonOf(estimate->plan)},
                          {"estimate", {{"seconds", estimate->seconds}, {"memory_bytes", estimate->memoryBytes}, {"disk_bytes", estimate->diskBytes}}}};
}

Outcome<nlohmann::json> readOne(Desk& desk, DocumentId id, const Session& session, std::string& text, bool& stopped)
{
    const auto estimate = desk.service->estimate(id, session.stop);
    if (!estimate)
        return estimate.error();
    session.tell(estimate->plan);
    const auto result = desk.service->read(id, [&](const ReadProgress& step) { session.progress(progressLine(step)); }, session.stop);
    session.endProgress();
    if (!result)
        return result.error();
    const auto document = desk.service->document(id);
    if (!document)
        return document.error();
    stopped = result->stopped;
    const ReadFacts& facts = result->facts;
    const double rate = facts.seconds > 0 ? static_cast<double>(facts.readTokens) / facts.seconds : 0;
    char line[200];
    std::snprintf(line, sizeof line, ": %lld tokens, %lld read now in %.1f s (%.0f tokens/s), %lld were there already%s\n",
                  static_cast<long long>(facts.tokens), static_cast<long long>(facts.readTokens), facts.seconds, rate,
                  static_cast<long long>(facts.reusedTokens), stopped ? "; stopped" : "");
    session.notice(result->notice);
    tellScans(**document, session);
    text += result->document.path.toStdString() + line + skippedText(**document);
    return nlohmann::json{{"id", id},
                          {"path", result->document.path.toStdString()},
                          {"tokens", facts.tokens},
                          {"read_tokens", facts.readTokens},
                          {"reused_tokens", facts.reusedTokens},
                          {"seconds", facts.seconds},
                          {"tokens_per_second", rate},
                          {"kv_bytes", facts.kvBytes},
                          {"notice", result->notice.toStdString()},
                          {"plan", jsonOf(estimate->plan)},
                          {"ledger", ledgerOf(**document)}};
}

int read(const Session& session, const Options& options)
{
    auto desk = options.dryRun ? Desk::openWithModelHead(session, options.plan) : Desk::openWithModel(session, options.plan);
    if (!desk)
        return session.fail(desk.error());
    const auto ids = desk->documents(options.paths, session, options.intake());
    if (!ids)
        return session.fail(ids.error());
    nlohmann::json documents = nlohmann::json::array();
    std::string text;
    bool stopped = false;
    for (const DocumentId id : *ids) {
        const auto document = options.dryRun ? preview(*desk, id, session, text) : readOne(*desk, id, session, text, stopped);
        if (!document)
            return session.fail(document.error());
        documents.push_back(*document);
        if (stopped)
            break;
    }
    if (text.ends_with('\n'))
        text.pop_back();
    session.done({{"documents", documents}}, text);
    return stopped ? kStoppedByUser : kDone;
}

} // namespace

void addReadCommand(CLI::App& program, Session& session, int& exitCode)
{
    auto options = std::make_shared<Options>();
    CLI::App* command = program.add_subcommand("read", "read documents and keep what was understood");
    command->add_option("paths", options->paths, "files and folders, or ids of documents in the library")->required();
    command->add_flag("--dry-run", options->dryRun, "only tell what would be read and what it costs; no weight of the model is loaded");
    command->add_flag("--ocr{" + std::string(kLikelyLanguages) + '}', options->ocr, "read pages that are pictures with Tesseract; --ocr=eng+deu: in these languages");
    command->add_option("--leave-out", options->leaveOut, "a file or folder that is not to be read, such as docs/ or '*.json'; it stays out next time, too")
        ->allow_extra_args(false)->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    command->add_flag("--everything", options->everything, "read, too, what was left out before");
    options->plan.addTo(*command);
    command->callback([&session, &exitCode, options] { exitCode = read(session, *options); });
}

} // namespace octavo::app::cli
