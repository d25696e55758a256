// SPDX-License-Identifier: Apache-2.0
#include "documents/text_search.h"

#include <gtest/gtest.h>

namespace octavo::app {
namespace {

TEST(TextSearch, FindsWordsAsTheyStandOrAllOfThem)
{
    const QByteArray text = "Ahab nails the doubloon to the mast. “Whosoever sees the whale,” he says, “gets the Doubloon.” Müller sieht zu.";
    struct Row {
        const char* words;
        const char* found;   // null: nothing
    };
    for (const Row& row : {Row{"the doubloon", "the doubloon"}, Row{"THE  DOUBLOON ", "the doubloon"}, Row{"doubloon ahab", "doubloon"}, Row{"whale nails", "whale"}, Row{"Müller", "Müller"},
                           Row{"whale squid", nullptr}, Row{"", nullptr}, Row{"   ", nullptr}, Row{"zu.", "zu."}, Row{"doubloons", nullptr}}) {
        const auto place = findWords(text, QString::fromUtf8(row.words));
        ASSERT_EQ(place.has_value(), row.found != nullptr) << row.words;
        if (place) {
            EXPECT_EQ(text.mid(place->begin, place->size()), row.found) << row.words;
        }
    }
    EXPECT_EQ(findWords(text, QStringLiteral("doubloon"))->begin, text.indexOf("doubloon")) << "the first";
    EXPECT_FALSE(findWords({}, QStringLiteral("x")));
}

TEST(TextSearch, SnippetsAreCutBetweenCharacters)
{
    const QByteArray text = QByteArray("äöü ").repeated(20) + "here\nit  is" + QByteArray(" äöü").repeated(20);
    const auto place = *findWords(text, QStringLiteral("here"));
    for (qint64 bytes = 0; bytes < 40; ++bytes) {
        const QString snippet = snippetAround(text, place, bytes);
        EXPECT_TRUE(snippet.contains(QStringLiteral("here")));
        EXPECT_FALSE(snippet.contains(QChar::ReplacementCharacter)) << bytes;
        EXPECT_FALSE(snippet.contains(u'\n'));
    }
    EXPECT_EQ(snippetAround("a here b", {2, 6}, 100), QStringLiteral("a here b"));
    EXPECT_EQ(snippetAround("one two three", {4, 7}, 1), QStringLiteral("…two…"));
}

} // namespace
} // namespace octavo::app
