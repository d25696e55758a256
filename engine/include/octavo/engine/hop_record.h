// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace octavo {

// Which heads a view of attention is about; the weights shown are their mean.
struct HeadChoice {
    std::vector<std::uint32_t> layers;  // empty: all
    std::vector<std::uint32_t> heads;   // of each of those layers; empty: all

    bool contains(std::uint32_t layer, std::uint32_t head) const;
    // Whether every layer and head named exists.
    bool fits(std::uint32_t layers, std::uint32_t heads) const;
};

// Tokens [begin, end), counted over all readings that are asked, one after the other.
struct TokenSpan {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
    bool operator==(const TokenSpan&) const = default;
};

// Share of an answer token's attention on one token of the readings.
struct TokenAttention {
    std::uint64_t token = 0;   // counted as in TokenSpan
    float weight = 0;
    bool operator==(const TokenAttention&) const = default;
};

// Where the model looked when it wrote one token: the exact softmax row, averaged over the chosen heads, summed per span.
// Spans, sinks and outside add up to 1.
struct HopRecord {
    std::vector<float> spans;         // as many as AskingOptions::spans
    std::vector<TokenAttention> top;  // heaviest tokens inside spans, heaviest first, at most AskingOptions::topTokens
    float sinks = 0;                  // the first tokens of each reading (ReadingPlan::sinks), which attention falls on for want of a better place
    float outside = 0;                // tokens in no span, the question and the answer itself

    // The same as if there were no sinks: everything else divided by 1 − sinks.
    HopRecord withoutSinks() const;
};

// The same for each layer and head by itself. Sums as in HopRecord.
struct HeadHops {
    std::uint32_t layers = 0;
    std::uint32_t heads = 0;
    std::uint32_t spanCount = 0;
    std::uint32_t topCount = 0;       // 0 if no tokens were asked for
    std::vector<float> spans;         // [layer][head][span]
    std::vector<float> sinks;         // [layer][head]
    std::vector<float> outside;       // [layer][head]
    std::vector<TokenAttention> top;  // [layer][head][topCount], heaviest first; weight 0 where spans hold fewer tokens

    std::span<const float> spansOf(std::uint32_t layer, std::uint32_t head) const
    {
        return std::span(spans).subspan((std::size_t{layer} * heads + head) * spanCount, spanCount);
    }
    std::span<const TokenAttention> topOf(std::uint32_t layer, std::uint32_t head) const
    {
        return std::span(top).subspan((std::size_t{layer} * heads + head) * topCount, topCount);
    }
    // Mean of some heads. Its `top` is empty: the heaviest tokens of a mean need not be among those of any head.
    // Ask for them with AskingOptions::heads.
    HopRecord mean(const HeadChoice& choice) const;
};

// One softmax row factored over the structure of a text, coarse to fine: p(chapter), p(section | chapter), p(block | section), …
// `weights` are the row's shares of the finest parts; parents[n][i] names the part of level n in which part i of level n + 1 lies, so the
// finest parts are those of level parents.size(). Result[n][i] is the share of part i of level n among its siblings (of level 0: of the whole row's
// sum over parts, which need not be 1). The product of the factors on a part's way down is its weight. A part without weight gives 0 to its children.
std::vector<std::vector<double>> factorize(std::span<const float> weights, std::span<const std::vector<std::uint32_t>> parents,
                                           std::uint32_t coarsestParts);

} // namespace octavo
