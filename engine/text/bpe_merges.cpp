// SPDX-License-Identifier: Apache-2.0
#include "text/bpe_merges.h"

#include <string_view>

#include "model/gguf.h"
#include "text/byte_alphabet.h"

namespace octavo {
namespace {

constexpr std::string_view kMergesKey = "tokenizer.ggml.merges";

std::uint64_t pairOf(TokenId left, TokenId right)
{
    return static_cast<std::uint64_t>(left) << 32 | static_cast<std::uint32_t>(right);
}

} // namespace

Result<BpeMerges> BpeMerges::fromGguf(const GgufFile& file, const Vocabulary& vocabulary)
{
    const auto lines = file.stringArray(kMergesKey);
    if (!lines)
        return Error { Errc::BadMetadata, std::string(kMergesKey), "no list of strings" };

    std::unordered_map<std::string_view, TokenId> ids;
    ids.reserve(vocabulary.spellings.size());
    for (std::size_t id = 0; id < vocabulary.spellings.size(); ++id)
        ids.emplace(vocabulary.spellings[id], static_cast<TokenId>(id));
    const auto idOf = [&](std::string_view spelling) {
        const auto found = ids.find(spelling);
        return found == ids.end() ? kNoToken : found->second;
    };
    const auto isSpecial = [&](TokenId id) { return id != kNoToken && vocabulary.special[static_cast<std::size_t>(id)]; };

    BpeMerges merges;
    for (unsigned byte = 0; byte < 256; ++byte) {
        const TokenId id = idOf(byteLetter(static_cast<unsigned char>(byte)));
        merges.m_byteTokens[byte] = isSpecial(id) ? kNoToken : id;
    }
    merges.m_merges.reserve(lines->size());
    for (std::size_t rank = 0; rank < lines->size(); ++rank) {
        const std::string_view line = (*lines)[rank];
        const std::size_t gap = line.find(' ');
        const TokenId left = idOf(line.substr(0, gap));
        const TokenId right = gap == line.npos ? kNoToken : idOf(line.substr(gap + 1));
        const TokenId joined = gap == line.npos ? kNoToken : idOf(std::string(line.substr(0, gap)).append(line.substr(gap + 1)));
        if (left == kNoToken || right == kNoToken || joined == kNoToken)
            return Error { Errc::BadMetadata, std::string(kMergesKey), "merge " + std::to_string(rank) + " is not of the vocabulary" };
        // Ordinary text must not become a special token, by whatever way.
        if (isSpecial(left) || isSpecial(right) || isSpecial(joined))
            continue;
        merges.m_merges.emplace(pairOf(left, right), Merge { static_cast<std::uint32_t>(rank), joined });
    }
    return merges;
}

const BpeMerges::Merge* BpeMerges::find(TokenId left, TokenId right) const
{
    if (left == kNoToken || right == kNoToken)
        return nullptr;
    const auto found = m_merges.find(pairOf(left, right));
    return found == m_merges.end() ? nullptr : &found->second;
}

} // namespace octavo
