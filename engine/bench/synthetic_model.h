// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string_view>

#include "octavo/engine/result.h"

namespace octavo::bench {

// In what types the matrices of a made-up model stand.
enum class WeightForm {
    Q4_K_M, // Q4_K, with Q6_K for the output, and in half the layers for attn_v and ffn_down, as llama.cpp's Q4_K_M chooses them
    BF16,
};
std::optional<WeightForm> weightFormNamed(std::string_view name); // "q4_k_m", "bf16"
std::string_view nameOf(WeightForm form);

// The shape of a made-up Llama; as it stands here, Llama-3-8B's.
struct SyntheticShape {
    WeightForm form = WeightForm::Q4_K_M;
    std::uint32_t layers = 32;
    std::uint32_t hidden = 4096;       // a multiple of 256 where weights are in blocks, as are the heads' width all together and feedForward
    std::uint32_t heads = 32;
    std::uint32_t kvHeads = 8;
    std::uint32_t headWidth = 128;
    std::uint32_t feedForward = 14336;
    std::uint32_t vocabulary = 128256; // at least kLeastVocabulary
    std::uint32_t context = 131072;
    float ropeBase = 500000;
    std::uint64_t seed = 1;

    static constexpr std::uint32_t kLeastVocabulary = 259; // bytes, one merge, two special tokens
};

struct SyntheticFile {
    std::uint64_t bytes = 0;
    double seconds = 0;
};

// Writes a GGUF file of that shape with random weights, for measuring speed where no real model is at hand: 5 GB in a few seconds, since each
// tensor is another stretch of one run of random blocks and all threads write. Weights have a root mean square between about 0.7 and
// 2.4 / √columns, so products are about as large as their inputs and no half-precision number overflows. The vocabulary is bytes and made-up
// words; its last two tokens are special. The same shape and seed make the same file. `threads` 0: one per core.
// Errors: InvalidArgument, WriteFailed (nothing is left behind).
Result<SyntheticFile> writeSyntheticModel(const std::filesystem::path& path, const SyntheticShape& shape, unsigned threads = 0);

} // namespace octavo::bench
