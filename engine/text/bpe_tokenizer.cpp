// SPDX-License-Identifier: Apache-2.0
#include "text/bpe_tokenizer.h"

#include <algorithm>
#include <queue>

#include "model/gguf.h"

namespace octavo {

namespace {

constexpr std::size_t kCachedWordBytes = 32; // longer words hardly ever come twice
constexpr std::int64_t kControlType = 3;     // token types of the format
constexpr std::int64_t kUserDefinedType = 4;

// Vocabularies spell bytes as printable characters: those of Latin-1 that print stand for themselves, the others, in order, for U+0100 and on.
class ByteSpelling {
public:
    ByteSpelling()
    {
        std::uint32_t next = 256;
        for (std::uint32_t byte = 0; byte < 256; ++byte) {
            const bool prints = (byte >= '!' && byte <= '~') || (byte >= 0xA1 && byte <= 0xAC) || (byte >= 0xAE && byte <= 0xFF);
            m_bytes.emplace(prints ? byte : next++, static_cast<char>(byte));
        }
    }

    // The bytes that a spelling stands for; nothing if it holds a character that stands for none.
    std::optional<std::string> bytesOf(std::string_view spelling) const
    {
        std::string bytes;
        for (std::size_t n = 0; n < spelling.size();) {
            const auto lead = static_cast<unsigned char>(spelling[n]);
            std::uint32_t character = lead;
            if (lead >= 0xC0 && lead < 0xE0 && n + 1 < spelling.size()) // two bytes reach U+07FF, enough for all spellings
                character = (lead & 0x1Fu) << 6 | (static_cast<unsigned char>(spelling[n + 1]) & 0x3Fu);
            else if (lead >= 0x80)
                return std::nullopt;
            const auto found = m_bytes.find(character);
            if (found == m_bytes.end())
                return std::nullopt;
            bytes += found->second;
            n += lead >= 0x80 ? 2 : 1;
        }
        return bytes;
    }

private:
    std::unordered_map<std::uint32_t, char> m_bytes;
};

} // namespace

Result<std::unique_ptr<const Tokenizer>> BpeTokenizer::fromGguf(const GgufFile& file)
{
    auto pattern = SplitPattern::named(file.stringValue("tokenizer.ggml.pre").value_or("gpt-2"));
    if (!pattern)
        return pattern.error();
    auto tokenizer = std::make_unique<BpeTokenizer>();
    tokenizer->m_pattern = std::move(*pattern);
    if (const auto read = tokenizer->readVocabulary(file); !read)
        return read.error();
    if (const auto read = tokenizer->readMerges(file); !read)
        return read.error();
    tokenizer->readEnds(file);
    return std::unique_ptr<const Tokenizer>(std::move(tokenizer));
}

Result<void> BpeTokenizer::readVocabulary(const GgufFile& file)
{
    const auto tokens = file.stringArray("tokenizer.ggml.tokens");
    if (!tokens || tokens->empty())
        return Error{Errc::BadMetadata, "tokenizer.ggml.tokens", "is missing"};
    const auto types = file.integerArray("tokenizer.ggml.token_type");
    if (types && types->size() != tokens->size())
        return Error{Errc::BadMetadata, "tokenizer.ggml.token_type", "is not as long as the vocabulary"};

    const ByteSpelling spelling;
    m_special.resize(tokens->size());
    for (std::size_t id = 0; id < tokens->size(); ++id) {
        m_special[id] = types && ((*types)[id] == kControlType || (*types)[id] == kUserDefinedType);
        const auto bytes = m_special[id] ? std::nullopt : spelling.bytesOf((*tokens)[id]);
        m_tokens.push_back(bytes ? *bytes : std::string((*tokens)[id]));
    }
    m_byteIds.fill(-1);
    for (std::size_t id = 0; id < m_tokens.size(); ++id) {
        const std::string& bytes = m_tokens[id];
        if (m_special[id]) {
            if (bytes.empty())
                continue;
            m_specials.push_back(static_cast<TokenId>(id));
            m_beginsSpecial[static_cast<unsigned char>(bytes[0])] = true;
            continue;
        }
        m_ids.emplace(bytes, static_cast<TokenId>(id));
        if (bytes.size() == 1)
            m_byteIds[static_cast<unsigned char>(bytes[0])] = static_cast<TokenId>(id);
    }
    if (m_ids.empty())
        return Error{Errc::BadMetadata, "tokenizer.ggml.tokens", "holds no ordinary token"};
    std::stable_sort(m_specials.begin(), m_specials.end(), [&](TokenId a, TokenId b) { return bytes(a).size() > bytes(b).size(); });
    return {};
}

Result<void> BpeTokenizer::readMerges(const GgufFile& file)
{
    const auto merges = file.stringArray("tokenizer.ggml.merges");
    if (!merges)
        return Error{Errc::BadMetadata, "tokenizer.ggml.merges", "is missing"};
    const ByteSpelling spelling;
    for (std::size_t rank = 0; rank < merges->size(); ++rank) {
        const std::string_view merge = (*merges)[rank];
        const std::size_t space = merge.find(' ');
        const auto left = spelling.bytesOf(merge.substr(0, space));
        const auto right = space == std::string_view::npos ? std::nullopt : spelling.bytesOf(merge.substr(space + 1));
        if (!left || !right)
            return Error{Errc::BadMetadata, "tokenizer.ggml.merges", "entry " + std::to_string(rank) + " is not a pair of tokens"};
        const auto leftId = m_ids.find(*left), rightId = m_ids.find(*right), result = m_ids.find(*left + *right);
        if (leftId == m_ids.end() || rightId == m_ids.end() || result == m_ids.end())
            return Error{Errc::BadMetadata, "tokenizer.ggml.merges", "entry " + std::to_string(rank) + " names a token that is not in the vocabulary"};
        m_merges.emplace(pairKey(leftId->second, rightId->second), Merge{static_cast<std::uint32_t>(rank), result->second});
    }
    return {};
}

void BpeTokenizer::readEnds(const GgufFile& file)
{
    const auto idAt = [&](const char* key) -> std::optional<TokenId> {
        const auto id = file.unsignedValue(key);
        return id && *id < m_tokens.size() ? std::optional(static_cast<TokenId>(*id)) : std::nullopt;
    };
    m_bos = idAt("tokenizer.ggml.bos_token_id");
    m_eos = idAt("tokenizer.ggml.eos_token_id");
    if (m_eos)
        m_turnEnds.insert(*m_eos);
    if (const auto endOfTurn = idAt("tokenizer.ggml.eot_token_id"))
        m_turnEnds.insert(*endOfTurn);
    for (const TokenId id : m_specials)
        for (const char* spelling : {"<|im_end|>", "<|eot_id|>", "<|eom_id|>", "<|end_of_text|>", "<|endoftext|>", "<|end|>", "</s>"})
            if (m_tokens[static_cast<std::size_t>(id)] == spelling)
                m_turnEnds.insert(id);
}

std::string_view BpeTokenizer::bytes(TokenId id) const
{
    return id >= 0 && static_cast<std::size_t>(id) < m_tokens.size() ? std::string_view(m_tokens[static_cast<std::size_t>(id)]) : std::string_view();
}

bool BpeTokenizer::isSpecial(TokenId id) const { return id >= 0 && static_cast<std::size_t>(id) < m_special.size() && m_special[static_cast<std::size_t>(id)]; }

TokenId BpeTokenizer::specialAt(std::string_view text, std::size_t at) const
{
    if (m_beginsSpecial[static_cast<unsigned char>(text[at])])
        for (const TokenId id : m_specials)
            if (text.substr(at).starts_with(bytes(id)))
                return id;
    return -1;
}

TokenizedText BpeTokenizer::encode(std::string_view text, SpecialTokens special) const
{
    TokenizedText out;
    Cache cache;
    std::size_t begin = 0; // of the text since the last special token
    if (special == SpecialTokens::Parse)
        for (std::size_t at = 0; at < text.size();) {
            const TokenId id = specialAt(text, at);
            if (id < 0) {
                ++at;
                continue;
            }
            encodeLiteral(text.substr(begin, at - begin), begin, cache, out);
            out.ids.push_back(id);
            out.begins.push_back(at);
            at += bytes(id).size();
            begin = at;
        }
    encodeLiteral(text.substr(begin), begin, cache, out);
    return out;
}

void BpeTokenizer::encodeLiteral(std::string_view text, std::uint64_t offset, Cache& cache, TokenizedText& out) const
{
    m_pattern->split(text, [&](std::string_view part) {
        const std::uint64_t begin = offset + static_cast<std::uint64_t>(part.data() - text.data());
        const auto add = [&](const Word& word) {
            out.ids.insert(out.ids.end(), word.ids.begin(), word.ids.end());
            for (const std::uint32_t within : word.begins)
                out.begins.push_back(begin + within);
            out.unknownBytes += word.unknownBytes;
        };
        if (part.size() > kCachedWordBytes)
            return add(encodeWord(part));
        auto found = cache.find(part);
        if (found == cache.end())
            found = cache.emplace(part, encodeWord(part)).first;
        add(found->second);
    });
}

// Joins pairs through a queue ordered by rank, so that a long word costs n·log n, not n².
BpeTokenizer::Word BpeTokenizer::encodeWord(std::string_view word) const
{
    if (m_pattern->wholeWordsFirst())
        if (const auto whole = m_ids.find(word); whole != m_ids.end())
            return {{whole->second}, {0}, 0};

    struct Symbol {
        TokenId id;
        std::uint32_t begin;
        std::int64_t previous, next; // -1 at the ends; a symbol that was joined into its left neighbour has id -1
    };
    struct Pair {
        std::uint32_t rank;
        std::int64_t left;
        TokenId leftId, rightId;     // as they were when the pair was queued
        bool operator<(const Pair& other) const { return rank != other.rank ? rank > other.rank : left > other.left; }
    };
    std::vector<Symbol> symbols;
    for (std::uint32_t n = 0; n < word.size(); ++n)
        if (const TokenId id = m_byteIds[static_cast<unsigned char>(word[n])]; id >= 0)
            symbols.push_back({id, n, static_cast<std::int64_t>(symbols.size()) - 1, static_cast<std::int64_t>(symbols.size()) + 1});
    if (!symbols.empty())
        symbols.back().next = -1;
    const std::int64_t size = static_cast<std::int64_t>(symbols.size());

    std::priority_queue<Pair> queue;
    const auto enqueue = [&](std::int64_t left) {
        if (left < 0 || symbols[left].next < 0)
            return;
        const TokenId leftId = symbols[left].id, rightId = symbols[symbols[left].next].id;
        if (const auto merge = m_merges.find(pairKey(leftId, rightId)); merge != m_merges.end())
            queue.push({merge->second.rank, left, leftId, rightId});
    };
    for (std::int64_t n = 0; n + 1 < size; ++n)
        enqueue(n);
    while (!queue.empty()) {
        const Pair pair = queue.top();
        queue.pop();
        Symbol& left = symbols[pair.left];
        if (left.id != pair.leftId || left.next < 0 || symbols[left.next].id != pair.rightId)
            continue; // one of the two has been joined since
        Symbol& right = symbols[left.next];
        left.id = m_merges.at(pairKey(pair.leftId, pair.rightId)).result;
        right.id = -1;
        left.next = right.next;
        if (left.next >= 0)
            symbols[left.next].previous = pair.left;
        enqueue(left.previous);
        enqueue(pair.left);
    }

    Word result;
    result.unknownBytes = static_cast<std::uint32_t>(word.size() - symbols.size());
    for (std::int64_t n = 0; n >= 0 && n < size; n = symbols[n].next) {
        result.ids.push_back(symbols[n].id);
        result.begins.push_back(symbols[n].begin);
    }
    return result;
}

} // namespace octavo
