// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "compute/cpu/reading_attention.h"

namespace octavo::cpu {

// The attention of a plan with wide layers (WideLayers): each layer is read by one of two, which share the cache.
class CpuWideReadingAttention final : public HostReadingAttention {
public:
    CpuWideReadingAttention(ThreadPool& pool, Precision precision, const AttentionShape& shape, const ReadingPlan& plan, std::uint64_t row, std::uint64_t rowStep,
                            const Rotary& rotary, KvCache& cache, HostHopValues& hopValues);

    std::uint64_t pairsScored() const override { return m_rows.pairsScored() + m_wide.pairsScored(); }
    void begin(std::uint64_t first, std::uint32_t count) override;
    void attend(std::uint32_t layer, const float* q, const float* k, const float* v, float* out, std::stop_token stop) override;
    void addPathShares(std::uint32_t layer, const HeadChoice& heads, std::uint64_t token, const float* queries, PathShares& shares) override;

private:
    ReadingPlan m_plan;
    std::size_t m_leading;           // H·D
    CpuReadingAttention m_rows;
    CpuReadingAttention m_wide;
};

} // namespace octavo::cpu
