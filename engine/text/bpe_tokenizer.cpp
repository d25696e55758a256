// SPDX-License-Identifier: Apache-2.0
#include "text/bpe_tokenizer.h"

#include <algorithm>

#include "model/gguf.h"
#include "text/bpe_word.h"
#include "text/byte_alphabet.h"

namespace octavo {
namespace {

constexpr std::string_view kPreKey = "tokenizer.ggml.pre";
constexpr std::string_view kReplacementCharacter = "\xEF\xBF\xBD";   // U+FFFD
// Words seen before in one text are copied from there. Beyond this many different ones the table starts anew, so it stays small.
constexpr std::size_t kMaxKnownWords = 1 << 16;
constexpr std::size_t kLongestKnownWord = 64;

} // namespace

// One run over one text.
class BpeTokenizer::Encoding {
public:
    Encoding(const BpeTokenizer& tokenizer, std::string_view text) : m_tokenizer(tokenizer), m_text(text), m_word(tokenizer.m_merges)
    {
        m_result.ids.reserve(text.size() / 3);
        m_result.begins.reserve(text.size() / 3);
    }

    void addText(std::string_view piece)
    {
        m_tokenizer.m_splitter.split(piece, [this](std::string_view word) { addWord(word); });
    }

    void add(TokenId id, std::size_t begin)
    {
        m_result.ids.push_back(id);
        m_result.begins.push_back(begin);
    }

    TokenizedText take() { return std::move(m_result); }

private:
    // Where a word's tokens already stand in the result.
    struct Known {
        std::size_t first;
        std::size_t count;
    };

    void addWord(std::string_view word)
    {
        if (word.size() > kLongestKnownWord) {
            for (std::size_t at = 0; at < word.size(); at += BpeWord::kLongest)
                join(word.substr(at, BpeWord::kLongest));
            return;
        }
        const std::size_t first = m_result.ids.size();
        if (const auto known = m_known.find(word); known != m_known.end()) {
            repeat(known->second, beginOf(word));
            return;
        }
        join(word);
        if (m_known.size() == kMaxKnownWords)
            m_known.clear();
        m_known.emplace(word, Known { first, m_result.ids.size() - first });
    }

    void repeat(Known known, std::size_t begin)
    {
        const std::uint64_t knownBegin = m_result.begins[known.first];
        for (std::size_t n = known.first; n < known.first + known.count; ++n)
            add(m_result.ids[n], begin + (m_result.begins[n] - knownBegin));
    }

    void join(std::string_view word)
    {
        const std::size_t begin = beginOf(word);
        if (const auto whole = m_tokenizer.m_wholeWords.find(word); whole != m_tokenizer.m_wholeWords.end()) {
            add(whole->second, begin);
            return;
        }
        for (const BpeWord::Part& part : m_word.split(word)) {
            if (part.id != kNoToken) {
                add(part.id, begin + part.begin);
                continue;
            }
            for (TokenId id : m_tokenizer.m_replacement)
                add(id, begin + part.begin);
        }
    }

    std::size_t beginOf(std::string_view word) const { return static_cast<std::size_t>(word.data() - m_text.data()); }

    const BpeTokenizer& m_tokenizer;
    std::string_view m_text;
    BpeWord m_word;
    TokenizedText m_result;
    std::unordered_map<std::string_view, Known> m_known;
};

Result<std::unique_ptr<const Tokenizer>> BpeTokenizer::fromGguf(const GgufFile& file)
{
    // Files from before this key existed have GPT-2's pattern.
    const std::string_view pattern = file.stringValue(kPreKey).value_or("default");
    auto splitter = WordSplitter::named(pattern);
    if (!splitter)
        return splitter.error();
    auto vocabulary = Vocabulary::fromGguf(file);
    if (!vocabulary)
        return vocabulary.error();
    auto merges = BpeMerges::fromGguf(file, *vocabulary);
    if (!merges)
        return merges.error();

    std::unique_ptr<BpeTokenizer> tokenizer(new BpeTokenizer(std::move(*vocabulary), std::move(*merges), std::move(*splitter)));
    BpeWord word(tokenizer->m_merges);
    for (const BpeWord::Part& part : word.split(kReplacementCharacter))
        tokenizer->m_replacement.push_back(part.id);
    const bool canReplace = std::ranges::find(tokenizer->m_replacement, kNoToken) == tokenizer->m_replacement.end();
    for (unsigned byte = 0; byte < 256 && !canReplace; ++byte) {
        if (tokenizer->m_merges.byteToken(static_cast<unsigned char>(byte)) == kNoToken)
            return Error { Errc::BadMetadata, "tokenizer.ggml.tokens", "no token for byte " + std::to_string(byte) };
    }
    if (takesWholeWords(pattern)) {
        for (std::size_t id = 0; id < tokenizer->m_bytes.size(); ++id) {
            if (!tokenizer->m_vocabulary.special[id])
                tokenizer->m_wholeWords.emplace(tokenizer->m_bytes[id], static_cast<TokenId>(id));
        }
    }
    return std::unique_ptr<const Tokenizer>(std::move(tokenizer));
}

BpeTokenizer::BpeTokenizer(Vocabulary vocabulary, BpeMerges merges, WordSplitter splitter)
    : m_vocabulary(std::move(vocabulary))
    , m_merges(std::move(merges))
    , m_splitter(std::move(splitter))
    , m_specialSpellings(m_vocabulary)
{
    m_bytes.reserve(m_vocabulary.spellings.size());
    for (std::size_t id = 0; id < m_vocabulary.spellings.size(); ++id) {
        const std::string& spelling = m_vocabulary.spellings[id];
        // Special tokens are spelled as they are; so are, in some files, ordinary ones that were added later.
        m_bytes.push_back(m_vocabulary.special[id] ? spelling : bytesOfLetters(spelling).value_or(spelling));
    }
}

TokenizedText BpeTokenizer::encode(std::string_view text, SpecialTokens special) const
{
    Encoding encoding(*this, text);
    std::size_t at = 0;
    if (special == SpecialTokens::Parse) {
        while (const auto found = m_specialSpellings.find(text, at)) {
            encoding.addText(text.substr(at, found->begin - at));
            encoding.add(found->id, found->begin);
            at = found->begin + found->size;
        }
    }
    encoding.addText(text.substr(at));
    return encoding.take();
}

std::string_view BpeTokenizer::bytes(TokenId id) const
{
    return isKnown(id) ? std::string_view(m_bytes[static_cast<std::size_t>(id)]) : std::string_view();
}

bool BpeTokenizer::isSpecial(TokenId id) const { return isKnown(id) && m_vocabulary.special[static_cast<std::size_t>(id)]; }
bool BpeTokenizer::endsTurn(TokenId id) const { return isKnown(id) && m_vocabulary.endsTurn[static_cast<std::size_t>(id)]; }

} // namespace octavo
