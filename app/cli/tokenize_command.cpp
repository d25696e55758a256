// SPDX-License-Identifier: Apache-2.0
#include <fstream>
#include <sstream>

#include "cli/cli.h"

namespace octavo::app::cli {

namespace {

struct Options {
    std::string text;
    std::string file;
    bool literal = false;
};

int tokenize(const Session& session, const Options& options)
{
    const auto model = session.openModel();
    if (!model)
        return kFailed;
    std::string text = options.text;
    if (!options.file.empty()) {
        std::ifstream in(options.file, std::ios::binary);
        std::stringstream content;
        if (!in || !(content << in.rdbuf()))
            return session.fail(Error{Errc::Unreadable, options.file, "no such file, or empty"});
        text = content.str();
    }
    const TokenizedText tokens = model->tokenizer().encode(text, options.literal ? SpecialTokens::Literal : SpecialTokens::Parse);
    std::string plain;
    for (const TokenId id : tokens.ids)
        plain += (plain.empty() ? "" : " ") + std::to_string(id);
    return session.done({{"ids", tokens.ids}, {"begins", tokens.begins}, {"model_hash", model->hash()}}, plain);
}

} // namespace

void addTokenizeCommand(CLI::App& program, Session& session, int& exitCode)
{
    auto options = std::make_shared<Options>();
    CLI::App* command = program.add_subcommand("tokenize", "text as the model's token ids");
    auto* text = command->add_option("text", options->text, "the text");
    auto* file = command->add_option("--file", options->file, "a file, byte for byte");
    text->excludes(file);
    command->add_flag("--literal", options->literal, "treat spellings of special tokens as text");
    command->callback([&session, &exitCode, options] { exitCode = tokenize(session, *options); });
}

} // namespace octavo::app::cli
