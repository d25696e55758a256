// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "cli/cli.h"

namespace octavo::app::cli {

struct EvalCoverageOptions {
    std::string book;
    std::uint64_t tokens = 16384;       // of the book, from its beginning
    std::uint64_t seed = 1;
    PlanOptions plan;
};

// octavo-cli eval coverage: summarizes a book with a thing to remember in every chapter. Blocking; returns the exit code. The library is not touched.
int evalCoverage(const Session& session, const EvalCoverageOptions& options);

} // namespace octavo::app::cli
