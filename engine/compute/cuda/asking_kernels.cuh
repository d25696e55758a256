// SPDX-License-Identifier: Apache-2.0
// Exact attention of a few tokens to everything cached, the keys split over the whole GPU (arXiv 2307.08691, "flash decoding"), and the hop record of
// the last token. What changes from token to token is read from device memory, so that launches can be kept in a graph.
#pragma once

#include "compute/cuda/fragments.cuh"

namespace octavo::cuda {

// CachedRun as kernels see it.
struct AskedRun {
    const std::byte* page = nullptr;
    std::uint64_t token = 0;              // of its first one, in the order of the runs
    std::uint32_t tile = 0;               // likewise, counted in tiles of sixteen keys that begin with each run
    std::uint32_t slot = 0;
    std::uint32_t count = 0;
    std::uint32_t turn = 0;               // how queries are turned to see it
    std::uint16_t format = 0;             // of its page: index into AskedAttention::keys and values
    std::uint16_t hidden = 0;
};

struct AskedRow {
    std::uint64_t before = 0;             // tokens, in the order of the runs, that come before the one asked about, and itself
    float scale = 1;                      // of scores, times log2 e
};

// Numbers of one call, on the device.
struct AskedCounts {
    std::uint32_t runs = 0;
    std::uint32_t tiles = 0;              // of sixteen keys, over all runs
    std::uint32_t turns = 0;              // per asked token
    std::uint32_t tokens = 0;             // asked about
};

constexpr int kKvFormats = 4;             // whole keys, whole values: each or not

struct AskedAttention {
    const AskedCounts* counts = nullptr;
    const AskedRun* runs = nullptr;
    const AskedRow* rows = nullptr;       // [asked token]
    const float2* turns = nullptr;        // [asked token][turn][width / 2]
    const __half* q = nullptr;            // [asked token][heads·width], not turned
    CachedPart keys[kKvFormats], values[kKvFormats]; // of this layer; pages are the runs'
    float* partial = nullptr;             // [part][head][asked token][width + 2]: weighted values, total, maximum
    std::uint32_t tokens = 0;             // that partial has room for
    std::uint32_t heads = 0;
    std::uint32_t kvHeads = 0;
    // Where the last token's weights are recorded: relative to the maximum of their tile, which stands apart.
    __half* weights = nullptr;            // [head][token]; null: not recorded
    float* maxima = nullptr;              // [head][tile]
    std::uint64_t weightsHead = 0, maximaHead = 0; // from head to head
};

constexpr int kAskingWarps = 4;
template <int kWidth>
constexpr std::size_t kAskingShared = sizeof(float) * kAskingWarps * 16 * (kWidth + 2);

OCTAVO_HD std::uint32_t partBegin(std::uint32_t part, std::uint32_t parts, std::uint32_t runs)
{
    return static_cast<std::uint32_t>(static_cast<std::uint64_t>(part) * runs / parts);
}

// The run that a tile belongs to.
OCTAVO_DEVICE std::uint32_t runOfTile(const AskedRun* runs, std::uint32_t count, std::uint32_t tile)
{
    std::uint32_t first = 0, last = count - 1;
    while (first < last) {
        const std::uint32_t middle = (first + last + 1) / 2;
        if (runs[middle].tile <= tile)
            first = middle;
        else
            last = middle - 1;
    }
    return first;
}

// A block has sixteen queries (asked tokens, and the heads that share keys) and one part of the tiles of sixteen keys, which its warps take in turn. grid: {parts, kvHeads, ⌈tokens · group / 16⌉}, shared memory kAskingShared.
template <int kWidth>
OCTAVO_KERNEL(kAskingWarps * kWarp, 2)
askedPart(AskedAttention p)
{
    const int lane = threadIdx.x % kWarp, warp = threadIdx.x / kWarp, r = lane / 4, j = lane % 4;
    const std::uint32_t group = p.heads / p.kvHeads, kvHead = blockIdx.y;
    const AskedCounts counts = *p.counts;
    const std::uint32_t queries = counts.tokens * group;
    const std::uint32_t begin = partBegin(blockIdx.x, gridDim.x, counts.tiles), end = partBegin(blockIdx.x + 1, gridDim.x, counts.tiles);
    std::uint32_t token[2], head[2];
    AskedRow row[2];
    bool recorded[2];
    for (int half = 0; half < 2; ++half) {
        const std::uint32_t query = blockIdx.z * 16 + r + 8 * half;
        const std::uint32_t known = query < queries ? query : queries - 1;
        token[half] = known / group;
        head[half] = kvHead * group + known % group;
        row[half] = p.rows[token[half]];
        recorded[half] = p.weights && query < queries && token[half] + 1 == counts.tokens;
    }

    // Sixteen keys, or values, on their way to L2.
    const auto fetch = [&](const AskedRun& run, std::uint32_t tile, const CachedPart& part) {
        const std::uint32_t at = lane * 128;
        if (tile * 16 < run.count && at < 16 * part.token)
            prefetch(run.page + part.begin + kvHead * part.head + static_cast<std::size_t>(run.slot + tile * 16) * part.token + at);
    };

    Gathered<kWidth> gathered;
    gathered.clear();
    Slice<kWidth> q[2];
    std::uint32_t turned = ~0u;
    for (std::uint32_t n = begin < end ? runOfTile(p.runs, counts.runs, begin) : counts.runs; n < counts.runs && p.runs[n].tile < end; ++n) {
        const AskedRun run = p.runs[n];
        if (run.turn != turned) {
            turned = run.turn;
#pragma unroll
            for (int half = 0; half < 2; ++half) {
                q[half].load(p.q + (static_cast<std::size_t>(token[half]) * p.heads + head[half]) * kWidth, j);
                q[half].turn(p.turns + (static_cast<std::size_t>(token[half]) * counts.turns + turned) * (kWidth / 2), j, row[half].scale);
            }
        }
        const CachedPart& keys = p.keys[run.format];
        const CachedPart& values = p.values[run.format];
        if (n + 1 < counts.runs && p.runs[n + 1].tile < end) {
            const AskedRun& following = p.runs[n + 1];
            fetch(following, warp, p.keys[following.format]);
            fetch(following, warp, p.values[following.format]);
        }
        const std::uint32_t firstTile = begin > run.tile ? begin - run.tile : 0;
        for (std::uint32_t tile = firstTile + warp; tile * 16 < run.count && run.tile + tile < end; tile += kAskingWarps) {
            fetch(run, tile + kAskingWarps, keys);
            fetch(run, tile + kAskingWarps, values);
            const std::uint32_t first = tile * 16, last = run.count - 1;
            ValueSlice<kWidth> value[4];
#pragma unroll
            for (int i = 0; i < 4; ++i) {
                const std::uint32_t at = first + 2 * j + i % 2 + 8 * (i / 2);
                value[i] = cachedValue<kWidth>(run.page, values, kvHead, run.slot + (at < last ? at : last), r);
            }
            float scores[2][4];
#pragma unroll
            for (int i = 0; i < 2; ++i) {
                const std::uint32_t at = first + 8 * i + r;
                scoreTile(q, cachedSlice<kWidth>(run.page, keys, kvHead, run.slot + (at < last ? at : last), j), scores[i]);
#pragma unroll
                for (int n4 = 0; n4 < 4; ++n4) {
                    const std::uint32_t key = first + 8 * i + 2 * j + n4 % 2;
                    if (key > last || run.hidden || run.token + key >= row[n4 / 2].before)
                        scores[i][n4] = kMasked;
                }
            }
            weighScores(scores, gathered.maximum, gathered.total, gathered.sums);
            if (recorded[0] || recorded[1]) {
#pragma unroll
                for (int n4 = 0; n4 < 8; ++n4) {
                    const int half = n4 % 4 / 2;
                    const std::uint32_t key = first + 8 * (n4 / 4) + 2 * j + n4 % 2;
                    if (recorded[half] && key <= last) {
                        const bool seen = !run.hidden && run.token + key < row[half].before;
                        p.weights[head[half] * p.weightsHead + run.token + key] = __float2half(seen ? scores[n4 / 4][n4 % 4] : 0.0f);
                    }
                }
                if (j == 0)
                    for (int half = 0; half < 2; ++half)
                        if (recorded[half])
                            p.maxima[head[half] * p.maximaHead + run.tile + tile] = gathered.maximum[half];
            }
            gathered.add(scores, value);
        }
    }

    // The warps' shares together.
    float* sums = reinterpret_cast<float*>(sharedMemory());               // [warp][16][width + 2]
#pragma unroll
    for (int half = 0; half < 2; ++half) {
        const float total = sumOfRow(gathered.total[half]);
        float* of = sums + (warp * 16 + r + 8 * half) * (kWidth + 2);
#pragma unroll
        for (int n = 0; n < kWidth / 8; ++n) {
            of[2 * j * (kWidth / 8) + n] = gathered.sums[n][2 * half];
            of[(2 * j + 1) * (kWidth / 8) + n] = gathered.sums[n][2 * half + 1];
        }
        if (j == 0) {
            of[kWidth] = total;
            of[kWidth + 1] = gathered.maximum[half];
        }
    }
    syncBlock();
    for (int n = threadIdx.x; n < 16 * (kWidth + 2); n += kAskingWarps * kWarp) {
        const int of = n / (kWidth + 2), column = n % (kWidth + 2);
        const std::uint32_t query = blockIdx.z * 16 + of;
        if (query >= queries)
            break;
        float maximum = kMasked, sum = 0;
        for (int w = 0; w < kAskingWarps; ++w)
            maximum = fmaxf(maximum, sums[(w * 16 + of) * (kWidth + 2) + kWidth + 1]);
        for (int w = 0; w < kAskingWarps; ++w) {
            const float* share = sums + (w * 16 + of) * (kWidth + 2);
            sum += share[column] * exp2Fast(share[kWidth + 1] - maximum);
        }
        float* out = p.partial + ((static_cast<std::size_t>(blockIdx.x) * p.heads + kvHead * group + query % group) * p.tokens + query / group) * (kWidth + 2);
        out[column] = column == kWidth + 1 ? maximum : sum;
    }
}

// Of the softmax of one head.
struct JoinedHead {
    float maximum;                        // in units of log 2
    float total;
};

struct AskedJoin {
    const AskedCounts* counts = nullptr;
    const float* partial = nullptr;       // see AskedAttention
    std::uint32_t parts = 0;
    std::uint32_t tokens = 0;
    std::uint32_t heads = 0;
    std::uint32_t width = 0;
    __half* out = nullptr;                // [asked token][heads·width]
    JoinedHead* joined = nullptr;         // [head], of the last token
};

constexpr int kJoinThreads = 128;
OCTAVO_HD std::size_t joinShared(std::uint32_t parts) { return sizeof(float) * (parts + 2 * kJoinThreads / kWarp); }

// The parts' weighted values as one softmax. grid: {heads, asked tokens}, shared memory joinShared.
OCTAVO_KERNEL(kJoinThreads, 1)
joinParts(AskedJoin p)
{
    float* factors = reinterpret_cast<float*>(sharedMemory());            // [part]
    float* shares = factors + p.parts;                                    // [warp], twice
    const int warp = threadIdx.x / kWarp;
    const std::uint32_t head = blockIdx.x, token = blockIdx.y;
    const std::size_t step = static_cast<std::size_t>(p.heads) * p.tokens * (p.width + 2);
    const float* first = p.partial + (static_cast<std::size_t>(head) * p.tokens + token) * (p.width + 2);
    float maximum = kMasked, total = 0;
    for (std::uint32_t part = threadIdx.x; part < p.parts; part += kJoinThreads)
        maximum = fmaxf(maximum, first[part * step + p.width + 1]);
    maximum = maximumOfWarp(maximum);
    if (threadIdx.x % kWarp == 0)
        shares[warp] = maximum;
    syncBlock();
    for (int n = 0; n < kJoinThreads / kWarp; ++n)
        maximum = fmaxf(maximum, shares[n]);
    for (std::uint32_t part = threadIdx.x; part < p.parts; part += kJoinThreads) {
        factors[part] = exp2Fast(first[part * step + p.width + 1] - maximum);
        total += factors[part] * first[part * step + p.width];
    }
    total = sumOfWarp(total);
    if (threadIdx.x % kWarp == 0)
        shares[kJoinThreads / kWarp + warp] = total;
    syncBlock();
    total = 0;
    for (int n = 0; n < kJoinThreads / kWarp; ++n)
        total += shares[kJoinThreads / kWarp + n];
    for (std::uint32_t d = threadIdx.x; d < p.width; d += kJoinThreads) {
        float sum = 0;
#pragma unroll 8
        for (std::uint32_t part = 0; part < p.parts; ++part)
            sum += first[part * step + d] * factors[part];
        p.out[(static_cast<std::size_t>(token) * p.heads + head) * p.width + d] = __float2half(sum / total);
    }
    if (threadIdx.x == 0 && token + 1 == p.counts->tokens)
        p.joined[head] = {maximum, total};
}

struct AskedRecord {
    const AskedCounts* counts = nullptr;
    const AskedRun* runs = nullptr;
    const __half* weights = nullptr;      // see AskedAttention
    const float* maxima = nullptr;
    std::uint64_t weightsHead = 0, maximaHead = 0;
    const JoinedHead* joined = nullptr;
    const std::uint8_t* chosen = nullptr; // [head] of this layer: whether it counts
    std::uint32_t heads = 0;
    float* sum = nullptr;                 // [token], to which the chosen heads' weights are added
};

// grid: {parts}, a page of threads.
OCTAVO_KERNEL(kPage, 1)
addRecord(AskedRecord p)
{
    const std::uint32_t end = partBegin(blockIdx.x + 1, gridDim.x, p.counts->runs);
    for (std::uint32_t n = partBegin(blockIdx.x, gridDim.x, p.counts->runs); n < end; ++n) {
        const AskedRun run = p.runs[n];
        if (threadIdx.x >= run.count)
            continue;
        float sum = 0;
        for (std::uint32_t head = 0; head < p.heads; ++head)
            if (p.chosen[head])
                sum += __half2float(p.weights[head * p.weightsHead + run.token + threadIdx.x])
                     * exp2Fast(p.maxima[head * p.maximaHead + run.tile + threadIdx.x / 16] - p.joined[head].maximum) / p.joined[head].total;
        p.sum[run.token + threadIdx.x] += sum;
    }
}

} // namespace octavo::cuda
