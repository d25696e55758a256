// SPDX-License-Identifier: Apache-2.0
// One layer's attention over a whole text, as a C function: for engine/bench/attention_bench.py, which times it beside PyTorch's.
#include <algorithm>
#include <vector>

#include "compute/cuda/reading_attention.h"

namespace octavo::cuda {

namespace {

// What attention needs beside its arguments, laid into memory of the caller's.
struct Scratch {
    Scratch(std::byte* memory, std::uint64_t tokens, std::uint32_t heads, std::uint32_t kvHeads, std::uint32_t width, std::uint32_t row, std::uint32_t sinks)
    {
        const auto take = [&]<class T>(T*& pointer, std::uint64_t count) {
            pointer = reinterpret_cast<T*>(memory + bytes);
            bytes = (bytes + count * sizeof(T) + 255) / 256 * 256;
        };
        take(keyPages, tokens / kPage + 1);
        take(valuePages, tokens / kPage + 1);
        take(gates, heads);
        take(turns, (row ? tokens / row + 1 : 1) * width / 2);
        take(sinkKeys, std::uint64_t{kvHeads} * sinks * width);
        take(sinkValues, std::uint64_t{kvHeads} * sinks * width);
        take(sinkScores, tokens * heads * sinks);
        take(values, row ? tokens * heads * width : 0);
    }

    std::byte** keyPages;
    std::byte** valuePages;
    float* gates;
    float2* turns;                        // by nothing: what comes in is turned
    __half* sinkKeys;
    __half* sinkValues;
    float* sinkScores;
    __half* values;                       // of the coarse hop, [head][tokens][width]
    std::uint64_t bytes = 0;
};

constexpr std::uint32_t kMostSinks = 16;

} // namespace

extern "C" __attribute__((visibility("default"))) std::uint64_t octavo_cuda_attention_scratch(std::uint64_t tokens, std::uint32_t heads, std::uint32_t kvHeads,
                                                                                              std::uint32_t headWidth, std::uint32_t row)
{
    return Scratch(nullptr, tokens, heads, kvHeads, headWidth, row, kMostSinks).bytes;
}

// q, out [tokens][heads·headWidth], k, v [tokens][kvHeads·headWidth], half, on the device, turned already; row 0: full attention, else dims (∞, row).
// Causal. `scratch` has octavo_cuda_attention_scratch() bytes. Queued on `stream`. Returns 0, or a cudaError_t.
extern "C" __attribute__((visibility("default"))) int octavo_cuda_attention(const void* q, const void* k, const void* v, void* out, void* scratch,
                                                                            std::uint64_t tokens, std::uint32_t heads, std::uint32_t kvHeads,
                                                                            std::uint32_t headWidth, std::uint32_t row, std::uint32_t sinks, float gate,
                                                                            float scale, void* stream)
{
    if (!hasHeadWidth(headWidth) || sinks > kMostSinks || kvHeads == 0 || heads % kvHeads != 0)
        return cudaErrorInvalidValue;
    try {
        Device device(static_cast<cudaStream_t>(stream));
        const bool folded = row != 0 && tokens > row;
        const Scratch own(static_cast<std::byte*>(scratch), tokens, heads, kvHeads, headWidth, row, sinks);
        const std::uint32_t tokenBytes = kvHeads * headWidth * sizeof(__half);
        const std::uint64_t headBytes = headWidth * sizeof(__half);
        const auto* queries = static_cast<const __half*>(q);
        FinestHop finest;
        finest.q = queries;
        finest.out = static_cast<__half*>(out);
        finest.keys = finest.keysBefore = {const_cast<__half*>(static_cast<const __half*>(k)), 0, headWidth, kvHeads * headWidth};
        finest.values = {const_cast<__half*>(static_cast<const __half*>(v)), 0, headWidth, kvHeads * headWidth};
        finest.headsPerValue = heads / kvHeads;
        finest.scale = scale * kLog2e;
        finest.count = static_cast<std::uint32_t>(tokens);
        finest.row = folded ? row : tokens;
        finest.bounded = folded;
        finest.heads = heads;
        finest.kvHeads = kvHeads;
        if (folded) {
            std::vector<std::byte*> keyPages, valuePages;
            for (std::uint64_t page = 0; page * kPage < tokens; ++page) {
                keyPages.push_back(static_cast<std::byte*>(const_cast<void*>(k)) + page * kPage * tokenBytes);
                valuePages.push_back(static_cast<std::byte*>(const_cast<void*>(v)) + page * kPage * tokenBytes);
            }
            const std::vector<float> gates(heads, gate * kLog2e);
            const std::vector<float2> turns((tokens / row + 1) * headWidth / 2, float2{1, 0});
            device.upload(own.keyPages, keyPages.data(), keyPages.size() * sizeof(std::byte*));
            device.upload(own.valuePages, valuePages.data(), valuePages.size() * sizeof(std::byte*));
            device.upload(own.gates, gates.data(), gates.size() * sizeof(float));
            device.upload(own.turns, turns.data(), turns.size() * sizeof(float2));
            CoarseHop coarse;
            coarse.q = queries;
            coarse.keys = {own.keyPages, 0, headBytes, tokenBytes, false};
            coarse.values = {own.valuePages, 0, headBytes, tokenBytes, false};
            coarse.out = {own.values, 0, tokens * headWidth, headWidth};
            coarse.turns = own.turns;
            coarse.gates = own.gates;
            coarse.scale = finest.scale;
            coarse.count = finest.count;
            coarse.stride = row;
            coarse.heads = heads;
            coarse.kvHeads = kvHeads;
            launchCoarseHop(device, headWidth, coarse, false);
            finest.values = coarse.out;
            finest.headsPerValue = 1;
            if (sinks > 0) {
                const std::uint64_t head = std::uint64_t{sinks} * headWidth;
                launchOpenWindow(device, {coarse.keys, coarse.values, nullptr, own.turns, {}, {own.sinkKeys, 0, head, headWidth}, {own.sinkValues, 0, head, headWidth}, 0,
                                          sinks, kvHeads, headWidth});
                launchScoreSinks(device, headWidth, {queries, nullptr, own.sinkKeys, own.sinkScores, sinks, finest.scale, 0, row, finest.count, heads, kvHeads});
                finest.sinkScores = own.sinkScores;
                finest.sinkValues = own.sinkValues;
                finest.sinks = sinks;
            }
        }
        launchFinestHop(device, headWidth, finest);
        return cudaGetLastError();
    } catch (const std::exception&) { // nothing may pass a C function
        const cudaError_t error = cudaGetLastError();
        return error != cudaSuccess ? error : cudaErrorUnknown;
    }
}

} // namespace octavo::cuda
