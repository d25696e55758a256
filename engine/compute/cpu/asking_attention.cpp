// SPDX-License-Identifier: Apache-2.0
#include "compute/cpu/asking_attention.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace octavo::cpu {

namespace {
constexpr std::size_t kQueries = 8;      // asked tokens that go through the keys together
constexpr std::size_t kPartTokens = 2048;
constexpr float kMasked = -1e30f;
} // namespace

CpuAskingAttention::CpuAskingAttention(ThreadPool& pool, Precision precision, const AttentionShape& shape, std::uint32_t layers, const AskingGeometry& geometry,
                                       const Rotary& rotary, std::vector<const KvCache*> readings, KvCache& own)
    : m_pool(pool), m_int8(precision == Precision::Int8 && hasInt8Asking(shape.headWidth)), m_shape(shape), m_layers(layers), m_geometry(geometry),
      m_rotary(rotary), m_readings(std::move(readings)), m_own(own), m_scratch(pool.threads()), m_wholeQueries(pool.threads())
{
    for (const KvCache* reading : m_readings)
        reading->bringHome();
    m_own.bringHome();
}

const KvPage& CpuAskingAttention::page(const CachedRun& run) const
{
    return run.cache < m_readings.size() ? m_readings[run.cache]->page(run.page) : m_own.page(run.page);
}

KvSlots CpuAskingAttention::keysOf(std::size_t run, std::uint32_t layer, std::uint32_t kvHead) const
{
    return page(m_runs[run].run).keys(layer, kvHead, m_runs[run].run.slot);
}

KvSlots CpuAskingAttention::valuesOf(std::size_t run, std::uint32_t layer, std::uint32_t kvHead) const
{
    return page(m_runs[run].run).values(layer, kvHead, m_runs[run].run.slot);
}

// Positions from the begin of `row` to the begin of an asked token's own row. Near by (own row and the row before) distances are true;
// beyond, a whole row counts rowStep positions c: distance(t, u) = i − j + c·(I − J) + (row − c), which joins the true ones
// without a jump. A row ahead of the token holds only keys that it does not see.
std::uint64_t CpuAskingAttention::distance(std::uint64_t tokenRow, std::uint64_t row) const
{
    const std::uint64_t back = tokenRow > row ? tokenRow - row : 0;
    return back <= 1 ? back * m_geometry.row : back * m_geometry.rowStep + m_geometry.row - m_geometry.rowStep;
}

void CpuAskingAttention::begin(std::span<const CachedRun> runs, std::span<const AskedToken> tokens, std::uint64_t firstOwn,
                               const AttentionRecordRequest* record)
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
        if (m_rows.empty() || m_rows.back() != PlacedRow{run.row, run.turned})
            m_rows.push_back({run.row, run.turned});
        m_runs.push_back({run, m_cached, m_columns, m_rows.size() - 1});
        m_columns += roundUp(run.count);
        m_cached += run.count;
        inPart += run.count;
    }
    m_parts.push_back(m_runs.size());
    m_tokens.assign(tokens.begin(), tokens.end());
    m_firstOwn = firstOwn;
    m_blocks = blocksOf(firstOwn, tokens.size());
    m_columnTurns.clear(m_rotary);
    m_distanceTurns.clear(m_rotary);
    m_factors.clear();
    for (const AskedToken& token : tokens) {
        const double sharpen = std::log(static_cast<double>(token.visible)) / std::log(static_cast<double>(m_geometry.context));
        m_factors.push_back(static_cast<float>(std::max(1.0, sharpen)) * m_shape.scale());
        m_columnTurns.add(m_rotary, static_cast<double>(token.column));
        for (const PlacedRow& placed : m_rows)
            m_distanceTurns.add(m_rotary, static_cast<double>(token.column + distance(token.row, placed.row)) + static_cast<double>(placed.turned));
    }
    m_rowsPerHead = std::min(kQueries, tokens.size()) * m_shape.group();
    m_partial.resize(m_shape.kvHeads * (m_parts.size() - 1) * m_rowsPerHead * (m_shape.headWidth + 2));
    m_joined.resize(m_shape.heads);
    m_request = record;
    m_pieces.clear();
    if (!m_request)
        return;
    m_mean.assign(m_cached, 0.0f);
    m_weights.resize(m_shape.heads * m_columns);
    m_runMaxima.resize(m_shape.heads * m_runs.size());
    m_record = {};
    if (m_request->perHead) {
        cutSpans();
        const std::size_t heads = static_cast<std::size_t>(m_layers) * m_shape.heads;
        m_record.spans.assign(heads * m_request->spans.size(), 0.0f);
        m_record.top.assign(heads * m_request->topTokens, {});
    }
}

