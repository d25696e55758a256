// SPDX-License-Identifier: Apache-2.0
#include <vector>

#include <gtest/gtest.h>

#include "documents/token_map.h"

namespace octavo::app {
namespace {

using Firsts = std::vector<std::uint32_t>;

// Tokens 0..4 of a text of 12 bytes: [0,3) [3,4) [4,8) [8,10) [10,12)
const std::vector<std::uint64_t> kBegins{0, 3, 4, 8, 10};

TEST(TokenMap, GivesEachRangeItsFirstToken)
{
    EXPECT_EQ(firstTokens(kBegins, {{0, 4}, {4, 8}, {8, 12}}), (Firsts{0, 2, 3}));
    EXPECT_EQ(firstTokens(kBegins, {{0, 5}, {5, 12}}), (Firsts{0, 3}));             // token 2 lies across the border
    EXPECT_EQ(firstTokens(kBegins, {{0, 5}, {5, 6}, {6, 12}}), (Firsts{0, 3, 3}));  // no token begins in the middle
    EXPECT_EQ(firstTokens(kBegins, {{0, 10}, {10, 11}, {11, 12}}), (Firsts{0, 4, 4}));
    EXPECT_EQ(firstTokens(kBegins, {}), Firsts{});
    EXPECT_EQ(firstTokens({}, {{0, 0}}), Firsts{0});
}

TEST(TokenMap, FindsTheTokensOfBytesAndBack)
{
    EXPECT_EQ(tokensOf(kBegins, {0, 12}), (TokenRange{0, 5}));
    EXPECT_EQ(tokensOf(kBegins, {3, 4}), (TokenRange{1, 2}));
    EXPECT_EQ(tokensOf(kBegins, {5, 9}), (TokenRange{2, 4}));
    EXPECT_EQ(tokensOf(kBegins, {11, 12}), (TokenRange{4, 5}));
    EXPECT_EQ(tokensOf(kBegins, {4, 4}), TokenRange{});
    EXPECT_EQ(tokensOf({}, {0, 4}), TokenRange{});
    EXPECT_EQ(bytesOf(kBegins, {1, 3}, 12), (ByteRange{3, 8}));
    EXPECT_EQ(bytesOf(kBegins, {4, 5}, 12), (ByteRange{10, 12}));
    EXPECT_EQ(bytesOf({}, {0, 0}, 0), (ByteRange{0, 0}));
}

TEST(TokenMap, RangesAreMergedAndThereIsTextElsewhere)
{
    using Ranges = std::vector<TokenRange>;
    EXPECT_EQ(merged({}), Ranges{});
    EXPECT_EQ(merged({{7, 9}, {2, 4}, {3, 5}, {5, 6}, {8, 8}}), (Ranges{{2, 6}, {7, 9}}));
    EXPECT_EQ(merged({{0, 10}, {2, 3}}), (Ranges{{0, 10}}));

    EXPECT_EQ(stretchElsewhere({}, 100, 10), (TokenRange{45, 55}));
    EXPECT_EQ(stretchElsewhere(Ranges{{10, 20}}, 100, 20), (TokenRange{50, 70}));
    EXPECT_EQ(stretchElsewhere(Ranges{{60, 70}}, 100, 20), (TokenRange{20, 40}));
    EXPECT_EQ(stretchElsewhere(Ranges{{0, 40}, {45, 100}}, 100, 20), (TokenRange{40, 45})) << "no more than there is";
    EXPECT_EQ(stretchElsewhere(Ranges{{0, 100}}, 100, 20), (TokenRange{0, 0}));
    EXPECT_EQ(stretchElsewhere({}, 0, 20), (TokenRange{0, 0}));
}

} // namespace
} // namespace octavo::app
