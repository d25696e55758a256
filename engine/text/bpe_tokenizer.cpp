// SPDX-License-Identifier: Apache-2.0
#include "text/bpe_tokenizer.h"

#include <algorithm>

#include "model/gguf.h"
#include "text/bpe_word.h"
#include "text/byte_alphabet.h"
#include "text/token_run.h"

namespace octavo {
namespace {

constexpr std::string_view kPreKey = "tokenizer.ggml.pre";
constexpr std::string_view kReplacementCharacter = "\xEF\xBF\xBD";   // U+FFFD

} // namespace

// One run over one text.
class BpeTokenizer::Encoding {
public:
    Encoding(const BpeTokenizer& tokenizer, std::string_view text) : m_tokenizer(tokenizer), m_word(tokenizer.m_merges), m_run(text) {}

    void addText(std::string_view piece)
    {
        m_tokenizer.m_splitter.split(piece, [this](std::string_view word) {
            m_run.addWord(word, [this](std::string_view whole) {
                for (std::size_t at = 0; at < whole.size(); at += BpeWord::kLongest)
                    join(whole.substr(at, BpeWord::kLongest));
            });
        });
    }

    void addSpecial(TokenId id, std::size_t begin) { m_run.add(id, begin); }

    TokenizedText take() { return m_run.take(); }

private:
    void join(std::string_view word)
    {
        const std::size_t begin = m_run.beginOf(word);
        if (const auto whole = m_tokenizer.m_wholeWords.find(word); whole != m_tokenizer.m_wholeWords.end()) {
            m_run.add(whole->second, begin);
            return;
        }
        for (const BpeWord::Part& part : m_word.split(word)) {
            if (part.id != kNoToken) {
                m_run.add(part.id, begin + part.begin);
                continue;
            }
            for (TokenId id : m_tokenizer.m_replacement)
                m_run.add(id, begin + part.begin);
        }
    }

    const BpeTokenizer& m_tokenizer;
    BpeWord m_word;
    TokenRun m_run;
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
    : VocabularyTokenizer(std::move(vocabulary))
    , m_merges(std::move(merges))
    , m_splitter(std::move(splitter))
{
    m_bytes.reserve(m_vocabulary.spellings.size());
    for (std::size_t id = 0; id < m_vocabulary.spellings.size(); ++id) {
        const std::string& spelling = m_vocabulary.spellings[id];
        // Special tokens are spelled as they are; so are, in some files, ordinary ones that were added later.
        m_bytes.push_back(m_vocabulary.special[id] ? spelling : bytesOfLetters(spelling).value_or(spelling));
    }
}

TokenizedText BpeTokenizer::encode(std::string_view text, SpecialTokens special) const { return encodeWith(Encoding(*this, text), text, special); }

} // namespace octavo
