// SPDX-License-Identifier: Apache-2.0
#include "reader/page_layout.h"

#include <algorithm>

#include "theme.h"

namespace octavo::ui {

namespace {

constexpr QSizeF kA4(595, 842);
constexpr double kGap = 2 * kGrid;   // above, between and below pages

} // namespace

void PageLayout::setPages(const QList<QSizeF>& points)
{
    m_points = points;
    const QSizeF usual = !points.isEmpty() && !points.first().isEmpty() ? points.first() : kA4;
    m_widest = 0;
    for (QSizeF& size : m_points) {
        if (size.isEmpty())
            size = usual;
        m_widest = std::max(m_widest, size.width());
    }
    place();
}

void PageLayout::setScale(double pixelsPerPoint)
{
    m_scale = pixelsPerPoint;
    place();
}

void PageLayout::place()
{
    m_tops.clear();
    double top = kGap;
    for (const QSizeF& size : m_points) {
        m_tops.push_back(top);
        top += size.height() * m_scale + kGap;
    }
    m_height = top;
}

int PageLayout::pageAt(double y) const
{
    const auto after = std::upper_bound(m_tops.begin(), m_tops.end(), y);
    return m_points.isEmpty() ? 0 : std::max(1, static_cast<int>(after - m_tops.begin()));
}

} // namespace octavo::ui
