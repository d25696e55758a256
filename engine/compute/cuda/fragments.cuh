// SPDX-License-Identifier: Apache-2.0
// What the attention kernels share: how a warp holds queries, keys and values for matrix instructions, and the softmax of a tile.
//
// Sums run over a head's elements in any order that queries and keys have in common, so a lane takes neighbouring ones: lane l (j = l % 4) holds of
// each 32 elements those from 8·j to 8·j + 7, of 16 that are left over those from 4·j to 4·j + 3. One wide load then serves two matrix
// instructions, and both elements of a rotary pair lie in one register. Likewise lane l (c = l / 4) holds of a value row the width/8
// elements from c·width/8 on, and columns of a result come out in that order.
#pragma once

#include "compute/cuda/device.cuh"

namespace octavo::cuda {

constexpr std::uint32_t kPage = 256;      // tokens of a page of keys and values (kPageTokens)
constexpr float kMasked = -1e30f;         // finite: a row that sees nothing yet gives numbers, which the first visible key wipes out

// Keys, or values, of one layer in pages of 256 tokens: in a page heads follow each other; of a head [256][width] as half, or as int8 with
// half-precision scales [256][blocks of 32] behind. Halves that lie in one piece are pages too.
struct CachedPart {
    std::byte* const* pages = nullptr;    // [token / 256]
    std::uint64_t begin = 0;              // bytes from a page's begin to the first head
    std::uint64_t head = 0;               // bytes from head to head
    std::uint32_t token = 0;              // bytes from token to token
    bool whole = false;                   // int8
};

template <int kWords>
OCTAVO_DEVICE void loadWords(const void* from, std::uint32_t (&words)[kWords])
{
    // Whole vectors where every slice of so many words begins at a multiple of them.
    if constexpr (kWords % 4 == 0)
        for (int n = 0; n < kWords / 4; ++n) {
            const uint4 quad = static_cast<const uint4*>(from)[n];
            words[4 * n] = quad.x, words[4 * n + 1] = quad.y, words[4 * n + 2] = quad.z, words[4 * n + 3] = quad.w;
        }
    else if constexpr (kWords % 2 == 0)
        for (int n = 0; n < kWords / 2; ++n) {
            const uint2 pair = static_cast<const uint2*>(from)[n];
            words[2 * n] = pair.x, words[2 * n + 1] = pair.y;
        }
    else
        for (int n = 0; n < kWords; ++n)
            words[n] = static_cast<const std::uint32_t*>(from)[n];
}

template <int kWords>
OCTAVO_DEVICE void storeWords(void* to, const std::uint32_t (&words)[kWords])
{
    if constexpr (kWords % 4 == 0)
        for (int n = 0; n < kWords / 4; ++n)
            static_cast<uint4*>(to)[n] = {words[4 * n], words[4 * n + 1], words[4 * n + 2], words[4 * n + 3]};
    else if constexpr (kWords % 2 == 0)
        for (int n = 0; n < kWords / 2; ++n)
            static_cast<uint2*>(to)[n] = {words[2 * n], words[2 * n + 1]};
    else
        for (int n = 0; n < kWords; ++n)
            static_cast<std::uint32_t*>(to)[n] = words[n];
}

// Four signed bytes times a scale, as two pairs of halves. 0x6400 | b is the half 1024 + b.
OCTAVO_DEVICE void halvesOfBytes(std::uint32_t bytes, __half2 scale, std::uint32_t& low, std::uint32_t& high)
{
    const std::uint32_t shifted = bytes ^ 0x80808080u;
    const __half2 offset = pairOf(0x64806480u); // 1024 + 128
    low = bitsOf(__hmul2(__hsub2(pairOf(pickBytes(shifted, 0x64646464u, 0x4140)), offset), scale));
    high = bitsOf(__hmul2(__hsub2(pairOf(pickBytes(shifted, 0x64646464u, 0x4342)), offset), scale));
}

// A rotary pair of halves turned by (cosine, sine).
OCTAVO_DEVICE std::uint32_t turnPair(std::uint32_t pair, float2 turn, float scale = 1)
{
    const float2 x = unpackHalves(pair);
    return packHalves((x.x * turn.x - x.y * turn.y) * scale, (x.x * turn.y + x.y * turn.x) * scale);
}

// Elements 8·piece to 8·piece + 7 of one cached key or value, as halves.
template <int kWidth>
OCTAVO_DEVICE void loadPiece(const std::byte* page, const CachedPart& part, std::uint32_t head, std::uint32_t slot, int piece, std::uint32_t (&pairs)[4])
{
    const std::byte* of = page + part.begin + head * part.head;
    const std::byte* row = of + static_cast<std::size_t>(slot) * part.token;
    if (!part.whole)
        return loadWords(row + 16 * piece, pairs);
    const __half2 scale = __half2half2(reinterpret_cast<const __half*>(of + kPage * kWidth)[slot * ((kWidth + 31) / 32) + piece / 4]);
    const uint2 bytes = *reinterpret_cast<const uint2*>(row + 8 * piece);
    halvesOfBytes(bytes.x, scale, pairs[0], pairs[1]);
    halvesOfBytes(bytes.y, scale, pairs[2], pairs[3]);
}

// The sum of what the four lanes of a row hold.
OCTAVO_DEVICE float sumOfRow(float share)
{
    share += exchange(share, 1);
    return share + exchange(share, 2);
}

// Scores of 16 rows and 8·kScoreTiles keys, in units of log 2, become weights; what was gathered so far (maximum, each lane's share of the sum of weights,
// weighted values) is made to match.
template <int kScoreTiles, int kColumns>
OCTAVO_DEVICE void weighScores(float (&scores)[kScoreTiles][4], float (&maximum)[2], float (&total)[2], float (&sums)[kColumns][4])
{
#pragma unroll
    for (int half = 0; half < 2; ++half) {
        float highest = maximum[half];
#pragma unroll
        for (int n = 0; n < kScoreTiles; ++n)
            highest = fmaxf(highest, fmaxf(scores[n][2 * half], scores[n][2 * half + 1]));
        highest = fmaxf(highest, exchange(highest, 1));
        highest = fmaxf(highest, exchange(highest, 2));
        const float rescale = exp2Fast(maximum[half] - highest);
        maximum[half] = highest;
        float sum = total[half] * rescale;
#pragma unroll
        for (int n = 0; n < kScoreTiles; ++n) {
            scores[n][2 * half] = exp2Fast(scores[n][2 * half] - highest);
            scores[n][2 * half + 1] = exp2Fast(scores[n][2 * half + 1] - highest);
            sum += scores[n][2 * half] + scores[n][2 * half + 1];
        }
        total[half] = sum;
#pragma unroll
        for (int n = 0; n < kColumns; ++n) {
            sums[n][2 * half] *= rescale;
            sums[n][2 * half + 1] *= rescale;
        }
    }
}

// One row of halves, as lane j of four holds it for products over the width.
template <int kWidth>
struct Slice {
    static constexpr int kBlocks = kWidth / 32;
    static constexpr bool kTail = kWidth % 32 != 0;
    std::uint32_t pairs[kWidth / 8];      // pairs 2s and 2s + 1 belong to the s-th 16 elements of the sum

