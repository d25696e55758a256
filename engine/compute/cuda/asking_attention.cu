// SPDX-License-Identifier: Apache-2.0
#include "compute/cuda/asking_attention.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace octavo::cuda {

namespace {

constexpr unsigned kBlocksPerMultiprocessor = 2; // of askedPart, by its registers
constexpr std::uint64_t kRoom = 1024;
constexpr unsigned kRecordRuns = 64;             // addRecord has as many blocks as runs, rounded up to a multiple of this

std::uint16_t formatIndex(const KvFormat& format)
{
    return static_cast<std::uint16_t>((format.keys == KvType::Q8_0 ? 1 : 0) + (format.values == KvType::Q8_0 ? 2 : 0));
}

} // namespace

CudaAskingAttention::CudaAskingAttention(Device& device, const AttentionShape& shape, std::uint32_t layers, const AskingGeometry& geometry,
                                         const Rotary& rotary, std::vector<const KvCache*> readings, KvCache& own)
    : m_device(device), m_shape(shape), m_layers(layers), m_geometry(geometry), m_readings(std::move(readings)), m_own(own),
      m_ownPages(device, own.config(), own.format()), m_columnTurns(device, rotary.frequencies()), m_distanceTurns(device, rotary.frequencies()),
      m_counts(device), m_runsOnDevice(device), m_rows(device), m_firstOnDevice(device), m_queries(device), m_partial(device),
      m_joined(device, shape.heads), m_weights(device), m_maxima(device), m_chosen(device), m_mean(device)
{
    for (int format = 0; format < kKvFormats; ++format)
        m_layouts.emplace_back(own.config(), KvFormat{format % 2 ? KvType::Q8_0 : KvType::F16, format / 2 ? KvType::Q8_0 : KvType::F16});
}

// As CpuAskingAttention::distance.
std::uint64_t CudaAskingAttention::distance(std::uint64_t tokenRow, std::uint64_t row) const
{
    const std::uint64_t back = tokenRow > row ? tokenRow - row : 0;
    return back <= 1 ? back * m_geometry.row : back * m_geometry.rowStep + m_geometry.row - m_geometry.rowStep;
}

void CudaAskingAttention::begin(std::span<const CachedRun> runs, std::span<const AskedToken> tokens, std::uint64_t firstOwn,
                                const AttentionRecordRequest* record)
{
    m_ownPages.prepare(m_own, firstOwn, firstOwn + tokens.size());
    m_runs.clear();
    m_cached = m_tiles = 0;
    m_tokens = static_cast<std::uint32_t>(tokens.size());
    std::vector<std::pair<std::uint64_t, std::int64_t>> turns; // row, and how far off their place keys are turned
    for (const CachedRun& run : runs) {
        const KvCache& cache = run.cache < m_readings.size() ? *m_readings[run.cache] : m_own;
        if (turns.empty() || turns.back() != std::pair(run.row, run.turned))
            turns.emplace_back(run.row, run.turned);
        const std::uint16_t format = formatIndex(cache.format());
        m_runs.push_back({onDevice(m_device, layoutOf(format), cache.page(run.page)).data(), m_cached, static_cast<std::uint32_t>(m_tiles), run.slot,
                          run.count, static_cast<std::uint32_t>(turns.size() - 1), format, run.hidden});
        m_cached += run.count;
        m_tiles += (run.count + 15) / 16;
    }
    std::vector<AskedRow> rows;
    std::vector<double> columns, distances;
    for (const AskedToken& token : tokens) {
        const double sharpen = std::log(static_cast<double>(token.visible)) / std::log(static_cast<double>(m_geometry.context));
        rows.push_back({token.before, static_cast<float>(std::max(1.0, sharpen)) * m_shape.scale() * kLog2e});
        columns.push_back(static_cast<double>(token.column));
        for (const auto& [row, turned] : turns)
            distances.push_back(static_cast<double>(token.column + distance(token.row, row)) + static_cast<double>(turned));
    }
    const AskedCounts counts{static_cast<std::uint32_t>(m_runs.size()), static_cast<std::uint32_t>(m_tiles), static_cast<std::uint32_t>(turns.size()), m_tokens};
    m_firstOwn = firstOwn;
    m_counts.fill({&counts, 1});
    m_runsOnDevice.fill(m_runs);
    m_rows.fill(rows);
    m_firstOnDevice.fill({&m_firstOwn, 1});
    m_columnTurns.fill(columns);
    m_distanceTurns.fill(distances);

    const unsigned tiles = (m_tokens * m_shape.group() + 15) / 16;
    const unsigned blocks = kBlocksPerMultiprocessor * static_cast<unsigned>(m_device.multiprocessors());
    m_parts = std::max(1u, (blocks + m_shape.kvHeads * tiles - 1) / (m_shape.kvHeads * tiles));
    m_queries.reserve(static_cast<std::size_t>(m_tokens) * m_shape.heads * m_shape.headWidth);
    m_partial.reserve(static_cast<std::size_t>(m_parts) * m_shape.heads * m_tokens * (m_shape.headWidth + 2));

    m_request = record;
    if (!record)
        return;
    m_record = {};
    m_weightsHead = (m_cached + kRoom - 1) / kRoom * kRoom;
    m_maximaHead = (m_tiles + kRoom - 1) / kRoom * kRoom;
    m_weights.reserve(m_shape.heads * m_weightsHead);
    m_maxima.reserve(m_shape.heads * m_maximaHead);
    m_mean.reserveRoomy(m_cached);
    m_device.zero(m_mean.data(), m_cached * sizeof(float));
    std::vector<std::uint8_t> chosen;
    for (std::uint32_t layer = 0; layer < m_layers; ++layer)
        for (std::uint32_t head = 0; head < m_shape.heads; ++head)
            chosen.push_back(record->mean.contains(layer, head));
    m_chosen.fill(chosen);
    if (record->perHead) {
        const std::size_t heads = static_cast<std::size_t>(m_layers) * m_shape.heads;
        m_record.spans.assign(heads * record->spans.size(), 0.0f);
        m_record.top.assign(heads * record->topTokens, {});
    }
}

