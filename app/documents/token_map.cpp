// SPDX-License-Identifier: Apache-2.0
#include "documents/token_map.h"

#include <algorithm>

namespace octavo::app {

namespace {

std::uint32_t tokenFrom(std::span<const std::uint64_t> begins, qint64 byte)
{
    return std::uint32_t(std::lower_bound(begins.begin(), begins.end(), std::uint64_t(byte)) - begins.begin());
}

} // namespace

std::vector<std::uint32_t> firstTokens(std::span<const std::uint64_t> begins, const QList<ByteRange>& ranges)
{
    std::vector<std::uint32_t> first;
    first.reserve(size_t(ranges.size()));
    const auto last = std::uint32_t(begins.empty() ? 0 : begins.size() - 1);
    for (const ByteRange& range : ranges)
        first.push_back(first.empty() ? 0 : std::min(last, tokenFrom(begins, range.begin)));
    return first;
}

TokenRange tokensOf(std::span<const std::uint64_t> begins, ByteRange bytes)
{
    if (begins.empty() || bytes.size() <= 0)
        return {};
    const auto after = std::upper_bound(begins.begin(), begins.end(), std::uint64_t(bytes.begin)) - begins.begin();
    return {std::uint32_t(std::max<std::ptrdiff_t>(after, 1) - 1), tokenFrom(begins, bytes.end)};
}

std::int64_t countTokens(std::span<const std::uint64_t> begins, ByteRange bytes)
{
    return std::int64_t(tokenFrom(begins, bytes.end)) - tokenFrom(begins, bytes.begin);
}

std::vector<TokenRange> merged(std::vector<TokenRange> ranges)
{
    std::sort(ranges.begin(), ranges.end(), [](const TokenRange& a, const TokenRange& b) { return a.begin < b.begin; });
    std::vector<TokenRange> apart;
    for (const TokenRange& range : ranges) {
        if (range.begin >= range.end)
            continue;
        if (!apart.empty() && range.begin <= apart.back().end)
            apart.back().end = std::max(apart.back().end, range.end);
        else
            apart.push_back(range);
    }
    return apart;
}

TokenRange stretchElsewhere(std::span<const TokenRange> taken, std::uint32_t tokens, std::uint32_t length)
{
    TokenRange widest;
    std::uint32_t before = 0;
    for (std::size_t at = 0; at <= taken.size(); ++at) {
        const TokenRange gap{before, at < taken.size() ? taken[at].begin : tokens};
        if (gap.end > gap.begin && gap.end - gap.begin > widest.end - widest.begin)
            widest = gap;
        before = at < taken.size() ? taken[at].end : tokens;
    }
    const std::uint32_t room = widest.end - widest.begin, taking = std::min(room, length);
    const std::uint32_t begin = widest.begin + (room - taking) / 2;
    return {begin, begin + taking};
}

ByteRange bytesOf(std::span<const std::uint64_t> begins, TokenRange tokens, qint64 textBytes)
{
    const auto byteOf = [&](std::uint32_t token) { return token < begins.size() ? qint64(begins[token]) : textBytes; };
    return {byteOf(tokens.begin), byteOf(tokens.end)};
}

} // namespace octavo::app
