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

ByteRange bytesOf(std::span<const std::uint64_t> begins, TokenRange tokens, qint64 textBytes)
{
    const auto byteOf = [&](std::uint32_t token) { return token < begins.size() ? qint64(begins[token]) : textBytes; };
    return {byteOf(tokens.begin), byteOf(tokens.end)};
}

} // namespace octavo::app
