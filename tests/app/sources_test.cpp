// SPDX-License-Identifier: Apache-2.0
#include "assistant/sources.h"

#include <gtest/gtest.h>

using namespace octavo::app;

namespace {

constexpr int kPassages = 8;

// Eight passages of 100 bytes, in two chapters of four; of each answer token a row of shares.
struct Sample {
    std::map<DocumentId, std::shared_ptr<const Document>> documents;
    HopRecord record;

    explicit Sample(const std::vector<std::pair<const char*, std::vector<float>>>& tokens)
    {
        auto document = std::make_shared<Document>();
        document->title = QStringLiteral("Book");
        document->text = QByteArray(100 * kPassages, 'x');
        document->outline = {document->title, PartKind::Book, {0, 100 * kPassages},
                             {{QStringLiteral("One"), PartKind::Chapter, {0, 400}, {}}, {QStringLiteral("Two"), PartKind::Chapter, {400, 800}, {}}}};
        documents[1] = document;
        for (int at = 0; at < kPassages; ++at)
            record.passages.push_back({1, {100 * at, 100 * (at + 1)}});
        for (const auto& [text, shares] : tokens) {
            record.tokenBegins.push_back(static_cast<std::uint32_t>(record.answer.toUtf8().size()));
            record.answer += QString::fromUtf8(text);
            record.weights.insert(record.weights.end(), shares.begin(), shares.end());
            record.outside.push_back(0.1F);
        }
    }

    QList<Source> sources() const { return sourcesOf(record, documents); }
};

std::vector<float> shares(std::initializer_list<std::pair<int, float>> some, float others = 0.001F)
{
    std::vector<float> all(kPassages, others);
    for (const auto& [passage, share] : some)
        all[static_cast<std::size_t>(passage)] = share;
    return all;
}

QStringList begins(const QList<Source>& sources)
{
    QStringList all;
    for (const Source& source : sources)
        all.append(QString::number(source.bytes.begin));
    return all;
}

} // namespace

// What is looked at all the time is looked at for other reasons, however much it is.
TEST(Sources, WhatComesAndGoesWithTheWordsIsBeforeWhatIsAlwaysHeavy)
{
    const Sample sample({{"Ahab ", shares({{0, 0.4F}, {2, 0.02F}, {5, 0.02F}})}, {"nails ", shares({{0, 0.4F}, {2, 0.3F}, {5, 0.03F}})}, {"it.", shares({{0, 0.4F}, {2, 0.02F}, {5, 0.1F}})}});
    const QList<Source> sources = sample.sources();
    EXPECT_EQ(begins(sources), (QStringList{"200", "500", "0"}));
    EXPECT_GT(sources[2].weight, sources[0].weight) << "shares are told as they are";
    double told = 0;
    for (const Source& source : sources)
        told += source.weight;
    EXPECT_LE(told, 1.0001);
}

TEST(Sources, AnAnswerInATokenHasItsHeaviestFirst)
{
    const Sample sample({{"Ahab", shares({{1, 0.2F}, {3, 0.4F}, {6, 0.3F}})}});
    EXPECT_EQ(begins(sample.sources()), (QStringList{"300", "600", "100"}));
    EXPECT_EQ(sample.sources()[0].marks, QList<int>{4}) << "of a word, there is no sentence";
}

TEST(Sources, NeighboursInOneChapterAreOneAndThoseAcrossABorderAreNot)
{
    const Sample sample({{"a", shares({{2, 0.1F}, {3, 0.1F}, {4, 0.1F}})}, {"b", shares({{2, 0.2F}, {3, 0.2F}, {4, 0.2F}})}});
    const QList<Source> sources = sample.sources();
    ASSERT_EQ(sources.size(), 2);
    EXPECT_EQ(sources[0].bytes, (ByteRange{200, 400})) << "together they rose more";
    EXPECT_EQ(sources[1].bytes, (ByteRange{400, 500}));
    EXPECT_EQ(sources[0].text.size(), 200);
}

TEST(Sources, WhatOneSentenceOfALongAnswerDrewOnIsNotLostInTheRest)
{
    std::vector<std::pair<const char*, std::vector<float>>> tokens{{"The number is ", shares({{0, 0.05F}})}, {"7291.", shares({{0, 0.05F}, {5, 0.3F}})}};
    for (int word = 0; word < 200; ++word)
        tokens.emplace_back(" And so on and on.", shares({{0, word % 2 == 0 ? 0.05F : 0.06F}, {2, 0.04F}}, 0.0001F));
    const QList<Source> sources = Sample(tokens).sources();
    ASSERT_FALSE(sources.isEmpty());
    EXPECT_EQ(sources[0].bytes.begin, 500);
    EXPECT_LT(sources[0].weight, 0.03);
    EXPECT_EQ(sources[0].marks, QList<int>{19});
}

TEST(Sources, ThereAreFiveAtMostAndNoneWithoutWeight)
{
    const Sample flat({{"a", std::vector<float>(kPassages, 0.1F)}});
    EXPECT_LE(flat.sources().size(), 5);
    const Sample one({{"a", shares({{6, 0.9F}}, 0)}});
    EXPECT_EQ(begins(one.sources()), QStringList{"600"});
    const Sample nowhere({{"a", std::vector<float>(kPassages, 0)}});
    EXPECT_TRUE(nowhere.sources().isEmpty());
    EXPECT_TRUE(Sample({}).sources().isEmpty());
}

TEST(Sources, EachSentenceIsMarkedWithWhatItDrewOn)
{
    const std::vector<float> still = shares({{1, 0.05F}, {6, 0.05F}});
    const Sample sample({{"Ahab nails ", still}, {"it to the mast.", shares({{1, 0.5F}, {6, 0.06F}})}, {" He claims ", still}, {"it himself.", shares({{1, 0.05F}, {6, 0.4F}})},
                         {" Both are told.", shares({{1, 0.4F}, {6, 0.35F}})}});
    const QList<Source> sources = sample.sources();
    ASSERT_EQ(begins(sources), (QStringList{"100", "600"}));
    const int first = 26, second = first + 22, third = second + 15;
    EXPECT_EQ(sources[0].marks, (QList<int>{first, third}));
    EXPECT_EQ(sources[1].marks, (QList<int>{second, third}));
}

TEST(Sources, SentencesEndWhereSomethingCanStandBehindThem)
{
    struct Row {
        const char* text;
        std::vector<int> ends;
    };
    const std::vector<Row> rows{
        {"", {}},
        {"Ahab nails it. He claims it himself.", {14, 36}},
        {"Ahab nails it.  \n\nHe claims it himself!", {14, 39}},
        {"Ahab nails it to\nthe mast. He claims\nit himself.", {26, 48}},
        {"- Ahab nails it\n  to the mast\n- He claims it", {29, 44}},
        {"The stranger is not Mrs. Saville, but R. Walton. She is his sister, e.g. in letters.", {48, 84}},
        {"42", {2}},
        {"Yes.", {4}},
        {"1. The first of them\n2. The second of them", {20, 42}},
        {"# A heading of some length\nWords that say it.", {45}},
        {"```\nint main() { return 0; }\n```\nThis is the program.", {53}},
        {"| a table | of cells |\n|---|---|\n| more of | the same |", {}},
        {"白鲸是一头巨大的鲸鱼。它属于亚哈。", {11, 17}},
        {"He said “I will go there.” Then he went away.", {26, 45}},
    };
    for (const Row& row : rows)
        EXPECT_EQ(sentenceEnds(QString::fromUtf8(row.text)), row.ends) << row.text;
}
