// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cli/cli.h"

namespace octavo::app::cli {

struct EvalLengthsOptions {
    std::string book;
    std::vector<std::uint64_t> lengths{2048, 4096, 8192, 16384, 32768};
    std::uint64_t fullTo = 16384;       // full attention is read up to this length: its time grows with the square
    unsigned places = 1;                // of the book, of which the mean is taken
    std::string folder;                 // table and plot; empty: nothing is written
    PlanOptions plan;
};

// octavo-cli eval lengths: reading time and NLL against length, as planned beside full attention. Blocking; returns the exit code.
int evalLengths(const Session& session, const EvalLengthsOptions& options);

} // namespace octavo::app::cli
