// SPDX-License-Identifier: Apache-2.0
#include "compute/cpu/reading_attention.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace octavo::cpu {

namespace {
constexpr std::size_t kTile = 64;       // keys per tile of the finest hop, tokens per block of a coarse one
constexpr std::size_t kQueryTile = 48;  // queries per task of the finest hop: eight register tiles of six rows
constexpr float kMasked = -1e30f;       // finite, so that a fully masked row gives numbers, which the first visible key then wipes out
} // namespace

CpuReadingAttention::CpuReadingAttention(ThreadPool& pool, Precision precision, const AttentionShape& shape, const ReadingPlan& plan,
                                         std::uint64_t row, std::uint64_t rowStep, const Rotary& rotary, KvCache& cache, HostHopValues& hopValues)
    : m_pool(pool), m_int16(precision == Precision::Int8 && hasInt16Products()), m_shape(shape), m_plan(plan), m_row(row), m_rowStep(rowStep),
      m_rotary(rotary), m_cache(cache), m_hopValues(hopValues), m_scale(shape.scale()), m_folded(plan.hops() > 1), m_reach(plan.dims.back()),
      m_tileSize(static_cast<std::size_t>(shape.headWidth) * kTile), m_fibreTurns(plan.hops() - 1), m_scratch(pool.threads())
{
    cache.bringHome();
    for (Turns& turns : m_fibreTurns)
        turns.clear(rotary);
    m_sinkTurn.clear(rotary);
    m_sinkTurn.add(rotary, -static_cast<double>(m_reach));
}

std::size_t CpuReadingAttention::hopKeys(std::uint32_t hop, std::uint64_t token) const
{
    const std::uint64_t reachable = token / m_plan.stride(hop) + 1;
    return m_plan.dims[hop] ? std::min<std::uint64_t>(m_plan.dims[hop], reachable) : reachable;
}

void CpuReadingAttention::begin(std::uint64_t first, std::uint32_t count)
{
    m_first = first;
    m_count = count;
    m_blocks = blocksOf(first, count);
    const std::uint64_t end = first + count;
    const std::uint64_t reach = m_reach ? m_reach - 1 : first;
    m_windowFirst = (first > reach ? first - reach : 0) / kTile * kTile;
    m_tiles = (end - m_windowFirst + kTile - 1) / kTile;

    // Positions are counted from a row that a whole chunk has in common, so that a chunk in pieces gives the same bits.
    const std::uint64_t wholeChunk = first / kChunkTokens * kChunkTokens;
    // The window begins with a tile, which may be rows before what the first token reaches.
    const std::uint64_t firstRow = m_reach && wholeChunk > reach ? (wholeChunk - reach) / kTile * kTile / m_row : 0;
    m_columnTurns.clear(m_rotary);
    m_nearTurns.clear(m_rotary);
    for (std::uint64_t token = first; token < end; ++token) {
        m_columnTurns.add(m_rotary, static_cast<double>(token % m_row));
        m_nearTurns.add(m_rotary, static_cast<double>(token - firstRow * m_row));
    }
    m_rowTurns.clear(m_rotary);
    for (std::uint64_t row = firstRow; row <= (end - 1) / m_row; ++row)
        m_rowTurns.add(m_rotary, static_cast<double>((row - firstRow) * m_row));
    m_tileRuns.assign(m_tiles, {});
    for (std::uint64_t token = m_windowFirst; token < end;) {
        assert(token / m_row >= firstRow);
        const std::size_t column = (token - m_windowFirst) % kTile;
        const std::uint64_t stop = std::min({token + kTile - column, (token / m_row + 1) * m_row, end});
        m_tileRuns[(token - m_windowFirst) / kTile].push_back({token, column, stop - token, token / m_row - firstRow});
        token = stop;
    }
    for (std::uint32_t hop = 0; hop + 1 < m_plan.hops(); ++hop) {
        const double step = static_cast<double>(m_rowStep * (m_plan.stride(hop) / m_row)); // positions from one key of a fibre to the next
        for (std::size_t a = m_fibreTurns[hop].size(); a < hopKeys(hop, end - 1); ++a)
            m_fibreTurns[hop].add(m_rotary, -step * static_cast<double>(a));
    }
    m_sinks = m_reach && end > m_reach ? std::min<std::size_t>(m_plan.sinks, end - m_reach) : 0; // those that the last token no longer reaches
    m_sinkKeys.resize(m_shape.kvHeads * m_shape.headWidth * roundUp(m_sinks));
    m_sinkValues.resize(m_shape.kvHeads * m_shape.headWidth * m_sinks);
    m_keys.resize(m_shape.kvHeads * m_tiles * m_tileSize);
    const std::size_t valueTiles = (m_folded ? m_shape.heads : m_shape.kvHeads) * m_tiles;
    if (!m_int16) {
        m_values.resize(valueTiles * m_tileSize);
        return;
    }
    m_wholeKeys.resize(m_shape.kvHeads * m_tiles * m_tileSize);
    m_keyScales.resize(m_shape.kvHeads * m_tiles * kTile);
    m_wholeValues.resize(valueTiles * m_tileSize);
    m_valueScales.resize(valueTiles * kTile);
}

