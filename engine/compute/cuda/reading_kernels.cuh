// SPDX-License-Identifier: Apache-2.0
// The hops of ReadingPlan over a chunk of new tokens, in one layer. Scores are in units of log 2; halves are multiplied, floats summed.
#pragma once

#include "compute/cuda/fragments.cuh"

namespace octavo::cuda {

// Values of consecutive tokens, [head][tokens][width], the first one's number being `first`: what the finest hop sees, or a hop has made.
struct Window {
    __half* data = nullptr;
    std::uint64_t first = 0;
    std::uint64_t head = 0;               // halves from head to head
    std::uint32_t token = 0;              // halves from token to token

    OCTAVO_HD __half* at(std::uint64_t ofHead, std::uint64_t number) const { return data + ofHead * head + (number - first) * token; }
};

// Tokens [first, first + count) of a hop along a fibre: t, t − stride, t − 2·stride … Column n of the chunk is the fibre of token first + n.
OCTAVO_HD std::uint32_t fibreColumns(std::uint32_t count, std::uint64_t stride) { return count < stride ? count : static_cast<std::uint32_t>(stride); }
OCTAVO_HD std::uint32_t fibreRows(std::uint32_t count, std::uint64_t stride, std::uint32_t column)
{
    return static_cast<std::uint32_t>((count - column + stride - 1) / stride);
}

struct CoarseHop {
    const __half* q = nullptr;            // [count][heads·width], turned to their place in their row
    CachedPart keys;
    CachedPart values;                    // of the first hop
    Window carried;                       // what the hop before made, per query head, from the second hop on
    Window out;                           // per query head
    const float2* turns = nullptr;        // [place in the fibre][width / 2], by which places count apart
    const float* gates = nullptr;         // [heads], times log2 e
    float scale = 1;                      // times log2 e
    std::uint64_t first = 0;
    std::uint32_t count = 0;
    std::uint64_t stride = 0;
    std::uint32_t reach = 0;              // keys a token sees at most; 0: all
    std::uint32_t heads = 0;
    std::uint32_t kvHeads = 0;
};

constexpr int kCoarseWarps = 8;
constexpr int kCoarseQueries = kCoarseWarps * 16;
constexpr int kCoarseKeys = 32;           // of a fibre per tile; two are in shared memory, one on its way

template <int kWidth>
constexpr int kTileRow = kWidth + 8;      // halves: an odd number of 16-byte pieces, so that eight rows fall into different banks
template <int kWidth>
constexpr std::size_t kCoarseShared = sizeof(__half) * kTileRow<kWidth> * 4 * kCoarseKeys;

// A block has up to 128 queries of one fibre: its rows in the chunk, for all heads that share values; a warp has sixteen of them. Keys and values of the
// fibre come 32 at a time into shared memory, the next while these are computed with. Keys are turned there by the thread that copied them, once for all
// warps: turned by each warp as it loads them, from registers, the hop took 6 ms for 128k tokens of 32 heads on an H200, most of it for cosines.
// grid: {columns, heads that values belong to, ⌈queries of the longest fibre / 128⌉}, shared memory kCoarseShared.
template <int kWidth, bool kHeadValues>
OCTAVO_KERNEL(kCoarseWarps * kWarp, 2)
coarseHop(CoarseHop p)
{
    constexpr int kRow = kTileRow<kWidth>;
    constexpr int kPieces = kWidth / 8;   // of 16 bytes
    __half* keys = reinterpret_cast<__half*>(sharedMemory());             // [2][kCoarseKeys][kRow]
    __half* values = keys + 2 * kCoarseKeys * kRow;                       // likewise
    const int lane = threadIdx.x % kWarp, warp = threadIdx.x / kWarp, r = lane / 4, j = lane % 4;
    const std::uint32_t group = p.heads / p.kvHeads;
    const std::uint32_t together = kHeadValues ? 1 : group;   // heads that share values
    const std::uint32_t column = blockIdx.x, firstHead = blockIdx.y * together, kvHead = firstHead / group;
    const std::uint32_t queries = fibreRows(p.count, p.stride, column) * together, firstQuery = blockIdx.z * kCoarseQueries;
    if (firstQuery >= queries)
        return;
    const std::uint64_t top = p.first + column;
    const std::uint32_t topPlace = static_cast<std::uint32_t>(top / p.stride);   // in the fibre
    const std::uint64_t residue = top % p.stride;
    const std::uint32_t lastQuery = queries - 1 < firstQuery + kCoarseQueries - 1 ? queries - 1 : firstQuery + kCoarseQueries - 1;
    const std::uint32_t lowest = topPlace + firstQuery / together, highest = topPlace + lastQuery / together;
    const std::uint32_t warpQuery = firstQuery + warp * 16;   // the warp's first

    std::uint32_t q[kWidth / 16][4];
    std::uint32_t place[2];
    float gate[2];
#pragma unroll
    for (int half = 0; half < 2; ++half) {
        const std::uint32_t query = warpQuery + r + 8 * half < lastQuery ? warpQuery + r + 8 * half : lastQuery; // beyond the last one it is computed again
        const std::uint32_t row = query / together, head = firstHead + query % together;
        place[half] = topPlace + row;
        gate[half] = p.gates[head];
        const auto* pairs = reinterpret_cast<const std::uint32_t*>(p.q + ((column + row * p.stride) * p.heads + head) * kWidth);
        const float2* turns = p.turns + static_cast<std::size_t>(place[half]) * (kWidth / 2);
#pragma unroll
        for (int n = 0; n < kWidth / 8; ++n)
            q[n / 2][half + 2 * (n % 2)] = turnPair(pairs[4 * n + j], turns[4 * n + j]);
    }

    const auto turnsOf = [&](std::uint32_t at, int piece) { return reinterpret_cast<const float4*>(p.turns + static_cast<std::size_t>(at) * (kWidth / 2) + 4 * piece); };
    const auto turnPiece = [&](std::uint32_t (&pairs)[4], const float4* turns) {
        const float4 first = turns[0], second = turns[1];
        pairs[0] = turnPair(pairs[0], {first.x, first.y});
        pairs[1] = turnPair(pairs[1], {first.z, first.w});
        pairs[2] = turnPair(pairs[2], {second.x, second.y});
        pairs[3] = turnPair(pairs[3], {second.z, second.w});
    };
    // Calls with a thread's pieces of a tile: key's place in the fibre, piece, where it goes.
    const auto forEachPiece = [&](std::uint32_t begin, int side, const auto& call) {
#pragma unroll
        for (int n = threadIdx.x; n < kCoarseKeys * kPieces; n += kCoarseWarps * kWarp) {
            const int index = n / kPieces;
            const std::uint32_t at = begin + index < highest ? begin + index : highest; // weights beyond are nothing, but values must be numbers
            call(at, n % kPieces, (side * kCoarseKeys + index) * kRow + 8 * (n % kPieces));
        }
    };
    const auto copyTile = [&](std::uint32_t begin, int side) {
        forEachPiece(begin, side, [&](std::uint32_t at, int piece, int to) {
            const std::uint64_t token = at * p.stride + residue;
            const std::uint32_t slot = token % kPage;
            std::uint32_t pairs[4];
            const std::byte* page = p.keys.pages[token / kPage];
            if (p.keys.whole) {
                loadPiece<kWidth>(page, p.keys, kvHead, slot, piece, pairs);
                turnPiece(pairs, turnsOf(at, piece));
                storeWords(keys + to, pairs);
            } else {
                copyAsync(keys + to, page + p.keys.begin + kvHead * p.keys.head + static_cast<std::size_t>(slot) * p.keys.token + 16 * piece, true);
            }
            if (kHeadValues) {
                copyAsync(values + to, p.carried.at(firstHead, token) + 8 * piece, true);
                return;
            }
            page = p.values.pages[token / kPage];
            if (p.values.whole) {
                loadPiece<kWidth>(page, p.values, kvHead, slot, piece, pairs);
                storeWords(values + to, pairs);
            } else {
                copyAsync(values + to, page + p.values.begin + kvHead * p.values.head + static_cast<std::size_t>(slot) * p.values.token + 16 * piece, true);
            }
        });
        commitCopies();
    };

    float sums[kWidth / 8][4] = {};
    float maximum[2] = {kMasked, kMasked}, total[2] = {0, 0};
    const std::uint32_t oldest = p.reach && lowest + 1 > p.reach ? lowest + 1 - p.reach : 0;
    copyTile(oldest, 0);
    int side = 0;
    for (std::uint32_t begin = oldest; begin <= highest; begin += kCoarseKeys, side ^= 1) {
        awaitCopies<0>();
        if (!p.keys.whole)
            forEachPiece(begin, side, [&](std::uint32_t at, int piece, int to) {
                std::uint32_t pairs[4];
                loadWords(keys + to, pairs);
                turnPiece(pairs, turnsOf(at, piece));
                storeWords(keys + to, pairs);
            });
        syncBlock();                      // the tile is there for all, and all have done with the one before
        if (begin + kCoarseKeys <= highest)
            copyTile(begin + kCoarseKeys, side ^ 1);
        if (warpQuery > lastQuery)
            continue;
#pragma unroll
        for (int tile = 0; tile < kCoarseKeys / 16; ++tile) {
            const std::uint32_t first = begin + 16 * tile;
            if (first > highest)
                break;
            float scores[2][4] = {};
#pragma unroll
            for (int s = 0; s < kWidth / 16; ++s) {
                std::uint32_t b[4];
                loadTiles(b, keys + (side * kCoarseKeys + 16 * tile + lane / 16 * 8 + lane % 8) * kRow + 16 * s + lane / 8 % 2 * 8);
                multiplyTile(scores[0], q[s], b[0], b[1]);
                multiplyTile(scores[1], q[s], b[2], b[3]);
            }
#pragma unroll
            for (int n = 0; n < 2; ++n)
#pragma unroll
                for (int i = 0; i < 4; ++i) {
                    const std::uint32_t keyPlace = first + 8 * n + 2 * j + i % 2, own = place[i / 2];
                    const bool visible = keyPlace <= own && (!p.reach || keyPlace + p.reach > own);
                    scores[n][i] = visible ? scores[n][i] * p.scale + (keyPlace == own ? gate[i / 2] : 0.0f) : kMasked;
                }
            weighScores(scores, maximum, total, sums);
            const std::uint32_t a[4] = {packHalves(scores[0][0], scores[0][1]), packHalves(scores[0][2], scores[0][3]), packHalves(scores[1][0], scores[1][1]),
                                        packHalves(scores[1][2], scores[1][3])};
#pragma unroll
            for (int n = 0; n < kWidth / 8; n += 2) {
                std::uint32_t b[4];
                loadTilesTransposed(b, values + (side * kCoarseKeys + 16 * tile + lane % 16) * kRow + 8 * n + lane / 16 * 8);
                multiplyTile(sums[n], a, b[0], b[1]);
                multiplyTile(sums[n + 1], a, b[2], b[3]);
            }
        }
    }
    if (warpQuery > lastQuery)
        return;
#pragma unroll
    for (int half = 0; half < 2; ++half) {
        const float factor = 1.0f / sumOfRow(total[half]);
        const std::uint32_t query = warpQuery + r + 8 * half;
        if (query > lastQuery)
            continue;
        __half* out = p.out.at(firstHead + query % together, top + query / together * p.stride) + 2 * j;
#pragma unroll
        for (int n = 0; n < kWidth / 8; ++n)
            *reinterpret_cast<__half2*>(out + 8 * n) = __floats2half2_rn(sums[n][2 * half] * factor, sums[n][2 * half + 1] * factor);
    }
}

// Query tiles of the finest hop: pieces of at most `size` neighbouring tokens of one row.
struct QueryTile {
    std::uint32_t begin;                  // within the chunk
    std::uint32_t count;
};

OCTAVO_HD std::uint32_t queryTiles(std::uint64_t first, std::uint32_t count, std::uint64_t row, std::uint32_t size)
{
    const std::uint64_t inFirst = row - first % row < count ? row - first % row : count;    // tokens of the first row
    const std::uint64_t rest = count - inFirst, whole = rest / row, left = rest % row;
    return static_cast<std::uint32_t>((inFirst + size - 1) / size + whole * ((row + size - 1) / size) + (left + size - 1) / size);
}

OCTAVO_HD QueryTile queryTile(std::uint64_t first, std::uint32_t count, std::uint64_t row, std::uint32_t size, std::uint32_t index)
{
    const std::uint64_t inFirst = row - first % row < count ? row - first % row : count;
    const std::uint64_t ofFirst = (inFirst + size - 1) / size, perRow = (row + size - 1) / size;
    std::uint64_t begin = 0, end = inFirst;
    std::uint64_t at = index;
    if (at >= ofFirst) {
        at -= ofFirst;
        begin = inFirst + at / perRow * row;
        end = begin + row < count ? begin + row : count;
        at %= perRow;
    }
    begin += at * size;
    return {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end - begin < size ? end - begin : size)};
}

