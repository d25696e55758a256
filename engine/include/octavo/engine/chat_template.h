// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "octavo/engine/result.h"
#include "octavo/engine/tokenizer.h"

namespace octavo {

class GgufFile;

// The pieces of a chat prompt around a document, in a model's own turn format. Pieces contain special tokens and are to
// be encoded with SpecialTokens::Parse; what people and documents say goes between them with SpecialTokens::Literal.
//
//   documentIntro(system) · document · questionIntro() · question · answerIntro() · answer · nextQuestionIntro() · question · answerIntro() · …
//
// The format is recognised from `tokenizer.chat_template`; a model without one gets plain "Question:" / "Answer:" lines. Jinja itself
// is not run: a document is read before its question is known, so the prompt must be cut at places that a template cannot name.
// Together the pieces are what the families' own templates render for the same turns, but for these:
// - templates that add a date to the system's part (Llama 3.1 and 3.2) would make a reading of yesterday stale: no date is added;
// - templates that fall back on a system text of their own (Qwen, SmolLM2) never do, since `system` is given;
// - Mistral's since v3 put the system's text before the last question: here it stands before the document, which is read first;
// - Qwen3's drops the thoughts of earlier answers: here they stay, so that a conversation only ever grows.
// Threads: const calls are safe from any thread.
class ChatTemplate {
public:
    enum class Format {
        Plain,           // no template in the file
        Unknown,         // a template that is none of these; pieces are those of Plain, and a chat should be refused (Errc::UnsupportedChatTemplate)
        ChatMl,          // SmolLM2, Qwen2, Qwen3
        Llama2,
        Llama3,          // and 3.1, 3.2, 3.3
        Mistral,         // v0.1, v0.2, Mixtral:  [INST] question [/INST] answer
        MistralV3,       // v0.3:  [INST] question[/INST] answer
        MistralTekken,   // Nemo:  [INST]question[/INST]answer
        Zephyr,          // and TinyLlama
    };

    static ChatTemplate fromGguf(const GgufFile& file, const Tokenizer& tokenizer);

    // `bos` and `eos` are spellings of the vocabulary's tokens; `bos` is empty where a prompt begins without it.
    explicit ChatTemplate(Format format, std::string bos = {}, std::string eos = "</s>");

    Format format() const { return m_format; }

    std::string documentIntro(std::string_view system) const;   // BOS, system turn, begin of the user's turn, "Read the book below."
    std::string questionIntro() const;                          // the assistant's turn that says it has read the document, begin of the user's turn
    std::string answerIntro() const;                            // ends the user's turn, begins the assistant's
    std::string nextQuestionIntro() const;                      // ends the assistant's turn, begins the user's

private:
    Format m_format;
    std::string m_bos;
    std::string m_eos;
};

// Tokens of a piece, parsed, and of the text after it, literal. A space that ends the piece is encoded with the text: vocabularies have " Who" as
// one token, and that is what models were trained on.
std::vector<TokenId> turnTokens(const Tokenizer& tokenizer, std::string_view piece, std::string_view text);

} // namespace octavo
