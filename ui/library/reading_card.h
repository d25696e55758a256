// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QFrame>

#include "octavo/app/assistant.h"

class QLabel;
class QProgressBar;

namespace octavo::ui {

class ElidedLabel;

// What is being read now: the estimate, then percent, tokens per second and time left, and the button that stops it.
class ReadingCard : public QFrame {
    Q_OBJECT

public:
    explicit ReadingCard(QWidget* parent = nullptr);

public slots:
    void showEstimate(const QString& title, const octavo::app::ReadEstimate& estimate);
    void showProgress(const QString& title, const octavo::app::ReadProgress& progress);
    void finish();

signals:
    void stopWanted();

private:
    ElidedLabel* m_title;
    QLabel* m_estimate;
    QProgressBar* m_bar;
    QLabel* m_detail;
    app::DocumentId m_estimated = 0;
};

} // namespace octavo::ui
