// SPDX-License-Identifier: Apache-2.0
#include "cli/cli.h"

#include <QFile>
#include <cstdio>
#include <iostream>
#include <unistd.h>

#include "models/model_options.h"
#include "octavo/app/defaults.h"

namespace octavo::app::cli {

namespace {
constexpr const char* kClearLine = "\r\033[K";
}

QString Session::dataDirPath() const { return dataDir.empty() ? defaultDataDir() : QFile::decodeName(dataDir.c_str()); }
QString Session::modelPath() const { return model.empty() ? defaultModelFile() : QFile::decodeName(model.c_str()); }

std::shared_ptr<const Model> Session::openModel() const
{
    const auto engine = Engine::create(engineOptions());
    if (!engine) {
        fail(engine.error());
        return nullptr;
    }
    const auto options = modelOptions({adapters.begin(), adapters.end()}, !withoutOwnAdapters, dataDirPath());
    if (!options) {
        fail(options.error());
        return nullptr;
    }
    const auto opened = Model::open(QFile::encodeName(modelPath()).toStdString(), *engine, *options);
    if (!opened) {
        fail(opened.error());
        return nullptr;
    }
    tellDevice(QString::fromStdString((*opened)->whyNoGpu()));
    return *opened;
}

void Session::tellDevice(const QString& whyNoGpu) const
{
    if (!whyNoGpu.isEmpty() && (device == "auto" || Engine::hasGpuDriver()))
        notice(QStringLiteral("Computing on the CPU: %1.").arg(whyNoGpu));
}

int Session::done(const nlohmann::json& object, const std::string& text) const
{
    // Text of documents may hold bytes that are not UTF-8; JSON may not.
    std::cout << (json ? object.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) : text) << std::endl;
    return kDone;
}

int Session::fail(const Failure& failure) const
{
    endProgress();
    const std::string sentence = failure.sentence.toStdString();
    std::cerr << "octavo-cli: " << sentence << std::endl;
    if (json)
        std::cout << nlohmann::json{{"error", sentence}}.dump() << std::endl;
    if (failure.kind == Failure::Kind::Stopped)
        return kStoppedByUser;
    return failure.kind == Failure::Kind::Usage ? kWrongUsage : kFailed;
}

void Session::progress(const std::string& line) const
{
    if (::isatty(STDERR_FILENO))
        std::fprintf(stderr, "%s%s", kClearLine, line.c_str());
}

void Session::endProgress() const
{
    if (::isatty(STDERR_FILENO))
        std::fputs(kClearLine, stderr);
}

void Session::notice(const QString& sentence) const
{
    if (!sentence.isEmpty())
        std::fprintf(stderr, "%s\n", sentence.toUtf8().constData());
}

void Session::tell(const ReadPlan& plan) const { std::cerr << plan.reason.toStdString() << std::endl; }

nlohmann::json jsonOf(const ReadPlan& plan)
{
    return {{"attention", plan.attention.toStdString()},
            {"dims", std::vector<std::uint32_t>(plan.dims.begin(), plan.dims.end())},
            {"gate", plan.gate},
            {"wide", plan.wide.toStdString()},
            {"keys_per_token", plan.keysPerToken},
            {"full_keys_per_token", plan.fullKeysPerToken},
            {"reason", plan.reason.toStdString()}};
}

void PlanOptions::addTo(CLI::App& command)
{
    command.add_option("--attention", attention, "how to read: full, tensorized at linear cost, or as suits the text (auto)")->check(CLI::IsMember({"auto", "full", "tensorized"}));
    command.add_option("--dims", dims, "the fold, coarsest first; 0 = as many as needed (tensorized: 0,1024); behind a +, layers that see so many tokens at once: 0,1024+4096@17,18");
    command.add_option("--gate", gate, "added to a token's own logit in the coarse hops (default 6)");
    command.add_option("--sinks", sinks, "first tokens that the finest hop always sees (default 4)");
    command.add_option("--squeeze", squeeze, "how much nearer far rows stand than they are (default 64)");
    command.add_option("--kv", kv, "how keys and values are kept: q8_0 (the default: half the memory, and faster), f16, or keys/values apart, as in q8_0/f16")
        ->check(CLI::IsMember({"f16", "q8_0", "q8_0/f16", "f16/q8_0"}));
}

Result<std::optional<ReadingPlan>> PlanOptions::plan() const
{
    if (attention == "full") {
        ReadingPlan full = ReadingPlan::full();
        full.kv = kvFormat();
        return std::optional(std::move(full));
    }
    if (attention == "auto" && dims.empty() && !gate && !sinks && !squeeze)
        return std::optional<ReadingPlan>();
    ReadingPlan plan;
    plan.kv = kvFormat();
    plan.gate = gate.value_or(plan.gate);
    plan.sinks = sinks.value_or(plan.sinks);
    plan.squeeze = squeeze.value_or(plan.squeeze);
    if (!dims.empty()) {
        plan.dims.clear();
        const std::size_t border = dims.find('+');
        for (const std::string& part : CLI::detail::split(dims.substr(0, border), ',')) {
            std::uint32_t dimension = 0;
            if (part.empty() || !CLI::detail::lexical_cast(part, dimension))
                return Error{Errc::InvalidArgument, "--dims", "whole numbers with commas between, such as 0,1024"};
            plan.dims.push_back(dimension);
        }
        if (border != std::string::npos) {
            auto wide = WideLayers::parse(dims.substr(border + 1));
            if (!wide)
                return wide.error();
            plan.wide = std::move(*wide);
        }
    }
    if (const auto checked = plan.check(); !checked)
        return checked.error();
    return std::optional(std::move(plan));
}

Result<PlanChoice> PlanOptions::choose(const Model& model, std::uint64_t tokens, std::uint64_t room) const
{
    const auto asked = plan();
    if (!asked)
        return asked.error();
    return *asked ? costOf(**asked, model.config(), tokens, room)
                  : choosePlan(model.config(), tokens, room, Engine::availableMemory(), kvFormat());
}

} // namespace octavo::app::cli
