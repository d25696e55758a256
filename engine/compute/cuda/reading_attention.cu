// SPDX-License-Identifier: Apache-2.0
#include "compute/cuda/reading_attention.h"

#include <algorithm>

#include "compute/cuda/group_kernels.cuh"

namespace octavo::cuda {

CudaReadingAttention::CudaReadingAttention(Device& device, const AttentionShape& shape, std::uint32_t layers, const ReadingPlan& plan, std::uint64_t row,
                                           std::uint64_t rowStep, const Rotary& rotary, KvCache& cache, DeviceHopValues& hopValues)
    : m_device(device), m_shape(shape), m_plan(plan), m_row(row), m_rowStep(rowStep), m_bounded(plan.dims.back() > 0),
      m_reach(m_bounded ? plan.dims.back() : row), m_turnsOn(m_reach != row), m_cache(cache), m_hopValues(hopValues),
      m_pages(device, cache.config(), cache.format()), m_columnTurns(device, rotary.frequencies()), m_queryTurns(device, rotary.frequencies()),
      m_keyTurns(device, rotary.frequencies()), m_reachBack(device, rotary.frequencies()), m_firstOnDevice(device), m_gates(device), m_keys(device),
      m_keysBefore(device), m_values(device), m_queries(device), m_sinkKeys(device), m_sinkValues(device), m_sinkScores(device)
{
    const double back = -static_cast<double>(m_reach);
    m_reachBack.fill({&back, 1});
    std::vector<float> gates;
    for (std::uint32_t layer = 0; layer < layers; ++layer)
        for (std::uint32_t head = 0; head < shape.heads; ++head)
            gates.push_back(shape.gate(plan, layer, head) * kLog2e);
    m_gates.fill(gates);
    for (std::uint32_t hop = 0; hop + 1 < plan.hops(); ++hop)
        m_hops.push_back({DeviceTurns(device, rotary.frequencies()), 0, DeviceArray<__half>(device), {}});
}

Window CudaReadingAttention::window(DeviceArray<__half>& data, std::uint32_t heads, std::uint64_t first)
{
    const std::uint64_t tokens = m_first + m_count - first;
    data.reserve(static_cast<std::size_t>(heads) * tokens * m_shape.headWidth);
    return {data.data(), first, tokens * m_shape.headWidth, m_shape.headWidth};
}

void CudaReadingAttention::begin(std::uint64_t first, std::uint32_t count)
{
    m_first = first;
    m_count = count;
    const std::uint64_t end = first + count;
    m_pages.prepare(m_cache, first, end);
    m_hopValues.begin(first, end);
    m_firstOnDevice.fill({&m_first, 1});

    std::vector<double> positions;
    for (std::uint64_t token = first; token < end; ++token)
        positions.push_back(static_cast<double>(token % m_row));
    m_columnTurns.fill(positions);
    for (std::uint32_t hop = 0; hop < m_hops.size(); ++hop) {
        const std::uint64_t stride = m_plan.stride(hop);
        const std::size_t places = (end - 1) / stride + 1;
        if (places > m_hops[hop].places) { // with room to grow, so that it is not done for every chunk
            const double step = static_cast<double>(m_rowStep * (stride / m_row)); // positions from one key of a fibre to the next
            positions.clear();
            for (std::size_t place = 0; place < 2 * places; ++place)
                positions.push_back(step * static_cast<double>(place));
            m_hops[hop].turns.fill(positions);
            m_hops[hop].places = positions.size();
        }
        m_hops[hop].window = window(m_hops[hop].values, m_shape.heads, first - m_hopValues.kept(hop, first));
    }

    m_windowFirst = m_bounded ? first - std::min(first, m_reach) : 0;
    m_keyWindow = window(m_keys, m_shape.kvHeads, m_windowFirst);
    m_keyWindowBefore = m_bounded ? window(m_keysBefore, m_shape.kvHeads, m_windowFirst) : Window();
    m_valueWindow = m_hops.empty() ? window(m_values, m_shape.kvHeads, m_windowFirst) : Window();
    m_queries.reserve(static_cast<std::size_t>(count) * m_shape.heads * m_shape.headWidth);
    if (m_turnsOn)
        turnToReaches();
    if (seesSinks()) {
        m_sinkKeys.reserve(static_cast<std::size_t>(m_shape.kvHeads) * m_plan.sinks * m_shape.headWidth);
        m_sinkValues.reserve(m_sinkKeys.size());
        m_sinkScores.reserve(static_cast<std::size_t>(count) * m_shape.heads * m_plan.sinks);
    }

    m_pairsOfLayer = 0;
    for (std::uint64_t token = first; token < end; ++token)
        for (std::uint32_t hop = 0; hop < m_plan.hops(); ++hop) {
            const std::uint64_t reachable = token / m_plan.stride(hop) + 1;
            m_pairsOfLayer += m_shape.heads * (m_plan.dims[hop] ? std::min<std::uint64_t>(m_plan.dims[hop], reachable) : reachable);
        }
}

// In the cache keys are turned to their place in their row; here they and the queries are to be at their place among `reach` tokens.
void CudaReadingAttention::turnToReaches()
{
    std::vector<double> positions;
    for (std::uint64_t token = m_windowFirst; token < m_first + m_count; ++token)
        positions.push_back(static_cast<double>(token % m_reach) - static_cast<double>(token % m_row));
    m_keyTurns.fill(positions);
    positions.clear();
    for (std::uint64_t token = m_first; token < m_first + m_count; ++token)
        positions.push_back(static_cast<double>(token % m_reach));
    m_queryTurns.fill(positions);
}

void CudaReadingAttention::attend(std::uint32_t layer, const ProjectedHeads& heads, __half* out)
{
    const std::uint32_t width = m_shape.headWidth, rowLength = (m_shape.heads + 2 * m_shape.kvHeads) * width;
    const CachedPart keys = m_pages.keys(layer), values = m_pages.values(layer);
    PlaceKeysValues place{heads.data, rowLength, m_shape.heads * width, heads.keys, heads.valueBias, m_columnTurns.data(), m_reachBack.data(), keys,
                          values,     m_keyWindow, m_keyWindowBefore,   m_valueWindow, m_firstOnDevice.data(), m_count, m_shape.kvHeads, width};
    if (m_turnsOn)
        place.keyWindow = place.keyWindowBefore = place.valueWindow = {};   // all of the window comes from the cache
    launchPlaceKeysValues(m_device, place);
    const std::uint64_t windowEnd = m_turnsOn ? m_first + m_count : m_first;
    launchOpenWindow(m_device, {keys, values, keyTurns(), m_reachBack.data(), m_keyWindow, m_keyWindowBefore, m_valueWindow, m_windowFirst,
                                static_cast<std::uint32_t>(windowEnd - m_windowFirst), m_shape.kvHeads, width});
    launchPlaceQueries(m_device, {heads.data, rowLength, heads.queries, queryTurns(), m_queries.data(), m_count, m_shape.heads, width});
    if (seesSinks())
        scoreSinks(layer);
    for (std::uint32_t hop = 0; hop < m_hops.size(); ++hop)
        attendCoarse(hop, layer);
    attendFinest(out);
    m_pairsScored += m_pairsOfLayer;
}

void CudaReadingAttention::attendCoarse(std::uint32_t hop, std::uint32_t layer)
{
    Hop& own = m_hops[hop];
    m_hopValues.open(hop, layer, own.window);
    const std::uint64_t stride = m_plan.stride(hop);
    CoarseHop p;
    p.q = m_queries.data();
    p.keys = m_pages.keys(layer);
    p.values = m_pages.values(layer);
    p.out = own.window;
    p.turns = own.turns.data();
    p.gates = m_gates.data() + static_cast<std::size_t>(layer) * m_shape.heads;
    p.scale = m_shape.scale() * kLog2e;
    p.first = m_first;
    p.count = m_count;
    p.stride = stride;
    p.reach = m_plan.dims[hop];
    p.heads = m_shape.heads;
    p.kvHeads = m_shape.kvHeads;
    if (hop > 0)
        p.carried = m_hops[hop - 1].window;
    launchCoarseHop(m_device, m_shape.headWidth, p, hop > 0);
    m_hopValues.keep(hop, layer, own.window);
}

void CudaReadingAttention::scoreSinks(std::uint32_t layer)
{
    const std::uint32_t width = m_shape.headWidth;
    const std::uint64_t head = std::uint64_t{m_plan.sinks} * width;
    launchOpenWindow(m_device, {m_pages.keys(layer), m_pages.values(layer), nullptr, m_reachBack.data(), {}, {m_sinkKeys.data(), 0, head, width},
                                {m_sinkValues.data(), 0, head, width}, 0, m_plan.sinks, m_shape.kvHeads, width});
    launchScoreSinks(m_device, width, {m_queries.data(), queryTurns(), m_sinkKeys.data(), m_sinkScores.data(), m_plan.sinks, m_shape.scale() * kLog2e,
                                       m_first, m_reach, m_count, m_shape.heads, m_shape.kvHeads});
}

void CudaReadingAttention::attendFinest(__half* out)
{
    FinestHop p;
    p.q = m_queries.data();
    p.out = out;
    p.keys = m_keyWindow;
    p.keysBefore = m_bounded ? m_keyWindowBefore : m_keyWindow;
    p.values = m_hops.empty() ? m_valueWindow : m_hops.back().window;
    p.headsPerValue = m_hops.empty() ? m_shape.group() : 1;
    p.scale = m_shape.scale() * kLog2e;
    p.first = m_first;
    p.count = m_count;
    p.row = m_reach;
    p.bounded = m_bounded;
    p.heads = m_shape.heads;
    p.kvHeads = m_shape.kvHeads;
    p.sinkScores = m_sinkScores.data();
    p.sinkValues = m_sinkValues.data();
    p.sinks = seesSinks() ? m_plan.sinks : 0;
    launchFinestHop(m_device, m_shape.headWidth, p);
}

void launchCoarseHop(Device& device, std::uint32_t width, const CoarseHop& p, bool headValues)
{
    const std::uint32_t together = headValues ? 1 : p.heads / p.kvHeads;
    const dim3 grid(fibreColumns(p.count, p.stride), p.heads / together, blocksOf(std::uint64_t{fibreRows(p.count, p.stride, 0)} * together, kCoarseQueries));
    withHeadWidth(width, [&]<int kWidth>() {
        launch(device, headValues ? coarseHop<kWidth, true> : coarseHop<kWidth, false>, grid, kCoarseWarps * kWarp, kCoarseShared<kWidth>, p);
    });
}

void launchFinestHop(Device& device, std::uint32_t width, const FinestHop& p)
{
    withHeadWidth(width, [&]<int kWidth>() {
        if constexpr (kWidth % kSwizzledRow == 0)
            if (device.hasGroupProducts() && p.sinks <= kGroupSinks) {
                const unsigned items = queryTiles(p.first, p.count, p.row, kGroupQueries) * p.heads;
                const unsigned blocks = p.bounded ? std::min(items, static_cast<unsigned>(device.multiprocessors())) : items;
                return launch(device, finestHopOfGroups<kWidth>, dim3(blocks), kGroupThreads, kGroupShared<kWidth>, p);
            }
        const dim3 grid(queryTiles(p.first, p.count, p.row, kFinestQueries), p.heads);
        if (kFinestShared<kWidth, 64> <= device.sharedPerBlock())
            launch(device, finestHop<kWidth, 64>, grid, kFinestWarps * kWarp, kFinestShared<kWidth, 64>, p);
        else
            launch(device, finestHop<kWidth, 32>, grid, kFinestWarps * kWarp, kFinestShared<kWidth, 32>, p);
    });
}

} // namespace octavo::cuda
