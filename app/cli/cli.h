// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>
#include <QString>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "assistant/engine_failure.h"
#include "octavo/app/read_plan.h"
#include "octavo/engine/model.h"
#include "octavo/engine/plan_choice.h"

namespace octavo::app::cli {

// Exit codes.
inline constexpr int kDone = 0, kFailed = 1, kWrongUsage = 2, kStoppedByUser = 130;

// The options that all commands share, and the two ways a command speaks: one JSON object or text for people on stdout; progress and
// failures on stderr.
struct Session {
    bool json = false;
    std::string dataDir;     // empty: the default
    std::string model;       // empty: the default
    std::vector<std::string> adapters; // of the model
    bool withoutOwnAdapters = false;
    int threads = 0;
    std::optional<std::uint32_t> gpuLayers;
    std::string device;      // empty: auto, and where there is no GPU nothing is said of it
    std::string precision = "int8";
    std::stop_token stop;    // requested by Ctrl+C

    QString dataDirPath() const;
    QString modelPath() const;

    EngineOptions engineOptions() const
    {
        return {threads, precision == "f32" ? Precision::Float32 : Precision::Int8, deviceNamed(device).value_or(DeviceChoice::Auto), gpuLayers};
    }

    // Opens the model for commands that talk to the engine itself. Fails by printing the sentence.
    std::shared_ptr<const Model> openModel() const;

    int done(const nlohmann::json& object, const std::string& text) const;
    int fail(const Failure& failure) const;
    int fail(const Error& error) const { return fail(failureOf(error)); }
    void progress(const std::string& line) const;    // one line that replaces itself; nothing where nobody looks (no terminal)
    void endProgress() const;
    void tell(const ReadPlan& plan) const;           // its reason, on stderr
    void tellDevice(const QString& whyNoGpu) const;  // on stderr, where the GPU was asked about or is there
    void notice(const QString& sentence) const;      // on stderr, unless it is empty
};

nlohmann::json jsonOf(const ReadPlan& plan);

// --attention, --dims, --gate, --sinks, --squeeze and --kv, shared by the commands that read.
struct PlanOptions {
    std::string attention = "auto";
    std::string dims;
    std::optional<float> gate;
    std::optional<std::uint32_t> sinks, squeeze;
    std::string kv = "q8_0";

    void addTo(CLI::App& command);
    // The plan that was asked for; none if it is to be chosen by the text's length.
    Result<std::optional<ReadingPlan>> plan() const;
    KvFormat kvFormat() const { return *KvFormat::named(kv); } // checked when the command line is read
    // That plan or the one chosen for a text of `tokens` with `room` tokens after it.
    Result<PlanChoice> choose(const Model& model, std::uint64_t tokens, std::uint64_t room) const;
};

// Each adds its command to the program; the command's callback sets `exitCode`.
void addTokenizeCommand(CLI::App& program, Session& session, int& exitCode);
void addEvalCommand(CLI::App& program, Session& session, int& exitCode);
void addBenchCommand(CLI::App& program, Session& session, int& exitCode);
void addReadCommand(CLI::App& program, Session& session, int& exitCode);
void addAskCommand(CLI::App& program, Session& session, int& exitCode);
void addSummarizeCommand(CLI::App& program, Session& session, int& exitCode);
void addSessionsCommand(CLI::App& program, Session& session, int& exitCode);
void addLibraryCommand(CLI::App& program, Session& session, int& exitCode);
void addModelsCommand(CLI::App& program, Session& session, int& exitCode);
void addHopsCommand(CLI::App& program, Session& session, int& exitCode);

// `models download`, below the command `models`.
void addModelsDownload(CLI::App& models, Session& session, int& exitCode);

// `sessions replay`: asks the questions of an archive's one session again. Returns the exit code.
int replayFile(const Session& session, const QString& file);

} // namespace octavo::app::cli