void CpuReadingAttention::attend(std::uint32_t layer, const float* q, const float* k, const float* v, float* out, std::stop_token stop)
{
    m_pool.forEach(m_blocks.size() * m_shape.kvHeads, stop, [&](std::size_t task, std::size_t worker) {
        const TokenBlock block = m_blocks[task / m_shape.kvHeads];
        m_scratch[worker].resize(std::max(m_scratch[worker].size(), m_tileSize + m_shape.headWidth)); // a block is at most a tile
        storeKeysValues(m_cache, m_shape, layer, task % m_shape.kvHeads, m_first, block.begin, block.end, k, v, m_columnTurns,
                        m_scratch[worker].data());
    });
    for (std::uint32_t hop = 0; hop + 1 < m_plan.hops(); ++hop)
        coarseHop(hop, layer, q, stop);
    unpackWindow(layer, stop);
    unpackSinks(layer);
    const std::size_t queryTiles = (m_count + kQueryTile - 1) / kQueryTile;
    m_pool.forEach(m_shape.heads * queryTiles, stop, [&](std::size_t task, std::size_t worker) {
        const std::size_t begin = task % queryTiles * kQueryTile;
        finestTile(static_cast<std::uint32_t>(task / queryTiles), begin, std::min<std::size_t>(m_count, begin + kQueryTile), q, out, m_scratch[worker]);
    });
}

void CpuReadingAttention::coarseHop(std::uint32_t hop, std::uint32_t layer, const float* q, const std::stop_token& stop)
{
    m_pool.forEach(m_blocks.size() * m_shape.kvHeads, stop, [&](std::size_t task, std::size_t worker) {
        coarseBlock(hop, layer, task % m_shape.kvHeads, m_blocks[task / m_shape.kvHeads], q, m_scratch[worker]);
    });
}

const float* CpuReadingAttention::coarseWeights(std::uint32_t hop, std::uint32_t layer, std::uint32_t kvHead, std::uint64_t token,
                                                std::size_t columns, const float* q, const Turns& turns, std::size_t turn,
                                                std::vector<float>& scratch) const
{
    const std::size_t width = m_shape.headWidth;
    const std::size_t group = m_shape.group();
    const std::uint64_t stride = m_plan.stride(hop);
    const std::size_t keys = hopKeys(hop, token + columns - 1);
    const Turns& fibreTurns = m_fibreTurns[hop];

    scratch.resize(std::max(scratch.size(), (group + 1) * m_tileSize + group * keys * kTile + width));
    float* queries = scratch.data();                     // [group][width][64], turned to the place in the row, scaled
    float* fibre = queries + group * m_tileSize;         // [width][64]: the a-th key of each token
    float* scores = fibre + m_tileSize;                  // [group][keys][64]
    float* row = scores + group * keys * kTile;          // [width]
    std::fill_n(queries, (group + 1) * m_tileSize, 0.0f); // unused lanes must hold numbers

    for (std::size_t g = 0; g < group; ++g)
        for (std::size_t n = 0; n < columns; ++n) {
            const float* query = q + (n * m_shape.heads + kvHead * group + g) * width;
            rotate(query, turns.cosines(turn + n), turns.sines(turn + n), width / 2, row);
            for (std::size_t d = 0; d < width; ++d)
                queries[g * m_tileSize + d * kTile + n] = row[d] * m_scale;
        }

    for (std::size_t a = 0; a < keys; ++a) {
        const std::uint64_t back = a * stride;
        const std::size_t valid = back > token ? back - token : 0; // columns before it reach beyond the first token
        for (std::size_t column = valid; column < columns;) {      // at most two pages
            const std::uint64_t from = token + column - back;
            const std::size_t count = std::min<std::size_t>(columns - column, kPageTokens - from % kPageTokens);
            rotateColumns(keysOf(from, layer, kvHead), fibreTurns.cosines(a), fibreTurns.sines(a), width / 2, count, fibre + column, kTile);
            column += count;
        }
        for (std::size_t g = 0; g < group; ++g) {
            float* score = scores + (g * keys + a) * kTile;
            columnDots(queries + g * m_tileSize, kTile, fibre, kTile, width, columns, score);
            std::fill_n(score, valid, kMasked);
            if (a == 0) {
                const float gate = m_shape.gate(m_plan, layer, static_cast<std::uint32_t>(kvHead * group + g));
                for (std::size_t n = 0; n < columns; ++n)
                    score[n] += gate;
            }
        }
    }
    for (std::size_t g = 0; g < group; ++g)
        columnSoftmax(scores + g * keys * kTile, keys, kTile, columns);
    return scores;
}

