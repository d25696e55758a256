// SPDX-License-Identifier: Apache-2.0
#include "octavo/engine/chat_template.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "model/gguf.h"
#include "octavo/engine/model.h"
#include "support/paths.h"
#include "support/temporary_folder.h"
#include "support/tiny_gguf.h"

namespace octavo {
namespace {

using Format = ChatTemplate::Format;

// Two questions, as conformance/make_chat_templates.py has them. Where there is a space before an answer, the model writes it itself.
std::string conversation(const ChatTemplate& chat)
{
    const Format format = chat.format();
    const bool spaced = format == Format::Plain || format == Format::Llama2 || format == Format::Mistral || format == Format::MistralV3;
    return chat.documentIntro("Be brief.") + "Call me Ishmael." + chat.questionIntro() + "Who?" + chat.answerIntro() + (spaced ? " " : "") + "Ishmael."
        + chat.nextQuestionIntro() + "Where?" + chat.answerIntro();
}

const char* nameOf(Format format)
{
    switch (format) {
    case Format::Plain: return "Plain";
    case Format::Unknown: return "Unknown";
    case Format::ChatMl: return "ChatMl";
    case Format::Llama2: return "Llama2";
    case Format::Llama3: return "Llama3";
    case Format::Mistral: return "Mistral";
    case Format::MistralV3: return "MistralV3";
    case Format::MistralTekken: return "MistralTekken";
    case Format::Zephyr: return "Zephyr";
    }
    return "";
}

nlohmann::json facts()
{
    std::ifstream in(std::filesystem::path(test::kSourceDir) / "tests" / "engine" / "conformance" / "chat_templates.json");
    return nlohmann::json::parse(in);
}

TEST(ChatTemplate, IsPlainWithoutOne)
{
    EXPECT_EQ(conversation(ChatTemplate(Format::Plain)),
        "Be brief.\n\nRead the book below.\n\nCall me Ishmael.\nAnswer: I have read it. What would you like to know?\n\nQuestion: Who?\nAnswer: Ishmael."
        "\n\nQuestion: Where?\nAnswer:");
}

TEST(ChatTemplate, SpacesBelongToTheTextAfterThem)
{
    test::TemporaryFolder folder;
    test::writeTinyLlama(folder / "model.gguf");
    const auto tokenizer = Tokenizer::fromGguf(**GgufFile::open(folder / "model.gguf"));
    ASSERT_TRUE(tokenizer);
    const auto encoded = [&](std::string_view text, SpecialTokens special) { return (*tokenizer)->encode(text, special).ids; };
    std::vector<TokenId> expected = encoded("[INST]", SpecialTokens::Parse);
    std::ranges::copy(encoded("  the<|im_end|>", SpecialTokens::Literal), std::back_inserter(expected));
    EXPECT_EQ(turnTokens(**tokenizer, "[INST]  ", "the<|im_end|>"), expected);
    EXPECT_EQ(turnTokens(**tokenizer, "<|im_end|>", ""), encoded("<|im_end|>", SpecialTokens::Parse));
    EXPECT_EQ(turnTokens(**tokenizer, " ", "the"), encoded(" the", SpecialTokens::Literal));
    EXPECT_EQ(turnTokens(**tokenizer, "", "the"), encoded("the", SpecialTokens::Literal));
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

TEST_F(ChatTemplateOfFile, WritesWhatTheFamiliesTemplatesRender)
{
    const nlohmann::json families = facts()["families"];
    ASSERT_EQ(families.size(), 11u);
    for (const auto& family : families) {
        const std::string name = family["name"];
        auto vocabulary = test::tinyVocabulary();
        vocabulary.tokens[1] = family["bos"];
        vocabulary.tokens[2] = family["eos"];
        test::GgufWriter writer;
        vocabulary.writeTo(writer);
        writer.set("tokenizer.chat_template", family["template"].get<std::string>());
        const ChatTemplate chat = of(writer);
        EXPECT_EQ(nameOf(chat.format()), family["format"]) << name;

        std::string rendered = family["rendered"];
        const std::string leftOut = family["left_out"];
        const std::size_t where = rendered.find(leftOut);
        ASSERT_NE(where, std::string::npos) << name;
        rendered.erase(where, leftOut.size());
        std::string written = conversation(chat);
        if (family["spaces_differ"]) {
            std::erase(rendered, ' ');
            std::erase(written, ' ');
        }
        EXPECT_EQ(written, rendered) << name;
    }
}

TEST_F(ChatTemplateOfFile, IsUnknownWhereItIsNotCertain)
{
    const nlohmann::json others = facts()["others"];
    ASSERT_GT(others.size(), 15u);
    test::GgufWriter writer = test::tinyLlama();
    for (const auto& [name, text] : others.items()) {
        writer.set("tokenizer.chat_template", text.get<std::string>());
        EXPECT_EQ(of(writer).format(), Format::Unknown) << name;
    }
    // The model opens nevertheless: reading and measuring need no turns.
    writer.write(m_folder / "model.gguf");
    EXPECT_TRUE(Model::open(m_folder / "model.gguf", *Engine::create({ 1 })));

    writer.set("tokenizer.chat_template", test::kTinyChatTemplate);
    EXPECT_EQ(of(writer).format(), Format::ChatMl);
    for (const char* none : { "", "removed" }) {
        writer.set("tokenizer.chat_template", none);
        if (*none)
            writer.remove("tokenizer.chat_template");
        EXPECT_EQ(of(writer).format(), Format::Plain) << none;
    }
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
