// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <stop_token>
#include <vector>

#include "octavo/engine/model.h"
#include "octavo/engine/plan.h"

namespace octavo {

class KvCache;
class ReadingState;

struct ReadingProgress {
    std::uint64_t done = 0;     // tokens read of those given to this call
    std::uint64_t total = 0;
    double seconds = 0;         // since this call began
};
using ReadingProgressFn = std::function<void(const ReadingProgress&)>;

// How well the model foresaw a token: used by evaluation.
struct TokenScore {
    float nll = 0;              // negative log likelihood of the token, nats
    TokenId best = 0;           // what the model would have written instead
};

// What a model has understood of one text: the keys and values of every token read so far, and the last values of each hop.
// Reading costs Σ m_n keys per token (ReadingPlan) and can go on where it stopped.
// Threads: one at a time. Lifetime: shares ownership of its model. Memory: kvBytes(), in pages that never move, and the
// hop values (hops − 1) · layers · heads · (row + 512) · headWidth · 2 bytes.
class Reading {
public:
    // `plannedTokens` is the whole length that positions are planned for: the document, what stands around it, and room
    // for the conversation. Errors: InvalidArgument, OutOfMemory (needed and room in bytes).
    static Result<std::unique_ptr<Reading>> start(std::shared_ptr<const Model> model, ReadingPlan plan, std::uint64_t plannedTokens);
    ~Reading();

    // Reads tokens after those already read. Stopped: within milliseconds; whole chunks (512 tokens) read till then are kept
    // and tokens() says how many. Errors: Stopped, ContextFull (beyond plannedTokens), OutOfMemory, InvalidArgument (token id).
    Result<void> read(std::span<const TokenId> tokens, const ReadingProgressFn& progress, std::stop_token stop);

    // As read(), and scores each token of `tokens` from index `firstScored` (≥ 1) on by the ones before it.
    Result<std::vector<TokenScore>> readAndScore(std::span<const TokenId> tokens, std::uint64_t firstScored, std::stop_token stop);

    // Logits that follow the last token read, one per vocabulary entry. Errors: InvalidArgument if nothing was read in this process.
    Result<std::vector<float>> lastLogits() const;

    std::uint64_t tokens() const { return m_ids.size(); }
    std::span<const TokenId> ids() const { return m_ids; }
    std::uint64_t plannedTokens() const { return m_plannedTokens; }
    std::uint64_t row() const { return m_row; }
    const ReadingPlan& plan() const { return m_plan; }
    const Model& model() const { return *m_model; }
    std::shared_ptr<const Model> sharedModel() const { return m_model; }
    const KvCache& cache() const { return *m_cache; }
    std::uint64_t kvBytes() const;

    // Name of the file a reading of these tokens is kept in: a hash of model, plan, planned length and all tokens to be read.
    static std::string fileName(const Model& model, const ReadingPlan& plan, std::uint64_t plannedTokens, std::span<const TokenId> allTokens);

    // Writes everything to a new file beside `file`, checksummed page by page, then puts it in place. It is not forced to the
    // disk, which could not be stopped: after a power cut the checksums find what is missing. A reading that is to go on later needs its hop values too: `resumable`.
    // Errors: WriteFailed, Stopped.
    Result<void> save(const std::filesystem::path& file, bool resumable, std::stop_token stop) const;

    // Errors: NotFound, Unreadable, Truncated, UnsupportedVersion, StaleReading (another model or plan, or not a prefix of
    // `expected`), CorruptReading, OutOfMemory, Stopped. read() goes on from there if the file was saved resumable, or fails with InvalidArgument.
    static Result<std::unique_ptr<Reading>> load(const std::filesystem::path& file, std::shared_ptr<const Model> model, ReadingPlan plan,
                                                 std::uint64_t plannedTokens, std::span<const TokenId> expected, std::stop_token stop);

private:
    Reading(std::shared_ptr<const Model> model, ReadingPlan plan, std::uint64_t plannedTokens);
    Result<void> restore(std::FILE* in, const std::filesystem::path& file, std::span<const TokenId> expected, std::stop_token stop);
    Result<std::vector<TokenScore>> run(std::span<const TokenId> tokens, std::uint64_t firstScored, const ReadingProgressFn& progress,
                                        std::stop_token stop);

    std::shared_ptr<const Model> m_model;
    ReadingPlan m_plan;
    std::uint64_t m_plannedTokens = 0;
    std::uint64_t m_row = 0;
    std::vector<TokenId> m_ids;
    std::unique_ptr<KvCache> m_cache;
    std::unique_ptr<ReadingState> m_state;
    std::vector<float> m_lastHidden; // [hidden], after the final norm; empty if nothing was read in this process
};

} // namespace octavo
