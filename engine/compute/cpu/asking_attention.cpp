// SPDX-License-Identifier: Apache-2.0
#include "compute/cpu/asking_attention.h"

#include <algorithm>
#include <cmath>

namespace octavo::cpu {

namespace {
constexpr std::size_t kQueries = 8;      // asked tokens whose scores are kept at a time
constexpr std::size_t kPartTokens = 2048;
constexpr float kMasked = -1e30f;
} // namespace

CpuAskingAttention::CpuAskingAttention(ThreadPool& pool, const AttentionShape& shape, std::uint32_t layers, const AskingGeometry& geometry,
                                       const Rotary& rotary, std::vector<const KvCache*> readings, KvCache& own)
    : m_pool(pool), m_shape(shape), m_layers(layers), m_geometry(geometry), m_rotary(rotary), m_readings(std::move(readings)), m_own(own),
      m_scratch(pool.threads())
{
}

const KvPage& CpuAskingAttention::page(const CachedRun& run) const
{
    return run.cache < m_readings.size() ? m_readings[run.cache]->page(run.page) : m_own.page(run.page);
}

// Positions from the begin of `row` to the begin of an asked token's own row. Near by (own row and the row before) distances are true;
// beyond, a whole row counts rowStep positions c: distance(t, u) = i − j + c·(I − J) + (row − c), which joins the true ones
// without a jump. A row ahead of the token holds only keys that it does not see.
std::uint64_t CpuAskingAttention::distance(std::uint64_t tokenRow, std::uint64_t row) const
{
    const std::uint64_t back = tokenRow > row ? tokenRow - row : 0;
    return back <= 1 ? back * m_geometry.row : back * m_geometry.rowStep + m_geometry.row - m_geometry.rowStep;
}

void CpuAskingAttention::begin(std::span<const CachedRun> runs, std::span<const AskedToken> tokens, std::uint64_t firstOwn, bool recordLast)
{
    m_runs.clear();
    m_rows.clear();
    m_parts.assign(1, 0);
    m_columns = 0;
    m_cached = 0;
    std::uint64_t inPart = 0;
    for (const CachedRun& run : runs) {
        if (inPart >= kPartTokens) {
            m_parts.push_back(m_runs.size());
            inPart = 0;
        }
        if (m_rows.empty() || m_rows.back() != run.row)
            m_rows.push_back(run.row);
        m_runs.push_back({run, m_cached, m_columns, m_rows.size() - 1});
        m_columns += roundUp(run.count);
        m_cached += run.count;
        inPart += run.count;
    }
    m_parts.push_back(m_runs.size());
    m_tokens.assign(tokens.begin(), tokens.end());
    m_firstOwn = firstOwn;
    m_record = recordLast;
    m_blocks = blocksOf(firstOwn, tokens.size());
    m_columnTurns.clear(m_rotary);
    m_distanceTurns.clear(m_rotary);
    for (const AskedToken& token : tokens) {
        m_columnTurns.add(m_rotary, static_cast<double>(token.column));
        for (const std::uint64_t row : m_rows)
            m_distanceTurns.add(m_rotary, static_cast<double>(token.column + distance(token.row, row)));
    }
    m_rowsPerHead = std::min(kQueries, tokens.size()) * m_shape.group();
    m_scores.resize(m_shape.kvHeads * m_rowsPerHead * m_columns);
    m_partial.resize(m_shape.kvHeads * (m_parts.size() - 1) * m_rowsPerHead * m_shape.headWidth);
    m_recorded.assign(m_record ? m_cached : 0, 0.0);
}

void CpuAskingAttention::attend(std::uint32_t layer, const float* q, const float* k, const float* v, float* out, std::stop_token stop)
{
    const std::size_t width = m_shape.headWidth;
    const std::size_t group = m_shape.group();
    const std::uint32_t kvHeads = m_shape.kvHeads;
    m_pool.forEach(m_blocks.size() * kvHeads, stop, [&](std::size_t task, std::size_t worker) {
        const TokenBlock block = m_blocks[task / kvHeads];
        m_scratch[worker].resize(std::max(m_scratch[worker].size(), width * (block.end - block.begin + 1)));
        storeKeysValues(m_own, m_shape, layer, task % kvHeads, m_firstOwn, block.begin, block.end, k, v, m_columnTurns, m_scratch[worker].data());
    });

    const std::size_t parts = m_parts.size() - 1;
    for (std::size_t begin = 0; begin < m_tokens.size() && !stop.stop_requested(); begin += kQueries) {
        const std::size_t end = std::min(m_tokens.size(), begin + kQueries);
        const std::size_t rows = (end - begin) * group;
        m_pool.forEach(parts * kvHeads, stop, [&](std::size_t task, std::size_t worker) {
            scorePart(layer, task % kvHeads, task / kvHeads, begin, end, q, m_scratch[worker]);
        });
        m_pool.forEach(rows * kvHeads, stop, [&](std::size_t task, std::size_t) { normalize(task / rows * m_rowsPerHead + task % rows); });
        m_pool.forEach(parts * kvHeads, stop, [&](std::size_t task, std::size_t) {
            const std::size_t part = task / kvHeads;
            const std::uint32_t kvHead = task % kvHeads;
            float* sums = m_partial.data() + (kvHead * parts + part) * m_rowsPerHead * width;
            for (std::size_t n = m_parts[part]; n < m_parts[part + 1]; ++n) {
                const Placed& placed = m_runs[n];
                multiply(scoreRow(kvHead, 0) + placed.column, m_columns, page(placed.run).values(layer, kvHead) + placed.run.slot * width, width,
                         sums, width, rows, width, placed.run.count, n > m_parts[part]);
            }
        });
        for (std::uint32_t kvHead = 0; kvHead < kvHeads; ++kvHead)
            for (std::size_t row = 0; row < rows; ++row) {
                float* result = out + ((begin + row / group) * m_shape.heads + kvHead * group + row % group) * width;
                std::fill_n(result, width, 0.0f);
                for (std::size_t part = 0; part < parts; ++part)
                    addScaled(m_partial.data() + ((kvHead * parts + part) * m_rowsPerHead + row) * width, 1.0f, width, result);
            }
        if (m_record && end == m_tokens.size())
            m_pool.forEach(parts, stop, [&](std::size_t part, std::size_t) {
                for (std::size_t n = m_parts[part]; n < m_parts[part + 1]; ++n)
                    for (std::uint32_t head = 0; head < m_shape.heads; ++head) {
                        const float* weights = scoreRow(head / group, rows - group + head % group) + m_runs[n].column;
                        double* recorded = m_recorded.data() + m_runs[n].token;
                        for (std::size_t j = 0; j < m_runs[n].run.count; ++j)
                            recorded[j] += weights[j];
                    }
            });
    }
}

void CpuAskingAttention::turnQueries(std::uint32_t kvHead, std::size_t row, std::size_t begin, std::size_t end, const float* q,
                                     float* queries) const
{
    const std::size_t width = m_shape.headWidth;
    const std::size_t group = m_shape.group();
    for (std::size_t n = begin; n < end; ++n) {
        const double length = static_cast<double>(m_tokens[n].visible);
        const double sharpen = std::max(1.0, std::log(length) / std::log(static_cast<double>(m_geometry.context)));
        const float factor = static_cast<float>(sharpen) * m_shape.scale();
        const std::size_t turn = n * m_rows.size() + row;
        for (std::size_t g = 0; g < group; ++g, queries += width) {
            rotate(q + (n * m_shape.heads + kvHead * group + g) * width, m_distanceTurns.cosines(turn), m_distanceTurns.sines(turn), width / 2,
                   queries);
            scale(queries, factor, width);
        }
    }
}

// Scores of asked tokens [begin, end) for the keys of one part.
void CpuAskingAttention::scorePart(std::uint32_t layer, std::uint32_t kvHead, std::size_t part, std::size_t begin, std::size_t end,
                                   const float* q, std::vector<float>& scratch)
{
    const std::size_t width = m_shape.headWidth;
    const std::size_t group = m_shape.group();
    const std::size_t rows = (end - begin) * group;
    scratch.resize(std::max(scratch.size(), kQueries * group * width));
    for (std::size_t n = m_parts[part]; n < m_parts[part + 1]; ++n) {
        const Placed& placed = m_runs[n];
        const CachedRun& run = placed.run;
        if (n == m_parts[part] || placed.row != m_runs[n - 1].row)
            turnQueries(kvHead, placed.row, begin, end, q, scratch.data());
        const std::size_t padded = roundUp(run.count);
        multiply(scratch.data(), width, page(run).keys(layer, kvHead) + run.slot, kPageTokens, scoreRow(kvHead, 0) + placed.column, m_columns,
                 rows, padded, width, false);
        for (std::size_t row = 0; row < rows; ++row) {
            const std::uint64_t visible = m_tokens[begin + row / group].visible;
            const std::size_t seen = visible > placed.token ? std::min<std::uint64_t>(run.count, visible - placed.token) : 0;
            std::fill_n(scoreRow(kvHead, row) + placed.column + seen, padded - seen, kMasked);
        }
    }
}

void CpuAskingAttention::normalize(std::size_t row)
{
    float* scores = m_scores.data() + row * m_columns;
    const float total = expSum(scores, 1.0f, maximum(scores, m_columns), m_columns);
    scale(scores, 1.0f / total, m_columns);
}

std::vector<float> CpuAskingAttention::recordedWeights() const
{
    const double share = 1.0 / (static_cast<double>(m_layers) * m_shape.heads);
    std::vector<float> weights(m_recorded.size());
    std::transform(m_recorded.begin(), m_recorded.end(), weights.begin(), [&](double sum) { return static_cast<float>(sum * share); });
    return weights;
}

} // namespace octavo::cpu
