// SPDX-License-Identifier: Apache-2.0
// What each token needs around attention: norms, rotary turns, its place in the cache.
#pragma once

#include "compute/cuda/reading_kernels.cuh"

namespace octavo::cuda {

constexpr int kTokenWarps = 8;

// turns [n][pairs] = cosine and sine of positions[n]·frequencies[pair], in double: positions reach 10^6. grid: {n}, threads: any.
OCTAVO_KERNEL(256, 1)
fillTurns(const double* positions, const double* frequencies, std::uint32_t pairs, float2* turns)
{
    for (std::uint32_t pair = threadIdx.x; pair < pairs; pair += blockDim.x) {
        double sine, cosine;
        sincos(positions[blockIdx.x] * frequencies[pair], &sine, &cosine);
        turns[static_cast<std::size_t>(blockIdx.x) * pairs + pair] = {static_cast<float>(cosine), static_cast<float>(sine)};
    }
}

// out [token][width] = x / √(mean x² + epsilon) · weight; width a multiple of 4. grid: {tokens}.
constexpr int kNormThreads = 256;
OCTAVO_KERNEL(kNormThreads, 1)
rmsNorm(const float* x, const float* weight, std::uint32_t width, float epsilon, __half* halves, float* singles)
{
    float* shares = reinterpret_cast<float*>(sharedMemory());             // [warps]
    const auto* row = reinterpret_cast<const float4*>(x + static_cast<std::size_t>(blockIdx.x) * width);
    float sum = 0;
    for (std::uint32_t n = threadIdx.x; n < width / 4; n += kNormThreads) {
        const float4 four = row[n];
        sum += four.x * four.x + four.y * four.y + four.z * four.z + four.w * four.w;
    }
    sum = sumOfWarp(sum);
    if (threadIdx.x % kWarp == 0)
        shares[threadIdx.x / kWarp] = sum;
    syncBlock();
    sum = 0;
    for (int n = 0; n < kNormThreads / kWarp; ++n)
        sum += shares[n];
    const float factor = rsqrtf(sum / static_cast<float>(width) + epsilon);
    for (std::uint32_t n = threadIdx.x; n < width / 4; n += kNormThreads) {
        const float4 four = row[n], by = reinterpret_cast<const float4*>(weight)[n];
        const float4 y = {four.x * factor * by.x, four.y * factor * by.y, four.z * factor * by.z, four.w * factor * by.w};
        const std::size_t at = static_cast<std::size_t>(blockIdx.x) * (width / 4) + n;
        if (halves)
            reinterpret_cast<uint2*>(halves)[at] = {packHalves(clampToHalf(y.x), clampToHalf(y.y)), packHalves(clampToHalf(y.z), clampToHalf(y.w))};
        if (singles)
            reinterpret_cast<float4*>(singles)[at] = y;
    }
}

// Adds a bias to each of the rows, rowLength apart, of floats or halves. grid: {⌈width / 256⌉, rows}.
OCTAVO_KERNEL(256, 1)
addBiasRows(const float* bias, std::uint32_t width, float* single, __half* half, std::uint32_t rowLength)
{
    const std::uint32_t n = blockIdx.x * 256 + threadIdx.x;
    if (n >= width)
        return;
    const std::size_t at = static_cast<std::size_t>(blockIdx.y) * rowLength + n;
    if (single)
        single[at] += bias[n];
    if (half)
        half[at] = __float2half(clampToHalf(__half2float(half[at]) + bias[n]));
}

// out [token][width] = silu(gate)·up, both halves of gateUp [token][2·width]; width a multiple of 8. grid: {⌈width / 8 / 256⌉, tokens}.
OCTAVO_KERNEL(256, 1)
siluMultiply(const __half* gateUp, std::uint32_t width, __half* out)
{
    const std::uint32_t n = blockIdx.x * 256 + threadIdx.x;
    if (n >= width / 8)
        return;
    const auto* row = reinterpret_cast<const uint4*>(gateUp + static_cast<std::size_t>(blockIdx.y) * 2 * width);
    const uint4 gates = row[n], ups = row[width / 8 + n];
    const auto open = [](std::uint32_t gate, std::uint32_t up) {
        const float2 g = unpackHalves(gate), u = unpackHalves(up);
        return packHalves(clampToHalf(g.x / (1.0f + exp2Fast(-g.x * kLog2e)) * u.x), clampToHalf(g.y / (1.0f + exp2Fast(-g.y * kLog2e)) * u.y));
    };
    reinterpret_cast<uint4*>(out + static_cast<std::size_t>(blockIdx.y) * width)[n] = {open(gates.x, ups.x), open(gates.y, ups.y), open(gates.z, ups.z),
                                                                                      open(gates.w, ups.w)};
}

// How heads come out of their projection; see HeadArrangement.
struct Arrangement {
    const float* bias = nullptr;          // [heads·width], or null
    const float* norm = nullptr;          // [width], or null
    float epsilon = 0;
    bool interleave = false;
};

// The kPairs neighbouring pairs of one head that a lane holds: one for heads of up to 64 elements, two for up to 128.
template <int kPairs>
struct HeadPairs {
    float2 pairs[kPairs];

