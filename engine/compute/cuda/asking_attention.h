// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "attention/rotary.h"
#include "compute/cuda/asking_kernels.cuh"
#include "compute/cuda/device_attention.h"
#include "compute/cuda/device_pages.h"

namespace octavo::cuda {

// Exact attention of a few tokens to everything cached. Sums over keys are cut into as many parts as the GPU works at once.
class CudaAskingAttention final : public AskingAttention, public DeviceAttention {
public:
    CudaAskingAttention(Device& device, const AttentionShape& shape, std::uint32_t layers, const AskingGeometry& geometry, const Rotary& rotary,
                        std::vector<const KvCache*> readings, KvCache& own);

    void begin(std::span<const CachedRun> runs, std::span<const AskedToken> tokens, std::uint64_t firstOwn, const AttentionRecordRequest* record) override;
    void attend(std::uint32_t layer, const ProjectedHeads& heads, __half* out) override;
    std::uint64_t launchKey() const override;
    AttentionRecord takeRecord() override;

private:
    std::uint64_t distance(std::uint64_t tokenRow, std::uint64_t row) const;
    const PageLayout& layoutOf(std::uint16_t format) const { return m_layouts[format]; }
    void recordHeads(std::uint32_t layer);
    unsigned recordBlocks() const;

    Device& m_device;
    AttentionShape m_shape;
    std::uint32_t m_layers;
    AskingGeometry m_geometry;
    std::vector<const KvCache*> m_readings;
    KvCache& m_own;
    std::vector<PageLayout> m_layouts;    // by whole keys + 2 · whole values
    PageTable m_ownPages;

    std::vector<AskedRun> m_runs;
    std::uint32_t m_tokens = 0;
    std::uint32_t m_parts = 0;
    std::uint64_t m_cached = 0;
    std::uint64_t m_tiles = 0;
    std::uint64_t m_weightsHead = 0;      // from head to head, as maximaHead: with room to grow, so that launches stay the same for many tokens
    std::uint64_t m_maximaHead = 0;
    std::uint64_t m_firstOwn = 0;
    const AttentionRecordRequest* m_request = nullptr;
    AttentionRecord m_record;             // its mean is filled last

    DeviceTurns m_columnTurns;            // [asked token], to its place in its row
    DeviceTurns m_distanceTurns;          // [asked token][turn]
    DeviceArray<AskedCounts> m_counts;
    DeviceArray<AskedRun> m_runsOnDevice;
    DeviceArray<AskedRow> m_rows;
    DeviceArray<std::uint64_t> m_firstOnDevice;
    DeviceArray<__half> m_queries;
    DeviceArray<float> m_partial;
    DeviceArray<JoinedHead> m_joined;     // [head]
    DeviceArray<__half> m_weights;        // [head][cached token]
    DeviceArray<float> m_maxima;          // [head][tile]
    DeviceArray<std::uint8_t> m_chosen;   // [layer][head]
    DeviceArray<float> m_mean;            // [cached token], summed
};

} // namespace octavo::cuda
