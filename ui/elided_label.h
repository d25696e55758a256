// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QLabel>

namespace octavo::ui {

// A one-line label that shortens its text to the room it has; the rest is in the tool tip, and read out.
class ElidedLabel : public QLabel {
    Q_OBJECT

public:
    explicit ElidedLabel(Qt::TextElideMode mode, QWidget* parent = nullptr);

    QSize minimumSizeHint() const override;
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;
    bool event(QEvent* event) override;

private:
    Qt::TextElideMode m_mode;
};

} // namespace octavo::ui
