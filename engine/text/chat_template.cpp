// SPDX-License-Identifier: Apache-2.0
#include "octavo/engine/chat_template.h"

#include "model/gguf.h"

namespace octavo {

namespace {

constexpr std::string_view kReadBelow = "Read the book below.\n\n";

// The words around one turn of a format. `systemOpen` … `systemClose` is empty where the system's words go into the user's turn.
struct Turns {
    std::string_view systemOpen, systemClose, userOpen, userClose, assistantOpen, assistantClose;
};

Turns turnsOf(ChatTemplate::Format format)
{
    switch (format) {
    case ChatTemplate::Format::ChatMl:
        return {"<|im_start|>system\n", "<|im_end|>\n", "<|im_start|>user\n", "<|im_end|>\n", "<|im_start|>assistant\n", "<|im_end|>\n"};
    case ChatTemplate::Format::Llama2: return {"[INST] <<SYS>>\n", "\n<</SYS>>\n\n", "", " [/INST] ", "", " </s><s>[INST] "};
    case ChatTemplate::Format::Llama3:
        return {"<|start_header_id|>system<|end_header_id|>\n\n", "<|eot_id|>", "<|start_header_id|>user<|end_header_id|>\n\n", "<|eot_id|>",
                "<|start_header_id|>assistant<|end_header_id|>\n\n", "<|eot_id|>"};
    case ChatTemplate::Format::Mistral: return {"[INST] ", "\n\n", "", " [/INST]", "", "</s>[INST] "};
    case ChatTemplate::Format::Zephyr: return {"<|system|>\n", "</s>\n", "<|user|>\n", "</s>\n", "<|assistant|>\n", "</s>\n"};
    case ChatTemplate::Format::Plain: break;
    }
    return {"", "\n\n", "", "\n\n", "Answer: ", "\n\n"};
}

} // namespace

ChatTemplate::ChatTemplate(Format format, std::string bos) : m_format(format), m_bos(std::move(bos)) {}

ChatTemplate ChatTemplate::fromGguf(const GgufFile& file, const Tokenizer& tokenizer)
{
    const std::string_view text = file.stringValue("tokenizer.chat_template").value_or("");
    const auto has = [&](std::string_view words) { return text.find(words) != std::string_view::npos; };
    Format format = Format::Plain;
    if (has("<|im_start|>"))
        format = Format::ChatMl;
    else if (has("<|start_header_id|>"))
        format = Format::Llama3;
    else if (has("<<SYS>>"))
        format = Format::Llama2;
    else if (has("[INST]"))
        format = Format::Mistral;
    else if (has("<|user|>"))
        format = Format::Zephyr;
    const bool addsBos = file.boolValue("tokenizer.ggml.add_bos_token").value_or(format == Format::Llama3);
    return ChatTemplate(format, addsBos && tokenizer.bos() ? std::string(tokenizer.bytes(*tokenizer.bos())) : std::string());
}

std::string ChatTemplate::documentIntro(std::string_view system) const
{
    const Turns turns = turnsOf(m_format);
    return m_bos + std::string(turns.systemOpen) + std::string(system) + std::string(turns.systemClose) + std::string(turns.userOpen)
        + std::string(kReadBelow);
}

std::string ChatTemplate::questionIntro() const { return m_format == Format::Plain ? "\n\nQuestion: " : "\n\n"; }

std::string ChatTemplate::answerIntro() const { return std::string(turnsOf(m_format).userClose) + std::string(turnsOf(m_format).assistantOpen); }

std::string ChatTemplate::nextQuestionIntro() const
{
    const Turns turns = turnsOf(m_format);
    return std::string(turns.assistantClose) + std::string(turns.userOpen) + (m_format == Format::Plain ? "Question: " : "");
}

} // namespace octavo
