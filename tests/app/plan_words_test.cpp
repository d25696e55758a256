// SPDX-License-Identifier: Apache-2.0
#include "assistant/plan_words.h"

#include <QLocale>
#include <gtest/gtest.h>

namespace octavo::app {
namespace {

TEST(PlanWords, EveryReasonIsOneSentenceWithItsFigures)
{
    const QLocale before;
    QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates));
    ModelConfig model;
    model.layers = 30;
    model.heads = 9;
    model.kvHeads = 3;
    model.headWidth = 64;
    ModelConfig ofShortContext = model;
    model.context = 8192;
    ofShortContext.context = 2048;
    ReadingPlan asked;
    asked.dims = {0, 16, 512};
    const auto chosen = [](const ModelConfig& with, std::uint64_t tokens, std::uint64_t memory = 0) {
        return readPlanOf(choosePlan(with, tokens, 8192, memory), with).reason.toStdString();
    };
    EXPECT_EQ(chosen(model, 800), "Read in rows of 1,024 tokens: the text fits into one, where this is full attention.");
    EXPECT_EQ(chosen(model, 8192), "Read in rows of 1,024 tokens: a token looks at 965 on average, with full attention at 4,097.");
    EXPECT_EQ(chosen(ofShortContext, 8192),
              "Read in rows of 512 tokens because the model's context is 2,048: a token looks at 505 on average, with full attention at 4,097.");
    EXPECT_EQ(chosen(model, 2'000'000),
              "Read in rows of 1,024 tokens, and 32 rows to a block because there are more rows than tokens in one: a token looks at 1,087 on "
              "average, with full attention at 1,000,001.");
    EXPECT_EQ(chosen(model, 2'000'000, 1),
              "Read in rows of 1,024 tokens and not in blocks of rows, whose values would not fit into the memory: a token looks at 2,001 on "
              "average, with full attention at 1,000,001.");
    EXPECT_EQ(readPlanOf(costOf(asked, model, 800, 0), model).reason.toStdString(), "Read as asked for, with dims 0,16,512.");
    EXPECT_EQ(readPlanOf(costOf(ReadingPlan::full(), model, 800, 0), model).reason.toStdString(), "Read as asked for, with full attention.");
    QLocale::setDefault(before);
}

TEST(PlanWords, ThePlanIsToldAsItIs)
{
    ModelConfig model;
    model.layers = 1;
    model.heads = 2;
    model.headWidth = 8;
    ReadingPlan plan;
    plan.dims = {0, 16, 512};
    plan.gate = 2;
    const ReadPlan told = readPlanOf(costOf(plan, model, 100, 0), model);
    EXPECT_EQ(told.attention, QStringLiteral("tensorized"));
    EXPECT_EQ(told.dims, (QList<quint32>{0, 16, 512}));
    EXPECT_EQ(told.gate, 2);
    EXPECT_EQ(told.fullKeysPerToken, 50.5);
    EXPECT_EQ(told.keysPerToken, 52.5);   // itself once more in either coarse hop
    EXPECT_EQ(told.hopBytes, 2 * 2 * 8 * (16 * 512 + 512 + 512 + 512));
    EXPECT_EQ(readPlanOf(costOf(ReadingPlan::full(), model, 100, 0), model).attention, QStringLiteral("full"));
}

} // namespace
} // namespace octavo::app
