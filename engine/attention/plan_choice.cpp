// SPDX-License-Identifier: Apache-2.0
#include "octavo/engine/plan_choice.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "octavo/engine/reading.h"

namespace octavo {

namespace {

constexpr std::uint32_t kShortestRow = 64;

// Σ min(limit, ⌊t/stride⌋ + 1) over the tokens t of a text: keys along one dimension.
double keysAlong(std::uint64_t stride, std::uint64_t limit, std::uint64_t tokens)
{
    const std::uint64_t whole = tokens / stride; // blocks of `stride` tokens that see equally many keys: 1, 2, …
    const auto growing = static_cast<double>(limit ? std::min(whole, limit) : whole);
    const double sum = growing * (growing + 1) / 2 + (static_cast<double>(whole) - growing) * static_cast<double>(limit);
    const std::uint64_t last = limit ? std::min(whole + 1, limit) : whole + 1;
    return sum * static_cast<double>(stride) + static_cast<double>(tokens % stride) * static_cast<double>(last);
}

double meanKeys(const ReadingPlan& plan, std::uint32_t layers, std::uint64_t tokens)
{
    if (tokens == 0)
        return 0;
    double keys = 0;
    for (std::uint32_t hop = 0; hop < plan.hops(); ++hop)
        keys += keysAlong(plan.stride(hop), plan.dims[hop], tokens);
    if (plan.wide.reach > 0) {
        const double wide = static_cast<double>(plan.wide.layers.size()) / layers;
        keys += wide * (keysAlong(1, plan.wide.reach, tokens) - keys);
    }
    return keys / static_cast<double>(tokens);
}

} // namespace

PlanChoice costOf(const ReadingPlan& plan, const ModelConfig& config, std::uint64_t tokens, std::uint64_t room)
{
    const double queries = static_cast<double>(config.heads) * config.headWidth;
    const double keysAndValues = 2.0 * config.kvHeads * config.headWidth;
    const double weights = config.hidden * (2 * queries + keysAndValues + 3.0 * config.feedForward);
    const double flopPerKey = 4.0 * config.layers * queries; // a product with the key, a product with the value
    PlanChoice choice;
    choice.plan = plan;
    choice.tokens = tokens;
    choice.keysPerToken = meanKeys(plan, config.layers, tokens);
    choice.fullKeysPerToken = meanKeys(ReadingPlan::full(), config.layers, tokens);
    choice.matrixFlopPerToken = 2.0 * config.layers * weights;
    choice.attentionFlopPerToken = flopPerKey * choice.keysPerToken;
    choice.fullAttentionFlopPerToken = flopPerKey * choice.fullKeysPerToken;
    const ReadingCost bytes = Reading::cost(config, plan, tokens + room);
    choice.kvBytes = bytes.kv;
    choice.hopBytes = bytes.hops + bytes.snapshots;
    return choice;
}

// Two rows are seen at their true distances; beyond, each row needs one position more at least. With three rows in the context,
// row² tokens stay inside it: the same length up to which two dimensions suffice. Rows are not shortened further to save keys:
// 512 instead of 1024 costs 0.05 nats at 4k tokens (SmolLM2-135M, two novels).
std::uint32_t rowFor(const ModelConfig& config)
{
    return std::clamp(std::bit_floor(config.context / 3), kShortestRow, kLongestRow);
}

WideLayers wideLayersFor(const ModelConfig& config)
{
    if (!config.gates.empty())
        return {};
    if (config.wideLayers)
        return *config.wideLayers;
    const bool isSmolLM2 = config.name.starts_with("Smollm2 135M") && config.layers == 30 && config.hidden == 576;
    return isSmolLM2 ? WideLayers{4096, {17, 18, 20, 23}} : WideLayers{};
}

// Full attention is never chosen, though up to two rows it costs no more. Up to one row (dims 0, row) is the same thing, and can be asked
// together with longer texts, which full attention with its one long row cannot. At two rows neither finds more: a fact hidden in 2k tokens
// has an NLL of 0.05 with full attention and of 0.07 with rows (SmolLM2-135M, mean of four depths, Moby-Dick). Beyond, full attention
// finds less: 1.44 against 0.15 in 8k tokens, and outside the trained context it finds nothing.
//
// The device enters by its memory alone. Where a third dimension is taken it saves about half of all keys, more than the pass over the
// values that another hop costs on a CPU or a GPU. Up to 32 rows both plans read exactly alike; from there to row² tokens it would save less
// than half of the keys, for one softmax more between a token and what it reads, and gigabytes of hop values.
PlanChoice choosePlan(const ModelConfig& config, std::uint64_t tokens, std::uint64_t room, std::uint64_t availableMemory, const KvFormat& kv)
{
    const std::uint32_t row = rowFor(config);
    ReadingPlan plan;
    plan.kv = kv;
    plan.wide = wideLayersFor(config);
    plan.dims = {0, row};
    PlanChoice rows = costOf(plan, config, tokens, room);
    rows.reason = tokens <= row ? PlanChoice::Reason::OneRow : PlanChoice::Reason::Rows;
    if (tokens <= std::uint64_t{row} * row)
        return rows;

    // The middle dimension is about √row: shorter, the coarsest grows sooner; longer, it keeps more hop values than a million tokens need.
    plan.dims = {0, 1u << std::bit_width(row) / 2, row};
    PlanChoice folded = costOf(plan, config, tokens, room);
    folded.reason = PlanChoice::Reason::ThirdDimension;
    if (availableMemory == 0 || folded.kvBytes + folded.hopBytes <= availableMemory)
        return folded;
    rows.reason = PlanChoice::Reason::NoRoomForThird;
    return rows;
}

} // namespace octavo
