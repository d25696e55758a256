// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cli/cli.h"

namespace octavo::app::cli {

struct EvalTasksOptions {
    std::string book;
    std::vector<std::string> tasks;                 // empty: all that need nothing more
    std::vector<std::uint64_t> lengths{4096, 8192, 16384, 32768};
    unsigned samples = 5;
    std::uint64_t seed = 1;
    std::string questions;                          // JSON lines {document, question, answers} for the task qa
    std::string folder;                             // results, table and plot; empty: nothing is written
    PlanOptions plan;
};

// octavo-cli eval tasks: blocking; returns the exit code. With a folder, a run that was stopped goes on where it was.
int evalTasks(const Session& session, const EvalTasksOptions& options);

} // namespace octavo::app::cli
