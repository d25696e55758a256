// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QKeySequence>
#include <QString>

class QLabel;
class QLatin1String;
class QToolButton;
class QWidget;

namespace octavo::ui {

// A flat button with an icon. `name` is its object name; `what` its tool tip and accessible name. Only keys that a person cannot change are
// given here; those of the keyboard map are added to the tip by KeyMap, by the name.
QToolButton* iconButton(QLatin1String iconName, const char* name, const QString& what, QWidget* parent, const QKeySequence& keys = {});

// "Find (Ctrl+F)"
QString tipWithKeys(const QString& what, const QKeySequence& keys);

// A label whose look the style sheet knows by role: "caption", "section", "title", "large" or "display".
QLabel* label(const QString& text, const char* role, QWidget* parent);

// A tool tip that is shown as it is written: Qt takes for HTML what looks like it, as a title, a path or a text well may.
QString plainTip(const QString& text);

// After a change of a property or name that the style sheet goes by.
void restyle(QWidget* widget);

// "12.3k", "1.2M"; "3 min", "1 h 20 min"; for people who glance, not for accounts.
QString shortCount(qint64 count);
QString shortDuration(double seconds);
QString percentText(double share);     // "41 %", "3.2 %"

} // namespace octavo::ui
