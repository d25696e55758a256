// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

#include "attention/rotary.h"
#include "memory/hop_values.h"
#include "memory/kv_cache.h"
#include "run/forward.h"
#include "run/reading_keeper.h"
#include "run/reading_log.h"

namespace octavo {

// The spans it holds are the config's: pass the model's own, which outlives attention.
inline AttentionShape attentionShape(const ModelConfig& config)
{
    return {config.heads, config.kvHeads, config.headWidth, static_cast<float>(config.rope.scoreFactor()), config.gates};
}

// The pages that a reading has from a file, and those of them that were not looked at yet.
struct PagesOnDisk {
    struct Page {
        std::size_t index;
        std::uint64_t offset; // of its bytes in the file
        RecordHeader header;
    };
    std::filesystem::path file;
    std::shared_ptr<FileMapping> mapping; // null: none
    std::vector<Page> unchecked;
};

// What a reading needs to go on reading, beside its cache.
class ReadingState {
public:
    ReadingState(const Model& model, Backend& backend, const ReadingPlan& plan, std::uint64_t row, std::uint64_t rowStep, KvCache& cache)
        : rotary(model.config().rope, model.config().headWidth), hopValues(backend.hopValues(plan, model.config())), forward(model, backend, PassKind::Reading),
          attention(backend.readingAttention(attentionShape(model.config()), plan, row, rowStep, rotary, cache, *hopValues))
    {
    }

    Rotary rotary;
    std::unique_ptr<HopValues> hopValues;
    Forward forward;
    std::unique_ptr<ReadingAttention> attention;
    std::unique_ptr<ReadingKeeper> keeper;     // null: nothing is written
    std::optional<Error> keepError;            // why it went before its time
    std::optional<Error> damage;               // of the file this came from
    PagesOnDisk onDisk;
    std::vector<std::shared_ptr<const HopSnapshot>> snapshots; // ascending; reading can go on from each of them, and from the end
};

} // namespace octavo