void CpuReadingAttention::coarseBlock(std::uint32_t hop, std::uint32_t layer, std::uint32_t kvHead, TokenBlock block, const float* q,
                                      std::vector<float>& scratch)
{
    const std::size_t width = m_shape.headWidth;
    const std::size_t group = m_shape.group();
    const std::size_t columns = block.end - block.begin;
    const std::uint64_t token = m_first + block.begin;
    const std::uint64_t stride = m_plan.stride(hop);
    const std::size_t keys = hopKeys(hop, m_first + block.end - 1);
    m_pairsScored += group * columns * keys;
    const float* scores = coarseWeights(hop, layer, kvHead, token, columns, q + block.begin * m_shape.heads * width, m_columnTurns, block.begin, scratch);

    // Before the first hop values belong to the heads of a group together, after it to each.
    const std::size_t together = hop == 0 ? group : 1;
    std::vector<KvSlots> values(keys);
    std::vector<float> results(together * width);
    std::size_t known = 0; // values[a] of the token before, a < known
    for (std::size_t n = 0; n < columns; ++n) {
        const std::size_t reachable = hopKeys(hop, token + n);
        for (std::size_t g = 0; g < group; g += together) {
            const std::uint32_t head = static_cast<std::uint32_t>(kvHead * group + g);
            for (std::size_t a = 0; a < reachable; ++a) {
                const std::uint64_t from = token + n - a * stride;
                if (a < known && from % kPageTokens != 0) // looking up its page for every token took a sixth of the hop
                    values[a] = nextValues(values[a], width);
                else
                    values[a] = hop == 0 ? valuesOf(from, layer, kvHead) : std::as_const(m_hopValues).at(hop - 1, layer, head, from);
            }
            known = hop == 0 ? reachable : 0;
            gatherWeighted(values.data(), scores + g * keys * kTile + n, keys * kTile, kTile, together, reachable, width, results.data());
            for (std::size_t row = 0; row < together; ++row)
                storeValues(results.data() + row * width, width, width, 1, m_hopValues.at(hop, layer, static_cast<std::uint32_t>(head + row), token + n));
        }
    }
}

KvSlots CpuReadingAttention::keysOf(std::uint64_t token, std::uint32_t layer, std::uint32_t kvHead) const
{
    return std::as_const(m_cache).page(token / kPageTokens).keys(layer, kvHead, token % kPageTokens);
}

KvSlots CpuReadingAttention::valuesOf(std::uint64_t token, std::uint32_t layer, std::uint32_t kvHead) const
{
    return std::as_const(m_cache).page(token / kPageTokens).values(layer, kvHead, token % kPageTokens);
}

