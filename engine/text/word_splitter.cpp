// SPDX-License-Identifier: Apache-2.0
#include "text/word_splitter.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <string>

namespace octavo {
namespace {

enum class Family { Gpt2, SingleNumbers, Llama3, Qwen2, Tekken };

struct FamilyName {
    std::string_view name;
    Family family;
};

constexpr std::array kFamilyNames = std::to_array<FamilyName>({
    { "gpt-2", Family::Gpt2 },
    { "default", Family::Gpt2 },
    { "smollm", Family::SingleNumbers },
    { "starcoder", Family::SingleNumbers },
    { "refact", Family::SingleNumbers },
    { "codeshell", Family::SingleNumbers },
    { "llama-bpe", Family::Llama3 },
    { "llama3", Family::Llama3 },
    { "llama-v3", Family::Llama3 },
    { "falcon3", Family::Llama3 },
    { "qwen2", Family::Qwen2 },
    { "deepseek-r1-qwen", Family::Qwen2 },
    { "megrez", Family::Qwen2 },
    { "tekken", Family::Tekken },
});

const FamilyName* familyNamed(std::string_view name)
{
    const auto found = std::ranges::find(kFamilyNames, name, &FamilyName::name);
    return found == kFamilyNames.end() ? nullptr : &*found;
}

std::string patternOf(Family family)
{
    // Unicode's White_Space. PCRE2's own \s has U+180E besides, which the tokenizers' training did not.
    const std::string space = R"(\p{Z}\t-\r\x{85})";
    const std::string spaces = "[" + space + "]+";
    const std::string marks = " ?[^" + space + R"(\p{L}\p{N}]+)";
    const std::string endings = "'s|'t|'re|'ve|'m|'ll|'d";
    // The last of several spaces belongs to the word after them.
    const std::string spacesBeforeWord = spaces + "(?![^" + space + "])|" + spaces;
    const auto linesAndSpaces = [&](const std::string& afterMarks) {
        return marks + "[" + afterMarks + "]*|[" + space + R"(]*[\r\n]+|)" + spacesBeforeWord;
    };
    const auto wordsAndLines = [&](const std::string& number) {
        return "(?i:" + endings + R"()|[^\r\n\p{L}\p{N}]?\p{L}+|)" + number + "|" + linesAndSpaces(R"(\r\n)");
    };
    switch (family) {
    case Family::Gpt2: return endings + R"(| ?\p{L}+| ?\p{N}+|)" + marks + "|" + spacesBeforeWord;
    // Two steps where it was trained, first the numbers, then GPT-2's pattern on what lies between; so a number ends a run of spaces
    // as the end of the text does.
    case Family::SingleNumbers: return R"(\p{N}|)" + endings + R"(| ?\p{L}+|)" + marks + "|" + spaces + "(?![^" + space + R"(\p{N}])|)"
            + spaces;
    case Family::Llama3: return wordsAndLines(R"(\p{N}{1,3})");
    case Family::Qwen2: return wordsAndLines(R"(\p{N})");
    // Mistral's since Nemo: a capital begins a word of its own.
    case Family::Tekken: {
        const std::string before = R"([^\r\n\p{L}\p{N}]?)";
        const std::string capitals = R"([\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}])";
        const std::string smalls = R"([\p{Ll}\p{Lm}\p{Lo}\p{M}])";
        return before + capitals + "*" + smalls + "+|" + before + capitals + "+" + smalls + R"(*|\p{N}|)" + linesAndSpaces(R"(\r\n/)");
    }
    }
    return {};
}

struct FreeMatch {
    void operator()(pcre2_match_data* match) const { pcre2_match_data_free(match); }
};

} // namespace

struct WordSplitter::Pattern {
    explicit Pattern(const std::string& text)
    {
        int problem = 0;
        PCRE2_SIZE where = 0;
        code = pcre2_compile(reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(), PCRE2_UTF | PCRE2_ANCHORED, &problem, &where, nullptr);
        assert(code);
        // Where the system forbids it, matching is slower and gives the same.
        pcre2_jit_compile(code, PCRE2_JIT_COMPLETE);
    }
    Pattern(const Pattern&) = delete;
    Pattern& operator=(const Pattern&) = delete;
    ~Pattern() { pcre2_code_free(code); }

    pcre2_code* code;
};

WordSplitter::WordSplitter(std::unique_ptr<Pattern> pattern) : m_pattern(std::move(pattern)) {}
WordSplitter::WordSplitter(WordSplitter&&) noexcept = default;
WordSplitter::~WordSplitter() = default;

Result<WordSplitter> WordSplitter::named(std::string_view name)
{
    const FamilyName* known = familyNamed(name);
    if (!known)
        return Error { Errc::UnsupportedTokenizer, "tokenizer.ggml.pre", std::string(name) };
    return WordSplitter(std::make_unique<Pattern>(patternOf(known->family)));
}

void WordSplitter::split(std::string_view text, const std::function<void(std::string_view)>& word) const
{
    const std::unique_ptr<pcre2_match_data, FreeMatch> match(pcre2_match_data_create_from_pattern(m_pattern->code, nullptr));
    const auto matchAt = [&](std::string_view subject, std::size_t from, std::uint32_t options) {
        const auto* bytes = reinterpret_cast<PCRE2_SPTR>(subject.data());
        return pcre2_match(m_pattern->code, bytes, subject.size(), from, options, match.get(), nullptr);
    };
    // PCRE2 checks a subject before it matches, and says where the first byte stands that is not UTF-8.
    const auto validSize = [&](std::string_view rest) {
        const int outcome = matchAt(rest, 0, 0);
        const bool invalid = outcome <= PCRE2_ERROR_UTF8_ERR1 && outcome >= PCRE2_ERROR_UTF8_ERR21;
        return invalid ? pcre2_get_startchar(match.get()) : rest.size();
    };

    while (!text.empty()) {
        const std::string_view valid = text.substr(0, validSize(text));
        for (std::size_t at = 0; at < valid.size();) {
            // Every character begins a match of every pattern; should PCRE2 give up, the rest is one long word and nothing is lost.
            std::size_t end = valid.size();
            if (matchAt(valid, at, PCRE2_NO_UTF_CHECK) > 0)
                end = pcre2_get_ovector_pointer(match.get())[1];
            word(valid.substr(at, end - at));
            at = end;
        }
        text.remove_prefix(valid.size());
        std::size_t invalid = 0;
        while (invalid < text.size() && validSize(text.substr(invalid)) == 0)
            ++invalid;
        if (invalid > 0)
            word(text.substr(0, invalid));
        text.remove_prefix(invalid);
    }
}

bool takesWholeWords(std::string_view name)
{
    const FamilyName* known = familyNamed(name);
    return known && (known->family == Family::Llama3 || known->family == Family::Tekken);
}

} // namespace octavo