struct FinestHop {
    const __half* q = nullptr;            // [count][heads·width], turned to their place in their row
    __half* out = nullptr;                // likewise
    Window keys;                          // per key head, turned to their place in their row
    Window keysBefore;                    // the same, a row further back: as the row behind sees them
    Window values;
    std::uint32_t headsPerValue = 1;      // query heads that share values: 1 behind a coarse hop
    float scale = 1;                      // times log2 e
    std::uint64_t first = 0;
    std::uint32_t count = 0;
    std::uint64_t row = 0;                // tokens
    bool bounded = true;                  // a token sees the last `row` tokens, else all
    std::uint32_t heads = 0;
    std::uint32_t kvHeads = 0;
    const float* sinkScores = nullptr;    // [count][heads][sinks], kMasked where a token still reaches the sink itself
    const __half* sinkValues = nullptr;   // [kvHead][sinks][width]
    std::uint32_t sinks = 0;
};

constexpr int kFinestWarps = 4;
constexpr int kFinestQueries = 128;       // per block: a warp has two tiles of sixteen, which share each key and value that it loads

template <int kWidth, int kKeys>
constexpr std::size_t kFinestShared = sizeof(__half) * kTileRow<kWidth> * (kFinestQueries + 4 * kKeys);

// rows [kRows][width] of `source(row)` into shared memory; null rows become zeros.
template <int kWidth, int kRows, class Source>
OCTAVO_DEVICE void copyRows(__half* to, const Source& source)
{
    constexpr int kPieces = kWidth / 8;   // of 16 bytes
    for (int n = threadIdx.x; n < kRows * kPieces; n += kFinestWarps * kWarp) {
        const __half* from = source(n / kPieces);
        copyAsync(to + n / kPieces * kTileRow<kWidth> + n % kPieces * 8, from ? from + n % kPieces * 8 : nullptr, from != nullptr);
    }
}

