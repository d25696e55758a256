// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QList>
#include <QPainterPath>
#include <QRectF>
#include <QSizeF>

#include "octavo/app/hop_view.h"

namespace octavo::ui {

// Where the nodes and bands of a hop path are drawn, in a page of `size` device-independent pixels. A plain value without widgets.
// Nodes of a column stand below each other in the order given, as high as their weight; bands leave and enter them stacked, as wide as theirs.
class PathLayout {
public:
    static constexpr double kNodeWidth = 12;
    static constexpr double kGap = 14;       // between nodes of a column
    static constexpr double kHeads = 24;     // height of the column heads

    PathLayout() = default;
    PathLayout(const app::HopPath& path, QSizeF size);

    const QRectF& node(qsizetype index) const { return m_nodes[index]; }
    const QPainterPath& band(qsizetype index) const { return m_bands[index]; }
    double columnLeft(int column) const { return column * m_step; }
    double labelWidth() const { return m_step - kNodeWidth - 12; } // room to the right of a node
    int columns() const { return m_columns; }

    // The node or its label under a point; -1 if none.
    qsizetype nodeAt(QPointF point) const;
    // The band under a point, the thinnest where they cross; -1 if none.
    qsizetype bandAt(QPointF point) const;

private:
    QList<QRectF> m_nodes;
    QList<QPainterPath> m_bands;
    QList<double> m_bandWeights;
    double m_step = 0;
    int m_columns = 0;
};

} // namespace octavo::ui
