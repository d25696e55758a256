// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QWidget>

#include "settings/settings_table.h"

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

// A row's words at the left, `control` at the right, and behind it the button that resets it, or the room of one.
void layOutSetting(QWidget* row, const QString& text, const QString& help, QWidget* control, QToolButton* reset = nullptr);

} // namespace octavo::ui
