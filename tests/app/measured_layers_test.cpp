// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <QFile>

#include "models/measured_layers.h"
#include "support/temporary_folder.h"

namespace octavo::app {
namespace {

class MeasuredLayersTest : public ::testing::Test {
protected:
    QString dataDir() const { return QString::fromStdString((folder / "data").string()); }

    test::TemporaryFolder folder;
};

TEST_F(MeasuredLayersTest, AreKeptByModel)
{
    ASSERT_TRUE(measuredLayers(dataDir()));
    EXPECT_TRUE(measuredLayers(dataDir())->empty());
    ASSERT_TRUE(keepMeasuredLayers(dataDir(), "one", {4096, {17, 18}}));
    ASSERT_TRUE(keepMeasuredLayers(dataDir(), "two", {2048, {0}}));
    ASSERT_TRUE(keepMeasuredLayers(dataDir(), "one", {1024, {3}}));
    const auto known = measuredLayers(dataDir());
    ASSERT_TRUE(known);
    EXPECT_EQ(*known, (MeasuredLayers{{"one", {1024, {3}}}, {"two", {2048, {0}}}}));
}

TEST_F(MeasuredLayersTest, WhatCannotBeUnderstoodIsToldAndLeftAsItIs)
{
    ASSERT_TRUE(keepMeasuredLayers(dataDir(), "one", {4096, {17}}));
    const QString path = dataDir() + "/layers.json";
    for (const char* content : {"", "{", "[]", R"({"one": 4096})", R"({"one": "17"})"}) {
        QFile file(path);
        ASSERT_TRUE(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
        file.write(content);
        file.close();
        const auto known = measuredLayers(dataDir());
        ASSERT_FALSE(known) << content;
        EXPECT_TRUE(known.error().sentence.contains("layers.json")) << content;
        EXPECT_FALSE(keepMeasuredLayers(dataDir(), "two", {4096, {17}}));
        ASSERT_TRUE(file.open(QIODevice::ReadOnly));
        EXPECT_EQ(file.readAll(), content);
    }
}

} // namespace
} // namespace octavo::app
