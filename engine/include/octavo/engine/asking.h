// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <stop_token>
#include <string_view>
#include <vector>

#include "octavo/engine/reading.h"
#include "octavo/engine/sampling.h"

namespace octavo {

class AskingState;

// Share of an answer token's attention on one token of the readings, mean of all layers and heads.
struct TokenAttention {
    std::uint64_t token = 0;   // counted over all readings, one after the other
    float weight = 0;
};

// Where the model looked when it wrote one token: the exact softmax row, averaged over layers and heads, summed per span.
// Spans, top tokens' complement and `outside` add up to 1.
struct HopRecord {
    std::vector<float> spans;         // as many as AskingOptions::spans
    std::vector<TokenAttention> top;  // heaviest tokens inside spans, heaviest first, at most AskingOptions::topTokens
    float outside = 0;                // tokens in no span, the question and the answer itself
};

// Tokens [begin, end) of the readings, counted over all of them.
struct TokenSpan {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
};

struct AskingOptions {
    std::vector<TokenSpan> spans;     // ascending, not overlapping; empty: no hop records are made
    std::uint32_t topTokens = 32;
    std::uint64_t room = 4096;        // tokens that questions and answers may use
};

struct AnswerToken {
    TokenId id = 0;
    std::string_view bytes;           // of this token; may be part of a UTF-8 character
    const HopRecord* hops = nullptr;  // null without spans; valid during the call
};

struct Answer {
    std::vector<TokenId> ids;         // without the token that ended it
    enum class End { Turn, Length, Stopped, RoomUsedUp } end = End::Turn;
};

// A conversation about readings: every question and answer token attends exactly to every token of every reading and
// of the conversation. Far rows stand closer together than they are (ReadingPlan::rowStep), so that distances stay inside the
// trained context; past that context logits are multiplied by ln(tokens + 1)/ln(context). Readings are placed one after the
// other, each from a new row on; nothing is re-read or copied.
// Threads: one at a time. Lifetime: shares the readings' pages; the readings may go on being read, unseen by this.
class Asking {
public:
    // Errors: InvalidArgument (no reading, different models or rows), OutOfMemory.
    static Result<std::unique_ptr<Asking>> over(std::span<const Reading* const> readings, AskingOptions options);
    ~Asking();

    // Adds tokens of a question (or an earlier answer). Errors: ContextFull (needed, room in tokens), Stopped (nothing was added), OutOfMemory.
    Result<void> prefill(std::span<const TokenId> tokens, std::stop_token stop);

    // Writes an answer until the turn ends, maxTokens are written, or a stop. onToken is called for each token, on the calling thread.
    Result<Answer> generate(Sampler& sampler, std::uint64_t maxTokens, const std::function<void(const AnswerToken&)>& onToken, std::stop_token stop);

    // Adds tokens and scores those from index `firstScored` on; index 0 is scored if something stands before it.
    Result<std::vector<TokenScore>> prefillAndScore(std::span<const TokenId> tokens, std::uint64_t firstScored, std::stop_token stop);

    // Logits that follow the last token added.
    std::vector<float> lastLogits() const;

    std::uint64_t tokens() const;     // of the readings and the conversation
    std::uint64_t roomLeft() const;   // tokens

private:
    explicit Asking(std::unique_ptr<AskingState> state);
    std::unique_ptr<AskingState> m_state;
};

} // namespace octavo
