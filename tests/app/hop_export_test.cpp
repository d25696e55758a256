// SPDX-License-Identifier: Apache-2.0
#include <cstring>

#include <QXmlStreamReader>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "octavo/app/hop_view.h"
#include "octavo/app/viridis.h"

using namespace octavo::app;

namespace {

// With everything that a format might stumble over: markup, quotes, commas, line ends, control characters.
HopView sampleView()
{
    HopView view;
    view.message = 12;
    view.model = QStringLiteral("Scripted");
    view.question = QStringLiteral("Who is <b>\"Ahab\" & co</b>?");
    view.answerTokens = {QStringLiteral("It,"), QStringLiteral("\n"), QStringLiteral("\"is\""), QStringLiteral("\x01")};
    view.path.answer = QStringLiteral("It,\n\"is\"");
    view.path.nodes = {{0, QStringLiteral("It, \"is\""), 1, 0, {}}, {1, QStringLiteral("Chapter <1>"), 0.75, 3, {0, 10}},
                       {1, QStringLiteral("2 others"), 0.25, 0, {}}, {2, QStringLiteral("§1"), 1, 3, {0, 10}},
                       {3, QStringLiteral("“white & whale”"), 1, 3, {2, 8}}};
    view.path.bands = {{0, 1, 0.75}, {0, 2, 0.25}, {1, 3, 0.75}, {2, 3, 0.25}, {3, 4, 1}};
    view.outsideShare = 0.4;
    for (const char* title : {"Chapters", "Sections", "Passages"}) {
        HopGrid grid;
        grid.title = QString::fromUtf8(title);
        grid.unit = QStringLiteral("share of attention");
        grid.rows = view.answerTokens;
        grid.columns = {QStringLiteral("One, \"the\" first"), QStringLiteral("Two\nlines"), QStringLiteral("<Three>")};
        grid.columnDocuments = {3, 3, 4};
        grid.columnBytes = {{0, 10}, {10, 20}, {0, 5}};
        for (int at = 0; at < 12; ++at)
            grid.values.append(static_cast<float>(at) / 30.0F);
        view.grids.append(grid);
    }
    return view;
}

// All text of well-formed XML; null if it is not.
std::optional<QString> textOfXml(const QByteArray& bytes, QMap<QString, int>& elements)
{
    QXmlStreamReader xml(bytes);
    QString text;
    while (!xml.atEnd()) {
        xml.readNext();
        if (xml.isStartElement())
            ++elements[xml.name().toString()];
        if (xml.isCharacters())
            text += xml.text();
    }
    return xml.hasError() ? std::nullopt : std::optional(text);
}

// Rows of RFC 4180 fields.
QList<QStringList> rowsOfCsv(const QString& csv)
{
    QList<QStringList> rows{QStringList{QString()}};
    bool quoted = false;
    for (qsizetype at = 0; at < csv.size(); ++at) {
        const QChar c = csv[at];
        if (c == QLatin1Char('"') && quoted && at + 1 < csv.size() && csv[at + 1] == QLatin1Char('"'))
            rows.last().last() += csv[++at];
        else if (c == QLatin1Char('"'))
            quoted = !quoted;
        else if (c == QLatin1Char(',') && !quoted)
            rows.last().append(QString());
        else if (c == QLatin1Char('\r') && !quoted)
            rows.append(QStringList{QString()}), ++at;
        else
            rows.last().last() += c;
    }
    rows.removeLast();
    return rows;
}

} // namespace

TEST(HopExport, SvgOfPathAndMapsIsWellFormedAndKeepsItsText)
{
    const HopView view = sampleView();
    QMap<QString, int> elements;
    const auto path = textOfXml(exportHops(view, HopFormat::Svg, -1), elements);
    ASSERT_TRUE(path.has_value());
    EXPECT_TRUE(path->contains(QStringLiteral("Chapter <1>")));
    EXPECT_EQ(elements[QStringLiteral("path")], view.path.bands.size());
    for (int grid = 0; grid < 3; ++grid) {
        elements.clear();
        const auto map = textOfXml(exportHops(view, HopFormat::Svg, grid), elements);
        ASSERT_TRUE(map.has_value());
        EXPECT_TRUE(map->contains(view.grids[grid].unit));
        EXPECT_TRUE(map->contains(QStringLiteral("<Three>")));
        EXPECT_GT(elements[QStringLiteral("rect")], 12);
    }
}

