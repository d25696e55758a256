// SPDX-License-Identifier: Apache-2.0
// The finest hop with products of four warps, for Hopper GPUs and heads of 64 and 128. As finestHop(), which is bound by how fast single warps can ask
// their tensor cores: full attention of 128k tokens runs at 244 TFLOP/s with it and at 474 here, on an H200.
#pragma once

#include "compute/cuda/group_products.cuh"
#include "compute/cuda/reading_kernels.cuh"

namespace octavo::cuda {

constexpr int kGroupThreads = 256;        // two groups of four warps, each with 64 queries
constexpr int kGroupQueries = 128;
constexpr int kGroupKeys = 128;           // per tile

constexpr int kGroupSinks = 16;           // first tokens that fit into one product
template <int kWidth>
constexpr std::size_t kGroupShared = sizeof(__half) * kWidth * (2 * kGroupQueries + 4 * kGroupKeys + 2 * kGroupSinks) + 1024 + 1024; // GroupItems; aligned to 1024

// Rows [begin, begin + kRows) of a matrix into [kWidth / 64][kRows][64], swizzled; zeros beyond `end`. Row n is n·step behind `other` if n < border, else
// behind `own`. Numbers are few, for all eight warps do this for every tile: 64-bit indexing in its place took as many instructions as the softmax.
template <int kWidth, int kRows>
OCTAVO_DEVICE void copySwizzled(__half* to, const __half* own, const __half* other, int border, std::uint32_t step, int begin, int end)
{
    constexpr int kPieces = kWidth / 8;   // of 16 bytes
    constexpr int kRowsAtOnce = kGroupThreads / kPieces;
    static_assert(kRowsAtOnce % 8 == 0, "so that a thread's pieces stand in the same order in all its rows");
    const int piece = threadIdx.x % kPieces, first = threadIdx.x / kPieces;
    __half* target = to + piece / 8 * kRows * kSwizzledRow + swizzled(first, piece % 8);
#pragma unroll
    for (int n = 0; n < (kRows + kRowsAtOnce - 1) / kRowsAtOnce; ++n) {
        const int row = begin + first + n * kRowsAtOnce;
        const __half* from = (row < border ? other : own) + static_cast<std::uint64_t>(static_cast<std::uint32_t>(row)) * step + piece * 8;
        if (kRows % kRowsAtOnce == 0 || first + n * kRowsAtOnce < kRows)
            copyAsync(target + n * kRowsAtOnce * kSwizzledRow, row < end ? from : own, row < end);
    }
}

#if OCTAVO_HAS_GROUPS

// scores [64][kGroupKeys] = the group's queries · keys of a tile; queued.
template <int kWidth>
OCTAVO_DEVICE void queueScores(float (&scores)[kGroupKeys / 2], const __half* queries, const __half* keys)
{
#pragma unroll
    for (int s = 0; s < kWidth / 16; ++s)
        multiplyGroup(scores, describe(queries + s / 4 * kGroupQueries * kSwizzledRow + s % 4 * 16, 16, 1024),
                      describe(keys + s / 4 * kGroupKeys * kSwizzledRow + s % 4 * 16, 16, 1024), s > 0);
    commitProducts();
}

// Scores of two rows become weights. rescale: by what the values gathered so far are to be multiplied. Sums and maxima are taken four at a time, since
// an addition takes four cycles before the next can use it.
OCTAVO_DEVICE void weighGroupScores(float (&scores)[kGroupKeys / 2], float scale, float (&maximum)[2], float (&total)[2], float (&rescale)[2])
{
#pragma unroll
    for (int half = 0; half < 2; ++half) {
        float highest[4];
#pragma unroll
        for (int n = 0; n < 4; ++n)
            highest[n] = scores[4 * n + 2 * half];
#pragma unroll
        for (int n = 0; n < kGroupKeys / 8; ++n)
            highest[n % 4] = fmaxf(highest[n % 4], fmaxf(scores[4 * n + 2 * half], scores[4 * n + 2 * half + 1]));
        float top = fmaxf(fmaxf(highest[0], highest[1]), fmaxf(highest[2], highest[3]));
        top = fmaxf(top, exchange(top, 1));
        top = fmaxf(maximum[half], fmaxf(top, exchange(top, 2)) * scale);
        rescale[half] = exp2Fast(maximum[half] - top);
        maximum[half] = top;
        float sums[4] = {total[half] * rescale[half], 0, 0, 0};
#pragma unroll
        for (int n = 0; n < kGroupKeys / 8; ++n)
#pragma unroll
            for (int i = 0; i < 2; ++i) {
                const float weight = exp2Fast(scores[4 * n + 2 * half + i] * scale - top);
                scores[4 * n + 2 * half + i] = weight;
                sums[(2 * n + i) % 4] += weight;
            }
        total[half] = (sums[0] + sums[1]) + (sums[2] + sums[3]);
    }
}

#endif

// A tile of queries of one head, and the keys it sees.
struct GroupItem {
    const __half* keys;                   // the oldest
    const __half* keysBefore;             // the same a row back, where it counts: the first `border` keys
    const __half* values;
    const __half* queries;                // the first
    const __half* sinkValues;
    __half* out;                          // of the first query
    const float* sinkScores;              // likewise
    int keyCount;
    int border;
    int tiles;                            // of keys; 0: there is no such item
    int queryCount;
    int ahead;                            // the first query's number less the oldest key's
};

OCTAVO_DEVICE GroupItem groupItem(const FinestHop& p, std::uint32_t index, std::uint32_t tilesPerHead, std::uint32_t width)
{
    GroupItem item{};
    const std::uint32_t head = index / tilesPerHead;
    if (head >= p.heads)
        return item;
    const std::uint32_t kvHead = head / (p.heads / p.kvHeads);
    // The last tiles see most where all is seen: they come first.
    const QueryTile tile = queryTile(p.first, p.count, p.row, kGroupQueries, tilesPerHead - 1 - index % tilesPerHead);
    const std::uint64_t top = p.first + tile.begin, rowBegin = top - top % p.row, end = top + tile.count;
    const std::uint64_t oldest = p.bounded && top + 1 > p.row ? top + 1 - p.row : p.bounded ? 0 : rowBegin;
    const std::size_t query = static_cast<std::size_t>(tile.begin) * p.heads + head;
    item.keys = p.keys.at(kvHead, oldest);
    item.keysBefore = p.keysBefore.at(kvHead, oldest);
    item.values = p.values.at(head / p.headsPerValue, oldest);
    item.queries = p.q + query * width;
    item.sinkValues = p.sinkValues + static_cast<std::size_t>(kvHead) * p.sinks * width;
    item.out = p.out + query * width;
    item.sinkScores = p.sinkScores + query * p.sinks;
    item.keyCount = static_cast<int>(end - oldest);
    item.border = static_cast<int>(rowBegin > oldest ? rowBegin - oldest : 0);
    item.tiles = (item.keyCount + kGroupKeys - 1) / kGroupKeys;
    item.queryCount = static_cast<int>(tile.count);
    item.ahead = static_cast<int>(top - oldest);
    return item;
}

// A block takes items in turn, and the steps of all its items, a tile of keys each, in one row: scores of the next step are made, and what the one after
// needs is copied, while this one's become weights, also where the next step is another item's. One block per item instead spent a quarter of its time on
// first loads and last stores with rows of 1024, which are nine steps. Where all keys are seen blocks have one item each: items of one head that begin
// together read the same keys at the same time, from L2, and blocks that go on by themselves lose that (365 against 297 ms at 128k tokens).
// grid: {at most as many as items}, shared memory kGroupShared.
template <int kWidth>
OCTAVO_KERNEL(kGroupThreads, 1)
finestHopOfGroups(FinestHop p)
{
#if OCTAVO_HAS_GROUPS
    static_assert(kWidth % kSwizzledRow == 0);
    constexpr int kTile = kGroupKeys * kWidth, kQueryTile = kGroupQueries * kWidth, kSinkTile = kGroupSinks * kWidth;
    constexpr int kItems = 4;             // known at a time: steps ahead may be two items ahead
    auto* const queries = reinterpret_cast<__half*>((reinterpret_cast<std::uintptr_t>(sharedMemory()) + 1023) / 1024 * 1024); // [2][kQueryTile]
    __half* const keys = queries + 2 * kQueryTile;                        // [2][kTile]
    __half* const values = keys + 2 * kTile;                              // [2][kTile]
    __half* const sinkValues = values + 2 * kTile;                        // [2][kSinkTile]
    auto* const items = reinterpret_cast<GroupItem*>(sinkValues + 2 * kSinkTile); // [kItems]
    static_assert(kItems * sizeof(GroupItem) <= 1024);
    const int lane = threadIdx.x % kWarp, r = lane / 4, j = lane % 4, group = threadIdx.x / 128, warp = threadIdx.x / kWarp % 4;
    const std::uint32_t tilesPerHead = queryTiles(p.first, p.count, p.row, kGroupQueries);
    const auto prepare = [&](int number) { items[number % kItems] = groupItem(p, blockIdx.x + number * gridDim.x, tilesPerHead, kWidth); };

    struct Step {
        int item;                         // of this block's
        int tile;
    };
    const auto after = [&](Step step) { return step.tile + 1 < items[step.item % kItems].tiles ? Step{step.item, step.tile + 1} : Step{step.item + 1, 0}; };
    const auto isThere = [&](Step step) { return items[step.item % kItems].tiles > 0; };
    // side: of the two buffers, the number of the step modulo 2.
    const auto copyKeys = [&](Step step, int side) {
        const GroupItem& item = items[step.item % kItems];
        copySwizzled<kWidth, kGroupKeys>(keys + side * kTile, item.keys, item.keysBefore, item.border, p.keys.token, step.tile * kGroupKeys, item.keyCount);
        if (step.tile > 0)
            return;
        copySwizzled<kWidth, kGroupQueries>(queries + step.item % 2 * kQueryTile, item.queries, item.queries, 0, p.heads * kWidth, 0, item.queryCount);
        if (p.sinks > 0)
            copySwizzled<kWidth, kGroupSinks>(sinkValues + step.item % 2 * kSinkTile, item.sinkValues, item.sinkValues, 0, kWidth, 0, static_cast<int>(p.sinks));
    };
    const auto copyValues = [&](Step step, int side) {
        const GroupItem& item = items[step.item % kItems];
        copySwizzled<kWidth, kGroupKeys>(values + side * kTile, item.values, item.values, 0, p.values.token, step.tile * kGroupKeys, item.keyCount);
    };

    float sums[kWidth / 2];
    float maximum[2], total[2], rescale[2];
    float scores[kGroupKeys / 2];
    std::uint32_t weights[kGroupKeys / 16][4];
    std::uint32_t sinkWeights[4];
    const auto queueStep = [&](Step step, int side) {
        queueScores<kWidth>(scores, queries + step.item % 2 * kQueryTile + group * 64 * kSwizzledRow, keys + side * kTile);
    };
    const auto queueValues = [&](int side) {
        const __half* of = values + side * kTile;
#pragma unroll
        for (int s = 0; s < kGroupKeys / 16; ++s)
            multiplyGroup(sums, weights[s], describe(of + 16 * s * kSwizzledRow, kGroupKeys * kSwizzledRow * sizeof(__half), 1024));
        commitProducts();
    };
    float sinkScores[2][4];               // of two rows: sinks 2j, 2j + 1, 2j + 8, 2j + 9
    const auto fetchSinkScores = [&](int number) {
        const GroupItem& item = items[number % kItems];
#pragma unroll
        for (int side = 0; side < 2; ++side)
#pragma unroll
            for (int i = 0; i < 4; ++i) {
                const int query = group * 64 + warp * 16 + r + 8 * side;
                const std::uint32_t sink = 2 * j + i % 2 + 8 * (i / 2);
                sinkScores[side][i] = query < item.queryCount && sink < p.sinks
                                          ? item.sinkScores[static_cast<std::size_t>(query) * p.heads * p.sinks + sink] : kMasked;
            }
    };
    // What an item's queries begin with: the weights of the first tokens.
    const auto beginItem = [&] {
#pragma unroll
        for (int side = 0; side < 2; ++side) {
            float (&own)[4] = sinkScores[side];
            float top = fmaxf(fmaxf(own[0], own[1]), fmaxf(own[2], own[3]));
            top = fmaxf(top, exchange(top, 1));
            top = fmaxf(top, exchange(top, 2));
            maximum[side] = top;
            total[side] = 0;
#pragma unroll
            for (int i = 0; i < 4; ++i) {
                own[i] = own[i] == kMasked ? 0.0f : exp2Fast(own[i] - top);
                total[side] += own[i];
            }
            sinkWeights[side] = packHalves(own[0], own[1]);
            sinkWeights[side + 2] = packHalves(own[2], own[3]);
        }
    };
    const auto addSinks = [&](int number) {
#pragma unroll
        for (int i = 0; i < kWidth / 2; ++i)
            sums[i] = 0;
        if (p.sinks > 0) {
            beginProducts();
            multiplyGroup(sums, sinkWeights, describe(sinkValues + number % 2 * kSinkTile, kGroupSinks * kSwizzledRow * sizeof(__half), 1024));
            commitProducts();
            awaitProducts<0>();
        }
    };
    const auto weigh = [&](Step step) {
        const GroupItem& item = items[step.item % kItems];
        const int begin = step.tile * kGroupKeys;
        if (begin + kGroupKeys > item.ahead + 1 || (p.bounded && begin + static_cast<int>(p.row) < item.keyCount)) {
            const int first = item.ahead - begin + group * 64 + warp * 16 + r;    // places count from the tile's begin
            const int reach = p.bounded ? static_cast<int>(p.row) : 1 << 30;
#pragma unroll
            for (int i = 0; i < kGroupKeys / 2; ++i) {
                const int token = first + 8 * (i % 4 / 2), key = i / 4 * 8 + 2 * j + i % 2;
                if (key > token || key + reach <= token)
                    scores[i] = kMasked / p.scale;
            }
        }
        weighGroupScores(scores, p.scale, maximum, total, rescale);
    };
    const auto takeWeights = [&] {
#pragma unroll
        for (int i = 0; i < kWidth / 2; ++i)
            sums[i] *= rescale[i % 4 / 2];
#pragma unroll
        for (int n = 0; n < kGroupKeys / 8; ++n)
#pragma unroll
            for (int i = 0; i < 2; ++i)
                weights[n / 2][i + 2 * (n % 2)] = packHalves(scores[4 * n + 2 * i], scores[4 * n + 2 * i + 1]);
    };
    const auto store = [&](int number, const float (&of)[2]) {
        const GroupItem& item = items[number % kItems];
#pragma unroll
        for (int side = 0; side < 2; ++side) {
            const float factor = 1.0f / sumOfRow(of[side]);
            const int query = group * 64 + warp * 16 + r + 8 * side;
            if (query >= item.queryCount)
                continue;
            __half* row = item.out + static_cast<std::size_t>(query) * p.heads * kWidth + 2 * j;
#pragma unroll
            for (int i = 0; i < kWidth / 8; ++i)
                *reinterpret_cast<__half2*>(row + 8 * i) = __floats2half2_rn(sums[4 * i + 2 * side] * factor, sums[4 * i + 2 * side + 1] * factor);
        }
    };

    if (threadIdx.x < 3)
        prepare(static_cast<int>(threadIdx.x));
    syncBlock();
    Step now{0, 0};
    if (!isThere(now))
        return;
    copyKeys(now, 0);
    commitCopies();
    Step next = after(now);
    copyValues(now, 0);
    if (isThere(next))
        copyKeys(next, 1);
    commitCopies();
    fetchSinkScores(0);
    beginItem();
    awaitCopies<1>();
    showCopies();
    syncBlock();
    addSinks(0);
    beginProducts();
    queueStep(now, 0);
    awaitProducts<0>();
    weigh(now);
    takeWeights();
    int side = 0;                         // of this step
    for (; isThere(next); side ^= 1) {
        awaitCopies<0>();
        showCopies();
        syncBlock();                      // this step's values and the next one's keys are there for all, and all have done with what was before
        if (now.tile == 0 && threadIdx.x == 0)
            prepare(now.item + 3);        // seen behind the next barrier, which is early enough
        const Step later = after(next);
        if (isThere(later))
            copyKeys(later, side);
        copyValues(next, side ^ 1);
        commitCopies();
        const bool isNew = next.tile == 0;
        if (isNew)
            fetchSinkScores(next.item);   // used behind the products, which takes as long as they are on their way
        beginProducts();
        queueStep(next, side ^ 1);
        queueValues(side);
        awaitProducts<1>();               // the scores
        const float done[2] = {total[0], total[1]};
        if (isNew)
            beginItem();
        weigh(next);
        awaitProducts<0>();
        if (isNew) {
            store(now.item, done);
            addSinks(next.item);
        }
        takeWeights();
        now = next;
        next = later;
    }
    awaitCopies<0>();
    showCopies();
    syncBlock();
    beginProducts();
    queueValues(side);
    awaitProducts<0>();
    store(now.item, total);
#endif
}

} // namespace octavo::cuda
