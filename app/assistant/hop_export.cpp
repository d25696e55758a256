// SPDX-License-Identifier: Apache-2.0
#include <cassert>

#include <QtEndian>
#include <nlohmann/json.hpp>

#include "assistant/hop_svg.h"
#include "octavo/app/hop_view.h"

namespace octavo::app {

namespace {

using Json = nlohmann::ordered_json;

constexpr int kJsonVersion = 1;

QString csvField(QString text)
{
    return QLatin1Char('"') + text.replace(QLatin1Char('"'), QStringLiteral("\"\"")) + QLatin1Char('"');
}

// RFC 4180; the first row has the parts' titles.
QByteArray csvOf(const HopGrid& grid)
{
    QByteArray csv = "\"token\"";
    for (const QString& column : grid.columns)
        csv += ',' + csvField(column).toUtf8();
    csv += "\r\n";
    for (qsizetype row = 0; row < grid.rows.size(); ++row) {
        csv += csvField(grid.rows[row]).toUtf8();
        for (qsizetype column = 0; column < grid.columns.size(); ++column)
            csv += ',' + QByteArray::number(grid.at(row, column), 'g', 9);   // nine digits bring a float32 back exactly
        csv += "\r\n";
    }
    return csv;
}

// NumPy's format, version 1.0: a Python dictionary padded so that the data begins at a multiple of 64 bytes.
QByteArray npyOf(const HopGrid& grid)
{
    const QByteArray magic("\x93NUMPY\x01\x00", 8);
    constexpr qsizetype kLengthField = 2;
    constexpr qsizetype kAlignment = 64;
    QByteArray dictionary = "{'descr': '<f4', 'fortran_order': False, 'shape': (" + QByteArray::number(grid.rows.size()) + ", "
                            + QByteArray::number(grid.columns.size()) + "), }";
    while ((magic.size() + kLengthField + dictionary.size() + 1) % kAlignment != 0)
        dictionary += ' ';
    dictionary += '\n';
    char length[kLengthField];
    qToLittleEndian(static_cast<quint16>(dictionary.size()), length);

    QByteArray data(grid.values.size() * static_cast<qsizetype>(sizeof(float)), Qt::Uninitialized);
    if (!grid.values.isEmpty()) // of nothing there is no address to copy from
        qToLittleEndian<float>(grid.values.constData(), grid.values.size(), data.data());
    return magic + QByteArray(length, kLengthField) + dictionary + data;
}

Json jsonOf(const HopPath& path)
{
    Json json{{"answer", path.answer.toStdString()}, {"nodes", Json::array()}, {"bands", Json::array()}};
    for (const HopNode& node : path.nodes) {
        json["nodes"].push_back({{"column", node.column}, {"label", node.label.toStdString()}, {"weight", node.weight},
                                 {"document", node.document}, {"begin_byte", node.bytes.begin}, {"end_byte", node.bytes.end}});
    }
    for (const HopBand& band : path.bands) {
        const double from = path.nodes[band.from].weight;
        json["bands"].push_back(
            {{"from", band.from}, {"to", band.to}, {"weight", band.weight}, {"given_from", from > 0 ? band.weight / from : 0.0}});
    }
    return json;
}

Json jsonOf(const HopGrid& grid)
{
    Json json{
        {"title", grid.title.toStdString()}, {"unit", grid.unit.toStdString()}, {"columns", Json::array()}, {"values", Json::array()}};
    for (qsizetype column = 0; column < grid.columns.size(); ++column) {
        json["columns"].push_back({{"title", grid.columns[column].toStdString()}, {"document", grid.columnDocuments[column]},
                                   {"begin_byte", grid.columnBytes[column].begin}, {"end_byte", grid.columnBytes[column].end}});
    }
    for (qsizetype row = 0; row < grid.rows.size(); ++row) {
        Json values = Json::array();
        for (qsizetype column = 0; column < grid.columns.size(); ++column)
            values.push_back(grid.at(row, column));
        json["values"].push_back(std::move(values));
    }
    return json;
}

QByteArray jsonOf(const HopView& view)
{
    Json json{{"format", "octavo-hops"}, {"version", kJsonVersion}, {"message", view.message}, {"model", view.model.toStdString()},
              {"question", view.question.toStdString()}, {"answer_tokens", Json::array()}, {"outside_share", view.outsideShare},
              {"path", jsonOf(view.path)}, {"grids", Json::array()}};
    for (const QString& token : view.answerTokens)
        json["answer_tokens"].push_back(token.toStdString());
    for (const HopGrid& grid : view.grids)
        json["grids"].push_back(jsonOf(grid));
    return QByteArray::fromStdString(json.dump(1, ' ', false, Json::error_handler_t::replace)) + '\n';
}

QByteArray htmlOf(const HopView& view)
{
    static constexpr const char* kHead =
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n<title>Octavo: where an answer looked</title>\n<style>\n"
        "body { font-family: Inter, 'Noto Sans', sans-serif; margin: 32px; color: #1f2328; background: #ffffff; }\n"
        "figure { margin: 32px 0; overflow-x: auto; }\n"
        "table { border-collapse: collapse; }\n"
        "th, td { text-align: left; padding: 4px 16px 4px 0; border-bottom: 1px solid #d1d9e0; }\n"
        "td.share { text-align: right; font-variant-numeric: tabular-nums; }\n"
        "</style>\n</head>\n<body>\n";
    static constexpr const char* kColumns[] = {"Answer", "Chapter", "Section", "Passage"};

    QByteArray html = kHead;
    html += "<h1>" + markupText(view.question).toUtf8() + "</h1>\n<p>" + markupText(view.answerTokens.join(QString())).toUtf8() + "</p>\n";
    html += "<figure>\n" + pathSvg(view) + "</figure>\n";
    for (const HopGrid& grid : view.grids)
        html += "<figure>\n" + mapSvg(view, grid) + "</figure>\n";
    html += "<h2>Where it looked</h2>\n<table>\n<tr><th>Level</th><th>Place</th><th>Share of the attention to the text</th></tr>\n";
    for (const HopNode& node : view.path.nodes) {
        html += QByteArray("<tr><td>") + kColumns[node.column] + "</td><td>" + markupText(node.label).toUtf8() + "</td><td class=\"share\">"
                + QByteArray::number(100 * node.weight, 'f', 1) + " %</td></tr>\n";
    }
    return html + "</table>\n</body>\n</html>\n";
}

} // namespace

QByteArray exportHops(const HopView& view, HopFormat format, int grid)
{
    assert(grid < view.grids.size());
    switch (format) {
    case HopFormat::Svg:
        return grid < 0 ? pathSvg(view) : mapSvg(view, view.grids[grid]);
    case HopFormat::Csv:
        return csvOf(view.grids[grid]);
    case HopFormat::Npy:
        return npyOf(view.grids[grid]);
    case HopFormat::Json:
        return jsonOf(view);
    case HopFormat::Html:
        return htmlOf(view);
    }
    return {};
}

} // namespace octavo::app
