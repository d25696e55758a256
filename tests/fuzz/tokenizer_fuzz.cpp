// SPDX-License-Identifier: Apache-2.0
// A vocabulary made of the fuzzer's choices, in the form that files have it, and a text to encode with it.
#include <fuzzer/FuzzedDataProvider.h>

#include <algorithm>
#include <array>
#include <cstdio>

#include "fuzz/require.h"
#include "model/gguf.h"
#include "octavo/engine/chat_template.h"
#include "support/allocation_meter.h"
#include "support/tiny_gguf.h"

namespace octavo {
namespace {

using test::GgufWriter;
using test::require;

constexpr std::size_t kMaxPieces = 40;
constexpr std::size_t kMaxMerges = 40;
constexpr std::size_t kMaxPiece = 12;    // bytes

struct Choices {
    bool isSentencePiece;
    bool hasAllBytes;      // an ordinary token for each byte, so any text must come back as it was
};

std::string byteToken(unsigned byte, bool isSentencePiece)
{
    if (!isSentencePiece)
        return test::tinyByteLetter(byte);
    char token[8];
    std::snprintf(token, sizeof token, "<0x%02X>", byte);
    return token;
}

// Mostly what can be joined from pieces that are there, sometimes anything.
std::string anyPiece(FuzzedDataProvider& data, const std::vector<std::string>& tokens)
{
    if (tokens.empty() || data.ConsumeBool())
        return data.ConsumeRandomLengthString(kMaxPiece);
    const std::string& left = tokens[data.ConsumeIntegralInRange<std::size_t>(0, tokens.size() - 1)];
    return left + tokens[data.ConsumeIntegralInRange<std::size_t>(0, tokens.size() - 1)];
}

Choices writeVocabulary(FuzzedDataProvider& data, GgufWriter& writer)
{
    constexpr std::array kPatterns = { "smollm", "gpt-2", "llama-bpe", "qwen2", "default", "unheard of" };
    constexpr std::int32_t kNormal = 1;
    constexpr std::int32_t kByte = 6;
    const Choices choices { data.ConsumeBool(), data.ConsumeBool() };
    writer.set("tokenizer.ggml.model", choices.isSentencePiece ? "llama" : "gpt2");
    writer.set("tokenizer.ggml.pre", data.PickValueInArray(kPatterns));

    std::vector<std::string> tokens;
    std::vector<std::int32_t> types;
    std::vector<float> scores;
    std::vector<std::string> merges;
    const unsigned bytes = choices.hasAllBytes ? 256 : data.ConsumeIntegralInRange<unsigned>(0, 256);
    for (unsigned byte = 0; byte < bytes; ++byte) {
        tokens.push_back(byteToken(byte, choices.isSentencePiece));
        types.push_back(choices.isSentencePiece ? kByte : kNormal);
        scores.push_back(0);
    }
    if (choices.isSentencePiece) {   // what stands for a space, without which all else would be refused
        tokens.push_back("▁");
        types.push_back(kNormal);
        scores.push_back(0);
    }
    for (std::size_t left = data.ConsumeIntegralInRange<std::size_t>(0, kMaxPieces); left > 0; --left) {
        tokens.push_back(anyPiece(data, tokens));
        types.push_back(data.ConsumeIntegralInRange<std::int32_t>(-1, 7));
        scores.push_back(data.ConsumeFloatingPoint<float>());
    }
    for (std::size_t left = data.ConsumeIntegralInRange<std::size_t>(0, kMaxMerges); left > 0 && !tokens.empty(); --left) {
        const std::string& first = tokens[data.ConsumeIntegralInRange<std::size_t>(0, tokens.size() - 1)];
        const std::string& second = tokens[data.ConsumeIntegralInRange<std::size_t>(0, tokens.size() - 1)];
        merges.push_back(first + (data.ConsumeIntegral<std::uint8_t>() == 0 ? "" : " ") + second);
        tokens.push_back(first + second);
        types.push_back(kNormal);
        scores.push_back(-static_cast<float>(merges.size()));
    }
    if (data.ConsumeIntegral<std::uint8_t>() == 0)
        types.resize(data.ConsumeIntegralInRange<std::size_t>(0, types.size() + 1));
    if (data.ConsumeIntegral<std::uint8_t>() == 0)
        scores.resize(data.ConsumeIntegralInRange<std::size_t>(0, scores.size() + 1));
    writer.set("tokenizer.ggml.tokens", tokens);
    writer.set("tokenizer.ggml.token_type", types);
    writer.set("tokenizer.ggml.scores", scores);
    writer.set("tokenizer.ggml.merges", merges);
    for (const char* duty : { "bos", "eos", "unknown", "eot" }) {
        if (data.ConsumeBool())
            writer.set("tokenizer.ggml." + std::string(duty) + "_token_id", data.ConsumeIntegralInRange<std::uint32_t>(0, 512));
    }
    writer.set("tokenizer.ggml.add_bos_token", data.ConsumeBool());
    writer.set("tokenizer.ggml.add_space_prefix", data.ConsumeBool());
    writer.set("tokenizer.chat_template", data.ConsumeRandomLengthString(200));
    return choices;
}

void encodeAndDecode(const Tokenizer& tokenizer, std::string_view text, SpecialTokens special, bool comesBack)
{
    const test::AllocationMeter meter;
    const TokenizedText tokens = tokenizer.encode(text, special);
    require(meter.bytes() <= test::allowedBytes(text.size()));
    require(tokens.ids.size() == tokens.begins.size());
    require(std::ranges::is_sorted(tokens.begins));
    require(tokens.begins.empty() || tokens.begins.back() <= text.size());
    for (TokenId id : tokens.ids) {
        require(id >= 0 && static_cast<std::size_t>(id) < tokenizer.vocabularySize());
        require(special == SpecialTokens::Parse || !tokenizer.isSpecial(id));
    }
    const std::string decoded = tokenizer.decode(tokens.ids);
    require(!comesBack || decoded == text);
}

} // namespace
} // namespace octavo

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace octavo;
    FuzzedDataProvider provider(data, size);
    test::GgufWriter writer;
    const Choices choices = writeVocabulary(provider, writer);
    const std::string bytes = writer.bytes();
    const auto file = GgufFile::parse(std::as_bytes(std::span(bytes)));
    require(file.ok());
    const test::AllocationMeter meter;
    const auto tokenizer = Tokenizer::fromGguf(**file);
    require(meter.bytes() <= test::allowedBytes(bytes.size()));
    if (!tokenizer)
        return 0;
    const ChatTemplate chat = ChatTemplate::fromGguf(**file, **tokenizer);
    const std::string text = provider.ConsumeRemainingBytesAsString();
    for (const std::string& piece : { text, chat.documentIntro(text), chat.questionIntro() + chat.answerIntro() + chat.nextQuestionIntro() })
        for (SpecialTokens special : { SpecialTokens::Literal, SpecialTokens::Parse }) {
            const bool addsSpaces = choices.isSentencePiece && special == SpecialTokens::Parse;
            encodeAndDecode(**tokenizer, piece, special, choices.hasAllBytes && !addsSpaces);
        }
    return 0;
}
