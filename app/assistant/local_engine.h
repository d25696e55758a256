// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

#include "assistant/book_engine.h"
#include "octavo/engine/engine.h"
#include "octavo/engine/plan.h"

namespace octavo::app {

struct LocalEngineOptions {
    EngineOptions engine{};
    std::optional<ReadingPlan> plan;   // how documents are read; none: chosen for each by its length
    KvFormat kv{KvType::Q8_0, KvType::Q8_0}; // how keys and values are kept where the plan is chosen
    std::vector<std::filesystem::path> adapters{}; // LoRA adapters, applied to every model that is opened
    bool ownAdapters = true;           // whether those that Octavo brings along are applied to their models, where `adapters` names none
    QString dataDir{};                 // where layers.json is looked for (measured_layers.h)
};

// The engine of this machine behind the assistant's seam: readings in memory and on disk, one conversation kept warm.
std::unique_ptr<BookEngine> makeLocalEngine(const LocalEngineOptions& options);

} // namespace octavo::app
