// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <utility>
#include <vector>

#include <QByteArray>
#include <QString>

namespace octavo::app {

// Figures against the length of a text, as an SVG drawing that needs nothing from outside. Lengths are on a logarithmic axis, each named once.
// The value axis is linear, or logarithmic from `least` > 0 on.
struct LinePlot {
    struct Line {
        QString name;
        std::vector<std::pair<double, double>> points;   // (tokens > 0, value), ascending
    };
    QString title;
    QString valueName;               // with its unit
    double least = 0, most = 1;      // of the value axis; values outside are drawn at its end
    std::vector<Line> lines;
    bool logarithmic = false;
};

// One below the other.
QByteArray linePlotSvg(const std::vector<LinePlot>& plots);

} // namespace octavo::app
