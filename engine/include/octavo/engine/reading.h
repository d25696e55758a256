// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <vector>

#include "octavo/engine/model.h"
#include "octavo/engine/plan.h"
#include "octavo/engine/reading_hops.h"

namespace octavo {

class KvCache;
class ReadingState;
struct HopSnapshot;
struct ReadingImage;

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

// Bytes that a reading takes, known before anything is allocated.
struct ReadingCost {
    std::uint64_t kv = 0;        // keys and values: exactly what kvBytes() says once all is read
    std::uint64_t hops = 0;      // rings of hop values; 0 for full attention
    std::uint64_t snapshots = 0; // hop values kept along the way, at most a twelfth of kv
    std::uint64_t total() const { return kv + hops + snapshots; }
};

// What a model has understood of one text: the keys and values of every token read so far, and the last values of each hop.
// Reading costs Σ m_n keys per token (ReadingPlan) and can go on where it stopped, or where its hop values were kept.
// The same tokens give the same bits however they are divided into calls, whether reading was stopped or not, and with any number of threads.
// Threads: one at a time per reading; readings of one engine take turns (Engine). The progress callback may use the engine, so may ask
// this very reading for what is read so far. Lifetime: shares ownership of its model. Memory: ReadingCost, in pages that never move.
class Reading {
public:
    // `plannedTokens` is the whole length that positions are planned for: the document, what stands around it, and room
    // for the conversation. Errors: InvalidArgument, OutOfMemory (needed and room in bytes).
    static Result<std::unique_ptr<Reading>> start(std::shared_ptr<const Model> model, ReadingPlan plan, std::uint64_t plannedTokens);
    ~Reading();

    static ReadingCost cost(const ModelConfig& config, const ReadingPlan& plan, std::uint64_t tokens);

    // Reads tokens after those already read. Stopped: within milliseconds; whole chunks (512 tokens) read till then are kept
    // and tokens() says how many. Errors: Stopped, ContextFull (beyond plannedTokens), OutOfMemory, InvalidArgument (token id).
    Result<void> read(std::span<const TokenId> tokens, const ReadingProgressFn& progress, std::stop_token stop);

    // As read(), and scores each token of `tokens` from index `firstScored` (≥ 1) on by the ones before it.
    Result<std::vector<TokenScore>> readAndScore(std::span<const TokenId> tokens, std::uint64_t firstScored, std::stop_token stop);

    // Logits that follow the last token read, one per vocabulary entry. Errors: InvalidArgument if nothing was read since the reading was
    // started or forked before its end.
    Result<std::vector<float>> lastLogits() const;

    // Tokens of the longest prefix, of at most `tokens` tokens, from which reading can go on: any in full attention; else the end of what
    // was read, or the last place at which hop values were kept: every snapshotInterval() tokens (1 for full attention).
    std::uint64_t resumableAt(std::uint64_t tokens) const;
    std::uint64_t snapshotInterval() const;

    // A reading of the first resumableAt(tokens) tokens that goes on by itself: for a text whose end changed, or a branch. Shares the keys
    // and values with this one, and copies one page at most. `plannedTokens` as in start(). Errors: StaleReading (that length puts
    // tokens elsewhere: ReadingPlan::rowStep differs), OutOfMemory.
    Result<std::unique_ptr<Reading>> fork(std::uint64_t tokens, std::uint64_t plannedTokens) const;

    // Where token `token` looked while it was read, of what was read so far. Reads again up to it from the last kept hop values before its row:
    // up to snapshotInterval() + ReadingPlan::stride(0) tokens. Errors: InvalidArgument (token not read, no such layer or head), Stopped, OutOfMemory.
    Result<ReadingHops> hopsOf(std::uint64_t token, const HeadChoice& heads, std::uint32_t topPaths, std::stop_token stop) const;

    std::uint64_t tokens() const { return m_ids.size(); }
    std::span<const TokenId> ids() const { return m_ids; }
    std::uint64_t plannedTokens() const { return m_plannedTokens; }
    std::uint64_t row() const { return m_row; }
    const ReadingPlan& plan() const { return m_plan; }
    const Model& model() const { return *m_model; }
    std::shared_ptr<const Model> sharedModel() const { return m_model; }
    const KvCache& cache() const { return *m_cache; }
    std::uint64_t kvBytes() const;

    // Name of the file a reading of these tokens is kept in: a hash of model, plan, positions and all tokens to be read.
    static std::string fileName(const Model& model, const ReadingPlan& plan, std::uint64_t plannedTokens, std::span<const TokenId> allTokens);

