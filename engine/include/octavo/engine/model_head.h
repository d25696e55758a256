// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>

#include "octavo/engine/chat_template.h"
#include "octavo/engine/model.h"
#include "octavo/engine/tokenizer.h"

namespace octavo {

// What a model's file says before its weights: enough to count the tokens of a text and to plan its reading.
// Threads: const calls are safe from any thread. Lifetime: owns copies of all it needs; the file may be closed.
struct ModelHead {
    ModelConfig config;                          // without the gates of adapters
    std::unique_ptr<const Tokenizer> tokenizer;
    ChatTemplate chat;

    // Of the weights nothing is read (the divisors of stretched positions, a few hundred bytes, belong to the numbers): a file of any size opens as
    // fast as its vocabulary. Errors: as Model::open, but for those that need the weights (BadTensor, UnsupportedType).
    static Result<ModelHead> open(const std::filesystem::path& file);
    static Result<ModelHead> of(const GgufFile& file);
};

} // namespace octavo