    // The rotary pair that pairs[n] is.
    static OCTAVO_HD int pairIndex(int n, int j) { return n < 4 * kBlocks ? n / 4 * 16 + 4 * j + n % 4 : 16 * kBlocks + 2 * j + n % 4; }

    OCTAVO_DEVICE void load(const __half* row, int j)
    {
        for (int block = 0; block < kBlocks; ++block) {
            const uint4 quad = *reinterpret_cast<const uint4*>(row + 32 * block + 8 * j);
            pairs[4 * block] = quad.x, pairs[4 * block + 1] = quad.y, pairs[4 * block + 2] = quad.z, pairs[4 * block + 3] = quad.w;
        }
        if constexpr (kTail) {
            const uint2 pair = *reinterpret_cast<const uint2*>(row + 32 * kBlocks + 4 * j);
            pairs[4 * kBlocks] = pair.x, pairs[4 * kBlocks + 1] = pair.y;
        }
    }

    OCTAVO_DEVICE void load(const std::int8_t* row, const __half* scales, int j)
    {
        for (int block = 0; block < kBlocks; ++block) {
            const uint2 bytes = *reinterpret_cast<const uint2*>(row + 32 * block + 8 * j);
            const __half2 scale = __half2half2(scales[block]);
            halvesOfBytes(bytes.x, scale, pairs[4 * block], pairs[4 * block + 1]);
            halvesOfBytes(bytes.y, scale, pairs[4 * block + 2], pairs[4 * block + 3]);
        }
        if constexpr (kTail)
            halvesOfBytes(*reinterpret_cast<const std::uint32_t*>(row + 32 * kBlocks + 4 * j), __half2half2(scales[kBlocks]), pairs[4 * kBlocks],
                          pairs[4 * kBlocks + 1]);
    }

    // Turns each pair by turns[its index] (cosine, sine), then scales.
    OCTAVO_DEVICE void turn(const float2* turns, int j, float scale = 1)
    {
#pragma unroll
        for (int n = 0; n < kWidth / 8; ++n)
            pairs[n] = turnPair(pairs[n], turns[pairIndex(n, j)], scale);
    }

    OCTAVO_DEVICE void turnBack(const float2* turns, int j)
    {
#pragma unroll
        for (int n = 0; n < kWidth / 8; ++n) {
            const float2 turn = turns[pairIndex(n, j)];
            pairs[n] = turnPair(pairs[n], {turn.x, -turn.y});
        }
    }
};

// A key in the page given; pages of the part do not matter.
template <int kWidth>
OCTAVO_DEVICE Slice<kWidth> cachedSlice(const std::byte* page, const CachedPart& part, std::uint32_t head, std::uint32_t slot, int j)
{
    const std::byte* of = page + part.begin + head * part.head;
    const std::byte* row = of + static_cast<std::size_t>(slot) * part.token;
    Slice<kWidth> slice;
    if (part.whole)
        slice.load(reinterpret_cast<const std::int8_t*>(row), reinterpret_cast<const __half*>(of + kPage * kWidth) + slot * ((kWidth + 31) / 32), j);
    else
        slice.load(reinterpret_cast<const __half*>(row), j);
    return slice;
}

// The width/8 elements from c·width/8 on of one cached value, as halves.
template <int kWidth>
struct ValueSlice {
    std::uint32_t pairs[kWidth / 16];

