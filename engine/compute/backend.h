// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "model/gguf.h"
#include "octavo/engine/engine.h"
#include "octavo/engine/hop_record.h"
#include "octavo/engine/plan.h"
#include "octavo/engine/tokenizer.h"

namespace octavo {

class HopValues;
class KvCache;
class Rotary;

// A matrix as it stands in the file: `rows` outputs of `columns` inputs, blocks of `type` along the columns.
struct Weight {
    GgmlType type = GgmlType::F32;
    std::uint64_t rows = 0;
    std::uint64_t columns = 0;
    const std::byte* data = nullptr;
    std::uint64_t rowBytes = 0;
};

// y [count][weight.rows] (+)= x [count][weight.columns] · weightᵀ. Several products of one x are given together.
struct LinearProduct {
    const Weight* weight = nullptr;
    float* y = nullptr;
    bool accumulate = false;
};

// In what order a product sums. Decoding takes the fastest way; reading takes one that gives a row the same bits whatever rows stand beside it,
// so that a text read in other pieces is the same reading.
enum class RowOrder { Fastest, SameForAnyCount };

// Head counts and width of a model's attention, and what the model adds to the formulas of ReadingPlan and Asking.
struct AttentionShape {
    std::uint32_t heads = 0;        // H
    std::uint32_t kvHeads = 0;      // G
    std::uint32_t headWidth = 0;    // D, even, a multiple of 16
    float scoreFactor = 1;          // multiplies q·k/√D (RopeSettings::scoreFactor)
    std::span<const float> gates{}; // [layer][head], instead of the plan's gate; empty: none. The model's, which outlives attention

    std::uint32_t group() const { return heads / kvHeads; }
    float scale() const { return scoreFactor / std::sqrt(static_cast<float>(headWidth)); } // score = scale()·q·k
    float gate(const ReadingPlan& plan, std::uint32_t layer, std::uint32_t head) const
    {
        return gates.empty() ? plan.gate : gates[static_cast<std::size_t>(layer) * heads + head];
    }
};

// What heads need between their projection and attention, in this order; see Backend::arrangeHeads.
struct HeadArrangement {
    const float* norm = nullptr;   // [headWidth], RMS norm over each head; null: none
    float normEpsilon = 0;
    bool interleave = false;       // halves (i, i + D/2) become neighbours (2i, 2i + 1)
};

// One layer's attention inside a forward pass: stores the keys and values of the tokens at hand, then attends.
// q and out [count][H·D]; k and v [count][G·D]; all before rotation.
class LayerAttention {
public:
    virtual ~LayerAttention() = default;
    virtual void attend(std::uint32_t layer, const float* q, const float* k, const float* v, float* out, std::stop_token stop) = 0;
};

// By what ways a token looked at earlier ones while it was read, added up over heads: reached[n][u] came to token u by the first n + 1 hops, the
// finest first; direct[s] to sink s and its own value.
struct PathShares {
    std::vector<std::vector<double>> reached; // [hops][token + 1]
    std::vector<double> direct;               // [sinks]
};

// Tensorized reading attention (ReadingPlan) over a chunk of new tokens.
class ReadingAttention : public LayerAttention {
public:
    // Pairs of a query and a key that were multiplied since this was made, over all layers and heads: what reading costs, counted.
    virtual std::uint64_t pairsScored() const = 0;

    // The next attend() calls, one per layer, are for tokens [first, first + count); first tokens are in the cache and in hopValues.
    virtual void begin(std::uint64_t first, std::uint32_t count) = 0;

