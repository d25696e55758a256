// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "octavo/engine/result.h"

namespace octavo {

// Cuts text into the words that byte pair encoding works on, by the pattern that a vocabulary was trained with.
// Every byte ends up in exactly one word; bytes that are not UTF-8 make words of their own.
// Threads: const use from any thread.
class SplitPattern {
public:
    // `name` as in tokenizer.ggml.pre. Errors: UnsupportedTokenizer.
    static Result<std::unique_ptr<const SplitPattern>> named(std::string_view name);
    ~SplitPattern();

    void split(std::string_view text, const std::function<void(std::string_view word)>& onWord) const;

    // The vocabulary holds whole words that its merges would not reach (Llama 3): look words up first.
    bool wholeWordsFirst() const;

private:
    struct Compiled;
    explicit SplitPattern(std::unique_ptr<const Compiled> compiled);
    void splitStretch(std::string_view text, const std::function<void(std::string_view word)>& onWord) const;
    std::unique_ptr<const Compiled> m_compiled;
};

} // namespace octavo
