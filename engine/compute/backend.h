// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <optional>
#include <span>
#include <stdexcept>
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
class Model;
class Rotary;
struct ModelConfig;
struct ModelWeights;

// A matrix as it stands in the file: `rows` outputs of `columns` inputs, blocks of `type` along the columns.
struct Weight {
    GgmlType type = GgmlType::F32;
    std::uint64_t rows = 0;
    std::uint64_t columns = 0;
    const std::byte* data = nullptr;
    std::uint64_t rowBytes = 0;
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

// What the layers of a forward pass look at; used by passes of the backend that made it.
class LayerAttention {
public:
    virtual ~LayerAttention() = default;
};

// Tensorized reading attention (ReadingPlan) over a chunk of new tokens.
class ReadingAttention : public LayerAttention {
public:
    // Pairs of a query and a key that were multiplied since this was made, over all layers and heads: what reading costs, counted.
    virtual std::uint64_t pairsScored() const = 0;

    // The next forward pass is for tokens [first, first + count); first tokens are in the cache and in hopValues.
    virtual void begin(std::uint64_t first, std::uint32_t count) = 0;
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
    // The next forward pass is for `tokens`, stored in the last cache from its token `firstOwn` on. `runs` name every cached token
    // that comes before them and the tokens themselves, oldest first. With `record` (which must live till the pass is done) the last token's
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

// What a pass is for. Reading sums in RowOrder::SameForAnyCount; asking in the fastest order, and with the adapters that are for asking alone.
enum class PassKind { Reading, Asking };

// A Llama's layers over a few tokens at a time. Threads: one at a time. Lifetime: the model outlives it. Memory: scratch of the widest chunk seen.
class ForwardPass {
public:
    virtual ~ForwardPass() = default;

    // Runs all layers; hidden() then has the final, normed states [ids.size()][hidden]. False if stopped: the result is undefined.
    // Errors: std::bad_alloc; the caller drops the chunk, as after a stop.
    virtual bool run(std::span<const TokenId> ids, LayerAttention& attention, std::stop_token stop) = 0;

    // [hidden], in the host's memory, till the next run().
    virtual const float* hidden(std::size_t token) = 0;

    // Logits [count][vocabulary] of hidden states [count][hidden].
    virtual std::vector<float> logits(const float* hidden, std::size_t count, std::stop_token stop) = 0;
};

// A device has not so many bytes left. What was being computed is dropped; the process lives on.
class OutOfDeviceMemory : public std::bad_alloc {
public:
    OutOfDeviceMemory(std::uint64_t neededBytes, std::uint64_t roomBytes) : needed(neededBytes), room(roomBytes) {}
    const char* what() const noexcept override { return "out of device memory"; }

    std::uint64_t needed;
    std::uint64_t room;
};

// What a driver says of a call that must not fail: the device is of no more use.
class DeviceFailure : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

// What a backend keeps of a model in its device's memory.
class HeldModel {
public:
    virtual ~HeldModel() = default;
    virtual std::uint32_t residentLayers() const = 0; // whose weights stay there; those of the others are brought in turn, for each pass
};

// All that is computed for a model, on one device. The seam lies around whole forward passes, not single operations: what a device fuses, queues ahead
// and keeps in its own memory is its own affair. Keys, values and hop values have their home in the host's memory (KvPage, HopValues).
// Threads: one run at a time.
class Backend {
public:
    virtual ~Backend() = default;

    virtual std::string name() const = 0;
    virtual int threads() const = 0;       // of the host that work for it
    virtual bool supports(GgmlType type) const = 0;
    virtual std::uint32_t chunkTokens() const = 0;          // new tokens that one forward pass of a reading takes at most; a multiple of kChunkTokens
    virtual std::uint64_t availableMemory() const = 0;      // bytes that keys and values could still have; 0 if it cannot be known

    // Brings what forward passes need of a model into the device's memory; null where they use it as it is. `residentLayers`: so many layers' weights stay
    // there; without a number as many as fit beside what reading and asking take. Errors: OutOfMemory; UnsupportedType where there are no kernels for its shape.
    virtual Result<std::shared_ptr<HeldModel>> hold(const ModelConfig& config, const ModelWeights& weights, std::optional<std::uint32_t> residentLayers) = 0;

    // Of a model that is held.
    virtual std::unique_ptr<ForwardPass> forwardPass(const Model& model, PassKind kind) = 0;
    virtual std::unique_ptr<HopValues> hopValues(const ReadingPlan& plan, const ModelConfig& config) = 0;
    // `hopValues` are of this backend.
    virtual std::unique_ptr<ReadingAttention> readingAttention(const AttentionShape& shape, const ReadingPlan& plan, std::uint64_t row,
                                                               std::uint64_t rowStep, const Rotary& rotary, KvCache& cache,
                                                               HopValues& hopValues) = 0;
    virtual std::unique_ptr<AskingAttention> askingAttention(const AttentionShape& shape, std::uint32_t layers, const AskingGeometry& geometry,
                                                             const Rotary& rotary, std::vector<const KvCache*> readings, KvCache& own) = 0;
};

} // namespace octavo