void CpuReadingAttention::unpackWindow(std::uint32_t layer, const std::stop_token& stop)
{
    const std::size_t width = m_shape.headWidth;
    const std::size_t valueHeads = m_folded ? m_shape.heads : m_shape.kvHeads;
    const std::uint64_t end = m_first + m_count;
    m_pool.forEach(m_tiles * (m_shape.kvHeads + valueHeads), stop, [&](std::size_t task, std::size_t worker) {
        const std::size_t tile = task % m_tiles;
        const std::uint32_t head = static_cast<std::uint32_t>(task / m_tiles);
        if (head < m_shape.kvHeads) {
            for (const KeyRun& run : m_tileRuns[tile])
                rotateColumns(keysOf(run.token, layer, head), m_rowTurns.cosines(run.turn), m_rowTurns.sines(run.turn), width / 2, run.count,
                              keyTile(head, tile) + run.column, kTile);
            if (m_int16)
                roundColumns(keyTile(head, tile), width, int16Limit(width), m_wholeKeys.data() + (head * m_tiles + tile) * m_tileSize,
                             m_keyScales.data() + (head * m_tiles + tile) * kTile);
            return;
        }
        const std::uint32_t valueHead = head - m_shape.kvHeads;
        const std::uint64_t token = m_windowFirst + tile * kTile;
        const KvSlots values = m_folded ? std::as_const(m_hopValues).at(m_plan.hops() - 2, layer, valueHead, token) : valuesOf(token, layer, valueHead);
        const std::uint64_t count = std::min<std::uint64_t>(kTile, end - token);
        if (!m_int16)
            return unpackValues(values, width, count, valueTile(valueHead, tile));
        std::vector<float>& scratch = m_scratch[worker];
        scratch.resize(std::max(scratch.size(), m_tileSize));
        unpackValues(values, width, count, scratch.data());
        std::fill_n(scratch.data() + count * width, (kTile - count) * width, 0.0f);
        roundRowPairs(scratch.data(), width, kInt16Value, m_wholeValues.data() + (valueHead * m_tiles + tile) * m_tileSize,
                      m_valueScales.data() + (valueHead * m_tiles + tile) * kTile);
    });
}

// Keys as seen from the reach away, and values, of the first tokens.
void CpuReadingAttention::unpackSinks(std::uint32_t layer)
{
    const std::size_t width = m_shape.headWidth;
    const std::size_t leading = roundUp(m_sinks);
    for (std::uint32_t kvHead = 0; kvHead < m_shape.kvHeads; ++kvHead)
        for (std::size_t sink = 0; sink < m_sinks;) {
            const std::size_t count = std::min<std::size_t>(m_sinks - sink, kPageTokens - sink % kPageTokens);
            rotateColumns(keysOf(sink, layer, kvHead), m_sinkTurn.cosines(0), m_sinkTurn.sines(0), width / 2, count,
                          m_sinkKeys.data() + kvHead * width * leading + sink, leading);
            unpackValues(valuesOf(sink, layer, kvHead), width, count, m_sinkValues.data() + (kvHead * m_sinks + sink) * width);
            sink += count;
        }
}

