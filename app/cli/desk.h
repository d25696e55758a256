// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "assistant/conversation_service.h"
#include "cli/cli.h"
#include "library/library.h"

namespace octavo::app::cli {

// How documents that are named by path are taken in.
struct Intake {
    std::optional<QString> ocr{};    // the languages that their scans are read in, "": likely ones; none: as before
    QStringList leaveOut{};          // patterns (pathsNamed()) of what stays out of folders and archives, beside what was left out before
    bool forgetLeftOut = false;      // what was left out before is read, too
};

// The library and the engine opened for one command, as the window has them.
struct Desk {
    std::unique_ptr<Library> library;
    std::unique_ptr<BookEngine> engine;
    std::unique_ptr<ConversationService> service;
    std::optional<EngineModel> model;   // with openWithModel() and openWithModelHead()

    // Without a model: for what is stored already.
    static Outcome<Desk> open(const Session& session, const std::optional<ReadingPlan>& plan = {}, const KvFormat& kv = {});
    // With the model open, to read and ask as the options say.
    static Outcome<Desk> openWithModel(const Session& session, const PlanOptions& options);
    // To count and to estimate, without the model's weights.
    static Outcome<Desk> openWithModelHead(const Session& session, const PlanOptions& options);

    // Documents named by path (added to the library if they are new) or by id.
    Outcome<QList<DocumentId>> documents(const std::vector<std::string>& pathsOrIds, const Session& session, const Intake& intake = {});

private:
    using OpenModel = Outcome<EngineModel> (ConversationService::*)(const QString& modelFile, std::stop_token stop);
    static Outcome<Desk> open(const Session& session, const PlanOptions& options, OpenModel openModel);
    Outcome<DocumentSummary> added(const QString& path, const Session& session, const Intake& intake, DocumentId instead = 0);
    Outcome<DocumentSummary> addedInPart(const QString& path, const Session& session, const Intake& intake, const LoadProgressed& progressed);
    Outcome<DocumentSummary> known(DocumentId id, const Session& session, const Intake& intake);
};

// Progress and notices of an answer on stderr; its words are the command's own business.
AnswerEvents answerEvents(const Session& session);

nlohmann::json jsonOf(const Source& source);

// "1,234 of 5,678 tokens (21 %), 1,100 tokens/s, 4 s left"
std::string progressLine(const ReadProgress& progress);

} // namespace octavo::app::cli