void CudaAskingAttention::attend(std::uint32_t layer, const ProjectedHeads& heads, __half* out)
{
    const std::uint32_t width = m_shape.headWidth, rowLength = (m_shape.heads + 2 * m_shape.kvHeads) * width;
    launchPlaceKeysValues(m_device, {heads.data, rowLength, m_shape.heads * width, heads.keys, heads.valueBias, m_columnTurns.data(), nullptr, m_ownPages.keys(layer),
                                     m_ownPages.values(layer), {}, {}, {}, m_firstOnDevice.data(), m_tokens, m_shape.kvHeads, width});
    launchPlaceQueries(m_device, {heads.data, rowLength, heads.queries, nullptr, m_queries.data(), m_tokens, m_shape.heads, width});

    AskedAttention p;
    p.counts = m_counts.data();
    p.runs = m_runsOnDevice.data();
    p.rows = m_rows.data();
    p.turns = m_distanceTurns.data();
    p.q = m_queries.data();
    for (int format = 0; format < kKvFormats; ++format) {
        p.keys[format] = m_layouts[format].keys(layer);
        p.values[format] = m_layouts[format].values(layer);
    }
    p.partial = m_partial.data();
    p.tokens = m_tokens;
    p.heads = m_shape.heads;
    p.kvHeads = m_shape.kvHeads;
    if (m_request) {
        p.weights = m_weights.data();
        p.maxima = m_maxima.data();
        p.weightsHead = m_weightsHead;
        p.maximaHead = m_maximaHead;
    }
    const dim3 grid(m_parts, m_shape.kvHeads, (m_tokens * m_shape.group() + 15) / 16);
    withHeadWidth(width, [&]<int kWidth>() { launch(m_device, askedPart<kWidth>, grid, kAskingWarps * kWarp, kAskingShared<kWidth>, p); });
    launch(m_device, joinParts, dim3(m_shape.heads, m_tokens), kJoinThreads, joinShared(m_parts),
           AskedJoin{m_counts.data(), m_partial.data(), m_parts, m_tokens, m_shape.heads, width, out, m_joined.data()});
    if (!m_request)
        return;
    launch(m_device, addRecord, dim3(recordBlocks()), kPage, 0,
           AskedRecord{m_counts.data(), m_runsOnDevice.data(), m_weights.data(), m_maxima.data(), m_weightsHead, m_maximaHead, m_joined.data(),
                       m_chosen.data() + static_cast<std::size_t>(layer) * m_shape.heads, m_shape.heads, m_mean.data()});
    if (m_request->perHead)
        recordHeads(layer);
}

