// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <QList>

#include "octavo/app/document.h"

namespace octavo::app {

// Tokens [begin, end) of a document.
struct TokenRange {
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
    bool operator==(const TokenRange&) const = default;
};

// From bytes to tokens and back. `begins` is where each token begins in the text form, in bytes, ascending; the last token
// ends with the text. A token that lies across a border belongs to the range in which it begins.

// First token of each of `ranges`, which cover the text in order: ascending, the first 0. A range in which no token begins
// shares its first token with the next (the last such with the one before).
std::vector<std::uint32_t> firstTokens(std::span<const std::uint64_t> begins, const QList<ByteRange>& ranges);

// All tokens that hold a byte of the range.
TokenRange tokensOf(std::span<const std::uint64_t> begins, ByteRange bytes);

// How many tokens belong to the range.
std::int64_t countTokens(std::span<const std::uint64_t> begins, ByteRange bytes);

// The same tokens, ascending and without overlaps.
std::vector<TokenRange> merged(std::vector<TokenRange> ranges);

// Of a text of `tokens` tokens a stretch of `length` that has nothing to do with `taken` (as merged() has them): in the middle of the widest gap
// between those, and no longer than it.
TokenRange stretchElsewhere(std::span<const TokenRange> taken, std::uint32_t tokens, std::uint32_t length);

ByteRange bytesOf(std::span<const std::uint64_t> begins, TokenRange tokens, qint64 textBytes);

} // namespace octavo::app
