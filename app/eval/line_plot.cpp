// SPDX-License-Identifier: Apache-2.0
#include "eval/line_plot.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include <QStringList>

#include "assistant/hop_svg.h"

namespace octavo::app {

namespace {

constexpr double kWidth = 900, kHeight = 480;
constexpr double kLeft = 70, kRight = 220, kTop = 56, kBottom = 56;     // around the axes; names of lines stand on the right
constexpr int kSteps = 5;                                               // of the value axis
constexpr double kNameStep = 18;
// Okabe–Ito, then the same dashed: more lines than colours that people can tell apart.
constexpr std::array<const char*, 7> kColours{"#0072b2", "#e69f00", "#009e73", "#d55e00", "#cc79a7", "#56b4e9", "#000000"};

QString number(double value) { return QString::number(value, 'f', 1); }

QString text(double x, double y, const QString& words, const char* anchor, int size = 12)
{
    return QStringLiteral("<text x=\"%1\" y=\"%2\" font-size=\"%3\" text-anchor=\"%4\" fill=\"#1f2328\">%5</text>\n")
        .arg(number(x), number(y)).arg(size).arg(QLatin1StringView(anchor), markupText(words));
}

QString tokensName(double tokens)
{
    return tokens >= 1024 && std::fmod(tokens, 1024) == 0 ? QStringLiteral("%1k").arg(tokens / 1024) : QString::number(tokens);
}

QString drawingOf(const LinePlot& plot)
{
    std::set<double> lengths;
    for (const LinePlot::Line& line : plot.lines)
        for (const auto& [tokens, value] : line.points)
            lengths.insert(tokens);
    const double first = lengths.empty() ? 1 : std::log2(*lengths.begin());
    const double last = lengths.empty() ? 2 : std::log2(*lengths.rbegin());
    const auto x = [&](double tokens) { return kLeft + (kWidth - kLeft - kRight) * (last > first ? (std::log2(tokens) - first) / (last - first) : 0.5); };
    const auto scaled = [&](double value) { return plot.logarithmic ? std::log(value) : value; };
    const double low = scaled(plot.least), high = scaled(plot.most);
    const auto y = [&](double value) { return kHeight - kBottom - (kHeight - kTop - kBottom) * (scaled(std::clamp(value, plot.least, plot.most)) - low) / (high - low); };

    QString svg = text(kLeft, 24, plot.title, "start", 16) + text(kLeft, 44, plot.valueName, "start") + text((kLeft + kWidth - kRight) / 2, kHeight - 12, QStringLiteral("tokens"), "middle");
    for (int step = 0; step <= kSteps; ++step) {
        const double at = low + (high - low) * step / kSteps, value = plot.logarithmic ? std::exp(at) : at;
        svg += QStringLiteral("<line x1=\"%1\" y1=\"%3\" x2=\"%2\" y2=\"%3\" stroke=\"#d0d7de\"/>\n").arg(number(kLeft), number(kWidth - kRight), number(y(value)));
        svg += text(kLeft - 8, y(value) + 4, QString::number(value, 'g', 3), "end");
    }
    for (const double tokens : lengths)
        svg += text(x(tokens), kHeight - kBottom + 20, tokensName(tokens), "middle");
    for (std::size_t at = 0; at < plot.lines.size(); ++at) {
        const LinePlot::Line& line = plot.lines[at];
        const char* colour = kColours[at % kColours.size()];
        const QString stroke = QStringLiteral("stroke=\"%1\" stroke-width=\"2\"%2").arg(QLatin1StringView(colour), QLatin1StringView(at < kColours.size() ? "" : " stroke-dasharray=\"6 4\""));
        QStringList points;
        for (const auto& [tokens, value] : line.points) {
            points.append(number(x(tokens)) + QLatin1Char(',') + number(y(value)));
            svg += QStringLiteral("<circle cx=\"%1\" cy=\"%2\" r=\"3.5\" fill=\"%3\"/>\n").arg(number(x(tokens)), number(y(value)), QLatin1StringView(colour));
        }
        svg += QStringLiteral("<polyline points=\"%1\" fill=\"none\" %2/>\n").arg(points.join(QLatin1Char(' ')), stroke);
        const double nameY = kTop + 6 + kNameStep * static_cast<double>(at);
        svg += QStringLiteral("<line x1=\"%1\" y1=\"%3\" x2=\"%2\" y2=\"%3\" %4/>\n").arg(number(kWidth - kRight + 16), number(kWidth - kRight + 44), number(nameY - 4), stroke);
        svg += text(kWidth - kRight + 52, nameY, line.name, "start");
    }
    return svg;
}

} // namespace

QByteArray linePlotSvg(const std::vector<LinePlot>& plots)
{
    QString svg = QStringLiteral("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %1 %2\" width=\"%1\" height=\"%2\" font-family=\"Inter, 'Noto Sans', sans-serif\" "
                                 "role=\"img\">\n<title>%3</title>\n<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n")
                      .arg(number(kWidth), number(kHeight * static_cast<double>(plots.size())), plots.empty() ? QString() : markupText(plots.front().title));
    for (std::size_t at = 0; at < plots.size(); ++at)
        svg += QStringLiteral("<g transform=\"translate(0 %1)\">\n").arg(number(kHeight * static_cast<double>(at))) + drawingOf(plots[at]) + QStringLiteral("</g>\n");
    return (svg + QStringLiteral("</svg>\n")).toUtf8();
}

} // namespace octavo::app
