// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "attention/rotary.h"
#include "compute/cuda/device_attention.h"
#include "compute/cuda/device_hop_values.h"
#include "compute/cuda/device_pages.h"

namespace octavo::cuda {

// ReadingPlan's attention over a chunk. Per layer: new keys and values to their page and into windows, contiguous and in half precision, that the
// finest hop reads; the coarse hops, from the pages; the finest hop. Windows serve all layers in turn.
class CudaReadingAttention final : public ReadingAttention, public DeviceAttention {
public:
    CudaReadingAttention(Device& device, const AttentionShape& shape, std::uint32_t layers, const ReadingPlan& plan, std::uint64_t row, std::uint64_t rowStep,
                         const Rotary& rotary, KvCache& cache, DeviceHopValues& hopValues);

    std::uint64_t pairsScored() const override { return m_pairsScored; }
    void begin(std::uint64_t first, std::uint32_t count) override;
    void attend(std::uint32_t layer, const ProjectedHeads& heads, __half* out) override;

private:
    struct Hop {
        DeviceTurns turns;                // [place in the fibre]
        std::size_t places = 0;           // that turns has
        DeviceArray<__half> values;       // of the window
        Window window;
    };

    Window window(DeviceArray<__half>& data, std::uint32_t heads, std::uint64_t first);
    void turnToReaches();
    const float2* keyTurns() const { return m_turnsOn ? m_keyTurns.data() : nullptr; }
    const float2* queryTurns() const { return m_turnsOn ? m_queryTurns.data() : m_columnTurns.data(); }
    void attendCoarse(std::uint32_t hop, std::uint32_t layer);
    void scoreSinks(std::uint32_t layer);
    void attendFinest(__half* out);
    bool seesSinks() const { return m_bounded && m_plan.sinks > 0 && m_first + m_count > m_reach; }

    Device& m_device;
    AttentionShape m_shape;
    ReadingPlan m_plan;
    std::uint64_t m_row;
    std::uint64_t m_rowStep;
    bool m_bounded;                       // the finest hop sees the last `reach` tokens, else all
    std::uint64_t m_reach;                // tokens: a row, or more in wide layers
    bool m_turnsOn;                       // the reach is no row: keys of the cache are turned on to their place in it
    KvCache& m_cache;
    DeviceHopValues& m_hopValues;
    PageTable m_pages;
    std::uint64_t m_pairsScored = 0, m_pairsOfLayer = 0;

    std::uint64_t m_first = 0;
    std::uint32_t m_count = 0;
    std::uint64_t m_windowFirst = 0;
    DeviceTurns m_columnTurns;            // [token of the chunk], to its place in its row
    DeviceTurns m_queryTurns, m_keyTurns; // [token of the chunk], [token of the window]: to their place in a reach
    DeviceTurns m_reachBack;              // one: a reach back
    DeviceArray<std::uint64_t> m_firstOnDevice;
    DeviceArray<float> m_gates;           // [layer][head], times log2 e
    std::vector<Hop> m_hops;              // the coarse ones
    DeviceArray<__half> m_keys, m_keysBefore, m_values;
    Window m_keyWindow, m_keyWindowBefore, m_valueWindow;
    DeviceArray<__half> m_queries;        // [count][heads·width]
    DeviceArray<__half> m_sinkKeys, m_sinkValues; // [kvHead][sinks][width]
    DeviceArray<float> m_sinkScores;      // [count][head][sinks]
};

// Queues a coarse hop; `headValues`: its values are p.carried, of query heads.
void launchCoarseHop(Device& device, std::uint32_t width, const CoarseHop& p, bool headValues);

// Queues the finest hop, with tiles as large as the device's shared memory allows.
void launchFinestHop(Device& device, std::uint32_t width, const FinestHop& p);

} // namespace octavo::cuda
