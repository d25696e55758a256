// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "cli/cli.h"

namespace octavo::app::cli {

struct EvalLayersOptions {
    std::string book;
    std::uint64_t tokens = 6144;
    std::uint32_t reach = 4096;     // tokens that a wide layer sees
    unsigned count = 4;             // layers that are chosen
    bool keep = false;              // and read wide from now on
    PlanOptions plan;               // of the other layers
};

// octavo-cli eval layers: which layers look back most. Each in turn is read wide (WideLayers); those that foresee the text best by it are told as the --dims to
// read with, beside full attention. Blocking; returns the exit code.
int evalLayers(const Session& session, const EvalLayersOptions& options);

} // namespace octavo::app::cli
