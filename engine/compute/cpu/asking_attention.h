// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "compute/cpu/host_attention.h"
#include "compute/cpu/int8_asking.h"
#include "compute/cpu/key_value_store.h"
#include "compute/cpu/thread_pool.h"

namespace octavo::cpu {

// Exact attention of a few tokens to everything cached, in one pass with an online softmax (arXiv 2307.08691). Queries are turned once per distance
// in rows, the cached keys are used as they stand. Only where a hop record is wanted the last token's weights are kept.
// Sums over keys are cut into parts whose borders do not depend on the number of threads: the same answer on any machine.
class CpuAskingAttention final : public AskingAttention, public HostAttention {
public:
    CpuAskingAttention(ThreadPool& pool, Precision precision, const AttentionShape& shape, std::uint32_t layers, const AskingGeometry& geometry,
                       const Rotary& rotary, std::vector<const KvCache*> readings, KvCache& own);

    void begin(std::span<const CachedRun> runs, std::span<const AskedToken> tokens, std::uint64_t firstOwn,
               const AttentionRecordRequest* record) override;
    void attend(std::uint32_t layer, const float* q, const float* k, const float* v, float* out, std::stop_token stop) override;
    AttentionRecord takeRecord() override;

private:
    struct Placed {
        CachedRun run;
        std::uint64_t token;   // of its first token, counted over all runs
        std::size_t column;    // in the rows of weights: runs are padded to whole vectors
        std::size_t row;       // index into m_rows
    };
    // Where keys stand: a row, and how far off their place in it they are turned.
    struct PlacedRow {
        std::uint64_t row;
        std::int64_t turned;
        bool operator==(const PlacedRow&) const = default;
    };
    // A stretch of a row of weights that belongs to one span.
    struct SpanPiece {
        std::size_t span;
        std::size_t column;
        std::size_t count;
        std::uint64_t token;
    };

    struct PartTask {
        std::uint32_t layer;
        std::uint32_t kvHead;
        std::size_t part;
    };
    // What the keys of one part add up to for each row, an asked token and head: Σ e^(score − maximum), and that times the values.
    struct PartSums {
        float* values;   // [row][headWidth]
        float* sums;     // [row]
        float* maxima;   // [row]
    };
    struct Joined {
        float maximum;
        float sum;
    };

    void attendPart(const PartTask& task, std::size_t begin, std::size_t end, const float* q, bool recorded, const std::optional<KvSlots>& following,
                    std::size_t worker);
    void joinParts(std::size_t begin, std::size_t end, float* out);
    void turnQueries(std::uint32_t kvHead, std::size_t row, std::size_t begin, std::size_t end, const float* q, float* queries) const;
    std::uint64_t distance(std::uint64_t tokenRow, std::uint64_t row) const;
    void cutSpans();
    void recordMean(std::uint32_t layer, const std::stop_token& stop);
    void recordHead(std::uint32_t layer, std::uint32_t head);
    const KvPage& page(const CachedRun& run) const;
    KvSlots keysOf(std::size_t run, std::uint32_t layer, std::uint32_t kvHead) const;
    KvSlots valuesOf(std::size_t run, std::uint32_t layer, std::uint32_t kvHead) const;
    float* weightRow(std::size_t head) { return m_weights.data() + head * m_columns; }
    float& runMaximum(std::size_t head, std::size_t run) { return m_runMaxima[head * m_runs.size() + run]; }
    PartSums partSums(std::uint32_t kvHead, std::size_t part)
    {
        const std::size_t width = m_shape.headWidth;
        float* values = m_partial.data() + (kvHead * (m_parts.size() - 1) + part) * m_rowsPerHead * (width + 2);
        return {values, values + m_rowsPerHead * width, values + m_rowsPerHead * (width + 1)};
    }

    ThreadPool& m_pool;
    bool m_int8;                         // keys and values in q8_0 are multiplied as whole numbers
    AttentionShape m_shape;
    std::uint32_t m_layers;
    AskingGeometry m_geometry;
    const Rotary& m_rotary;
    std::vector<const KvCache*> m_readings;
    KvCache& m_own;

    std::vector<Placed> m_runs;
    std::vector<std::size_t> m_parts;    // runs [m_parts[n], m_parts[n + 1]) are summed together
    std::vector<AskedToken> m_tokens;
    std::vector<float> m_factors;        // per asked token: what its scores are multiplied by
    std::uint64_t m_firstOwn = 0;
    std::uint64_t m_cached = 0;
    const AttentionRecordRequest* m_request = nullptr;
    std::vector<SpanPiece> m_pieces;
    std::vector<TokenBlock> m_blocks;
    std::vector<PlacedRow> m_rows;       // the rows that the runs stand in
    Turns m_columnTurns;                 // per asked token: its place in its row
    Turns m_distanceTurns;               // [asked token][row]: position of the token as seen from the row's begin
    std::size_t m_columns = 0;           // of a row of weights
    std::size_t m_rowsPerHead = 0;       // asked tokens at a time · group
    std::vector<float> m_partial;        // [kvHead][part], see partSums()
    std::vector<Joined> m_joined;        // [head], of the last token
    std::vector<float> m_weights;        // [head][column], of the last token: e^(score − maximum up to this run)
    std::vector<float> m_runMaxima;      // [head][run]
    std::vector<float> m_mean;           // [cached token], summed over the chosen heads
    AttentionRecord m_record;            // its mean is filled last
    std::vector<std::vector<float>> m_scratch; // per worker
    std::vector<Int8Queries> m_wholeQueries;   // per worker
};

} // namespace octavo::cpu
