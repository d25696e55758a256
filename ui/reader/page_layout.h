// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include <QList>
#include <QRectF>

namespace octavo::ui {

// Where the pages of a file stand one below the other, in pixels of what is scrolled.
class PageLayout {
public:
    void setPages(const QList<QSizeF>& points);   // a page's size; pages without one are as large as the first
    void setScale(double pixelsPerPoint);

    int count() const { return static_cast<int>(m_points.size()); }
    double scale() const { return m_scale; }
    QSizeF sizeOf(int page) const { return m_points[page - 1] * m_scale; }   // 1-based, as everywhere
    double topOf(int page) const { return m_tops[static_cast<std::size_t>(page - 1)]; }
    double height() const { return m_height; }
    double widestPoints() const { return m_widest; }
    int pageAt(double y) const;                   // the one there, or above the gap there; 0: there are no pages
    // On the page, from its top left corner.
    QRectF pixelsOf(const QRectF& box) const { return {box.topLeft() * m_scale, box.size() * m_scale}; }

private:
    void place();

    QList<QSizeF> m_points;
    std::vector<double> m_tops;
    double m_scale = 1;
    double m_height = 0;
    double m_widest = 0;
};

} // namespace octavo::ui
