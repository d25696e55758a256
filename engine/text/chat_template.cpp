// SPDX-License-Identifier: Apache-2.0
#include "octavo/engine/chat_template.h"

#include "model/gguf.h"

namespace octavo {
namespace {

constexpr std::string_view kRead = "Read the book below.\n\n";
// Without a turn between book and question, small models write on in the book's voice instead of answering.
constexpr std::string_view kHaveRead = "I have read it. What would you like to know?";

// What stands between the parts of a conversation in one format. "{bos}" and "{eos}" stand for the vocabulary's tokens.
struct Turns {
    std::string_view beforeSystem;
    std::string_view afterSystem;     // ends the system's part, begins the user's
    std::string_view beforeAnswer;
    std::string_view answerGap;       // a model writes it itself before its answer, as a part of the first token
    std::string_view afterAnswer;     // ends the assistant's turn
    std::string_view beforeNextQuestion;
};

constexpr Turns turnsOf(ChatTemplate::Format format)
{
    using Format = ChatTemplate::Format;
    switch (format) {
    case Format::Plain:
    case Format::Unknown:
        return { "", "\n\n", "\nAnswer:", " ", "", "\n\nQuestion: " };
    case Format::ChatMl:
        return { "<|im_start|>system\n", "<|im_end|>\n<|im_start|>user\n", "<|im_end|>\n<|im_start|>assistant\n", "", "<|im_end|>\n",
            "<|im_start|>user\n" };
    case Format::Llama2:
        return { "[INST] <<SYS>>\n", "\n<</SYS>>\n\n", " [/INST]", " ", " {eos}", "{bos}[INST] " };
    case Format::Llama3:
        return { "<|start_header_id|>system<|end_header_id|>\n\n", "<|eot_id|><|start_header_id|>user<|end_header_id|>\n\n",
            "<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n", "", "<|eot_id|>", "<|start_header_id|>user<|end_header_id|>\n\n" };
    case Format::Mistral:
        return { " [INST] ", "\n\n", " [/INST]", " ", "{eos}", " [INST] " };
    case Format::MistralV3:
        return { "[INST] ", "\n\n", "[/INST]", " ", "{eos}", "[INST] " };
    case Format::MistralTekken:
        return { "[INST]", "\n\n", "[/INST]", "", "{eos}", "[INST]" };
    case Format::Zephyr:
        return { "<|system|>\n", "{eos}\n<|user|>\n", "{eos}\n<|assistant|>\n", "", "{eos}\n", "<|user|>\n" };
    }
    return {};
}

std::string replaced(std::string text, std::string_view what, std::string_view by)
{
    for (std::size_t at = text.find(what); at != text.npos; at = text.find(what, at + by.size()))
        text.replace(at, what.size(), by);
    return text;
}

// Without what people write differently: white space, `\n` in strings, the kind of quotes.
std::string condensed(std::string_view text)
{
    std::string out;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text.substr(at).starts_with("\\n"))
            ++at;
        else if (text[at] == '"')
            out.push_back('\'');
        else if (std::string_view(" \t\r\n").find(text[at]) == std::string_view::npos)
            out.push_back(text[at]);
    }
    return out;
}

// The user's turn of Zephyr is `'<|user|>' + message.content + eos_token`. Phi-3, Tulu and Falcon 3 begin theirs the same way and end it in another.
bool hasZephyrTurn(std::string_view text)
{
    constexpr std::string_view kBegin = "'<|user|>'+";
    const std::string code = condensed(text);
    const std::size_t begin = code.find(kBegin);
    if (begin == code.npos)
        return false;
    const std::size_t end = code.find('+', begin + kBegin.size());
    return end != code.npos && code.compare(end + 1, 9, "eos_token") == 0;
}

