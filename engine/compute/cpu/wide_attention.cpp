// SPDX-License-Identifier: Apache-2.0
#include "compute/cpu/wide_attention.h"

#include <algorithm>
#include <functional>

namespace octavo::cpu {

namespace {

// Element by element, as long as the longer of both.
void add(const std::vector<double>& more, std::vector<double>& sums)
{
    sums.resize(std::max(sums.size(), more.size()));
    std::transform(more.begin(), more.end(), sums.begin(), sums.begin(), std::plus());
}

} // namespace

CpuWideReadingAttention::CpuWideReadingAttention(ThreadPool& pool, Precision precision, const AttentionShape& shape, const ReadingPlan& plan, std::uint64_t row,
                                                 std::uint64_t rowStep, const Rotary& rotary, KvCache& cache, HostHopValues& hopValues)
    : m_plan(plan), m_leading(static_cast<std::size_t>(shape.heads) * shape.headWidth), m_rows(pool, precision, shape, plan, row, rowStep, rotary, cache, hopValues),
      m_wide(pool, precision, shape, plan.ofWideLayers(), row, rowStep, rotary, cache, hopValues)
{
}

void CpuWideReadingAttention::begin(std::uint64_t first, std::uint32_t count)
{
    m_rows.begin(first, count);
    m_wide.begin(first, count);
}

void CpuWideReadingAttention::attend(std::uint32_t layer, const float* q, const float* k, const float* v, float* out, std::stop_token stop)
{
    (m_plan.wide.contains(layer) ? m_wide : m_rows).attend(layer, q, k, v, out, std::move(stop));
}

void CpuWideReadingAttention::addPathShares(std::uint32_t layer, const HeadChoice& heads, std::uint64_t token, const float* queries, PathShares& shares)
{
    if (!m_plan.wide.contains(layer))
        return m_rows.addPathShares(layer, heads, token, queries, shares);
    PathShares ofWide;
    m_wide.addPathShares(layer, heads, token, queries + (std::min(m_plan.stride(0), token + 1) - 1) * m_leading, ofWide); // of its one hop, the last is enough
    shares.reached.resize(m_plan.hops());
    for (std::vector<double>& reached : shares.reached)
        reached.resize(token + 1);
    add(ofWide.reached.front(), shares.direct);
    add(ofWide.direct, shares.direct);
}

} // namespace octavo::cpu
