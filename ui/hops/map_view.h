// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include <QImage>
#include <QWidget>

#include "hops/map_layout.h"
#include "octavo/app/hop_view.h"

namespace octavo::ui {

// One heat map: answer tokens down, parts of the text across, in viridis. The wheel with Ctrl, + and − zoom, dragging and arrow keys
// pan, hovering tells the number, a click asks for the place. The picture is one pixel per cell, made once per grid and scale.
class MapView : public QWidget {
    Q_OBJECT

public:
    explicit MapView(QWidget* parent = nullptr);
    QSize sizeHint() const override { return {720, 240}; }
    QSize minimumSizeHint() const override { return {320, 140}; }

    // What hovering over a cell tells instead of “row” looked at column.
    using Tip = std::function<QString(int row, int column, float value)>;
    void setTip(Tip tip) { m_tip = std::move(tip); }

public slots:
    void setGrid(const octavo::app::HopGrid& grid);
    void setLogarithmic(bool logarithmic);

signals:
    void placeChosen(octavo::app::DocumentId document, octavo::app::ByteRange bytes);
    void cellChosen(int row, int column);

protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    void relayout();
    void repaintCells();
    double shade(float value) const;   // 0…1 on the colour scale
    void paintLegend(QPainter& painter) const;

    QString tipOf(int row, int column) const;

    app::HopGrid m_grid;
    Tip m_tip;
    float m_largest = 0;
    bool m_logarithmic = false;
    QImage m_cells;
    MapLayout m_layout;
    std::optional<QPointF> m_pressed;
    QPointF m_last;
    bool m_dragged = false;
};

} // namespace octavo::ui