// Every mark of a format must be there and none of its lookalikes'. What is not certain is Unknown: a wrong format does not fail, it only
// makes answers worse.
ChatTemplate::Format formatOf(std::string_view text)
{
    using Format = ChatTemplate::Format;
    const auto has = [text](std::string_view mark) { return text.find(mark) != text.npos; };
    if (text.empty())
        return Format::Plain;
    const bool isChatMl = has("<|im_start|>") && has("<|im_end|>") && !has("<|im_sep|>");   // Phi-4 has the last
    const bool isLlama3 = has("<|start_header_id|>") && has("<|end_header_id|>") && has("<|eot_id|>");
    const bool hasInstructions = has("[INST]") && has("[/INST]") && !has("[SYSTEM_PROMPT]");   // Mistral's since v7 have the last
    const bool isZephyr = has("<|assistant|>") && hasZephyrTurn(text);
    if (isChatMl + isLlama3 + hasInstructions + isZephyr != 1)
        return Format::Unknown;
    if (isChatMl)
        return Format::ChatMl;
    if (isLlama3)
        return Format::Llama3;
    if (isZephyr)
        return Format::Zephyr;
    if (has("<<SYS>>"))
        return has("<</SYS>>") ? Format::Llama2 : Format::Unknown;
    const bool spaceAfter = has("[INST] ");
    const bool spaceBefore = has(" [/INST]");
    return spaceAfter ? spaceBefore ? Format::Mistral : Format::MistralV3 : spaceBefore ? Format::Unknown : Format::MistralTekken;
}

// A file may ask for BOS by a key of its own or in its template; SentencePiece vocabularies have it unless told otherwise.
bool beginsWithBos(const GgufFile& file, std::string_view text)
{
    const bool isSentencePiece = file.stringValue("tokenizer.ggml.model") == "llama";
    return file.boolValue("tokenizer.ggml.add_bos_token").value_or(isSentencePiece) || text.find("bos_token") != text.npos;
}

} // namespace

ChatTemplate ChatTemplate::fromGguf(const GgufFile& file, const Tokenizer& tokenizer)
{
    const std::string_view text = file.stringValue("tokenizer.chat_template").value_or("");
    const auto spelled = [&](std::optional<TokenId> id) { return id ? std::string(tokenizer.bytes(*id)) : std::string(); };
    return ChatTemplate(formatOf(text), beginsWithBos(file, text) ? spelled(tokenizer.bos()) : std::string(), spelled(tokenizer.eos()));
}

ChatTemplate::ChatTemplate(Format format, std::string bos, std::string eos) : m_format(format), m_bos(std::move(bos)), m_eos(std::move(eos)) {}

std::string ChatTemplate::documentIntro(std::string_view system) const
{
    const Turns turns = turnsOf(m_format);
    return m_bos + std::string(turns.beforeSystem).append(system).append(replaced(std::string(turns.afterSystem), "{eos}", m_eos)).append(kRead);
}

std::string ChatTemplate::questionIntro() const { return answerIntro().append(turnsOf(m_format).answerGap).append(kHaveRead).append(nextQuestionIntro()); }
std::string ChatTemplate::answerIntro() const { return replaced(std::string(turnsOf(m_format).beforeAnswer), "{eos}", m_eos); }

std::string ChatTemplate::nextQuestionIntro() const
{
    const Turns turns = turnsOf(m_format);
    return replaced(replaced(std::string(turns.afterAnswer).append(turns.beforeNextQuestion), "{eos}", m_eos), "{bos}", m_bos);
}

std::vector<TokenId> turnTokens(const Tokenizer& tokenizer, std::string_view piece, std::string_view text)
{
    const std::size_t size = piece.find_last_not_of(' ') + 1;   // 0 if there is nothing else
    std::vector<TokenId> ids = tokenizer.encode(piece.substr(0, size), SpecialTokens::Parse).ids;
    const std::vector<TokenId> more = tokenizer.encode(std::string(piece.substr(size)).append(text), SpecialTokens::Literal).ids;
    ids.insert(ids.end(), more.begin(), more.end());
    return ids;
}

} // namespace octavo
