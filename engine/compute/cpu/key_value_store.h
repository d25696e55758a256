// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "compute/backend.h"
#include "compute/cpu/kernels.h"
#include "compute/cpu/kv_kernels.h"
#include "compute/cpu/turns.h"

namespace octavo::cpu {

// Stores keys and values of tokens [first + begin, first + end), which lie in one page, for one head: keys turned to their place in
// their row (turns, one per token of the chunk) and transposed. k and v are the chunk's [count][kvHeads·headWidth].
// `scratch` holds headWidth·(roundUp(end − begin) + 1) floats.
inline void storeKeysValues(KvCache& cache, const AttentionShape& shape, std::uint32_t layer, std::uint32_t kvHead, std::uint64_t first,
                            std::size_t begin, std::size_t end, const float* k, const float* v, const Turns& turns, float* scratch)
{
    const std::size_t width = shape.headWidth;
    const std::size_t leading = static_cast<std::size_t>(shape.kvHeads) * width;
    const std::size_t count = end - begin;
    const std::size_t columns = roundUp(count);
    const std::uint32_t slot = (first + begin) % kPageTokens;
    KvPage& page = cache.page((first + begin) / kPageTokens);
    float* turned = scratch + width * columns;
    std::fill_n(scratch, width * columns, 0.0f);
    for (std::size_t n = 0; n < count; ++n) {
        rotate(k + (begin + n) * leading + kvHead * width, turns.cosines(begin + n), turns.sines(begin + n), width / 2, turned);
        for (std::size_t d = 0; d < width; ++d)
            scratch[d * columns + n] = turned[d];
    }
    storeKeys(scratch, columns, width, count, page.keys(layer, kvHead, slot));
    storeValues(v + begin * leading + kvHead * width, leading, width, count, page.values(layer, kvHead, slot));
}

// Tokens [first, first + count) cut where blocks of 64 token numbers begin; such a block never crosses a page.
struct TokenBlock {
    std::size_t begin;   // within the chunk
    std::size_t end;
};

inline std::vector<TokenBlock> blocksOf(std::uint64_t first, std::size_t count)
{
    constexpr std::uint64_t kBlock = 64;
    std::vector<TokenBlock> blocks;
    for (std::size_t begin = 0; begin < count;) {
        const std::size_t end = std::min<std::size_t>(count, begin + (kBlock - (first + begin) % kBlock));
        blocks.push_back({begin, end});
        begin = end;
    }
    return blocks;
}

} // namespace octavo::cpu
