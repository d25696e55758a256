// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>

#include "compute/cpu/host_attention.h"
#include "compute/cpu/int16_kernels.h"
#include "compute/cpu/key_value_store.h"
#include "compute/cpu/thread_pool.h"
#include "memory/hop_values.h"

namespace octavo::cpu {

// ReadingPlan's attention over chunks of up to kChunkTokens new tokens. Per layer, in order: store keys and values; each coarse hop
// (tokens of a block side by side in the lanes, every key of a fibre turned as it is loaded, so that no second copy of the keys is
// kept); unpack the finest hop's window into tiles that all query tiles share; the finest hop as small matrix products with an online softmax.
// Keys are cached by rows of `row` tokens, whatever the finest hop's reach is.
class CpuReadingAttention final : public HostReadingAttention {
public:
    CpuReadingAttention(ThreadPool& pool, Precision precision, const AttentionShape& shape, const ReadingPlan& plan, std::uint64_t row,
                        std::uint64_t rowStep, const Rotary& rotary, KvCache& cache, HostHopValues& hopValues);

    std::uint64_t pairsScored() const override { return m_pairsScored; }
    void begin(std::uint64_t first, std::uint32_t count) override;
    void attend(std::uint32_t layer, const float* q, const float* k, const float* v, float* out, std::stop_token stop) override;
    void addPathShares(std::uint32_t layer, const HeadChoice& heads, std::uint64_t token, const float* queries, PathShares& shares) override;

private:
    struct KeyRun {              // keys of one tile that stand in one row
        std::uint64_t token;
        std::size_t column;      // in the tile
        std::size_t count;
        std::size_t turn;        // index into m_rowTurns
    };

    void coarseHop(std::uint32_t hop, std::uint32_t layer, const float* q, const std::stop_token& stop);
    // Softmax weights of one coarse hop for `columns` neighbouring tokens of one block of 64 and page, from `token` on: [group][keys][64], in scratch.
    // q is the first token's, turns its place in its row.
    const float* coarseWeights(std::uint32_t hop, std::uint32_t layer, std::uint32_t kvHead, std::uint64_t token, std::size_t columns, const float* q,
                               const Turns& turns, std::size_t turn, std::vector<float>& scratch) const;
    void coarseBlock(std::uint32_t hop, std::uint32_t layer, std::uint32_t kvHead, TokenBlock block, const float* q, std::vector<float>& scratch);
    void unpackWindow(std::uint32_t layer, const std::stop_token& stop);
    void unpackSinks(std::uint32_t layer);
    void finestTile(std::uint32_t head, std::size_t begin, std::size_t end, const float* q, float* out,
                    std::vector<float>& scratch);
    void startWithSinks(std::uint32_t kvHead, std::uint64_t token, const float* q, float& maximum, float& sum, float* out, float* weights) const;
    void tracePaths(std::uint32_t layer, std::uint32_t head, std::uint64_t token, const float* queries, const Turns& turns, PathShares& shares,
                    std::vector<float>& scratch) const;
    void traceFinest(std::uint32_t head, std::uint64_t token, const float* query, PathShares& shares) const;
    KvSlots keysOf(std::uint64_t token, std::uint32_t layer, std::uint32_t kvHead) const;
    KvSlots valuesOf(std::uint64_t token, std::uint32_t layer, std::uint32_t kvHead) const;

    std::size_t hopKeys(std::uint32_t hop, std::uint64_t token) const; // keys that hop `hop` of this token attends to
    float* keyTile(std::uint32_t kvHead, std::size_t tile) { return m_keys.data() + (kvHead * m_tiles + tile) * m_tileSize; }
    const float* keyTile(std::uint32_t kvHead, std::size_t tile) const { return m_keys.data() + (kvHead * m_tiles + tile) * m_tileSize; }
    float* valueTile(std::uint32_t valueHead, std::size_t tile) { return m_values.data() + (valueHead * m_tiles + tile) * m_tileSize; }

    ThreadPool& m_pool;
    bool m_int16;                // the finest hop multiplies whole numbers
    AttentionShape m_shape;
    ReadingPlan m_plan;
    std::uint64_t m_row;
    std::uint64_t m_rowStep;
    const Rotary& m_rotary;
    KvCache& m_cache;
    HostHopValues& m_hopValues;
    float m_scale;               // AttentionShape::scale()
    bool m_folded;               // N > 1: values of the finest hop come from hopValues and belong to query heads
    std::uint64_t m_reach;       // tokens that the finest hop sees, the token itself among them; 0: all

    std::atomic<std::uint64_t> m_pairsScored{0};
    std::uint64_t m_first = 0;   // of the chunk
    std::uint32_t m_count = 0;
    std::vector<TokenBlock> m_blocks;
    std::uint64_t m_windowFirst = 0; // first token of tile 0, a multiple of 64
    std::size_t m_tiles = 0;
    std::size_t m_tileSize;      // headWidth · 64
    std::vector<std::vector<KeyRun>> m_tileRuns;
    Turns m_columnTurns;         // per chunk token: its place in its row
    Turns m_nearTurns;           // per chunk token: its distance to the begin of the first row that counts
    Turns m_rowTurns;            // per row from that one on: rows passed since · row
    Turns m_sinkTurn;            // one entry: the finest hop's reach back
    std::size_t m_sinks = 0;     // first tokens that the chunk's last one sees although it no longer reaches them
    std::vector<Turns> m_fibreTurns; // per coarse hop, per a: minus the distance of a steps

    std::vector<float> m_keys;   // [kvHead][tile][headWidth][64]
    std::vector<float> m_values; // [kvHead or head][tile][64][headWidth]; empty where they are whole numbers
    std::vector<std::int16_t> m_wholeKeys;   // [kvHead][tile][headWidth / 2][64][2]
    std::vector<float> m_keyScales;          // [kvHead][tile][64]
    std::vector<std::int16_t> m_wholeValues; // [kvHead or head][tile][32][headWidth][2]
    std::vector<float> m_valueScales;        // [kvHead or head][tile][64]
    std::vector<float> m_sinkKeys;   // [kvHead][headWidth][sinks rounded up], as seen from the finest hop's reach away
    std::vector<float> m_sinkValues; // [kvHead][sinks][headWidth]
    std::vector<std::vector<float>> m_scratch; // per worker
};

} // namespace octavo::cpu
