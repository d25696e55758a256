// SPDX-License-Identifier: Apache-2.0
#include <pthread.h>

#include <QGuiApplication>
#include <algorithm>
#include <csignal>
#include <memory>
#include <string_view>
#include <thread>

#include "cli/cli.h"
#include "crash/crash_handler.h"

int main(int argc, char** argv)
{
    namespace cli = octavo::app::cli;
    // Ctrl+C becomes a stop request: a thread of its own waits for the signal, all others never see it.
    sigset_t interrupts;
    sigemptyset(&interrupts);
    sigaddset(&interrupts, SIGINT);
    sigaddset(&interrupts, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &interrupts, nullptr);
    std::stop_source stop;
    std::thread([&interrupts, stop]() mutable {
        int signal = 0;
        sigwait(&interrupts, &signal);
        stop.request_stop();
    }).detach();

    // Only what draws PNG and PDF files (hops --format png, eval tasks and lengths, sessions export) needs fonts and pixels, and those no display.
    const bool paints = std::any_of(argv, argv + argc, [](std::string_view word) { return word == "png" || word == "tasks" || word == "lengths" || word.ends_with(".pdf"); });
    qputenv("QT_QPA_PLATFORM", "offscreen");
    const std::unique_ptr<QCoreApplication> application(paints ? new QGuiApplication(argc, argv) : new QCoreApplication(argc, argv));

    cli::Session session;
    session.stop = stop.get_token();
    CLI::App program{"Octavo reads whole books and codebases with a local model and answers questions about them."};
    program.require_subcommand(1);
    program.fallthrough();
    program.add_flag("--json", session.json, "print one JSON object on stdout");
    program.add_option("--data-dir", session.dataDir, "where the library and the readings are kept");
    program.add_option("--model", session.model, "GGUF file of a Llama");
    program.add_option("--adapter", session.adapters, "LoRA adapter of the model, a GGUF file; may be repeated")->allow_extra_args(false);
    program.add_flag("--no-own-adapter", session.withoutOwnAdapters, "answer without the adapter that Octavo brings along for the model; readings are the same either way");
    program.add_option("--threads", session.threads, "0 = one per core")->check(CLI::Range(0, 1024));
    program.add_option("--device", session.device, "where to compute; auto: on an NVIDIA GPU where there is one")->check(CLI::IsMember({"auto", "cpu", "cuda"}));
    program.add_option("--gpu-layers", session.gpuLayers, "layers whose weights stay in the GPU's memory, the others are brought for each pass (default: as many as fit)")
        ->check(CLI::Range(0, 1024));
    program.add_option("--precision", session.precision, "in what numbers the CPU multiplies: int8 (where it can, fast) or f32")->check(CLI::IsMember({"int8", "f32"}));
    program.parse_complete_callback([&session] { octavo::app::installCrashHandler(session.dataDirPath(), QStringLiteral(OCTAVO_VERSION)); });
    int exitCode = cli::kDone;
    cli::addReadCommand(program, session, exitCode);
    cli::addAskCommand(program, session, exitCode);
    cli::addSummarizeCommand(program, session, exitCode);
    cli::addSessionsCommand(program, session, exitCode);
    cli::addLibraryCommand(program, session, exitCode);
    cli::addModelsCommand(program, session, exitCode);
    cli::addHopsCommand(program, session, exitCode);
    cli::addTokenizeCommand(program, session, exitCode);
    cli::addEvalCommand(program, session, exitCode);
    cli::addBenchCommand(program, session, exitCode);
    try {
        program.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return program.exit(error) == 0 ? cli::kDone : cli::kWrongUsage;
    }
    return exitCode;
}
