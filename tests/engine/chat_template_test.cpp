// SPDX-License-Identifier: Apache-2.0
#include "octavo/engine/chat_template.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/gguf.h"
#include "support/paths.h"
#include "support/temporary_folder.h"
#include "support/tiny_gguf.h"

namespace octavo {
namespace {

using Format = ChatTemplate::Format;

std::string conversation(const ChatTemplate& chat)
{
    return chat.documentIntro("Be brief.") + "Call me Ishmael." + chat.questionIntro() + "Who?" + chat.answerIntro() + "Ishmael."
        + chat.nextQuestionIntro() + "Where?" + chat.answerIntro();
}

TEST(ChatTemplate, WritesEachFormat)
{
    const struct {
        Format format;
        const char* bos;
        const char* text;
    } rows[] = {
        { Format::ChatMl, "",
            "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nRead the book below.\n\nCall me Ishmael.<|im_end|>\n<|im_start|>assistant\n"
            "I have read it. What would you like to know?<|im_end|>\n<|im_start|>user\nWho?<|im_end|>\n"
            "<|im_start|>assistant\nIshmael.<|im_end|>\n<|im_start|>user\nWhere?<|im_end|>\n<|im_start|>assistant\n" },
        { Format::Llama3, "<|begin_of_text|>",
            "<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\nBe brief.<|eot_id|><|start_header_id|>user<|end_header_id|>\n\n"
            "Read the book below.\n\nCall me Ishmael.<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\nI have read it. What would you like to know?<|eot_id|>"
            "<|start_header_id|>user<|end_header_id|>\n\nWho?<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\nIshmael.<|eot_id|>"
            "<|start_header_id|>user<|end_header_id|>\n\nWhere?<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n" },
        { Format::Llama2, "<s>",
            "<s>[INST] <<SYS>>\nBe brief.\n<</SYS>>\n\nRead the book below.\n\n"
            "Call me Ishmael. [/INST]I have read it. What would you like to know? </s><s>[INST] Who? [/INST]Ishmael. </s><s>[INST] Where? [/INST]" },
        { Format::Mistral, "<s>",
            "<s>[INST] Be brief.\n\nRead the book below.\n\nCall me Ishmael. [/INST]I have read it. What would you like to know?</s>"
            "[INST] Who? [/INST]Ishmael.</s>[INST] Where? [/INST]" },
        { Format::Zephyr, "",
            "<|system|>\nBe brief.</s>\n<|user|>\nRead the book below.\n\nCall me Ishmael.</s>\n<|assistant|>\n"
            "I have read it. What would you like to know?</s>\n<|user|>\nWho?</s>\n<|assistant|>\nIshmael.</s>\n"
            "<|user|>\nWhere?</s>\n<|assistant|>\n" },
        { Format::Plain, "",
            "Be brief.\n\nRead the book below.\n\nCall me Ishmael.\nAnswer: I have read it. What would you like to know?\n\nQuestion: Who?\nAnswer: Ishmael."
            "\n\nQuestion: Where?\nAnswer: " },
    };
    for (const auto& row : rows)
        EXPECT_EQ(conversation(ChatTemplate(row.format, row.bos)), row.text);
}

class ChatTemplateOfFile : public ::testing::Test {
protected:
    ChatTemplate of(const test::GgufWriter& writer)
    {
        const std::filesystem::path path = m_folder / "model.gguf";
        writer.write(path);
        const auto file = GgufFile::open(path);
        EXPECT_TRUE(file);
        const auto tokenizer = Tokenizer::fromGguf(**file);
        EXPECT_TRUE(tokenizer);
        return ChatTemplate::fromGguf(**file, **tokenizer);
    }

    static bool beginsWithBos(const ChatTemplate& chat) { return chat.documentIntro("").starts_with("<|im_start|><|im_start|>"); }

    test::TemporaryFolder m_folder;
};

TEST_F(ChatTemplateOfFile, IsRecognised)
{
    const struct {
        const char* text;
        Format format;
    } rows[] = {
        { test::kTinyChatTemplate, Format::ChatMl },
        { "{{ bos_token }}{% for m in messages %}{{ '<|start_header_id|>' + m['role'] + '<|end_header_id|>\n\n' }}", Format::Llama3 },
        { "{% if system %}{{ '<<SYS>>\\n' + system + '\\n<</SYS>>\\n\\n' }}{% endif %}"
          "{{ '[INST] ' + content + ' [/INST]' }}", Format::Llama2 },
        { "{{ bos_token }}{% if m['role'] == 'user' %}{{ '[INST] ' + m['content'] + ' [/INST]' }}", Format::Mistral },
        { "{% if m['role'] == 'user' %}{{ '<|user|>\n' + m['content'] + eos_token }}", Format::Zephyr },
        { "{{ '<|user|>\n' + m['content'] + '<|end|>\n<|assistant|>\n' }}", Format::Plain },
        { "{{ messages }}", Format::Plain },
    };
    test::GgufWriter writer = test::tinyLlama();
    for (const auto& row : rows) {
        writer.set("tokenizer.chat_template", row.text);
        EXPECT_EQ(of(writer).format(), row.format) << row.text;
    }
    writer.remove("tokenizer.chat_template");
    EXPECT_EQ(of(writer).format(), Format::Plain);
}

TEST_F(ChatTemplateOfFile, BeginsWithBosWhereTheFileAsks)
{
    test::GgufWriter writer = test::tinyLlama();
    EXPECT_FALSE(beginsWithBos(of(writer)));
    writer.remove("tokenizer.ggml.add_bos_token");
    EXPECT_FALSE(beginsWithBos(of(writer)));
    writer.set("tokenizer.ggml.add_bos_token", true);
    EXPECT_TRUE(beginsWithBos(of(writer)));
    writer.set("tokenizer.ggml.add_bos_token", false);
    writer.set("tokenizer.chat_template", std::string("{{ bos_token }}") + test::kTinyChatTemplate);
    EXPECT_TRUE(beginsWithBos(of(writer)));
    writer.remove("tokenizer.ggml.bos_token_id");
    EXPECT_FALSE(beginsWithBos(of(writer)));
}

TEST(ChatTemplate, IsChatMlForTheDefaultModel)
{
    const auto file = GgufFile::open(test::kModelFile);
    if (!file)
        GTEST_SKIP() << "needs the default model";
    const auto tokenizer = Tokenizer::fromGguf(**file);
    ASSERT_TRUE(tokenizer);
    const ChatTemplate chat = ChatTemplate::fromGguf(**file, **tokenizer);
    EXPECT_EQ(chat.format(), Format::ChatMl);
    EXPECT_EQ(chat.documentIntro("S"), "<|im_start|>system\nS<|im_end|>\n<|im_start|>user\nRead the book below.\n\n");
    EXPECT_EQ(chat.questionIntro(), chat.answerIntro() + "I have read it. What would you like to know?" + chat.nextQuestionIntro());
    EXPECT_EQ(chat.answerIntro(), "<|im_end|>\n<|im_start|>assistant\n");
    EXPECT_EQ(chat.nextQuestionIntro(), "<|im_end|>\n<|im_start|>user\n");
    const TokenizedText tokens = (*tokenizer)->encode(chat.answerIntro(), SpecialTokens::Parse);
    EXPECT_TRUE((*tokenizer)->endsTurn(tokens.ids.front()));
    EXPECT_THAT(tokens.ids, ::testing::Contains(1));
}

} // namespace
} // namespace octavo
