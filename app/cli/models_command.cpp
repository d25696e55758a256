// SPDX-License-Identifier: Apache-2.0
#include <QFile>

#include "cli/cli.h"
#include "models/model_files.h"

namespace octavo::app::cli {

namespace {

nlohmann::json jsonOf(const ModelFile& model)
{
    return {{"file", model.file.toStdString()}, {"name", model.name.toStdString()}, {"architecture", model.architecture.toStdString()}, {"context_tokens", model.contextTokens},
            {"bytes", model.fileBytes}, {"kv_bytes_per_token", model.bytesPerToken}, {"unfit", model.whyUnfit.toStdString()}};
}

int list(const Session& session)
{
    const ModelShelf shelf = listModels(session.dataDirPath(), {});
    nlohmann::json models = nlohmann::json::array();
    std::string text;
    for (const ModelFile& model : shelf.models) {
        models.push_back(jsonOf(model));
        char numbers[120];
        std::snprintf(numbers, sizeof numbers, "%.0f MB, context of %lld tokens, %.1f KB a token read", double(model.fileBytes) / 1e6, static_cast<long long>(model.contextTokens),
                      double(model.bytesPerToken) / 1e3);
        text += model.file.toStdString() + "\n  " + (model.whyUnfit.isEmpty() ? model.name.toStdString() + ", " + numbers : model.whyUnfit.toStdString()) + "\n";
    }
    if (text.empty())
        text = "there is no model in " + shelf.folder.toStdString() + "\n";
    text.pop_back();
    return session.done({{"folder", shelf.folder.toStdString()}, {"memory_free", shelf.memoryFree}, {"models", models}}, text);
}

} // namespace

void addModelsCommand(CLI::App& program, Session& session, int& exitCode)
{
    CLI::App* command = program.add_subcommand("models", "the models in the data folder");
    command->require_subcommand(1);
    auto file = std::make_shared<std::string>();
    const auto path = [file] { return QFile::decodeName(file->c_str()); };
    command->add_subcommand("list", "what there is, and what cannot be used and why")->callback([&session, &exitCode] { exitCode = list(session); });
    CLI::App* imported = command->add_subcommand("import", "check a GGUF file and put it among them, linked where that is possible");
    imported->add_option("file", *file, "the model")->required();
    imported->callback([=, &session, &exitCode] {
        const auto tell = [&](qint64 bytes) { session.progress("copied " + std::to_string(bytes / 1'000'000) + " MB"); };
        const auto place = importModel(path(), session.dataDirPath(), tell, session.stop);
        session.endProgress();
        exitCode = place ? session.done({{"file", place->toStdString()}}, place->toStdString()) : session.fail(place.error());
    });
    addModelsDownload(*command, session, exitCode);
    CLI::App* removed = command->add_subcommand("remove", "move one to the system's trash");
    removed->add_option("file", *file, "as list tells it")->required();
    removed->callback([=, &session, &exitCode] {
        const auto done = removeModel(path(), session.dataDirPath());
        exitCode = done ? session.done({{"removed", *file}}, "removed " + *file) : session.fail(done.error());
    });
}

} // namespace octavo::app::cli
