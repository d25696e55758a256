// SPDX-License-Identifier: Apache-2.0
// Conversations as files for people: nothing that somebody wrote becomes more than words.
#include "octavo/app/conversation_text.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace octavo::app {
namespace {

using namespace Qt::StringLiterals;

ConversationText conversation(const QString& question, const QString& answer)
{
    ConversationText text;
    text.session.summary.title = u"On <b>whales</b> & *more*"_s;
    text.documents = {u"Moby-Dick"_s, u"Notes [1]"_s};
    Message asked, answered;
    asked.id = 1;
    asked.text = question;
    answered.id = 2;
    answered.role = Message::Role::Assistant;
    answered.text = answer;
    answered.note = u"Read as far as 41 %."_s;
    answered.sources = {{1, u"Moby-Dick"_s, u"Chapter 36"_s, {5, 25}, 3, 0.25, u"the <mast> & \"more\""_s, 7}};
    answered.at = QDateTime::fromMSecsSinceEpoch(1'700'000'000'000, Qt::UTC);
    text.session.messages = {asked, answered};
    text.settings[2] = {u"SmolLM2"_s, u"abc"_s, {}, 512, 0.5, 7};
    return text;
}

std::string written(const ConversationText& text, TextFormat format) { return writtenAs(text, format).toStdString(); }

bool has(const std::string& text, const std::string& words) { return text.find(words) != std::string::npos; }

TEST(ConversationTextTest, EachFormTellsAllOfIt)
{
    const ConversationText text = conversation(u"Who nails it?"_s, u"**Ahab** does."_s);
    for (const TextFormat format : {TextFormat::Markdown, TextFormat::Html, TextFormat::Json}) {
        const std::string all = written(text, format);
        for (const char* words : {"whales", "Moby-Dick", "Notes", "Who nails it?", "Ahab", "Read as far as 41 %.", "Chapter 36", "mast", "SmolLM2", "2023"})
            EXPECT_TRUE(has(all, words)) << words << " in\n" << all;
    }
    EXPECT_TRUE(has(written(text, TextFormat::Html), "<strong>Ahab</strong>"));
    EXPECT_TRUE(has(written(text, TextFormat::Markdown), "**Ahab** does."));
}

TEST(ConversationTextTest, APageLoadsNothingAndRunsNothing)
{
    const char* hostile[] = {"<script>alert(1)</script>", "![x](http://evil.example/p.png)", "[go](javascript:alert(1))", "[go](file:///etc/passwd)", "<img src=x onerror=alert(1)>",
                             "</div><iframe src=//evil.example>", "![\"><script>](x)", "[a](data:text/html,x)", "`</code><script>`", "![a](x \"t\" onerror=\"y\")", "<a href='javascript:1'>x</a>"};
    for (const char* words : hostile) {
        const std::string page = written(conversation(QString::fromUtf8(words), QString::fromUtf8(words)), TextFormat::Html);
        for (const char* bad : {"<script", "<img", "<iframe", "href=\"javascript", "href=\"file", "href=\"data", "<a href='"})
            EXPECT_FALSE(has(page, bad)) << bad << " of " << words << " in\n" << page;
        EXPECT_TRUE(has(page, "default-src 'none'"));
    }
    EXPECT_TRUE(has(written(conversation(u"x"_s, u"[site](https://example.org/a)"_s), TextFormat::Html), "href=\"https://example.org/a\""));
}

TEST(ConversationTextTest, AQuestionIsNoMarkdown)
{
    const std::string markdown = written(conversation(u"# Heading\n* [x](y) `z`\n---"_s, u"Yes."_s), TextFormat::Markdown);
    EXPECT_TRUE(has(markdown, "> \\# Heading")) << markdown;
    EXPECT_TRUE(has(markdown, "> \\* \\[x\\](y) \\`z\\`")) << markdown;
}

TEST(ConversationTextTest, JsonIsReadAgain)
{
    const auto all = nlohmann::json::parse(written(conversation(u"a \"b\"\n"_s + QChar(0xD800), u"c"_s), TextFormat::Json));
    EXPECT_EQ(all["messages"].size(), 2u);
    EXPECT_EQ(all["messages"][1]["sources"][0]["page"], 7);
    EXPECT_EQ(all["messages"][1]["settings"]["seed"], 7);
    EXPECT_EQ(all["documents"][1], "Notes [1]");
}

} // namespace
} // namespace octavo::app
