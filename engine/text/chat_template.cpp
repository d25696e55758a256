// SPDX-License-Identifier: Apache-2.0
#include "octavo/engine/chat_template.h"

#include "model/gguf.h"

namespace octavo {
namespace {

constexpr std::string_view kRead = "Read the book below.\n\n";
// Without a turn between book and question, small models write on in the book's voice instead of answering.
constexpr std::string_view kHaveRead = "I have read it. What would you like to know?";

// What stands between the parts of a conversation in one format.
struct Turns {
    std::string_view beforeSystem;
    std::string_view afterSystem;     // ends the system's part, begins the user's
    std::string_view beforeAnswer;
    std::string_view afterAnswer;     // ends the assistant's turn
    bool bosInEachTurn;
    std::string_view beforeNextQuestion;
};

constexpr Turns turnsOf(ChatTemplate::Format format)
{
    switch (format) {
    case ChatTemplate::Format::Plain:
        return { "", "\n\n", "\nAnswer: ", "", false, "\n\nQuestion: " };
    case ChatTemplate::Format::ChatMl:
        return { "<|im_start|>system\n", "<|im_end|>\n<|im_start|>user\n", "<|im_end|>\n<|im_start|>assistant\n", "<|im_end|>\n",
            false, "<|im_start|>user\n" };
    case ChatTemplate::Format::Llama2:
        return { "[INST] <<SYS>>\n", "\n<</SYS>>\n\n", " [/INST]", " </s>", true, "[INST] " };
    case ChatTemplate::Format::Llama3:
        return { "<|start_header_id|>system<|end_header_id|>\n\n", "<|eot_id|><|start_header_id|>user<|end_header_id|>\n\n",
            "<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n", "<|eot_id|>", false,
            "<|start_header_id|>user<|end_header_id|>\n\n" };
    case ChatTemplate::Format::Mistral:
        return { "[INST] ", "\n\n", " [/INST]", "</s>", false, "[INST] " };
    case ChatTemplate::Format::Zephyr:
        return { "<|system|>\n", "</s>\n<|user|>\n", "</s>\n<|assistant|>\n", "</s>\n", false, "<|user|>\n" };
    }
    return {};
}

ChatTemplate::Format formatOf(std::string_view text)
{
    const auto has = [text](std::string_view mark) { return text.find(mark) != text.npos; };
    if (has("<|im_start|>"))
        return ChatTemplate::Format::ChatMl;
    if (has("<|start_header_id|>"))
        return ChatTemplate::Format::Llama3;
    if (has("<<SYS>>"))
        return ChatTemplate::Format::Llama2;
    if (has("[INST]"))
        return ChatTemplate::Format::Mistral;
    // Phi's turns have the same beginnings and another end.
    if (has("<|user|>") && !has("<|end|>"))
        return ChatTemplate::Format::Zephyr;
    return ChatTemplate::Format::Plain;
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
    const auto bos = beginsWithBos(file, text) ? tokenizer.bos() : std::nullopt;
    return ChatTemplate(formatOf(text), bos ? std::string(tokenizer.bytes(*bos)) : std::string());
}

ChatTemplate::ChatTemplate(Format format, std::string bos) : m_format(format), m_bos(std::move(bos)) {}

std::string ChatTemplate::documentIntro(std::string_view system) const
{
    const Turns turns = turnsOf(m_format);
    return m_bos + std::string(turns.beforeSystem).append(system).append(turns.afterSystem).append(kRead);
}

std::string ChatTemplate::questionIntro() const { return answerIntro().append(kHaveRead).append(nextQuestionIntro()); }
std::string ChatTemplate::answerIntro() const { return std::string(turnsOf(m_format).beforeAnswer); }

std::string ChatTemplate::nextQuestionIntro() const
{
    const Turns turns = turnsOf(m_format);
    return std::string(turns.afterAnswer).append(turns.bosInEachTurn ? m_bos : "").append(turns.beforeNextQuestion);
}

} // namespace octavo
