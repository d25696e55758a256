// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QDialog>

#include "octavo/app/assistant.h"

class QDoubleSpinBox;
class QLabel;
class QProgressBar;

namespace octavo::ui {

// What kept readings take of the disk, and what they may take.
class SpaceDialog : public QDialog {
    Q_OBJECT

public:
    explicit SpaceDialog(QWidget* parent = nullptr);

public slots:
    void showSpace(const octavo::app::ReadingsSpace& space);

signals:
    void quotaWanted(qint64 bytes);

private:
    QLabel* m_used;
    QProgressBar* m_bar;
    QDoubleSpinBox* m_quota;
};

} // namespace octavo::ui
