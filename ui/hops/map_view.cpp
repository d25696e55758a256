// SPDX-License-Identifier: Apache-2.0
#include "hops/map_view.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QLinearGradient>
#include <QLocale>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>
#include <QWheelEvent>

#include "octavo/app/viridis.h"
#include "widgets.h"

namespace octavo::ui {

namespace {

constexpr double kRowLabels = 96;
constexpr double kColumnLabels = 22;
constexpr double kLegend = 34;
constexpr double kZoomStep = 1.25;
constexpr double kPanStep = 40;
constexpr double kDragThreshold = 4;
constexpr double kDecades = 3; // a logarithmic scale reaches from the largest value down to a thousandth of it

} // namespace

MapView::MapView(QWidget* parent) : QWidget(parent)
{
    setObjectName(QStringLiteral("hopMap"));
    setAccessibleName(tr("Heat map of the answer's attention"));
    setAccessibleDescription(tr("The table view has the same numbers."));
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
}

void MapView::setGrid(const app::HopGrid& grid)
{
    m_grid = grid;
    m_largest = 0;
    for (const float value : m_grid.values)
        m_largest = std::max(m_largest, value);
    relayout();
    repaintCells();
}

void MapView::setLogarithmic(bool logarithmic)
{
    m_logarithmic = logarithmic;
    repaintCells();
}

double MapView::shade(float value) const
{
    if (m_largest <= 0)
        return 0;
    const double part = value / m_largest;
    return m_logarithmic ? std::max(0.0, 1 + std::log10(std::max(part, 1e-12)) / kDecades) : part;
}

void MapView::relayout()
{
    const QRectF area(kRowLabels, kColumnLabels, std::max(10.0, width() - kRowLabels - 12), std::max(10.0, height() - kColumnLabels - kLegend));
    m_layout = MapLayout(QSize(static_cast<int>(m_grid.columns.size()), static_cast<int>(m_grid.rows.size())), area);
}

void MapView::repaintCells()
{
    const QSize size(static_cast<int>(m_grid.columns.size()), static_cast<int>(m_grid.rows.size()));
    m_cells = size.isEmpty() ? QImage() : QImage(size, QImage::Format_RGB32);
    for (int row = 0; row < m_cells.height(); ++row)
        for (int column = 0; column < m_cells.width(); ++column)
            m_cells.setPixel(column, row, 0xff000000u | app::viridis(shade(m_grid.at(row, column))));
    update();
}

void MapView::resizeEvent(QResizeEvent*) { relayout(); }

void MapView::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.fillRect(rect(), palette().base());
    if (hasFocus()) {
        painter.setPen(QPen(palette().highlight(), 2));
        painter.drawRect(rect().adjusted(1, 1, -1, -1));
    }
    if (m_cells.isNull()) {
        painter.setPen(palette().placeholderText().color());
        painter.drawText(rect(), Qt::AlignCenter | Qt::TextWordWrap, tr("Choose “Hops” under an answer to see where it looked."));
        return;
    }
    const QRectF& area = m_layout.area();
    painter.save();
    painter.setClipRect(area);
    const QRectF whole(m_layout.cellRect(0, 0).topLeft(),
                       QSizeF(m_layout.cellWidth() * m_cells.width(), m_layout.cellHeight() * m_cells.height()));
    painter.drawImage(whole, m_cells);
    painter.restore();

    painter.setPen(palette().placeholderText().color());
    const double line = fontMetrics().height();
    painter.save();
    painter.setClipRect(QRectF(0, area.top(), kRowLabels - 6, area.height()));
    double free = area.top(); // labels nearer to each other than a line are left out
    for (int row = 0; row < m_cells.height(); ++row) {
        const QRectF cell = m_layout.cellRect(row, 0);
        const double top = std::clamp(cell.center().y() - line / 2, area.top(), std::max(area.top(), area.bottom() - line));
        if (top < free || cell.bottom() < area.top() || cell.top() > area.bottom())
            continue;
        painter.drawText(QRectF(0, top, kRowLabels - 10, line), Qt::AlignRight | Qt::AlignVCenter,
                         fontMetrics().elidedText(m_grid.rows[row].simplified(), Qt::ElideRight, static_cast<int>(kRowLabels) - 14));
        free = top + line;
    }
    painter.restore();
    painter.save();
    painter.setClipRect(QRectF(area.left(), 0, area.width(), kColumnLabels));
    free = area.left();
    constexpr double kLabelStep = 120;
    for (int column = 0; column < m_cells.width(); ++column) {
        const QRectF cell = m_layout.cellRect(0, column);
        if (cell.left() < free || cell.left() > area.right())
            continue;
        painter.drawText(QRectF(cell.left(), 0, kLabelStep - 8, kColumnLabels - 4), Qt::AlignLeft | Qt::AlignVCenter,
                         fontMetrics().elidedText(m_grid.columns[column].simplified(), Qt::ElideRight, static_cast<int>(kLabelStep) - 10));
        free = cell.left() + kLabelStep;
    }
    painter.restore();
    paintLegend(painter);
}