void CpuReadingAttention::finestTile(std::uint32_t head, std::size_t begin, std::size_t end, const float* q, float* out,
                                     std::vector<float>& scratch)
{
    const std::size_t width = m_shape.headWidth;
    const std::size_t rows = end - begin;
    const std::uint32_t kvHead = head / m_shape.group();
    scratch.resize(std::max(scratch.size(), kQueryTile * (2 * width + kTile + 5 + (width + kTile) / 2) + roundUp(m_sinks)));
    float* queries = scratch.data();               // [48][width], turned and scaled
    float* sums = queries + kQueryTile * width;    // [48][width], of weighted values
    float* scores = sums + kQueryTile * width;     // [48][64]
    float* maxima = scores + kQueryTile * kTile;   // [48]
    float* totals = maxima + kQueryTile;           // [48]
    float* rescale = totals + kQueryTile;          // [48]
    float* queryScales = rescale + kQueryTile;     // [48]
    float* weightScales = queryScales + kQueryTile;// [48]
    auto* wholeQueries = reinterpret_cast<std::int16_t*>(weightScales + kQueryTile); // [48][width]
    std::int16_t* wholeWeights = wholeQueries + kQueryTile * width;                  // [48][64]
    float* sinks = weightScales + kQueryTile * (1 + (width + kTile) / 2);            // [sinks rounded up]

    for (std::size_t n = 0; n < rows; ++n) {
        const float* query = q + ((begin + n) * m_shape.heads + head) * width;
        startWithSinks(kvHead, m_first + begin + n, query, maxima[n], totals[n], sums + n * width, sinks);
        rotate(query, m_nearTurns.cosines(begin + n), m_nearTurns.sines(begin + n), width / 2, queries + n * width);
        scale(queries + n * width, m_scale, width);
    }

    if (m_int16)
        roundRows(queries, width, rows, width, nullptr, int16Limit(width), wholeQueries, queryScales);

    const std::size_t valueHead = m_folded ? head : kvHead;
    const std::uint64_t firstToken = m_first + begin;
    const std::uint64_t lastToken = m_first + end - 1;
    const std::uint64_t reach = m_reach ? m_reach : lastToken + 1; // distances below it are visible
    const std::uint64_t oldest = firstToken + 1 > reach ? firstToken + 1 - reach : 0;
    const std::size_t firstTile = (oldest - m_windowFirst) / kTile, lastTile = (lastToken - m_windowFirst) / kTile;
    m_pairsScored += (lastTile - firstTile + 1) * rows * kTile;
    for (std::size_t tile = firstTile; tile <= lastTile; ++tile) {
        const std::uint64_t key = m_windowFirst + tile * kTile;
        const std::size_t keyAt = kvHead * m_tiles + tile, valueAt = valueHead * m_tiles + tile;
        if (m_int16)
            multiplyInt16(wholeQueries, queryScales, m_wholeKeys.data() + keyAt * m_tileSize, m_keyScales.data() + keyAt * kTile, scores, kTile, rows,
                          kTile, width, false);
        else
            multiply(queries, width, keyTile(kvHead, tile), kTile, scores, kTile, rows, kTile, width, false);
        if (key + kTile - 1 > firstToken || key + reach <= lastToken)
            for (std::size_t n = 0; n < rows; ++n)
                for (std::size_t j = 0; j < kTile; ++j)
                    if (key + j > firstToken + n || key + j + reach <= firstToken + n)
                        scores[n * kTile + j] = kMasked;
        onlineSoftmax(scores, kTile, rows, kTile, maxima, totals, rescale);
        for (std::size_t n = 0; n < rows; ++n)
            if (rescale[n] != 1.0f)
                scale(sums + n * width, rescale[n], width);
        if (m_int16) {
            roundRows(scores, kTile, rows, kTile, m_valueScales.data() + valueAt * kTile, kInt16Weight, wholeWeights, weightScales);
            multiplyInt16(wholeWeights, weightScales, m_wholeValues.data() + valueAt * m_tileSize, nullptr, sums, width, rows, width, kTile, true);
        } else {
            multiply(scores, kTile, valueTile(valueHead, tile), width, sums, width, rows, width, kTile, true);
        }
    }
    for (std::size_t n = 0; n < rows; ++n) {
        scale(sums + n * width, 1.0f / totals[n], width);
        std::copy_n(sums + n * width, width, out + ((begin + n) * m_shape.heads + head) * width);
    }
}

// The first tokens stay visible, with their own values, to tokens that no longer reach them: at the distance of the reach, which is a row or a wide layer's.
void CpuReadingAttention::startWithSinks(std::uint32_t kvHead, std::uint64_t token, const float* q, float& maximum, float& sum, float* out,
                                         float* weights) const
{
    const std::size_t width = m_shape.headWidth;
    maximum = kMasked;
    sum = 0;
    std::fill_n(out, width, 0.0f);
    const std::size_t sinks = m_reach == 0 || token < m_reach ? 0 : std::min<std::uint64_t>(m_sinks, token - m_reach + 1); // those at least so far away
    if (sinks == 0)
        return;
    multiply(q, width, m_sinkKeys.data() + kvHead * width * roundUp(m_sinks), roundUp(m_sinks), weights, 0, 1, roundUp(sinks), width, false);
    scale(weights, m_scale, sinks);
    maximum = *std::max_element(weights, weights + sinks);
    sum = expSum(weights, 1.0f, maximum, sinks);
    for (std::size_t n = 0; n < sinks; ++n)
        addScaled(m_sinkValues.data() + (kvHead * m_sinks + n) * width, weights[n], width, out);
}

} // namespace octavo::cpu
