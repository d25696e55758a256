// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QWidget>

namespace octavo::ui {

// Lies over the window while files are dragged over it, and says what dropping them does.
class DropTarget : public QWidget {
    Q_OBJECT

public:
    explicit DropTarget(QWidget* parent);

protected:
    void paintEvent(QPaintEvent* event) override;
};

} // namespace octavo::ui
