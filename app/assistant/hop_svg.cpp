// SPDX-License-Identifier: Apache-2.0
#include "assistant/hop_svg.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "octavo/app/viridis.h"

namespace octavo::app {

namespace {

constexpr double kHeader = 72;              // title, question and the column heads
constexpr const char* kFont = "font-family=\"Inter, 'Noto Sans', sans-serif\"";
constexpr const char* kInk = "#1f2328";
constexpr const char* kFaintInk = "#59636e";

constexpr double kPathWidth = 1200;
constexpr double kColumnStep = 290;
constexpr double kNodeWidth = 14;
constexpr double kNodeGap = 18;
constexpr double kPathHeight = 380;         // of a whole column's weight, without gaps
constexpr double kSmallestNode = 2;
constexpr qsizetype kNodeLabelCharacters = 32;
constexpr std::array<const char*, 4> kColumnColours{"#0072b2", "#e69f00", "#009e73", "#cc79a7"};   // Okabe–Ito
constexpr std::array<const char*, 4> kColumnHeads{"Answer", "Chapters", "Sections", "Passages"};

constexpr double kRowHeight = 14;
constexpr double kRowLabels = 110;
constexpr double kColumnLabels = 150;
constexpr double kMapWidth = 960;           // of the cells, at most
constexpr double kLabelStep = 13;           // column labels nearer to each other are left out
constexpr qsizetype kColumnLabelCharacters = 26;
constexpr int kShades = 64;

QString number(double value) { return QString::number(value, 'f', 2); }
QString percent(double share) { return QStringLiteral("%1 %").arg(100 * share, 0, 'f', share < 0.1 ? 1 : 0); }
QString colour(double value) { return QStringLiteral("#%1").arg(viridis(value), 6, 16, QLatin1Char('0')); }

QString elided(const QString& text, qsizetype characters)
{
    return text.size() <= characters ? text : text.left(characters - 1) + QStringLiteral("…");
}

QString textAt(double x, double y, const QString& text, const char* ink = kInk, int size = 12, const QString& more = {})
{
    return QStringLiteral("<text x=\"%1\" y=\"%2\" font-size=\"%3\" fill=\"%4\"%5>%6</text>\n")
        .arg(number(x), number(y)).arg(size).arg(QString::fromLatin1(ink), more, markupText(text));
}

QString opening(double width, double height, const HopView& view, const QString& title)
{
    return QStringLiteral("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %1 %2\" width=\"%1\" height=\"%2\" %3 role=\"img\">\n"
                          "<title>%4</title>\n<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n")
               .arg(number(width), number(height), QString::fromLatin1(kFont), markupText(title))
           + textAt(16, 26, elided(view.question.simplified(), 120), kInk, 16) + textAt(16, 46, title, kFaintInk);
}

struct Box {
    double top = 0;
    double height = 0;
    double leaving = 0;    // where the next band leaves and enters, from the top
    double entering = 0;
};

// Boxes of all nodes, column by column from the top.
std::vector<Box> layOut(const QList<HopNode>& nodes)
{
    std::vector<Box> boxes;
    std::array<double, 4> next{};
    next.fill(kHeader + 20);
    for (const HopNode& node : nodes) {
        double& top = next.at(static_cast<std::size_t>(node.column));
        const double height = std::max(kSmallestNode, node.weight * kPathHeight);
        boxes.push_back({top, height, top, top});
        top += height + kNodeGap;
    }
    return boxes;
}

double columnX(int column) { return 16 + column * kColumnStep; }

QString ribbon(const HopBand& band, const QList<HopNode>& nodes, std::vector<Box>& boxes)
{
    const double width = band.weight * kPathHeight;
    const double x1 = columnX(nodes[band.from].column) + kNodeWidth;
    const double x2 = columnX(nodes[band.to].column);
    const double middle = (x1 + x2) / 2;
    double& y1 = boxes[static_cast<std::size_t>(band.from)].leaving;
    double& y2 = boxes[static_cast<std::size_t>(band.to)].entering;
    const QString path
        = QStringLiteral("<path class=\"band\" d=\"M%1 %2C%3 %2 %3 %4 %5 %4L%5 %6C%3 %6 %3 %7 %1 %7Z\" fill=\"%8\" fill-opacity=\"0.28\">")
              .arg(number(x1), number(y1), number(middle), number(y2), number(x2), number(y2 + width), number(y1 + width),
                  QString::fromLatin1(kColumnColours.at(static_cast<std::size_t>(nodes[band.to].column))));
    y1 += width;
    y2 += width;
    return path + QStringLiteral("<title>%1 → %2: %3</title></path>\n")
                      .arg(markupText(nodes[band.from].label), markupText(nodes[band.to].label), percent(band.weight));
}

// Cells of one row that have the same shade are one rectangle; the darkest shade is the ground.
QString mapRow(const HopGrid& grid, qsizetype row, double largest, double cellWidth, double top)
{
    const auto shadeAt = [&](qsizetype column) {
        return largest > 0 ? static_cast<int>(std::lround(static_cast<double>(grid.at(row, column)) / largest * (kShades - 1))) : 0;
    };
    QString cells;
    const qsizetype columns = grid.columns.size();
    for (qsizetype begin = 0, end = 0; begin < columns; begin = end) {
        const int shade = shadeAt(begin);
        for (end = begin + 1; end < columns && shadeAt(end) == shade;)
            ++end;
        if (shade > 0) {
            cells += QStringLiteral("<rect x=\"%1\" y=\"%2\" width=\"%3\" height=\"%4\" fill=\"%5\"/>\n")
                         .arg(number(kRowLabels + static_cast<double>(begin) * cellWidth), number(top),
                             number(static_cast<double>(end - begin) * cellWidth), number(kRowHeight),
                             colour(static_cast<double>(shade) / (kShades - 1)));
        }
    }
    return cells;
}

QString legend(double top, double largest, const QString& unit)
{
    QString drawn;
    constexpr int kSteps = 32;
    constexpr double kStepWidth = 6;
    for (int step = 0; step < kSteps; ++step) {
        drawn += QStringLiteral("<rect x=\"%1\" y=\"%2\" width=\"%3\" height=\"12\" fill=\"%4\"/>\n")
            .arg(number(kRowLabels + step * kStepWidth), number(top), number(kStepWidth), colour(static_cast<double>(step) / (kSteps - 1)));
    }
    drawn += textAt(kRowLabels, top + 28, QStringLiteral("0"), kFaintInk, 11);
    drawn += textAt(kRowLabels + kSteps * kStepWidth, top + 28, percent(largest), kFaintInk, 11, QStringLiteral(" text-anchor=\"end\""));
    return drawn + textAt(kRowLabels + kSteps * kStepWidth + 12, top + 11, unit, kFaintInk, 11);
}

} // namespace

QString markupText(const QString& text)
{
    QString visible;
    for (const QChar c : text) {
        if (c == QLatin1Char('\n'))
            visible += QChar(0x21b5);   // ↵
        else if (c == QLatin1Char('\t'))
            visible += QChar(0x21e5);   // ⇥
        else if (c.unicode() < 0x20 || c.unicode() >= 0xfffe)
            visible += QChar(QChar::ReplacementCharacter);
        else
            visible += c;
    }
    return visible.toHtmlEscaped();
}

QByteArray pathSvg(const HopView& view)
{
    const QList<HopNode>& nodes = view.path.nodes;
    std::vector<Box> boxes = layOut(nodes);
    double bottom = kHeader + 20 + kPathHeight;
    for (const Box& box : boxes)
        bottom = std::max(bottom, box.top + box.height);

    const QString title = QStringLiteral("Where “%1” looked · %2 of the attention went elsewhere · %3")
        .arg(elided(view.path.answer.simplified(), 80), percent(view.outsideShare), view.model);
    QString svg = opening(kPathWidth + 40, bottom + 24, view, title);
    for (std::size_t column = 0; column < kColumnHeads.size(); ++column)
        svg += textAt(columnX(static_cast<int>(column)), kHeader + 8, QString::fromLatin1(kColumnHeads.at(column)), kFaintInk, 11);
    for (const HopBand& band : view.path.bands)
        svg += ribbon(band, nodes, boxes);
    for (qsizetype at = 0; at < nodes.size(); ++at) {
        const HopNode& node = nodes[at];
        const Box& box = boxes[static_cast<std::size_t>(at)];
        const double x = columnX(node.column);
        svg += QStringLiteral("<rect class=\"node\" x=\"%1\" y=\"%2\" width=\"%3\" height=\"%4\" rx=\"2\" fill=\"%5\"/>\n")
            .arg(number(x), number(box.top), number(kNodeWidth), number(box.height),
                 QString::fromLatin1(kColumnColours.at(static_cast<std::size_t>(node.column))));
        const double middle = box.top + box.height / 2;
        if (node.column > 0)   // the answer stands in the title
            svg += textAt(x + kNodeWidth + 6, middle + 4,
                QStringLiteral("%1 · %2").arg(elided(node.label, kNodeLabelCharacters), percent(node.weight)));
    }
    return (svg + QStringLiteral("</svg>\n")).toUtf8();
}

QByteArray mapSvg(const HopView& view, const HopGrid& grid)
{
    const auto columns = static_cast<double>(std::max<qsizetype>(grid.columns.size(), 1));
    const double cellWidth = std::min(24.0, kMapWidth / columns);
    const double largest = grid.values.isEmpty() ? 0.0 : static_cast<double>(*std::max_element(grid.values.begin(), grid.values.end()));
    const double top = kHeader + kColumnLabels;
    const double height = static_cast<double>(grid.rows.size()) * kRowHeight;
    const double width = kRowLabels + std::max(columns * cellWidth, 620.0) + 40;

    QString svg = opening(width, top + height + 64, view, QStringLiteral("%1 · %2").arg(grid.title, view.model));
    svg += QStringLiteral("<rect x=\"%1\" y=\"%2\" width=\"%3\" height=\"%4\" fill=\"%5\"/>\n")
        .arg(number(kRowLabels), number(top), number(columns * cellWidth), number(height), colour(0));
    double labelled = 0;
    for (qsizetype column = 0; column < grid.columns.size(); ++column) {
        const double x = kRowLabels + (static_cast<double>(column) + 0.5) * cellWidth + 4;
        if (column > 0 && x - labelled < kLabelStep)
            continue;
        labelled = x;
        svg += textAt(x, top - 6, elided(grid.columns[column], kColumnLabelCharacters), kFaintInk, 10,
                      QStringLiteral(" transform=\"rotate(-90 %1 %2)\"").arg(number(x), number(top - 6)));
    }
    for (qsizetype row = 0; row < grid.rows.size(); ++row) {
        const double y = top + static_cast<double>(row) * kRowHeight;
        svg += textAt(kRowLabels - 6, y + kRowHeight - 3, elided(grid.rows[row], 18), kInk, 11, QStringLiteral(" text-anchor=\"end\""));
        svg += mapRow(grid, row, largest, cellWidth, y);
    }
    svg += legend(top + height + 20, largest, grid.unit);
    return (svg + QStringLiteral("</svg>\n")).toUtf8();
}

} // namespace octavo::app
