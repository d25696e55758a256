// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "compute/cuda/reading_attention.h"

namespace octavo::cuda {

// The attention of a plan with wide layers (WideLayers): each layer is read by one of two, which share the cache.
class CudaWideReadingAttention final : public ReadingAttention, public DeviceAttention {
public:
    CudaWideReadingAttention(Device& device, const AttentionShape& shape, std::uint32_t layers, const ReadingPlan& plan, std::uint64_t row, std::uint64_t rowStep,
                             const Rotary& rotary, KvCache& cache, DeviceHopValues& hopValues)
        : m_layers(plan.wide), m_rows(device, shape, layers, plan, row, rowStep, rotary, cache, hopValues),
          m_wide(device, shape, layers, plan.ofWideLayers(), row, rowStep, rotary, cache, hopValues)
    {
    }

    std::uint64_t pairsScored() const override { return m_rows.pairsScored() + m_wide.pairsScored(); }
    void begin(std::uint64_t first, std::uint32_t count) override
    {
        m_rows.begin(first, count);
        m_wide.begin(first, count);
    }
    void attend(std::uint32_t layer, const ProjectedHeads& heads, __half* out) override { (m_layers.contains(layer) ? m_wide : m_rows).attend(layer, heads, out); }

private:
    WideLayers m_layers;
    CudaReadingAttention m_rows;
    CudaReadingAttention m_wide;
};

} // namespace octavo::cuda
