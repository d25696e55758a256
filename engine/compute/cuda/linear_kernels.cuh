// SPDX-License-Identifier: Apache-2.0
// Products with weights as they stand in the file. Few rows of x are multiplied straight from the blocks, at memory speed; for many, weights are
// unpacked to halves first.
#pragma once

#include "compute/cuda/quant_blocks.cuh"

namespace octavo::cuda {

template <class Block>
constexpr bool kInBlocks = Block::kElements > 1;

// Group `g` of 32 elements of a row, as floats. Rows begin at multiples of 16 bytes.
template <class Block>
OCTAVO_DEVICE void floatsOfGroup(const std::byte* row, std::uint32_t g, float (&out)[32])
{
    if constexpr (kInBlocks<Block>) {
        constexpr int kGroups = Block::kElements / kGroup;
        QuantGroup group;
        Block::unpack(row + static_cast<std::size_t>(g / kGroups) * Block::kBytes, static_cast<int>(g % kGroups), group);
#pragma unroll
        for (int n = 0; n < kGroup; ++n)
            out[n] = elementOf<Block>(group, n);
    } else {
#pragma unroll
        for (int n = 0; n < kGroup; n += 8) {
            float eight[8];
            Block::loadEight(row + (static_cast<std::size_t>(g) * kGroup + n) * Block::kBytes, eight);
#pragma unroll
            for (int i = 0; i < 8; ++i)
                out[n + i] = eight[i];
        }
    }
}

// out [rows][columns] as halves. A thread per 32 elements. grid: {⌈columns / 32 / 64⌉, rows}.
constexpr int kUnpackThreads = 64;
template <class Block>
OCTAVO_KERNEL(kUnpackThreads, 1)
unpackRows(const std::byte* data, std::uint64_t rowBytes, std::uint32_t columns, __half* out)
{
    const std::uint32_t g = blockIdx.x * kUnpackThreads + threadIdx.x;
    if (g * kGroup >= columns)
        return;
    float values[32];
    floatsOfGroup<Block>(data + blockIdx.y * rowBytes, g, values);
    uint4* to = reinterpret_cast<uint4*>(out + static_cast<std::size_t>(blockIdx.y) * columns + g * kGroup);
#pragma unroll
    for (int n = 0; n < 4; ++n) {
        std::uint32_t words[4];
#pragma unroll
        for (int i = 0; i < 4; ++i)
            words[i] = packHalves(clampToHalf(values[8 * n + 2 * i]), clampToHalf(values[8 * n + 2 * i + 1]));
        to[n] = {words[0], words[1], words[2], words[3]};
    }
}

// x [count][columns] = the rows of `ids`, as floats. grid: as unpackRows.
template <class Block>
OCTAVO_KERNEL(kUnpackThreads, 1)
embedRows(const std::byte* data, std::uint64_t rowBytes, std::uint32_t columns, const std::int32_t* ids, float* x)
{
    const std::uint32_t g = blockIdx.x * kUnpackThreads + threadIdx.x;
    if (g * kGroup >= columns)
        return;
    float values[32];
    floatsOfGroup<Block>(data + static_cast<std::uint64_t>(ids[blockIdx.y]) * rowBytes, g, values);
    float4* to = reinterpret_cast<float4*>(x + static_cast<std::size_t>(blockIdx.y) * columns + g * kGroup);
#pragma unroll
    for (int n = 0; n < 8; ++n)
        to[n] = {values[4 * n], values[4 * n + 1], values[4 * n + 2], values[4 * n + 3]};
}

constexpr int kMostParts = 3;

// y = x · Wᵀ for up to four rows of x and up to three weights of one type and width, their outputs side by side.
struct FewRows {
    const std::byte* data[kMostParts] = {};
    std::uint64_t rowBytes = 0;
    std::uint32_t rows[kMostParts] = {};  // 0: no such part
    std::uint32_t columns = 0;
    std::uint32_t count = 0;              // rows of x
    // x: halves, or floats that an RMS norm comes before.
    const __half* halves = nullptr;       // [count][columns]
    const float* singles = nullptr;
    const float* norm = nullptr;          // [columns]
    float epsilon = 0;
    // y: halves, or floats, stored or added.
    __half* out = nullptr;                // [count][outRow]
    float* sum = nullptr;                 // likewise
    bool add = false;
    std::uint32_t outRow = 0;
};

constexpr int kFewThreads = 256;
constexpr int kFewBlocks = 4;             // per multiprocessor

// Of 32 inputs: whole numbers times `scale`, and the sums of the first and the last sixteen.
struct InputGroup {
    float scale;
    std::int16_t sums[2];
};

// How x is multiplied, and what becomes of the sums.
enum class FewMode {
    Plain,   // x rounded to int8 for weights in blocks
    Gated,   // likewise; part 0 is the gate, part 1 what it lets through: y = silu(gate)·up, in halves
    Exact,   // x in halves for all weights: for logits, which an int8 state puts off by 0.1
};

template <class Block, FewMode kMode>
constexpr bool kWholeInputs = kInBlocks<Block> && kMode != FewMode::Exact;

// In shared memory: sums of the warps; x, int8 as [count][half of a group][group][16] and InputGroup [count][group], or halves [count][columns].
template <class Block, FewMode kMode>
constexpr std::size_t fewShared(std::size_t count, std::size_t columns)
{
    return 128 + (kWholeInputs<Block, kMode> ? count * (columns + columns / kGroup * sizeof(InputGroup)) : count * columns * sizeof(__half));
}

// Brings x to shared memory. Eight lanes take 32 inputs. (Copying each row there as it is first, all of it at once, and prefetching rows of weights to L2
// made the products of an 8B model slower by a quarter on an H200.)
template <class Block, FewMode kMode>
OCTAVO_DEVICE void loadInputs(const FewRows& p, std::byte* shared)
{
    float* shares = reinterpret_cast<float*>(shared);                     // [warps]
    std::byte* inputs = shared + 128;
    const std::uint32_t groups = p.columns / kGroup;
    for (std::uint32_t row = 0; row < p.count; ++row) {
        float factor = 1;
        if (p.singles) {
            float squares = 0;
            for (std::uint32_t n = threadIdx.x * 4; n < p.columns; n += kFewThreads * 4) {
                const float4 x = *reinterpret_cast<const float4*>(p.singles + static_cast<std::size_t>(row) * p.columns + n);
                squares += x.x * x.x + x.y * x.y + x.z * x.z + x.w * x.w;
            }
            squares = sumOfWarp(squares);
            syncBlock();                  // all have done with the row before
            if (threadIdx.x % kWarp == 0)
                shares[threadIdx.x / kWarp] = squares;
            syncBlock();
            float sum = 0;
            for (int n = 0; n < kFewThreads / kWarp; ++n)
                sum += shares[n];
            factor = rsqrtf(sum / static_cast<float>(p.columns) + p.epsilon);
        }
        // Whole warps go on together, for the exchanges: groups beyond the last are computed and not stored.
        for (std::uint32_t begin = 0; begin < p.columns; begin += kFewThreads * 4) {
            const std::uint32_t at = begin + threadIdx.x * 4;
            const bool there = at < p.columns;
            float x[4] = {0, 0, 0, 0};
            if (there && p.singles) {
                const float4 four = *reinterpret_cast<const float4*>(p.singles + static_cast<std::size_t>(row) * p.columns + at);
                const float4 by = *reinterpret_cast<const float4*>(p.norm + at);
                x[0] = four.x * factor * by.x, x[1] = four.y * factor * by.y, x[2] = four.z * factor * by.z, x[3] = four.w * factor * by.w;
            } else if (there) {
                const uint2 pairs = *reinterpret_cast<const uint2*>(p.halves + static_cast<std::size_t>(row) * p.columns + at);
                const float2 low = unpackHalves(pairs.x), high = unpackHalves(pairs.y);
                x[0] = low.x, x[1] = low.y, x[2] = high.x, x[3] = high.y;
            }
            if constexpr (kWholeInputs<Block, kMode>) {
                float largest = fmaxf(fmaxf(fabsf(x[0]), fabsf(x[1])), fmaxf(fabsf(x[2]), fabsf(x[3])));
                for (int mask = 4; mask > 0; mask /= 2)
                    largest = fmaxf(largest, exchange(largest, mask));
                const float inverse = largest > 0 ? 127.0f / largest : 0.0f;
                std::uint32_t word = 0;
                int sum = 0;
#pragma unroll
                for (int n = 0; n < 4; ++n) {
                    const int whole = static_cast<int>(rintf(x[n] * inverse));
                    sum += whole;
                    word |= (static_cast<std::uint32_t>(whole) & 0xFF) << 8 * n;
                }
                sum += exchange(sum, 1);
                sum += exchange(sum, 2);  // of sixteen inputs
                if (!there)
                    continue;
                const std::uint32_t g = at / kGroup, within = at % kGroup;
                std::byte* own = inputs + static_cast<std::size_t>(row) * p.columns;
                *reinterpret_cast<std::uint32_t*>(own + within / 16 * (p.columns / 2) + g * 16 + within % 16) = word;
                auto* group = reinterpret_cast<InputGroup*>(inputs + static_cast<std::size_t>(p.count) * p.columns) + static_cast<std::size_t>(row) * groups + g;
                if (within % 16 == 0)
                    group->sums[within / 16] = static_cast<std::int16_t>(sum);
                if (within == 0)
                    group->scale = largest / 127.0f;
            } else if (there) {
                *reinterpret_cast<uint2*>(reinterpret_cast<__half*>(inputs) + static_cast<std::size_t>(row) * p.columns + at)
                    = {packHalves(clampToHalf(x[0]), clampToHalf(x[1])), packHalves(clampToHalf(x[2]), clampToHalf(x[3]))};
            }
        }
    }
    syncBlock();
}

// A group of weights times inputs in int8, without the inputs' scale.
template <class Block>
OCTAVO_DEVICE float multiplyGroupOf(const QuantGroup& group, const uint4& first, const uint4& second, const InputGroup& fact)
{
    int low = dotQuads(group.quants[0], static_cast<int>(first.x), 0), high = dotQuads(group.quants[4], static_cast<int>(second.x), 0);
    low = dotQuads(group.quants[1], static_cast<int>(first.y), low), high = dotQuads(group.quants[5], static_cast<int>(second.y), high);
    low = dotQuads(group.quants[2], static_cast<int>(first.z), low), high = dotQuads(group.quants[6], static_cast<int>(second.z), high);
    low = dotQuads(group.quants[3], static_cast<int>(first.w), low), high = dotQuads(group.quants[7], static_cast<int>(second.w), high);
    float sum;
    if constexpr (Block::kScales == 2) {
        sum = group.scales[0] * static_cast<float>(low - Block::kMiddle * fact.sums[0]) + group.scales[1] * static_cast<float>(high - Block::kMiddle * fact.sums[1]);
        if constexpr (Block::kHasOffsets)
            sum += group.offsets[0] * static_cast<float>(fact.sums[0]) + group.offsets[1] * static_cast<float>(fact.sums[1]);
    } else {
        const int all = fact.sums[0] + fact.sums[1];
        sum = group.scales[0] * static_cast<float>(low + high - Block::kMiddle * all);
        if constexpr (Block::kHasOffsets)
            sum += group.offsets[0] * static_cast<float>(all);
    }
    return sum;
}

// sums [row of x] += this lane's share of a row of weights times x.
template <class Block, FewMode kMode, int kCount>
OCTAVO_DEVICE void multiplyRow(const std::byte* row, std::uint32_t columns, std::uint32_t count, const std::byte* inputs, float (&sums)[kCount])
{
    const std::uint32_t lane = threadIdx.x % kWarp, groups = columns / kGroup;
    if constexpr (kWholeInputs<Block, kMode>) {
        constexpr int kGroups = Block::kElements / kGroup;
        const auto* facts = reinterpret_cast<const InputGroup*>(inputs + static_cast<std::size_t>(count) * columns);
        // Two groups at a time where they share bytes would be fewer instructions, and took 44 instead of 26 µs for a gate and up of 4096 × 14336.
#pragma unroll 4
        for (std::uint32_t g = lane; g < groups; g += kWarp) {
            QuantGroup group;
            Block::unpack(row + static_cast<std::size_t>(g / kGroups) * Block::kBytes, static_cast<int>(g % kGroups), group);
#pragma unroll
            for (int n = 0; n < kCount; ++n) {
                if (n > 0 && n >= static_cast<int>(count))
                    break;
                const std::byte* own = inputs + static_cast<std::size_t>(n) * columns + g * 16;
                const InputGroup fact = facts[static_cast<std::size_t>(n) * groups + g];
                sums[n] += multiplyGroupOf<Block>(group, *reinterpret_cast<const uint4*>(own), *reinterpret_cast<const uint4*>(own + columns / 2), fact) * fact.scale;
            }
        }
    } else if constexpr (kInBlocks<Block>) {
        for (std::uint32_t g = lane; g < groups; g += kWarp) {
            float weights[32];
            floatsOfGroup<Block>(row, g, weights);
#pragma unroll
            for (int n = 0; n < kCount; ++n) {
                if (n > 0 && n >= static_cast<int>(count))
                    break;
                const auto* x = reinterpret_cast<const uint4*>(reinterpret_cast<const __half*>(inputs) + static_cast<std::size_t>(n) * columns + g * kGroup);
#pragma unroll
                for (int i = 0; i < 4; ++i) {
                    const uint4 eight = x[i];
                    const float2 pairs[4] = {unpackHalves(eight.x), unpackHalves(eight.y), unpackHalves(eight.z), unpackHalves(eight.w)};
#pragma unroll
                    for (int k = 0; k < 4; ++k)
                        sums[n] += weights[8 * i + 2 * k] * pairs[k].x + weights[8 * i + 2 * k + 1] * pairs[k].y;
                }
            }
        }
    } else {
#pragma unroll 4
        for (std::uint32_t at = lane * 8; at < columns; at += kWarp * 8) {
            float weights[8];
            Block::loadEight(row + static_cast<std::size_t>(at) * Block::kBytes, weights);
#pragma unroll
            for (int n = 0; n < kCount; ++n) {
                if (n > 0 && n >= static_cast<int>(count))
                    break;
                const uint4 x = *reinterpret_cast<const uint4*>(reinterpret_cast<const __half*>(inputs) + static_cast<std::size_t>(n) * columns + at);
                const float2 pairs[4] = {unpackHalves(x.x), unpackHalves(x.y), unpackHalves(x.z), unpackHalves(x.w)};
#pragma unroll
                for (int i = 0; i < 4; ++i)
                    sums[n] += weights[2 * i] * pairs[i].x + weights[2 * i + 1] * pairs[i].y;
            }
        }
    }
}

// A warp per row of weights, the rows in turn.
// grid: up to kFewBlocks per multiprocessor, so that making x ready is shared by many rows; shared memory fewShared.
template <class Block, int kCount, FewMode kMode>
OCTAVO_KERNEL(kFewThreads, kFewBlocks)
multiplyFew(FewRows p)
{
    constexpr bool kGated = kMode == FewMode::Gated;
    std::byte* shared = sharedMemory();
    const std::uint32_t warps = gridDim.x * (kFewThreads / kWarp);
    const std::uint32_t rows = kGated ? p.rows[0] : p.rows[0] + p.rows[1] + p.rows[2];
    const auto weightsOf = [&p](std::uint32_t row) { // no loop over parts: parameters indexed at run time would be copied to memory
        const std::byte* data = p.data[0];
        if (!kGated && row >= p.rows[0]) {
            row -= p.rows[0];
            data = p.data[1];
            if (row >= p.rows[1]) {
                row -= p.rows[1];
                data = p.data[2];
            }
        }
        return data + static_cast<std::size_t>(row) * p.rowBytes;
    };
    loadInputs<Block, kMode>(p, shared);
    const std::byte* inputs = shared + 128;
    for (std::uint32_t row = blockIdx.x * (kFewThreads / kWarp) + threadIdx.x / kWarp; row < rows; row += warps) {
        float sums[kCount] = {}, ups[kCount] = {};
        multiplyRow<Block, kMode>(weightsOf(row), p.columns, p.count, inputs, sums);
        if constexpr (kGated)
            multiplyRow<Block, kMode>(p.data[1] + static_cast<std::size_t>(row) * p.rowBytes, p.columns, p.count, inputs, ups);
#pragma unroll
        for (int n = 0; n < kCount; ++n) {
            if (n > 0 && n >= static_cast<int>(p.count))
                break;
            float y = sumOfWarp(sums[n]);
            if constexpr (kGated)
                y = y / (1.0f + exp2Fast(-y * kLog2e)) * sumOfWarp(ups[n]);
            if (threadIdx.x % kWarp != 0)
                continue;
            const std::size_t at = static_cast<std::size_t>(n) * p.outRow + row;
            if (p.out)
                p.out[at] = __float2half(clampToHalf(y));
            else
                p.sum[at] = p.add ? p.sum[at] + y : y;
        }
    }
}

} // namespace octavo::cuda