TEST(HopExport, CsvComesBackWithItsNumbers)
{
    const HopView view = sampleView();
    const QList<QStringList> rows = rowsOfCsv(QString::fromUtf8(exportHops(view, HopFormat::Csv, 1)));
    ASSERT_EQ(rows.size(), 1 + 4);
    EXPECT_EQ(rows[0], (QStringList{QStringLiteral("token")} + view.grids[1].columns));
    for (qsizetype row = 0; row < 4; ++row) {
        EXPECT_EQ(rows[row + 1][0], view.answerTokens[row]);
        for (qsizetype column = 0; column < 3; ++column)
            EXPECT_EQ(rows[row + 1][column + 1].toFloat(), view.grids[1].at(row, column));
    }
}

TEST(HopExport, NpyIsVersionOneWithAlignedData)
{
    const HopView view = sampleView();
    const QByteArray npy = exportHops(view, HopFormat::Npy, 2);
    ASSERT_TRUE(npy.startsWith(QByteArray("\x93NUMPY\x01\x00", 8)));
    const int length = static_cast<unsigned char>(npy[8]) + 256 * static_cast<unsigned char>(npy[9]);
    EXPECT_EQ((10 + length) % 64, 0);
    const QByteArray header = npy.mid(10, length);
    EXPECT_TRUE(header.startsWith("{'descr': '<f4', 'fortran_order': False, 'shape': (4, 3), }"));
    EXPECT_TRUE(header.endsWith('\n'));
    ASSERT_EQ(npy.size(), 10 + length + 12 * 4);
    float last = 0;
    std::memcpy(&last, npy.constData() + npy.size() - 4, 4);
    EXPECT_EQ(last, view.grids[2].values.last());
}

TEST(HopExport, JsonHasPathGridsAndHopWeights)
{
    const HopView view = sampleView();
    const auto json = nlohmann::json::parse(exportHops(view, HopFormat::Json, -1).toStdString());
    EXPECT_EQ(json.at("question"), view.question.toStdString());
    EXPECT_EQ(json.at("path").at("nodes").size(), 5u);
    EXPECT_EQ(json.at("path").at("bands").at(2).at("given_from"), 1.0);   // 0.75 of 0.75
    EXPECT_EQ(json.at("grids").at(2).at("values").at(3).at(2), view.grids[2].values.last());
    EXPECT_EQ(json.at("grids").at(0).at("columns").at(2).at("document"), 4);
}

TEST(HopExport, HtmlNeedsNothingFromOutside)
{
    const QByteArray html = exportHops(sampleView(), HopFormat::Html, -1);
    QMap<QString, int> elements;
    ASSERT_TRUE(textOfXml(html, elements).has_value());
    EXPECT_EQ(elements[QStringLiteral("svg")], 4);
    EXPECT_EQ(elements[QStringLiteral("table")], 1);
    EXPECT_EQ(elements[QStringLiteral("tr")], 1 + 5);
    for (const char* outside : {"src=", "href=", "@import", "url("})
        EXPECT_FALSE(html.contains(outside)) << outside;
}

TEST(HopExport, EmptyAnswerStillExports)
{
    HopView view;
    view.grids = {HopGrid(), HopGrid(), HopGrid()};
    for (const HopFormat format : {HopFormat::Svg, HopFormat::Csv, HopFormat::Json, HopFormat::Npy, HopFormat::Html})
        EXPECT_FALSE(exportHops(view, format, 0).isEmpty());
}

TEST(Viridis, GoesFromVioletToYellow)
{
    EXPECT_EQ(viridis(0), 0x440154u);
    EXPECT_EQ(viridis(1), 0xfde725u);
    EXPECT_EQ(viridis(-1), viridis(0));
    EXPECT_EQ(viridis(2), viridis(1));
}
