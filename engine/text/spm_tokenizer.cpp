// SPDX-License-Identifier: Apache-2.0
#include "text/spm_tokenizer.h"

#include <sentencepiece_processor.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <unordered_set>

#include "model/gguf.h"
#include "text/sentencepiece_model.h"
#include "text/token_run.h"
#include "text/utf8.h"

namespace octavo {
namespace {

constexpr std::string_view kTokensKey = "tokenizer.ggml.tokens";
constexpr TokenId kNone = -1;
// Where a text has no place to cut for this long it is cut nevertheless, which bounds sentencepiece's memory to some 100 MB.
constexpr std::size_t kLongestWord = std::size_t { 1 } << 20;

// "<0x0A>" as the byte it stands for.
std::optional<unsigned> byteOf(std::string_view spelling)
{
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    if (spelling.size() != 6 || !spelling.starts_with("<0x") || spelling[5] != '>')
        return {};
    const std::size_t high = kDigits.find(spelling[3]);
    const std::size_t low = kDigits.find(spelling[4]);
    if (high == kDigits.npos || low == kDigits.npos)
        return {};
    return static_cast<unsigned>(high * 16 + low);
}

std::string withSpaces(std::string_view piece)
{
    std::string text;
    for (std::size_t at = 0; at < piece.size();) {
        const bool isSpace = piece.substr(at).starts_with(kSpaceMarkUtf8);
        text.push_back(isSpace ? ' ' : piece[at]);
        at += isSpace ? kSpaceMarkUtf8.size() : 1;
    }
    return text;
}

} // namespace

// One run over one text.
class SpmTokenizer::Encoding {
public:
    Encoding(const SpmTokenizer& tokenizer, std::string_view text) : m_tokenizer(tokenizer), m_run(text) {}

    void addSpecial(TokenId id, std::size_t begin)
    {
        m_run.add(id, begin);
        m_spaceIsDue = m_tokenizer.m_spaceAfterSpecial;
    }

    void addText(std::string_view text)
    {
        if (text.starts_with(' '))
            m_spaceIsDue = false;
        std::size_t size = 0;   // of the word so far, which `text` begins with
        char32_t previous = 0;
        while (size < text.size()) {
            const auto next = firstCharacter(text.substr(size));
            if (!next || next->code == kSpaceMark) {
                if (size > 0 || m_spaceIsDue)
                    addWord(text.substr(0, size));
                text.remove_prefix(size);
                size = next ? next->size : 1;
                addBytes(text.substr(0, size), m_run.beginOf(text));
                text.remove_prefix(size);
                size = 0;
                continue;
            }
            if (size > 0 && (m_tokenizer.m_cuts.mayCut(previous, next->code) || size >= kLongestWord)) {
                addWord(text.substr(0, size));
                text.remove_prefix(size);
                size = 0;
            }
            previous = next->code;
            size += next->size;
        }
        if (size > 0)
            addWord(text);
    }

    TokenizedText take() { return m_run.take(); }

private:
    void addWord(std::string_view word)
    {
        if (m_spaceIsDue) {
            m_spaceIsDue = false;
            join(" " + std::string(word), m_run.beginOf(word), 1);
            return;
        }
        m_run.addWord(word, [this](std::string_view joined) { join(joined, m_run.beginOf(joined), 0); });
    }

    // `begin` is where the word stands in the text, less the `added` bytes before it that the text does not have.
    void join(std::string_view word, std::size_t begin, std::size_t added)
    {
        const auto place = [&](std::size_t at) { return begin + at - std::min(at, added); };
        m_ids.clear();
        // It refuses no valid UTF-8 as short as this; should it, the bytes stand for themselves.
        if (!m_tokenizer.m_processor->Encode(word, &m_ids).ok()) {
            m_ids.clear();
            for (char byte : word)
                m_ids.push_back(m_tokenizer.byteToken(byte));
        }
        std::size_t at = 0;
        for (int id : m_ids) {
            const std::string_view bytes = m_tokenizer.bytes(id);
            // Characters that are tokens marked as unused: sentencepiece from 0.2 on reads them as bytes, 0.1.97 does not.
            if (m_tokenizer.m_vocabulary.types[static_cast<std::size_t>(id)] == TokenType::Unused)
                addBytes(bytes, place(at));
            else
                m_run.add(id, place(at));
            at += bytes.size();
        }
    }

