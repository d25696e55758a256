// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QPoint>
#include <QPointF>
#include <QRectF>
#include <QSize>
#include <QSizeF>
#include <algorithm>
#include <cmath>
#include <optional>

namespace octavo::ui {

// Which cell of a heat map is where: the map fills `area` at zoom 1, columns widen with the zoom, `offset` scrolls. A plain value.
class MapLayout {
public:
    MapLayout() = default;
    MapLayout(QSize cells, QRectF area) : m_cells(cells), m_area(area) {}

    QSize cells() const { return m_cells; }
    const QRectF& area() const { return m_area; }
    double zoom() const { return m_zoom; }
    double cellWidth() const { return m_cells.width() ? m_area.width() * m_zoom / m_cells.width() : 0; }
    double cellHeight() const { return m_cells.height() ? m_area.height() * m_zoom / m_cells.height() : 0; }

    QRectF cellRect(int row, int column) const
    {
        return {m_area.left() - m_offset.x() + column * cellWidth(), m_area.top() - m_offset.y() + row * cellHeight(), cellWidth(), cellHeight()};
    }

    // Column as x, row as y; nothing outside the map.
    std::optional<QPoint> cellAt(QPointF point) const
    {
        if (m_cells.isEmpty() || !m_area.contains(point))
            return std::nullopt;
        const int column = static_cast<int>(std::floor((point.x() - m_area.left() + m_offset.x()) / cellWidth()));
        const int row = static_cast<int>(std::floor((point.y() - m_area.top() + m_offset.y()) / cellHeight()));
        if (column < 0 || row < 0 || column >= m_cells.width() || row >= m_cells.height())
            return std::nullopt;
        return QPoint(column, row);
    }

    // Keeps what is under `anchor` where it is.
    void zoomBy(double factor, QPointF anchor)
    {
        const double before = m_zoom;
        m_zoom = std::clamp(m_zoom * factor, 1.0, 64.0);
        const QPointF inside = anchor - m_area.topLeft();
        m_offset = (m_offset + inside) * (m_zoom / before) - inside;
        clampOffset();
    }
    void panBy(QPointF delta)
    {
        m_offset -= delta;
        clampOffset();
    }

private:
    void clampOffset()
    {
        m_offset.setX(std::clamp(m_offset.x(), 0.0, m_area.width() * (m_zoom - 1)));
        m_offset.setY(std::clamp(m_offset.y(), 0.0, m_area.height() * (m_zoom - 1)));
    }

    QSize m_cells;     // columns × rows
    QRectF m_area;
    double m_zoom = 1;
    QPointF m_offset;  // of the map's corner, up and left of the area's
};

} // namespace octavo::ui
