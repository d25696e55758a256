// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "octavo/engine/result.h"

namespace octavo {

// Cuts a text into the words that byte-pair merges never cross, by the split pattern a vocabulary was trained with.
// Threads: const calls are safe from any thread. Cost: linear in the text.
class WordSplitter {
public:
    // `name` is the value of `tokenizer.ggml.pre`. Errors: UnsupportedTokenizer.
    static Result<WordSplitter> named(std::string_view name);
    WordSplitter(WordSplitter&&) noexcept;
    ~WordSplitter();

    // Calls `word` with views into `text`, in order, that together are the text. Bytes that are not UTF-8 make words of their own.
    void split(std::string_view text, const std::function<void(std::string_view)>& word) const;

private:
    struct Pattern;
    explicit WordSplitter(std::unique_ptr<Pattern> pattern);
    std::unique_ptr<Pattern> m_pattern;
};

// Whether words that are tokens as a whole are taken as such, even where merges would not get there (Llama 3, Tekken).
bool takesWholeWords(std::string_view name);

} // namespace octavo
