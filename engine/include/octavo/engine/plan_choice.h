// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "octavo/engine/model.h"
#include "octavo/engine/plan.h"

namespace octavo {

// A plan for reading one text, why it was taken, and what it costs beside full attention. A plain value.
// Costs are of reading alone: it computes no logits, so the vocabulary's matrix does not count. A multiply and an add are two FLOP.
struct PlanChoice {
    enum class Reason {
        AsAskedFor,           // somebody else chose
        OneRow,               // the text fits into one row, where every plan is full attention
        Rows,                 // two dimensions
        ThirdDimension,       // the rows are more than the tokens of one: a middle dimension folds them
        NoRoomForThird,       // as ThirdDimension, but its hop values would not fit into the memory: two dimensions
    };

    ReadingPlan plan;
    Reason reason = Reason::AsAskedFor;
    std::uint64_t tokens = 0;                 // of the text
    double keysPerToken = 0;                  // mean over the text and the layers, summed over the hops
    double fullKeysPerToken = 0;              // the same for full attention
    double matrixFlopPerToken = 0;            // outside attention; the same for every plan
    double attentionFlopPerToken = 0;         // 4 · layers · heads · headWidth · keys
    double fullAttentionFlopPerToken = 0;
    std::uint64_t kvBytes = 0;                // keys and values of text and conversation
    std::uint64_t hopBytes = 0;               // hop values, those kept along the way too: ReadingCost

    double flopPerToken() const { return matrixFlopPerToken + attentionFlopPerToken; }
    double fullFlopPerToken() const { return matrixFlopPerToken + fullAttentionFlopPerToken; }
};

inline constexpr std::uint32_t kLongestRow = 1024; // tokens; shorter only for models of short context

// What `plan` costs for a text of `tokens` with `room` tokens of conversation after it. The plan must pass check().
PlanChoice costOf(const ReadingPlan& plan, const ModelConfig& config, std::uint64_t tokens, std::uint64_t room);

// Tokens per row that all plans chosen for this model share, so that any of its readings can be asked together: the greatest power of
// two from 64 to kLongestRow of which three fit into the trained context.
std::uint32_t rowFor(const ModelConfig& config);

// The layers of a model that look back most, as they were measured: by its user (ModelConfig::wideLayers), or for docs/quality.md; none of models that
// were not, nor beside an adapter's gates.
WideLayers wideLayersFor(const ModelConfig& config);

// Chooses how a text of `tokens` is read. `availableMemory`, in bytes, is of the device that holds keys, values and hop values;
// 0 = unknown, taken as enough.
// Never fails: a text that fits no plan is refused when its reading is started, with the figures.
PlanChoice choosePlan(const ModelConfig& config, std::uint64_t tokens, std::uint64_t room, std::uint64_t availableMemory, const KvFormat& kv = {});

} // namespace octavo
