// SPDX-License-Identifier: Apache-2.0
#include "cli/cli.h"

#include <QFile>
#include <cstdio>
#include <iostream>

#include "octavo/app/defaults.h"

namespace octavo::app::cli {

namespace {
constexpr const char* kClearLine = "\r\033[K";
}

QString Session::dataDirPath() const { return dataDir.empty() ? defaultDataDir() : QFile::decodeName(dataDir.c_str()); }
QString Session::modelPath() const { return model.empty() ? defaultModelFile() : QFile::decodeName(model.c_str()); }

std::shared_ptr<const Model> Session::openModel() const
{
    const auto engine = Engine::create({threads});
    if (!engine) {
        fail(engine.error());
        return nullptr;
    }
    const auto opened = Model::open(QFile::encodeName(modelPath()).toStdString(), *engine, {{adapters.begin(), adapters.end()}});
    if (!opened) {
        fail(opened.error());
        return nullptr;
    }
    return *opened;
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

void Session::progress(const std::string& line) const { std::fprintf(stderr, "%s%s", kClearLine, line.c_str()); }
void Session::endProgress() const { std::fputs(kClearLine, stderr); }

void PlanOptions::addTo(CLI::App& command)
{
    command.add_option("--attention", attention, "how to read: full, or tensorized at linear cost (auto)")->check(CLI::IsMember({"auto", "full", "tensorized"}));
    command.add_option("--dims", dims, "the fold, coarsest first; 0 = as many as needed (default 0,1024)");
    command.add_option("--gate", gate, "added to a token's own logit in the coarse hops (default 4)");
}

Result<ReadingPlan> PlanOptions::plan() const
{
    if (attention == "full")
        return ReadingPlan::full();
    ReadingPlan plan;
    plan.gate = gate;
    if (!dims.empty()) {
        plan.dims.clear();
        for (const std::string& part : CLI::detail::split(dims, ',')) {
            std::uint32_t dimension = 0;
            if (part.empty() || !CLI::detail::lexical_cast(part, dimension))
                return Error{Errc::InvalidArgument, "--dims", "whole numbers with commas between, such as 0,1024"};
            plan.dims.push_back(dimension);
        }
    }
    if (const auto checked = plan.check(); !checked)
        return checked.error();
    return plan;
}

} // namespace octavo::app::cli