void CpuAskingAttention::cutSpans()
{
    std::size_t span = 0;
    for (const Placed& placed : m_runs) {
        const std::uint64_t end = placed.token + placed.run.count;
        for (std::uint64_t token = placed.token; token < end && span < m_request->spans.size();) {
            const TokenSpan& wanted = m_request->spans[span].tokens;
            const std::uint64_t from = std::max(token, wanted.begin), to = std::min(end, wanted.end);
            if (from < to)
                m_pieces.push_back({span, placed.column + (from - placed.token), to - from, from});
            token = std::max(token, to);
            if (wanted.end <= end)
                ++span; // it ends here; else it goes on in the next run
            else
                break;
        }
    }
}

void CpuAskingAttention::attend(std::uint32_t layer, const float* q, const float* k, const float* v, float* out, std::stop_token stop)
{
    const std::size_t width = m_shape.headWidth;
    const std::uint32_t kvHeads = m_shape.kvHeads;
    m_pool.forEach(m_blocks.size() * kvHeads, stop, [&](std::size_t task, std::size_t worker) {
        const TokenBlock block = m_blocks[task / kvHeads];
        m_scratch[worker].resize(std::max(m_scratch[worker].size(), width * (roundUp(block.end - block.begin) + 1)));
        storeKeysValues(m_own, m_shape, layer, task % kvHeads, m_firstOwn, block.begin, block.end, k, v, m_columnTurns, m_scratch[worker].data());
    });

    const std::size_t parts = m_parts.size() - 1;
    for (std::size_t begin = 0; begin < m_tokens.size() && !stop.stop_requested(); begin += kQueries) {
        const std::size_t end = std::min(m_tokens.size(), begin + kQueries);
        const bool recorded = m_request && end == m_tokens.size();
        const std::size_t tasks = parts * kvHeads;
        m_pool.forEach(tasks, stop, [&](std::size_t task, std::size_t worker) {
            const std::size_t following = task + m_pool.threads(); // most likely this worker's next
            attendPart({layer, static_cast<std::uint32_t>(task % kvHeads), task / kvHeads}, begin, end, q, recorded,
                       following < tasks ? std::optional(keysOf(m_parts[following / kvHeads], layer, following % kvHeads)) : std::nullopt, worker);
        });
        if (stop.stop_requested())
            return;
        joinParts(begin, end, out);
        if (recorded) {
            recordMean(layer, stop);
            if (m_request->perHead)
                m_pool.forEach(m_shape.heads, stop, [&](std::size_t head, std::size_t) { recordHead(layer, static_cast<std::uint32_t>(head)); });
        }
    }
}

