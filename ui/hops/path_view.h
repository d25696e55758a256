// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QWidget>

#include "hops/path_layout.h"

namespace octavo::ui {

// answer ═▶ chapters ═▶ sections ═▶ passages, bands as wide as their weight. Hovering tells numbers, a click or Return on a place
// asks for it; Left, Right, Up and Down walk the nodes.
class PathView : public QWidget {
    Q_OBJECT

public:
    explicit PathView(QWidget* parent = nullptr);
    QSize sizeHint() const override { return {720, 220}; }
    QSize minimumSizeHint() const override { return {320, 140}; }

public slots:
    void setPath(const octavo::app::HopPath& path);

signals:
    void placeChosen(octavo::app::DocumentId document, octavo::app::ByteRange bytes);

protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    void choose(qsizetype node);
    void setCurrent(qsizetype node);
    QString describe(qsizetype node) const;
    QColor columnColour(int column) const;

    app::HopPath m_path;
    PathLayout m_layout;
    qsizetype m_current = -1;   // node under the mouse or reached by keys
};

} // namespace octavo::ui