    // Adds what the chosen heads of `layer` did for `token`, one of those that attend() has just been called for. `queries` [count][H·D],
    // before rotation, are those of the last tokens up to `token` that hops after the finest start from: a stride of the first hop, or all there are.
    virtual void addPathShares(std::uint32_t layer, const HeadChoice& heads, std::uint64_t token, const float* queries, PathShares& shares) = 0;
};

// A run of cached tokens that lie in one page and one row: token (row, column + n) stands in slot `slot` + n of the page, its key turned
// to position column + n + turned. `turned` is not 0 where a reading was made with rows of another length than those it is asked in.
struct CachedRun {
    std::uint32_t cache = 0;   // index into the caches given
    std::uint32_t page = 0;
    std::uint32_t slot = 0;
    std::uint32_t count = 0;
    std::uint64_t row = 0;     // I: counted over all readings
    std::uint64_t column = 0;  // i: place in its row
    std::int64_t turned = 0;
    bool hidden = false;       // no token sees it: its weight is 0
};

// Where a token being asked about stands.
struct AskedToken {
    std::uint64_t row = 0;
    std::uint64_t column = 0;
    std::uint64_t before = 0;  // cached tokens up to it, itself included
    std::uint64_t visible = 0; // those of them that it sees
};

// What is to be gathered of the last token's attention. Tokens are counted in the order of the runs.
struct AttentionRecordRequest {
    struct Span {
        TokenSpan tokens;
        bool mayBeTop = true;         // whether its tokens may be among the heaviest
    };
    HeadChoice mean;                  // heads of the mean
    bool perHead = false;             // whether sums per span, and the heaviest tokens, of each layer and head are wanted
    std::vector<Span> spans;          // ascending, not overlapping
    std::uint32_t topTokens = 0;      // per layer and head
};

struct AttentionRecord {
    std::vector<float> mean;          // [cached token], of the chosen heads; sums to 1
    std::vector<float> spans;         // [layer][head][span]
    std::vector<TokenAttention> top;  // [layer][head][topTokens], heaviest first
};

// Exact asking attention over caches of several readings and the conversation's own, the last of them.
class AskingAttention : public LayerAttention {
public:
    // The next attend() calls are for `tokens`, stored in the last cache from its token `firstOwn` on. `runs` name every cached token
    // that comes before them and the tokens themselves, oldest first. With `record` (which must live till the last attend()) the last token's
    // weights are gathered.
    virtual void begin(std::span<const CachedRun> runs, std::span<const AskedToken> tokens, std::uint64_t firstOwn,
                       const AttentionRecordRequest* record) = 0;

    // What was gathered since begin().
    virtual AttentionRecord takeRecord() = 0;
};

struct AskingGeometry {
    std::uint64_t row = 0;       // m, tokens
    std::uint64_t rowStep = 0;   // c, positions
    std::uint64_t context = 0;   // trained context, tokens
};

// The tensor operations that a forward pass needs, on one device. Pointers are in the device's memory.
// Threads: one run at a time. A stop makes an operation return early with its result undefined: the caller drops the chunk.
class Backend {
public:
    virtual ~Backend() = default;

    virtual std::string name() const = 0;
    virtual int threads() const = 0;       // of the host that work for it
    virtual bool supports(GgmlType type) const = 0;

    virtual void embed(const Weight& table, std::span<const TokenId> ids, float* x) = 0;
    virtual void rmsNorm(const float* x, const float* weight, std::size_t count, std::size_t width, float epsilon, float* out) = 0;
    virtual void linear(std::span<const LinearProduct> products, const float* x, std::size_t count, RowOrder order, std::stop_token stop) = 0;
    virtual void addBias(const float* bias, std::size_t count, std::size_t width, float* y) = 0; // to each row of y [count][width]
    virtual void siluMultiply(float* gate, const float* up, std::size_t size) = 0; // gate = silu(gate)·up

    // x [count][heads][headWidth] in place. Where a model pairs halves, queries and keys are interleaved here, once: a permutation
    // common to both does not change their products, and everything behind sees neighbouring pairs only.
    virtual void arrangeHeads(float* x, std::size_t count, std::size_t heads, std::size_t headWidth, const HeadArrangement& how) = 0;

    virtual std::unique_ptr<ReadingAttention> readingAttention(const AttentionShape& shape, const ReadingPlan& plan, std::uint64_t row,
                                                               std::uint64_t rowStep, const Rotary& rotary, KvCache& cache,
                                                               HopValues& hopValues) = 0;
    virtual std::unique_ptr<AskingAttention> askingAttention(const AttentionShape& shape, std::uint32_t layers, const AskingGeometry& geometry,
                                                             const Rotary& rotary, std::vector<const KvCache*> readings, KvCache& own) = 0;
};

std::unique_ptr<Backend> makeCpuBackend(int threads, Precision precision = Precision::Float32);

} // namespace octavo
