// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <stop_token>
#include <string_view>
#include <vector>

#include "octavo/engine/hop_record.h"
#include "octavo/engine/reading.h"
#include "octavo/engine/sampling.h"

namespace octavo {

class AskingState;

struct AskingOptions {
    std::vector<TokenSpan> spans{};   // ascending, not overlapping; empty: no hop records are made. Sinks in them count as sinks.
    std::uint32_t topTokens = 32;
    std::uint64_t room = 4096;        // tokens that questions and answers may use
    HeadChoice heads{};               // whose mean hop records are
    std::vector<TokenSpan> hidden{};  // ascending, not overlapping: tokens that question and answer do not see; the places of all others stay
    bool perHead = false;             // whether HeadHops are made too: costs another look at every weight
};

struct AnswerToken {
    TokenId id = 0;
    std::string_view bytes;           // of this token; may be part of a UTF-8 character
    const HopRecord* hops = nullptr;  // null without spans; valid during the call
    const HeadHops* heads = nullptr;  // null unless AskingOptions::perHead; valid during the call
};

struct Answer {
    std::vector<TokenId> ids;         // without the token that ended it
    enum class End { Turn, Length, Stopped, RoomUsedUp } end = End::Turn;
};

// A conversation about readings: every question and answer token attends exactly to every token of every reading and
// of the conversation. Far rows stand closer together than they are (ReadingPlan::rowStep), so that distances stay inside the
// trained context; past that context logits are multiplied by ln(tokens + 1)/ln(context). Readings are placed one after the
// other, each from a new row on; nothing is re-read or copied. They may have been read by any plans: rows are as long as the longest
// of those that have several, and only full readings make a row of their own length.
// Threads: one at a time; conversations of one engine take turns (Engine). Lifetime: shares the readings' pages; the readings may go
// on being read, unseen by this.
class Asking {
public:
    // Errors: InvalidArgument (no reading, different models, one not checked after it was loaded, spans or heads that do not exist), OutOfMemory.
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

    // Where the last token added looked, to foresee the next. Empty without spans, or without perHead.
    const HopRecord& lastHops() const;
    const HeadHops& lastHeads() const;

    // A branch of the conversation that goes on by itself. Shares the readings and all but one page of the conversation. Errors: OutOfMemory.
    Result<std::unique_ptr<Asking>> fork() const;

    // Forgets all of the conversation but its first `tokens` tokens; something must be added before the next answer. Errors: OutOfMemory.
    Result<void> rewind(std::uint64_t tokens);

    std::uint64_t tokens() const;             // of the readings and the conversation
    std::uint64_t conversationTokens() const;
    std::uint64_t roomLeft() const;           // tokens

private:
    explicit Asking(std::unique_ptr<AskingState> state);
    std::unique_ptr<AskingState> m_state;
};

} // namespace octavo