    // From now on what is read is written to `file` while it is read, checksummed page by page; what was read before is written at once, beside the file,
    // and then put in the place of whatever was there. A process that is killed loses about `interval` of reading: how to go on is kept in `file`.resume.
    // Nothing is forced to the disk, which could not be stopped: after a power cut the checksums find what is missing. Errors: WriteFailed, InUse
    // (another Octavo keeps this reading just now: two write the same bytes, but not into one file), Stopped.
    static constexpr std::chrono::duration<double> kCheckpointInterval{1};
    Result<void> keepIn(const std::filesystem::path& file, std::stop_token stop, std::chrono::duration<double> interval = kCheckpointInterval);

    // Whether some reading, in any process, is being kept in `file`.
    static bool isBeingKept(const std::filesystem::path& file);
    // The files that a reading kept in `file` may have beside it: its checkpoint, and what was begun of both.
    static std::vector<std::filesystem::path> filesBeside(const std::filesystem::path& file);

    // Makes the file whole by itself and ends keeping. Reading itself never fails for want of a disk; that is told here, once. Errors: WriteFailed.
    // Threads: while others ask this reading, but not while it is read or forked.
    Result<void> finishKeeping();

    // Both of the above for what is read so far. Errors: WriteFailed, Stopped (nothing is left behind).
    Result<void> save(const std::filesystem::path& file, std::stop_token stop) const;

    // A reading that goes on with the rest of `expected`: from the end of what was kept, or, where the file is damaged or of a text that only begins
    // alike, from the last hop values before that. Its pages stay in the file and come into memory as they are used: opening 100,000 tokens takes
    // hundredths of a second. They are looked at by check(), at once or, with Check::Later, before the reading is used for anything but its facts.
    // Errors: NotFound, Unreadable, Truncated, UnsupportedVersion, StaleReading (another model or plan, other positions, or no common beginning to
    // go on from), CorruptReading, OutOfMemory, Stopped.
    enum class Check { Now, Later };
    static Result<std::unique_ptr<Reading>> load(const std::filesystem::path& file, std::shared_ptr<const Model> model, ReadingPlan plan,
                                                 std::uint64_t plannedTokens, std::span<const TokenId> expected, std::stop_token stop,
                                                 Check check = Check::Now);

    // Looks at all pages that came from a file and were not looked at yet. One that is damaged is read again, from the last hop values before it to its
    // end, and nothing else is; `progress` tells of that reading. The tokens read again. Errors: Stopped (goes on when called again), OutOfMemory,
    // Unreadable (the disk fails).
    Result<std::uint64_t> check(const ReadingProgressFn& progress, std::stop_token stop);
    bool isChecked() const; // false: reading on, asking, forking, keeping and hopsOf() give InvalidArgument

    // What was wrong with the file this came from, as far as it was looked at: Truncated, CorruptReading, Unreadable; nothing if it was whole.
    const std::optional<Error>& damage() const;

    // How many tokens of `expected` load() would find in an undamaged file: reads the token ids, not the pages. Errors: as load().
    static Result<std::uint64_t> reusableTokens(const std::filesystem::path& file, const Model& model, const ReadingPlan& plan,
                                                std::uint64_t plannedTokens, std::span<const TokenId> expected);

private:
    Reading(std::shared_ptr<const Model> model, Backend& backend, ReadingPlan plan, std::uint64_t plannedTokens, std::unique_ptr<KvCache> cache);
    static Result<std::unique_ptr<Reading>> make(std::shared_ptr<const Model> model, ReadingPlan plan, std::uint64_t plannedTokens);
    static Result<void> checkRoom(const Model& model, const ReadingPlan& plan, std::uint64_t plannedTokens, std::uint64_t there);
    Result<std::vector<TokenScore>> run(std::span<const TokenId> tokens, std::uint64_t firstScored, const ReadingProgressFn& progress,
                                        std::stop_token stop);
    Result<std::vector<TokenScore>> readChunks(std::span<const TokenId> tokens, std::uint64_t firstScored, const ReadingProgressFn& progress,
                                               const std::stop_token& stop);
    std::shared_ptr<const HopSnapshot> snapshotAt(std::uint64_t tokens) const;
    ReadingImage image() const;
    void keepChunk();
    std::optional<Error> unchecked() const;
    Result<std::unique_ptr<Reading>> forkOn(Backend& backend, std::uint64_t tokens, std::uint64_t plannedTokens) const;
    std::unique_ptr<Reading> forkAt(Backend& backend, std::uint64_t tokens, std::uint64_t plannedTokens, std::unique_ptr<KvCache> cache) const;
    Result<std::uint64_t> readAgain(const ReadingProgressFn& progress, std::stop_token stop);

    std::shared_ptr<const Model> m_model;
    ReadingPlan m_plan;
    std::uint64_t m_plannedTokens = 0;
    std::uint64_t m_row = 0;
    std::vector<TokenId> m_ids;
    std::unique_ptr<KvCache> m_cache;
    std::unique_ptr<ReadingState> m_state;
    std::vector<float> m_lastHidden; // [hidden], after the final norm; empty at the begin of a fork before the end
};

} // namespace octavo