    OCTAVO_DEVICE void load(const __half* row, int c) { loadWords(row + c * (kWidth / 8), pairs); }

    OCTAVO_DEVICE void load(const std::int8_t* row, const __half* scales, int c)
    {
        const int begin = c * (kWidth / 8);
        const int border = (begin / 32 + 1) * 32; // a slice lies in two blocks at most
        const __half2 first = __half2half2(scales[begin / 32]);
        const __half2 second = __half2half2(scales[(begin + kWidth / 8 - 1) / 32]);
        for (int n = 0; n < kWidth / 16; n += 2) {
            std::uint32_t bytes = *reinterpret_cast<const std::uint16_t*>(row + begin + 2 * n);
            if (n + 1 < kWidth / 16)
                bytes |= static_cast<std::uint32_t>(*reinterpret_cast<const std::uint16_t*>(row + begin + 2 * n + 2)) << 16;
            std::uint32_t low, high;
            halvesOfBytes(bytes, begin + 2 * n < border ? first : second, low, high);
            pairs[n] = low;
            if (n + 1 < kWidth / 16) {
                std::uint32_t unused;
                halvesOfBytes(bytes, begin + 2 * n + 2 < border ? first : second, unused, high);
                pairs[n + 1] = high;
            }
        }
    }
};

template <int kWidth>
OCTAVO_DEVICE ValueSlice<kWidth> cachedValue(const std::byte* page, const CachedPart& part, std::uint32_t head, std::uint32_t slot, int c)
{
    const std::byte* of = page + part.begin + head * part.head;
    const std::byte* row = of + static_cast<std::size_t>(slot) * part.token;
    ValueSlice<kWidth> slice;
    if (part.whole)
        slice.load(reinterpret_cast<const std::int8_t*>(row), reinterpret_cast<const __half*>(of + kPage * kWidth) + slot * ((kWidth + 31) / 32), c);
    else
        slice.load(reinterpret_cast<const __half*>(row), c);
    return slice;
}

// What sixteen rows of queries have gathered so far. Scores are in units of log 2. A lane's rows are l / 4 and l / 4 + 8.
template <int kWidth>
struct Gathered {
    static constexpr int kTiles = kWidth / 8;
    float sums[kTiles][4];                // weighted values; of tile n, columns c·width/8 + n (see above)
    float maximum[2];                     // the same in the four lanes of a row
    float total[2];                       // this lane's share of the sum of weights

    OCTAVO_DEVICE void clear()
    {
#pragma unroll
        for (int n = 0; n < kTiles; ++n)
            sums[n][0] = sums[n][1] = sums[n][2] = sums[n][3] = 0;
        maximum[0] = maximum[1] = kMasked;
        total[0] = total[1] = 0;
    }

    // Adds 16 weighted values: `values` are those of keys 2j, 2j + 1, 2j + 8 and 2j + 9, j = l % 4.
    OCTAVO_DEVICE void add(const float (&weights)[2][4], const ValueSlice<kWidth> (&values)[4])
    {
        const std::uint32_t a[4] = {packHalves(weights[0][0], weights[0][1]), packHalves(weights[0][2], weights[0][3]),
                                    packHalves(weights[1][0], weights[1][1]), packHalves(weights[1][2], weights[1][3])};
#pragma unroll
        for (int n = 0; n < kTiles; ++n) {
            const std::uint32_t selector = n % 2 ? 0x7632 : 0x5410;
            multiplyTile(sums[n], a, pickBytes(values[0].pairs[n / 2], values[1].pairs[n / 2], selector),
                         pickBytes(values[2].pairs[n / 2], values[3].pairs[n / 2], selector));
        }
    }
};

// scores [16][8] = the queries of two slices (rows l / 4 and l / 4 + 8) · the key of lane l / 4.
template <int kWidth>
OCTAVO_DEVICE void scoreTile(const Slice<kWidth> (&queries)[2], const Slice<kWidth>& key, float (&scores)[4])
{
    scores[0] = scores[1] = scores[2] = scores[3] = 0;
#pragma unroll
    for (int s = 0; s < kWidth / 16; ++s) {
        const std::uint32_t a[4] = {queries[0].pairs[2 * s], queries[1].pairs[2 * s], queries[0].pairs[2 * s + 1], queries[1].pairs[2 * s + 1]};
        multiplyTile(scores, a, key.pairs[2 * s], key.pairs[2 * s + 1]);
    }
}

} // namespace octavo::cuda
