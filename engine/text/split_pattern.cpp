// SPDX-License-Identifier: Apache-2.0
#include "text/split_pattern.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

namespace octavo {

namespace {

constexpr const char* kGpt2 = R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)";
constexpr const char* kLlama3
    = R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
constexpr const char* kQwen2
    = R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";

struct Known {
    const char* name;
    const char* pattern;
    bool digitsFirst;      // every numeric character is a word; the pattern sees the stretches between them, each as a text of its own
    bool wholeWordsFirst;
};

constexpr Known kKnown[] = {
    {"gpt-2", kGpt2, false, false},
    {"smollm", kGpt2, true, false},
    {"llama-bpe", kLlama3, false, true},
    {"llama3", kLlama3, false, true},
    {"qwen2", kQwen2, false, false},
};

struct FreeCode {
    void operator()(pcre2_code* code) const { pcre2_code_free(code); }
};
struct FreeMatch {
    void operator()(pcre2_match_data* match) const { pcre2_match_data_free(match); }
};
using Code = std::unique_ptr<pcre2_code, FreeCode>;

Code compile(const char* pattern)
{
    int error = 0;
    PCRE2_SIZE offset = 0;
    Code code(pcre2_compile(reinterpret_cast<PCRE2_SPTR>(pattern), PCRE2_ZERO_TERMINATED, PCRE2_UTF | PCRE2_UCP | PCRE2_MATCH_INVALID_UTF, &error,
                            &offset, nullptr));
    if (code)
        pcre2_jit_compile(code.get(), PCRE2_JIT_COMPLETE); // without JIT matching is slower and the same
    return code;
}

// Calls onMatch for every match and onGap for what lies between.
template <class OnMatch, class OnGap>
void forEachMatch(const pcre2_code* code, std::string_view text, const OnMatch& onMatch, const OnGap& onGap)
{
    const std::unique_ptr<pcre2_match_data, FreeMatch> match(pcre2_match_data_create_from_pattern(code, nullptr));
    const auto* subject = reinterpret_cast<PCRE2_SPTR>(text.data());
    std::size_t at = 0;
    while (at < text.size() && pcre2_match(code, subject, text.size(), at, 0, match.get(), nullptr) > 0) {
        const PCRE2_SIZE* bounds = pcre2_get_ovector_pointer(match.get());
        if (bounds[0] > at)
            onGap(text.substr(at, bounds[0] - at));
        onMatch(text.substr(bounds[0], bounds[1] - bounds[0]));
        at = bounds[1];
    }
    if (at < text.size())
        onGap(text.substr(at));
}

} // namespace

struct SplitPattern::Compiled {
    Code words;
    Code digits; // null unless digits are words of their own
    bool wholeWordsFirst;
};

SplitPattern::SplitPattern(std::unique_ptr<const Compiled> compiled) : m_compiled(std::move(compiled)) {}
SplitPattern::~SplitPattern() = default;

Result<std::unique_ptr<const SplitPattern>> SplitPattern::named(std::string_view name)
{
    for (const Known& known : kKnown)
        if (name == known.name) {
            auto compiled = std::make_unique<Compiled>(
                Compiled{compile(known.pattern), known.digitsFirst ? compile(R"(\p{N})") : Code(), known.wholeWordsFirst});
            return std::unique_ptr<const SplitPattern>(new SplitPattern(std::move(compiled)));
        }
    return Error{Errc::UnsupportedTokenizer, "tokenizer.ggml.pre", std::string(name)};
}

bool SplitPattern::wholeWordsFirst() const { return m_compiled->wholeWordsFirst; }

void SplitPattern::splitStretch(std::string_view text, const std::function<void(std::string_view)>& onWord) const
{
    forEachMatch(m_compiled->words.get(), text, onWord, onWord);
}

void SplitPattern::split(std::string_view text, const std::function<void(std::string_view)>& onWord) const
{
    if (!m_compiled->digits)
        return splitStretch(text, onWord);
    forEachMatch(m_compiled->digits.get(), text, onWord, [&](std::string_view stretch) { splitStretch(stretch, onWord); });
}

} // namespace octavo