    void addBytes(std::string_view bytes, std::size_t begin)
    {
        for (std::size_t n = 0; n < bytes.size(); ++n)
            m_run.add(m_tokenizer.byteToken(bytes[n]), begin + n);
    }

    const SpmTokenizer& m_tokenizer;
    TokenRun m_run;
    std::vector<int> m_ids;
    bool m_spaceIsDue = false;
};

Result<std::unique_ptr<const Tokenizer>> SpmTokenizer::fromGguf(const GgufFile& file)
{
    constexpr std::string_view kScores = "tokenizer.ggml.scores";
    auto vocabulary = Vocabulary::fromGguf(file);
    if (!vocabulary)
        return vocabulary.error();
    const auto scores = file.floatArray(kScores);
    if (!scores || scores->size() != vocabulary->spellings.size())
        return Error { Errc::BadMetadata, std::string(kScores), "not one score for each token" };
    if (std::ranges::any_of(*scores, [](float score) { return std::isnan(score); }))
        return Error { Errc::BadMetadata, std::string(kScores), "a score is no number" };

    std::unique_ptr<SpmTokenizer> tokenizer(new SpmTokenizer(std::move(*vocabulary)));
    tokenizer->m_spaceAfterSpecial = file.boolValue("tokenizer.ggml.add_space_prefix").value_or(true);
    if (auto problem = tokenizer->readPieces())
        return std::move(*problem);
    if (auto problem = tokenizer->load(*scores))
        return std::move(*problem);
    return std::unique_ptr<const Tokenizer>(std::move(tokenizer));
}

SpmTokenizer::SpmTokenizer(Vocabulary vocabulary)
    : VocabularyTokenizer(std::move(vocabulary))
    , m_processor(std::make_unique<sentencepiece::SentencePieceProcessor>())
{
}

SpmTokenizer::~SpmTokenizer() = default;

// Fills m_bytes, m_byteTokens and m_cuts.
std::optional<Error> SpmTokenizer::readPieces()
{
    const auto problem = [](std::string detail) { return Error { Errc::BadMetadata, std::string(kTokensKey), std::move(detail) }; };
    m_byteTokens.fill(kNone);
    std::unordered_set<std::string_view> spelled;
    for (std::size_t id = 0; id < m_vocabulary.spellings.size(); ++id) {
        const std::string& spelling = m_vocabulary.spellings[id];
        if (m_vocabulary.special[id]) {
            m_bytes.push_back(spelling);
            continue;
        }
        if (spelling.empty() || !spelled.insert(spelling).second)
            return problem("token " + std::to_string(id) + " is spelled as nothing or as another");
        if (m_vocabulary.types[id] == TokenType::Byte) {
            const auto byte = byteOf(spelling);
            if (!byte)
                return problem("token " + std::to_string(id) + " is no byte");
            m_byteTokens[*byte] = static_cast<TokenId>(id);
            m_bytes.emplace_back(1, static_cast<char>(*byte));
        } else {
            m_cuts.addPiece(spelling);
            m_bytes.push_back(withSpaces(spelling));
        }
    }
    if (const auto lacking = std::ranges::find(m_byteTokens, kNone); lacking != m_byteTokens.end())
        return problem("no token for byte " + std::to_string(lacking - m_byteTokens.begin()));
    // As bytes it would be read as the three of the mark that stands for it, and come back as that.
    if (!spelled.contains(kSpaceMarkUtf8))
        return problem("no token for a space");
    return {};
}

std::optional<Error> SpmTokenizer::load(const std::vector<float>& scores)
{
    const std::string model = sentencepieceModel(m_vocabulary, scores);
    if (model.size() > std::numeric_limits<int>::max())
        return Error { Errc::BadMetadata, std::string(kTokensKey), "too large" };
    const auto status = m_processor->LoadFromSerializedProto(model);
    if (!status.ok())
        return Error { Errc::BadMetadata, std::string(kTokensKey), status.error_message() };
    return {};
}

TokenizedText SpmTokenizer::encode(std::string_view text, SpecialTokens special) const { return encodeWith(Encoding(*this, text), text, special); }

} // namespace octavo