// Flash attention (arXiv 2307.08691) over the last row of tokens, or all. Keys and values come in tiles of kKeys, the next one while this one is
// computed with. grid: {query tiles, heads}, shared memory kFinestShared.
template <int kWidth, int kKeys>
OCTAVO_KERNEL(kFinestWarps * kWarp, 2)
finestHop(FinestHop p)
{
    constexpr int kRow = kTileRow<kWidth>;
    constexpr int kSteps = kWidth / 16, kColumns = kWidth / 8, kScoreTiles = kKeys / 8;
    __half* queries = reinterpret_cast<__half*>(sharedMemory());
    __half* keys = queries + kFinestQueries * kRow;                       // [2][kKeys][kRow]
    __half* values = keys + 2 * kKeys * kRow;                             // likewise
    const int lane = threadIdx.x % kWarp, warp = threadIdx.x / kWarp, r = lane / 4, j = lane % 4;
    const std::uint32_t head = blockIdx.y, kvHead = head / (p.heads / p.kvHeads);
    // The last tiles see most where all is seen: they begin first.
    const QueryTile tile = queryTile(p.first, p.count, p.row, kFinestQueries, gridDim.x - 1 - blockIdx.x);
    const std::uint64_t top = p.first + tile.begin;                       // first query
    const std::uint64_t rowBegin = top - top % p.row;
    const std::uint64_t oldest = p.bounded && top + 1 > p.row ? top + 1 - p.row : p.bounded ? 0 : rowBegin;
    const std::uint64_t end = top + tile.count;

    const auto copyTile = [&](std::uint64_t begin, int side) {
        copyRows<kWidth, kKeys>(keys + side * kKeys * kRow, [&](int n) -> const __half* {
            const std::uint64_t token = begin + n;
            return token >= end ? nullptr : (token < rowBegin ? p.keysBefore : p.keys).at(kvHead, token);
        });
        copyRows<kWidth, kKeys>(values + side * kKeys * kRow, [&](int n) -> const __half* {
            return begin + n >= end ? nullptr : p.values.at(head / p.headsPerValue, begin + n);
        });
        commitCopies();
    };
    copyRows<kWidth, kFinestQueries>(queries, [&](int n) -> const __half* {
        return static_cast<std::uint32_t>(n) < tile.count ? p.q + (static_cast<std::size_t>(tile.begin + n) * p.heads + head) * kWidth : nullptr;
    });
    copyTile(oldest, 0);

    float sums[2][kColumns][4];
    float maximum[2][2], total[2][2];
#pragma unroll
    for (int m = 0; m < 2; ++m)
#pragma unroll
        for (int half = 0; half < 2; ++half) {
            maximum[m][half] = kMasked;
            total[m][half] = 0;
#pragma unroll
            for (int n = 0; n < kColumns; ++n)
                sums[m][n][2 * half] = sums[m][n][2 * half + 1] = 0;
            const std::uint32_t query = warp * 32 + m * 16 + r + 8 * half;
            if (p.sinks == 0 || query >= tile.count)
                continue;
            const float* scores = p.sinkScores + (static_cast<std::size_t>(tile.begin + query) * p.heads + head) * p.sinks;
            for (std::uint32_t s = 0; s < p.sinks; ++s)
                maximum[m][half] = fmaxf(maximum[m][half], scores[s]);
            for (std::uint32_t s = 0; s < p.sinks; ++s) {
                if (scores[s] == kMasked)
                    continue;
                const float weight = exp2Fast(scores[s] - maximum[m][half]);
                total[m][half] += j == 0 ? weight : 0.0f; // four lanes share a row
                const __half* value = p.sinkValues + (static_cast<std::size_t>(kvHead) * p.sinks + s) * kWidth + 2 * j;
#pragma unroll
                for (int n = 0; n < kColumns; ++n) {
                    const float2 pair = __half22float2(*reinterpret_cast<const __half2*>(value + 8 * n));
                    sums[m][n][2 * half] += weight * pair.x;
                    sums[m][n][2 * half + 1] += weight * pair.y;
                }
            }
        }

    int side = 0;
    for (std::uint64_t begin = oldest; begin < end; begin += kKeys, side ^= 1) {
        awaitCopies<0>();
        syncBlock();                      // this tile is there for all, and all have done with the one before
        if (begin + kKeys < end)
            copyTile(begin + kKeys, side ^ 1);

        float scores[2][kScoreTiles][4] = {};
#pragma unroll
        for (int s = 0; s < kSteps; ++s) {
            std::uint32_t a[2][4];
#pragma unroll
            for (int m = 0; m < 2; ++m)
                loadTiles(a[m], queries + (warp * 32 + m * 16 + lane % 16) * kRow + 16 * s + lane / 16 * 8);
#pragma unroll
            for (int n = 0; n < kScoreTiles; n += 2) {
                std::uint32_t b[4];
                loadTiles(b, keys + (side * kKeys + 8 * n + lane / 16 * 8 + lane % 8) * kRow + 16 * s + lane / 8 % 2 * 8);
#pragma unroll
                for (int m = 0; m < 2; ++m) {
                    multiplyTile(scores[m][n], a[m], b[0], b[1]);
                    multiplyTile(scores[m][n + 1], a[m], b[2], b[3]);
                }
            }
        }

        const bool masked = begin + kKeys > top + 1 || (p.bounded && begin + p.row < end);
#pragma unroll
        for (int m = 0; m < 2; ++m) {
            if (masked) {
#pragma unroll
                for (int n = 0; n < kScoreTiles; ++n)
#pragma unroll
                    for (int i = 0; i < 4; ++i) {
                        const std::uint64_t token = top + warp * 32 + m * 16 + r + 8 * (i / 2), key = begin + 8 * n + 2 * j + i % 2;
                        if (key > token || (p.bounded && key + p.row <= token))
                            scores[m][n][i] = kMasked / p.scale;
                    }
            }
#pragma unroll
            for (int half = 0; half < 2; ++half) {
                float highest = kMasked / p.scale;
#pragma unroll
                for (int n = 0; n < kScoreTiles; ++n)
                    highest = fmaxf(highest, fmaxf(scores[m][n][2 * half], scores[m][n][2 * half + 1]));
                highest = fmaxf(highest, exchange(highest, 1));
                highest = fmaxf(maximum[m][half], fmaxf(highest, exchange(highest, 2)) * p.scale);
                const float rescale = exp2Fast(maximum[m][half] - highest);
                maximum[m][half] = highest;
                float sum = 0;
#pragma unroll
                for (int n = 0; n < kScoreTiles; ++n)
#pragma unroll
                    for (int i = 0; i < 2; ++i) {
                        const float weight = exp2Fast(scores[m][n][2 * half + i] * p.scale - highest);
                        scores[m][n][2 * half + i] = weight;
                        sum += weight;
                    }
                total[m][half] = total[m][half] * rescale + sum;
#pragma unroll
                for (int n = 0; n < kColumns; ++n) {
                    sums[m][n][2 * half] *= rescale;
                    sums[m][n][2 * half + 1] *= rescale;
                }
            }
        }

#pragma unroll
        for (int s = 0; s < kKeys / 16; ++s) {
            std::uint32_t a[2][4];
#pragma unroll
            for (int m = 0; m < 2; ++m) {
                a[m][0] = packHalves(scores[m][2 * s][0], scores[m][2 * s][1]);
                a[m][1] = packHalves(scores[m][2 * s][2], scores[m][2 * s][3]);
                a[m][2] = packHalves(scores[m][2 * s + 1][0], scores[m][2 * s + 1][1]);
                a[m][3] = packHalves(scores[m][2 * s + 1][2], scores[m][2 * s + 1][3]);
            }
#pragma unroll
            for (int n = 0; n < kColumns; n += 2) {
                std::uint32_t b[4];
                loadTilesTransposed(b, values + (side * kKeys + 16 * s + lane % 16) * kRow + 8 * n + lane / 16 * 8);
#pragma unroll
                for (int m = 0; m < 2; ++m) {
                    multiplyTile(sums[m][n], a[m], b[0], b[1]);
                    multiplyTile(sums[m][n + 1], a[m], b[2], b[3]);
                }
            }
        }
    }

#pragma unroll
    for (int m = 0; m < 2; ++m)
#pragma unroll
        for (int half = 0; half < 2; ++half) {
            float sum = total[m][half];
            sum += exchange(sum, 1);
            sum += exchange(sum, 2);
            const std::uint32_t query = warp * 32 + m * 16 + r + 8 * half;
            if (query >= tile.count)
                continue;
            const float factor = 1.0f / sum;
            __half* row = p.out + (static_cast<std::size_t>(tile.begin + query) * p.heads + head) * kWidth + 2 * j;
#pragma unroll
            for (int n = 0; n < kColumns; ++n)
                *reinterpret_cast<__half2*>(row + 8 * n) = __floats2half2_rn(sums[m][n][2 * half] * factor, sums[m][n][2 * half + 1] * factor);
        }
}

} // namespace octavo::cuda