// Asked tokens [begin, end) and the keys of one part: a run of at most a page at a time, whose scores never leave L1. What is read next is fetched
// meanwhile: the values while keys are scored, the next run's keys while values are summed.
void CpuAskingAttention::attendPart(const PartTask& task, std::size_t begin, std::size_t end, const float* q, bool recorded,
                                    const std::optional<KvSlots>& following, std::size_t worker)
{
    const std::size_t width = m_shape.headWidth;
    const std::size_t group = m_shape.group();
    const std::size_t rows = (end - begin) * group;
    std::vector<float>& scratch = m_scratch[worker];
    Int8Queries& whole = m_wholeQueries[worker];
    const std::size_t most = m_rowsPerHead;
    scratch.resize(std::max(scratch.size(), most * (width + kPageTokens + 1) + std::max(most, kInt8WeightRows) * kPageTokens));
    float* queries = scratch.data();
    float* scores = queries + most * width;
    float* rescale = scores + most * kPageTokens;
    float* unpacked = rescale + most;
    if (m_int8)
        whole.resize(most, width);
    PartSums part = partSums(task.kvHead, task.part);
    std::fill_n(part.values, rows * width, 0.0f);
    std::fill_n(part.sums, rows, 0.0f);
    std::fill_n(part.maxima, rows, -std::numeric_limits<float>::infinity());
    std::size_t turnedTo = m_rows.size();
    for (std::size_t n = m_parts[task.part]; n < m_parts[task.part + 1]; ++n) {
        const Placed& placed = m_runs[n];
        const CachedRun& run = placed.run;
        if (placed.row != turnedTo) {
            turnQueries(task.kvHead, placed.row, begin, end, q, queries);
            if (m_int8)
                splitQueries(queries, rows, width, whole);
            turnedTo = placed.row;
        }
        const std::size_t padded = roundUp(run.count);
        const KvSlots keys = keysOf(n, task.layer, task.kvHead);
        const KvSlots values = valuesOf(n, task.layer, task.kvHead);
        if (m_int8 && keys.type == KvType::Q8_0)
            scoreKeys(whole, rows, keys, values.type == KvType::Q8_0 ? &values : nullptr, scores, kPageTokens, padded, width);
        else
            multiplyKeys(queries, width, keys, scores, kPageTokens, rows, padded, width);
        for (std::size_t row = 0; row < rows; ++row) {
            const std::uint64_t before = m_tokens[begin + row / group].before;
            const std::size_t seen = run.hidden || before <= placed.token ? 0 : std::min<std::uint64_t>(run.count, before - placed.token);
            std::fill_n(scores + row * kPageTokens + seen, padded - seen, kMasked);
        }
        onlineSoftmax(scores, kPageTokens, rows, padded, part.maxima, part.sums, rescale);
        for (std::size_t row = 0; row < rows; ++row)
            if (rescale[row] != 1.0f)
                scale(part.values + row * width, rescale[row], width);
        const auto next = n + 1 < m_parts[task.part + 1] ? std::optional(keysOf(n + 1, task.layer, task.kvHead)) : following;
        if (m_int8 && values.type == KvType::Q8_0)
            addWeighted(scores, kPageTokens, rows, values, next && next->type == KvType::Q8_0 ? &*next : nullptr, run.count, part.values, width, width,
                        true, reinterpret_cast<std::byte*>(unpacked));
        else
            multiplyValues(scores, kPageTokens, values, part.values, width, rows, width, run.count, true, unpacked);
        if (recorded)
            for (std::size_t g = 0; g < group; ++g) {
                const std::size_t row = rows - group + g;
                std::copy_n(scores + row * kPageTokens, padded, weightRow(task.kvHead * group + g) + placed.column);
                runMaximum(task.kvHead * group + g, n) = part.maxima[row];
            }
    }
}

// out = the parts' weighted values together, as one softmax.
void CpuAskingAttention::joinParts(std::size_t begin, std::size_t end, float* out)
{
    const std::size_t width = m_shape.headWidth;
    const std::size_t group = m_shape.group();
    const std::size_t parts = m_parts.size() - 1;
    for (std::uint32_t kvHead = 0; kvHead < m_shape.kvHeads; ++kvHead)
        for (std::size_t row = 0; row < (end - begin) * group; ++row) {
            const std::uint32_t head = static_cast<std::uint32_t>(kvHead * group + row % group);
            float maximum = -std::numeric_limits<float>::infinity();
            for (std::size_t part = 0; part < parts; ++part)
                maximum = std::max(maximum, partSums(kvHead, part).maxima[row]);
            float total = 0;
            for (std::size_t part = 0; part < parts; ++part) {
                const PartSums sums = partSums(kvHead, part);
                total += sums.sums[row] * std::exp(sums.maxima[row] - maximum);
            }
            float* result = out + ((begin + row / group) * m_shape.heads + head) * width;
            std::fill_n(result, width, 0.0f);
            for (std::size_t part = 0; part < parts; ++part) {
                const PartSums sums = partSums(kvHead, part);
                addScaled(sums.values + row * width, std::exp(sums.maxima[row] - maximum) / total, width, result);
            }
            m_joined[head] = {maximum, total}; // at last the last token's
        }
}

