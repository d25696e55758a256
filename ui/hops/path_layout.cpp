// SPDX-License-Identifier: Apache-2.0
#include "hops/path_layout.h"

#include <algorithm>

namespace octavo::ui {

namespace {
constexpr double kSmallestNode = 3; // a node that weighs next to nothing can still be seen and hit
}

PathLayout::PathLayout(const app::HopPath& path, QSizeF size)
{
    for (const app::HopNode& node : path.nodes)
        m_columns = std::max(m_columns, node.column + 1);
    if (m_columns == 0)
        return;
    m_step = size.width() / m_columns;

    // One scale for all columns, so that widths compare: the column with the most nodes loses the most to gaps.
    QList<int> counts(m_columns, 0);
    for (const app::HopNode& node : path.nodes)
        ++counts[node.column];
    const double gaps = (*std::max_element(counts.cbegin(), counts.cend()) - 1) * kGap;
    const double scale = std::max(0.0, size.height() - kHeads - gaps - 8);
    QList<double> tops(m_columns, kHeads);
    for (const app::HopNode& node : path.nodes) {
        const double height = std::max(kSmallestNode, node.weight * scale);
        m_nodes.append(QRectF(columnLeft(node.column), tops[node.column], kNodeWidth, height));
        tops[node.column] += height + kGap;
    }

    QList<double> leaves, enters; // where the next band begins and ends at each node
    for (const QRectF& node : m_nodes) {
        leaves.append(node.top());
        enters.append(node.top());
    }
    for (const app::HopBand& band : path.bands) {
        const double width = std::max(1.0, band.weight * scale);
        const double x0 = m_nodes[band.from].right(), x1 = m_nodes[band.to].left(), middle = (x0 + x1) / 2;
        const double y0 = leaves[band.from], y1 = enters[band.to];
        leaves[band.from] += band.weight * scale;
        enters[band.to] += band.weight * scale;
        QPainterPath ribbon(QPointF(x0, y0));
        ribbon.cubicTo(middle, y0, middle, y1, x1, y1);
        ribbon.lineTo(x1, y1 + width);
        ribbon.cubicTo(middle, y1 + width, middle, y0 + width, x0, y0 + width);
        ribbon.closeSubpath();
        m_bands.append(ribbon);
        m_bandWeights.append(band.weight);
    }
}

qsizetype PathLayout::nodeAt(QPointF point) const
{
    for (qsizetype n = 0; n < m_nodes.size(); ++n) {
        const QRectF label(m_nodes[n].left(), m_nodes[n].center().y() - kGap, m_step * 0.7, 2 * kGap);
        if (m_nodes[n].contains(point) || label.contains(point))
            return n;
    }
    return -1;
}

qsizetype PathLayout::bandAt(QPointF point) const
{
    qsizetype found = -1;
    for (qsizetype n = 0; n < m_bands.size(); ++n)
        if (m_bands[n].contains(point) && (found < 0 || m_bandWeights[n] < m_bandWeights[found]))
            found = n;
    return found;
}

} // namespace octavo::ui