    static OCTAVO_DEVICE bool there(std::uint32_t width, int lane) { return lane * kPairs < static_cast<int>(width / 2); } // all of a lane's or none

    OCTAVO_DEVICE void load(const __half* row, const float* bias, const Arrangement& how, std::uint32_t width, int lane)
    {
        float squares = 0;
#pragma unroll
        for (int n = 0; n < kPairs; ++n) {
            const std::uint32_t pair = lane * kPairs + n;
            pairs[n] = {0, 0};
            if (!there(width, lane))
                continue;
            const std::uint32_t first = how.interleave ? pair : 2 * pair, second = how.interleave ? pair + width / 2 : 2 * pair + 1;
            if (how.interleave)
                pairs[n] = {__half2float(row[first]), __half2float(row[second])};
            else
                pairs[n] = __half22float2(reinterpret_cast<const __half2*>(row)[pair]);
            if (bias)
                pairs[n] = {pairs[n].x + bias[first], pairs[n].y + bias[second]};
            squares += pairs[n].x * pairs[n].x + pairs[n].y * pairs[n].y;
        }
        if (!how.norm)
            return;
        const float factor = rsqrtf(sumOfWarp(squares) / static_cast<float>(width) + how.epsilon);
#pragma unroll
        for (int n = 0; n < kPairs; ++n) {
            const std::uint32_t pair = lane * kPairs + n;
            if (there(width, lane))
                pairs[n] = {pairs[n].x * factor * how.norm[how.interleave ? pair : 2 * pair],
                            pairs[n].y * factor * how.norm[how.interleave ? pair + width / 2 : 2 * pair + 1]};
        }
    }

    OCTAVO_DEVICE void turn(const float2* turns, std::uint32_t width, int lane)
    {
#pragma unroll
        for (int n = 0; n < kPairs; ++n)
            if (there(width, lane)) {
                const float2 by = turns[lane * kPairs + n], x = pairs[n];
                pairs[n] = {x.x * by.x - x.y * by.y, x.x * by.y + x.y * by.x};
            }
    }

    OCTAVO_DEVICE void store(__half* row, std::uint32_t width, int lane) const
    {
        std::uint32_t words[kPairs];
#pragma unroll
        for (int n = 0; n < kPairs; ++n)
            words[n] = packHalves(pairs[n].x, pairs[n].y);
        if (there(width, lane))
            storeWords(row + 2 * kPairs * lane, words);
    }