void CpuAskingAttention::recordMean(std::uint32_t layer, const std::stop_token& stop)
{
    m_pool.forEach(m_parts.size() - 1, stop, [&](std::size_t part, std::size_t) {
        for (std::size_t n = m_parts[part]; n < m_parts[part + 1]; ++n)
            for (std::uint32_t head = 0; head < m_shape.heads; ++head) {
                const std::size_t count = m_runs[n].run.count;
                float* weights = weightRow(head) + m_runs[n].column;
                const float factor = std::exp(runMaximum(head, n) - m_joined[head].maximum) / m_joined[head].sum;
                if (m_request->mean.contains(layer, head))
                    addScaled(weights, factor, count, m_mean.data() + m_runs[n].token);
                if (m_request->perHead)
                    scale(weights, factor, count);
            }
    });
}

// After recordMean(), which leaves the weights of every head summing to 1.
void CpuAskingAttention::recordHead(std::uint32_t layer, std::uint32_t head)
{
    constexpr std::size_t kLookedAtOnce = 64;
    const std::size_t index = static_cast<std::size_t>(layer) * m_shape.heads + head;
    const float* row = weightRow(head);
    float* spans = m_record.spans.data() + index * m_request->spans.size();
    for (const SpanPiece& piece : m_pieces)
        spans[piece.span] += sum(row + piece.column, piece.count);

    // A heap whose front is the lightest of the heaviest; most stretches have nothing heavier and are passed over after one look.
    const auto top = std::span(m_record.top).subspan(index * m_request->topTokens, m_request->topTokens);
    const auto heavier = [](const TokenAttention& a, const TokenAttention& b) { return a.weight != b.weight ? a.weight > b.weight : a.token < b.token; };
    if (top.empty())
        return;
    for (const SpanPiece& piece : m_pieces)
        for (std::size_t begin = 0; m_request->spans[piece.span].mayBeTop && begin < piece.count; begin += kLookedAtOnce) {
            const std::size_t end = std::min(piece.count, begin + kLookedAtOnce);
            if (maximum(row + piece.column + begin, end - begin) <= top.front().weight)
                continue;
            for (std::size_t n = begin; n < end; ++n)
                if (row[piece.column + n] > top.front().weight) {
                    std::pop_heap(top.begin(), top.end(), heavier);
                    top.back() = {piece.token + n, row[piece.column + n]};
                    std::push_heap(top.begin(), top.end(), heavier);
                }
        }
    std::sort_heap(top.begin(), top.end(), heavier);
}

void CpuAskingAttention::turnQueries(std::uint32_t kvHead, std::size_t row, std::size_t begin, std::size_t end, const float* q,
                                     float* queries) const
{
    const std::size_t width = m_shape.headWidth;
    const std::size_t group = m_shape.group();
    for (std::size_t n = begin; n < end; ++n) {
        const std::size_t turn = n * m_rows.size() + row;
        for (std::size_t g = 0; g < group; ++g, queries += width) {
            rotate(q + (n * m_shape.heads + kvHead * group + g) * width, m_distanceTurns.cosines(turn), m_distanceTurns.sines(turn), width / 2,
                   queries);
            scale(queries, m_factors[n], width);
        }
    }
}

AttentionRecord CpuAskingAttention::takeRecord()
{
    std::size_t chosen = 0;
    for (std::uint32_t layer = 0; layer < m_layers; ++layer)
        for (std::uint32_t head = 0; head < m_shape.heads; ++head)
            chosen += m_request->mean.contains(layer, head);
    m_record.mean.resize(m_mean.size());
    std::transform(m_mean.begin(), m_mean.end(), m_record.mean.begin(), [&](float sum) { return sum / static_cast<float>(chosen); });
    return std::move(m_record);
}

} // namespace octavo::cpu
