// SPDX-License-Identifier: Apache-2.0
// Any text, cut into words by the split pattern that its first byte names.
#include <array>
#include <string>
#include <string_view>

#include "fuzz/require.h"
#include "text/word_splitter.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace octavo;
    using test::require;
    static const std::array splitters = { WordSplitter::named("gpt-2").value(), WordSplitter::named("smollm").value(), WordSplitter::named("llama-bpe").value(),
        WordSplitter::named("qwen2").value() };
    if (size == 0)
        return 0;
    const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
    std::size_t at = 0;
    splitters[data[0] % splitters.size()].split(text, [&](std::string_view word) {
        require(!word.empty() && word.data() == text.data() + at);
        at += word.size();
    });
    require(at == text.size());
    return 0;
}
