// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QWidget>

#include "settings/settings_table.h"

class QComboBox;
class QDoubleSpinBox;
class QHBoxLayout;
class QToolButton;

namespace octavo::ui {

class WindowSettings;

// One setting in the dialog: what it is, its control, and a button back to its default. Writes at once, and follows what others set.
class SettingRowView : public QWidget {
    Q_OBJECT

public:
    SettingRowView(const SettingRow& row, WindowSettings& settings, QWidget* parent = nullptr);

    const SettingRow& row() const { return m_row; }

private:
    QWidget* makeControl();
    void showValue();

    const SettingRow& m_row;
    WindowSettings& m_settings;
    QWidget* m_control;
    QToolButton* m_reset;
};

// A row's words at the left, `control` and what else there is at the right; returns the layout to add that to.
QHBoxLayout* layOutSetting(QWidget* row, const QString& text, const QString& help, QWidget* control);

} // namespace octavo::ui
