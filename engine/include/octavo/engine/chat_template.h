// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "octavo/engine/result.h"
#include "octavo/engine/tokenizer.h"

namespace octavo {

class GgufFile;

// The pieces of a chat prompt around a document, in a model's own turn format. Pieces contain special tokens and are to
// be encoded with SpecialTokens::Parse; what people and documents say goes between them with SpecialTokens::Literal.
//
//   documentIntro(system) · document · questionIntro() · question · answerIntro() · answer · nextQuestionIntro() · question · answerIntro() · …
//
// The format is recognised from `tokenizer.chat_template` (ChatML, Llama 2, Llama 3, Mistral, Zephyr); a model without one
// gets plain "Question:" / "Answer:" lines. Jinja itself is not run: a document is read before its question is known,
// so the prompt must be cut at places that a template cannot name.
class ChatTemplate {
public:
    enum class Format { Plain, ChatMl, Llama2, Llama3, Mistral, Zephyr };

    static ChatTemplate fromGguf(const GgufFile& file, const Tokenizer& tokenizer);
    explicit ChatTemplate(Format format, std::string bos = {});

    Format format() const { return m_format; }

    std::string documentIntro(std::string_view system) const;   // BOS, system turn, begin of the user's turn, "Read the book below."
    std::string questionIntro() const;                          // the assistant's turn that says it has read the document, begin of the user's turn
    std::string answerIntro() const;                            // ends the user's turn, begins the assistant's
    std::string nextQuestionIntro() const;                      // ends the assistant's turn, begins the user's

private:
    Format m_format;
    std::string m_bos;
};

} // namespace octavo