    // As CachedPart keeps it. A block of 32 elements is held by 16 / kPairs lanes.
    OCTAVO_DEVICE void store(const CachedPart& part, std::byte* page, std::uint32_t head, std::uint32_t slot, std::uint32_t width, int lane) const
    {
        std::byte* of = page + part.begin + head * part.head;
        std::byte* row = of + static_cast<std::size_t>(slot) * part.token;
        if (!part.whole)
            return store(reinterpret_cast<__half*>(row), width, lane);
        float largest = 0;
#pragma unroll
        for (int n = 0; n < kPairs; ++n)
            largest = fmaxf(largest, fmaxf(fabsf(pairs[n].x), fabsf(pairs[n].y)));
        for (int mask = 8 / kPairs; mask > 0; mask /= 2)
            largest = fmaxf(largest, exchange(largest, mask));
        const float scale = __half2float(__float2half(largest / 127.0f));
        const float inverse = scale > 0 ? 1.0f / scale : 0.0f;
        if (!there(width, lane))
            return;
        const auto whole = [&](float x) { return static_cast<std::uint8_t>(static_cast<std::int8_t>(rintf(fminf(fmaxf(x * inverse, -127.0f), 127.0f)))); };
#pragma unroll
        for (int n = 0; n < kPairs; ++n)
            reinterpret_cast<std::uint16_t*>(row)[lane * kPairs + n] = static_cast<std::uint16_t>(whole(pairs[n].x) | whole(pairs[n].y) << 8);
        if (lane % (16 / kPairs) == 0)
            (reinterpret_cast<__half*>(of + kPage * width) + slot * ((width + 31) / 32))[lane * kPairs / 16] = __float2half(scale);
    }
};

// Where the new tokens' keys and values go. A null window is not wanted.
struct PlaceKeysValues {
    const __half* projected = nullptr;    // [count][rowLength], of each token keys then values from `keysAt` on
    std::uint32_t rowLength = 0, keysAt = 0;
    Arrangement keys;                     // its bias is the keys'
    const float* valueBias = nullptr;
    const float2* turns = nullptr;        // [count][width / 2], to the place in the row
    const float2* rowBack = nullptr;      // [width / 2], a row further back
    CachedPart keyPart, valuePart;        // pages: the cache's, by token / 256
    Window keyWindow, keyWindowBefore, valueWindow;
    const std::uint64_t* first = nullptr; // number of the first token in its cache: in device memory, where launches are kept in a graph
    std::uint32_t count = 0, kvHeads = 0, width = 0;
};

// grid: {⌈count · 2 · kvHeads / kTokenWarps⌉}: a warp per token and head of keys or values.
template <int kPairs>
OCTAVO_KERNEL(kTokenWarps * kWarp, 1)
placeKeysValues(PlaceKeysValues p)
{
    const int lane = threadIdx.x % kWarp;
    const std::uint32_t warp = blockIdx.x * kTokenWarps + threadIdx.x / kWarp;
    const std::uint32_t index = warp / (2 * p.kvHeads), of = warp % (2 * p.kvHeads);
    if (index >= p.count)
        return;
    const bool isKey = of < p.kvHeads;
    const std::uint32_t head = of % p.kvHeads;
    const std::uint64_t token = *p.first + index;
    const __half* row = p.projected + static_cast<std::size_t>(index) * p.rowLength + p.keysAt + of * p.width;
    const float* bias = isKey ? p.keys.bias : p.valueBias;
    HeadPairs<kPairs> pairs;
    if (isKey) {
        pairs.load(row, bias ? bias + head * p.width : nullptr, p.keys, p.width, lane);
        pairs.turn(p.turns + static_cast<std::size_t>(index) * (p.width / 2), p.width, lane);
    } else {
        pairs.load(row, bias ? bias + head * p.width : nullptr, Arrangement(), p.width, lane);
    }
    const CachedPart& part = isKey ? p.keyPart : p.valuePart;
    pairs.store(part, part.pages[token / kPage], head, token % kPage, p.width, lane);
    const Window& window = isKey ? p.keyWindow : p.valueWindow;
    if (window.data)
        pairs.store(window.at(head, token), p.width, lane);
    if (isKey && p.keyWindowBefore.data) {
        pairs.turn(p.rowBack, p.width, lane);
        pairs.store(p.keyWindowBefore.at(head, token), p.width, lane);
    }
}

// What was cached before the chunk and its finest hop sees: tokens [first, first + count) of the cache, as placeKeysValues leaves new ones.
struct OpenWindow {
    CachedPart keyPart, valuePart;
    const float2* turns = nullptr;        // [count][width / 2], by which keys are turned on; null: as they stand in their rows
    const float2* rowBack = nullptr;
    Window keyWindow, keyWindowBefore, valueWindow; // null: not wanted
    std::uint64_t first = 0;
    std::uint32_t count = 0, kvHeads = 0, width = 0;
};

OCTAVO_DEVICE float cachedElement(const CachedPart& part, std::uint32_t head, std::uint64_t token, std::uint32_t width, std::uint32_t d)
{
    const std::byte* of = part.pages[token / kPage] + part.begin + head * part.head;
    const std::uint32_t slot = token % kPage;
    const std::byte* row = of + static_cast<std::size_t>(slot) * part.token;
    if (!part.whole)
        return __half2float(reinterpret_cast<const __half*>(row)[d]);
    const float scale = __half2float(reinterpret_cast<const __half*>(of + kPage * width)[slot * ((width + 31) / 32) + d / 32]);
    return static_cast<float>(reinterpret_cast<const std::int8_t*>(row)[d]) * scale;
}

// grid: {⌈count · 2 · kvHeads / kTokenWarps⌉}
template <int kPairs>
OCTAVO_KERNEL(kTokenWarps * kWarp, 1)
openWindow(OpenWindow p)
{
    const int lane = threadIdx.x % kWarp;
    const std::uint32_t warp = blockIdx.x * kTokenWarps + threadIdx.x / kWarp;
    const std::uint32_t index = warp / (2 * p.kvHeads), of = warp % (2 * p.kvHeads);
    if (index >= p.count)
        return;
    const bool isKey = of < p.kvHeads;
    const std::uint32_t head = of % p.kvHeads;
    const std::uint64_t token = p.first + index;
    const Window& window = isKey ? p.keyWindow : p.valueWindow;
    if (!window.data && !(isKey && p.keyWindowBefore.data))
        return;
    HeadPairs<kPairs> pairs{};
#pragma unroll
    for (int n = 0; n < kPairs; ++n)
        if (pairs.there(p.width, lane)) {
            const CachedPart& part = isKey ? p.keyPart : p.valuePart;
            const std::uint32_t first = 2 * (lane * kPairs + n);
            pairs.pairs[n] = {cachedElement(part, head, token, p.width, first), cachedElement(part, head, token, p.width, first + 1)};
        }
    if (isKey && p.turns)
        pairs.turn(p.turns + static_cast<std::size_t>(index) * (p.width / 2), p.width, lane);
    if (window.data)
        pairs.store(window.at(head, token), p.width, lane);
    if (isKey && p.keyWindowBefore.data) {
        pairs.turn(p.rowBack, p.width, lane);
        pairs.store(p.keyWindowBefore.at(head, token), p.width, lane);
    }
}

struct PlaceQueries {
    const __half* projected = nullptr;    // [count][rowLength], of each token queries first
    std::uint32_t rowLength = 0;
    Arrangement how;
    const float2* turns = nullptr;        // [count][width / 2]; null: not turned
    __half* q = nullptr;                  // [count][heads·width]
    std::uint32_t count = 0, heads = 0, width = 0;
};

// grid: {⌈count · heads / kTokenWarps⌉}
template <int kPairs>
OCTAVO_KERNEL(kTokenWarps * kWarp, 1)
placeQueries(PlaceQueries p)
{
    const int lane = threadIdx.x % kWarp;
    const std::uint32_t warp = blockIdx.x * kTokenWarps + threadIdx.x / kWarp;
    const std::uint32_t index = warp / p.heads, head = warp % p.heads;
    if (index >= p.count)
        return;
    HeadPairs<kPairs> pairs;
    pairs.load(p.projected + static_cast<std::size_t>(index) * p.rowLength + head * p.width, p.how.bias ? p.how.bias + head * p.width : nullptr, p.how,
               p.width, lane);
    if (p.turns)
        pairs.turn(p.turns + static_cast<std::size_t>(index) * (p.width / 2), p.width, lane);
    pairs.store(p.q + (static_cast<std::size_t>(index) * p.heads + head) * p.width, p.width, lane);
}

// Scores of the first tokens, which stay visible to those that no longer reach them, at the distance of a row wherever a query stands.
struct ScoreSinks {
    const __half* q = nullptr;            // [count][heads·width], turned by turns, which is undone
    const float2* turns = nullptr;        // [count][width / 2]; null: not turned
    const __half* sinkKeys = nullptr;     // [kvHead][sinks][width], a row back
    float* scores = nullptr;              // [count][heads][sinks], in units of log 2; kMasked where a token still reaches the sink itself
    std::uint32_t sinks = 0;
    float scale = 1;                      // times log2 e
    std::uint64_t first = 0, row = 0;
    std::uint32_t count = 0, heads = 0, kvHeads = 0;
};

// A warp has sixteen queries that share keys. grid: {⌈count · group / 16 / kTokenWarps⌉, kvHeads}
template <int kWidth>
OCTAVO_KERNEL(kTokenWarps * kWarp, 1)
scoreSinks(ScoreSinks p)
{
    const int lane = threadIdx.x % kWarp, r = lane / 4, j = lane % 4;
    const std::uint32_t group = p.heads / p.kvHeads, queries = p.count * group, kvHead = blockIdx.y;
    const std::uint32_t begin = (blockIdx.x * kTokenWarps + threadIdx.x / kWarp) * 16;
    if (begin >= queries)
        return;
    Slice<kWidth> q[2];
    std::uint32_t token[2], head[2];
#pragma unroll
    for (int half = 0; half < 2; ++half) {
        const std::uint32_t query = begin + r + 8 * half < queries ? begin + r + 8 * half : queries - 1;
        token[half] = query / group;
        head[half] = kvHead * group + query % group;
        q[half].load(p.q + (static_cast<std::size_t>(token[half]) * p.heads + head[half]) * kWidth, j);
        if (p.turns)
            q[half].turnBack(p.turns + static_cast<std::size_t>(token[half]) * (kWidth / 2), j);
    }
    for (std::uint32_t first = 0; first < p.sinks; first += 8) {
        Slice<kWidth> key;
        key.load(p.sinkKeys + (static_cast<std::size_t>(kvHead) * p.sinks + (first + r < p.sinks ? first + r : p.sinks - 1)) * kWidth, j);
        float scores[4];
        scoreTile(q, key, scores);
#pragma unroll
        for (int i = 0; i < 4; ++i) {
            const std::uint32_t sink = first + 2 * j + i % 2, half = i / 2;
            if (sink < p.sinks && begin + r + 8 * half < queries)
                p.scores[(static_cast<std::size_t>(token[half]) * p.heads + head[half]) * p.sinks + sink]
                    = p.first + token[half] >= p.row + sink ? scores[i] * p.scale : kMasked;
        }
    }
}

// A page as KvPage has it, keys transposed, to the form that CachedPart describes, or back. Parts: of each layer keys of all heads, then values.
struct ConvertPage {
    const std::byte* from = nullptr;
    std::byte* to = nullptr;
    std::uint64_t keyPart = 0, valuePart = 0; // bytes of one head
    std::uint32_t kvHeads = 0, width = 0;
    bool wholeKeys = false, wholeValues = false;
    bool home = false;                    // to the form of KvPage
};

template <class T>
OCTAVO_DEVICE void transpose(const T* from, T* to, std::uint32_t rows, std::uint32_t columns)
{
    for (std::uint32_t n = threadIdx.x; n < rows * columns; n += kPage)
        to[n % columns * rows + n / columns] = from[n];
}

// grid: {layers, 2 · kvHeads}, a page of threads.
OCTAVO_KERNEL(kPage, 1)
convertPage(ConvertPage p)
{
    const bool isKeys = blockIdx.y < p.kvHeads;
    const std::uint32_t head = blockIdx.y % p.kvHeads;
    const std::uint64_t begin = blockIdx.x * p.kvHeads * (p.keyPart + p.valuePart) + (isKeys ? head * p.keyPart : p.kvHeads * p.keyPart + head * p.valuePart);
    const std::byte* from = p.from + begin;
    std::byte* to = p.to + begin;
    const bool whole = isKeys ? p.wholeKeys : p.wholeValues;
    const std::uint32_t elementBytes = whole ? 1 : 2;
    const std::uint32_t rows = p.home ? kPage : p.width, columns = p.home ? p.width : kPage;
    if (!isKeys)
        for (std::uint32_t n = threadIdx.x; n < kPage * p.width * elementBytes / 4; n += kPage)
            reinterpret_cast<std::uint32_t*>(to)[n] = reinterpret_cast<const std::uint32_t*>(from)[n];
    else if (whole)
        transpose(reinterpret_cast<const std::uint8_t*>(from), reinterpret_cast<std::uint8_t*>(to), rows, columns);
    else
        transpose(reinterpret_cast<const std::uint16_t*>(from), reinterpret_cast<std::uint16_t*>(to), rows, columns);
    if (whole) {
        const std::uint32_t blocks = (p.width + 31) / 32, data = kPage * p.width;
        transpose(reinterpret_cast<const std::uint16_t*>(from + data), reinterpret_cast<std::uint16_t*>(to + data), p.home ? kPage : blocks,
                  p.home ? blocks : kPage);
    }
}

} // namespace octavo::cuda