void MapView::paintLegend(QPainter& painter) const
{
    constexpr double kBar = 160, kHeight = 8;
    const double top = height() - kLegend + 12;
    const QRectF bar(kRowLabels, top, kBar, kHeight);
    QLinearGradient scale(bar.topLeft(), bar.topRight());
    for (int stop = 0; stop <= 10; ++stop)
        scale.setColorAt(stop / 10.0, QColor::fromRgb(app::viridis(stop / 10.0)));
    painter.setPen(Qt::NoPen);
    painter.setBrush(scale);
    painter.drawRoundedRect(bar, 2, 2);
    painter.setPen(palette().placeholderText().color());
    const QLocale locale;
    const QString least = m_logarithmic ? QStringLiteral("≤ ") + locale.toString(100 * m_largest / std::pow(10, kDecades), 'g', 2) : locale.toString(0);
    painter.drawText(QRectF(0, top - 5, kRowLabels - 8, 18), Qt::AlignRight | Qt::AlignVCenter, least + QStringLiteral(" %"));
    painter.drawText(QRectF(bar.right() + 8, top - 5, width() - bar.right() - 8, 18), Qt::AlignLeft | Qt::AlignVCenter,
                     tr("%1 %   %2").arg(locale.toString(100 * m_largest, 'g', 3), m_grid.unit));
}

QString MapView::tipOf(int row, int column) const
{
    const float value = m_grid.at(row, column);
    return m_tip ? m_tip(row, column, value)
                 : tr("“%1” looked at %2: %3 %").arg(m_grid.rows[row].trimmed(), m_grid.columns[column].simplified().left(80), QLocale().toString(100 * value, 'g', 3));
}

bool MapView::event(QEvent* event)
{
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        if (const auto cell = m_layout.cellAt(help->pos()))
            QToolTip::showText(help->globalPos(), plainTip(tipOf(cell->y(), cell->x())), this);
        else
            QToolTip::hideText();
        return true;
    }
    return QWidget::event(event);
}

void MapView::wheelEvent(QWheelEvent* event)
{
    if (event->modifiers() & Qt::ControlModifier)
        m_layout.zoomBy(event->angleDelta().y() > 0 ? kZoomStep : 1 / kZoomStep, event->position());
    else
        m_layout.panBy(QPointF(event->angleDelta()) / 2);
    update();
    event->accept();
}

void MapView::mousePressEvent(QMouseEvent* event)
{
    if (event->button() != Qt::LeftButton)
        return;
    m_pressed = m_last = event->position();
    m_dragged = false;
}

void MapView::mouseMoveEvent(QMouseEvent* event)
{
    if (!m_pressed)
        return;
    m_dragged = m_dragged || (event->position() - *m_pressed).manhattanLength() > kDragThreshold;
    m_layout.panBy(event->position() - m_last);
    m_last = event->position();
    update();
}

void MapView::mouseReleaseEvent(QMouseEvent* event)
{
    if (m_pressed && !m_dragged)
        if (const auto cell = m_layout.cellAt(event->position())) {
            emit cellChosen(cell->y(), cell->x());
            emit placeChosen(m_grid.columnDocuments[cell->x()], m_grid.columnBytes[cell->x()]);
        }
    m_pressed.reset();
}

void MapView::keyPressEvent(QKeyEvent* event)
{
    switch (event->key()) {
    case Qt::Key_Plus:
    case Qt::Key_Equal: m_layout.zoomBy(kZoomStep, m_layout.area().center()); break;
    case Qt::Key_Minus: m_layout.zoomBy(1 / kZoomStep, m_layout.area().center()); break;
    case Qt::Key_Left: m_layout.panBy({kPanStep, 0}); break;
    case Qt::Key_Right: m_layout.panBy({-kPanStep, 0}); break;
    case Qt::Key_Up: m_layout.panBy({0, kPanStep}); break;
    case Qt::Key_Down: m_layout.panBy({0, -kPanStep}); break;
    default: return QWidget::keyPressEvent(event);
    }
    update();
}

} // namespace octavo::ui
