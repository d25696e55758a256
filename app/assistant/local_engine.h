// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include "assistant/book_engine.h"
#include "octavo/engine/plan.h"

namespace octavo::app {

struct LocalEngineOptions {
    int threads = 0;          // 0 = one per core
    ReadingPlan plan;         // how documents are read
    std::vector<std::filesystem::path> adapters{}; // LoRA adapters, applied to every model that is opened
};

// The engine of this machine behind the assistant's seam: readings in memory and on disk, one conversation kept warm.
std::unique_ptr<BookEngine> makeLocalEngine(const LocalEngineOptions& options);

} // namespace octavo::app