unsigned CudaAskingAttention::recordBlocks() const { return (static_cast<unsigned>(m_runs.size()) + kRecordRuns - 1) / kRecordRuns * kRecordRuns; }

// All that attend() hands to kernels; what changes from token to token they read from the device.
std::uint64_t CudaAskingAttention::launchKey() const
{
    if (m_request && m_request->perHead)
        return 0;
    LaunchKey key;
    for (const void* place : {static_cast<const void*>(m_ownPages.keys(0).pages), static_cast<const void*>(m_columnTurns.data()),
                              static_cast<const void*>(m_distanceTurns.data()), static_cast<const void*>(m_counts.data()),
                              static_cast<const void*>(m_runsOnDevice.data()), static_cast<const void*>(m_rows.data()),
                              static_cast<const void*>(m_firstOnDevice.data()), static_cast<const void*>(m_queries.data()),
                              static_cast<const void*>(m_partial.data()), static_cast<const void*>(m_joined.data()), static_cast<const void*>(m_weights.data()),
                              static_cast<const void*>(m_maxima.data()), static_cast<const void*>(m_chosen.data()), static_cast<const void*>(m_mean.data())})
        key.add(place);
    key.add(m_parts).add(m_tokens).add(m_request != nullptr).add(m_weightsHead).add(m_maximaHead).add(m_request ? recordBlocks() : 0);
    return key.value();
}

// Every head by itself is asked for to look at one token closely: summed on the host, which takes milliseconds a layer.
void CudaAskingAttention::recordHeads(std::uint32_t layer)
{
    std::vector<Half> weights(m_shape.heads * m_weightsHead);
    std::vector<float> maxima(m_shape.heads * m_maximaHead);
    std::vector<JoinedHead> joined(m_shape.heads);
    m_device.download(weights.data(), m_weights.data(), weights.size() * sizeof(Half));
    m_device.download(maxima.data(), m_maxima.data(), maxima.size() * sizeof(float));
    m_device.download(joined.data(), m_joined.data(), joined.size() * sizeof(JoinedHead));
    std::vector<float> row(m_cached);
    for (std::uint32_t head = 0; head < m_shape.heads; ++head) {
        for (const AskedRun& run : m_runs)
            for (std::uint32_t n = 0; n < run.count; ++n)
                row[run.token + n] = toFloat(weights[head * m_weightsHead + run.token + n])
                                   * std::exp2(maxima[head * m_maximaHead + run.tile + n / 16] - joined[head].maximum) / joined[head].total;
        const std::size_t index = static_cast<std::size_t>(layer) * m_shape.heads + head;
        std::vector<TokenAttention> top;
        for (std::size_t n = 0; n < m_request->spans.size(); ++n) {
            const AttentionRecordRequest::Span& span = m_request->spans[n];
            for (std::uint64_t token = span.tokens.begin; token < span.tokens.end; ++token) {
                m_record.spans[index * m_request->spans.size() + n] += row[token];
                if (span.mayBeTop && row[token] > 0)
                    top.push_back({token, row[token]});
            }
        }
        const std::size_t count = std::min<std::size_t>(m_request->topTokens, top.size());
        std::partial_sort(top.begin(), top.begin() + static_cast<std::ptrdiff_t>(count), top.end(), [](const TokenAttention& a, const TokenAttention& b) {
            return a.weight != b.weight ? a.weight > b.weight : a.token < b.token;
        });
        std::copy_n(top.begin(), count, m_record.top.begin() + static_cast<std::ptrdiff_t>(index * m_request->topTokens));
    }
}

AttentionRecord CudaAskingAttention::takeRecord()
{
    std::size_t chosen = 0;
    for (std::uint32_t layer = 0; layer < m_layers; ++layer)
        for (std::uint32_t head = 0; head < m_shape.heads; ++head)
            chosen += m_request->mean.contains(layer, head);
    m_record.mean.resize(m_cached);
    m_device.download(m_record.mean.data(), m_mean.data(), m_cached * sizeof(float));
    for (float& sum : m_record.mean)
        sum /= static_cast<float>(chosen);
    return std::move(m_record);
}

} // namespace octavo::cuda
