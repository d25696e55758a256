// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QWidget>

namespace octavo::ui {

// Lies over the window while files are dragged over it, and says what dropping them does: on its left they are read, on its right summarized.
class DropTarget : public QWidget {
    Q_OBJECT

public:
    explicit DropTarget(QWidget* parent);

    bool isSummarizing(const QPoint& at) const;
    void pointAt(const QPoint& at);            // shows what dropping there does

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QRect summaryPlace() const;

    bool m_summarizing = false;
};

} // namespace octavo::ui
