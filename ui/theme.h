// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QColor>
#include <QFont>
#include <QPalette>
#include <QString>

class QApplication;

namespace octavo::ui {

enum class ThemeKind { Light, Dark, HighContrast };

// All distances are multiples of half of this, in device-independent pixels.
inline constexpr int kGrid = 8;

// Colours go by palette roles, so that a widget needs nothing but its own palette:
// Window panes, Base pages, AlternateBase raised surfaces, Mid hairlines, PlaceholderText faint ink, Highlight the accent.
QPalette paletteOf(ThemeKind kind);

// Palette, fonts and style sheet of the whole program. Call again after a change; `scale` enlarges all text, 0.8…2.
void applyTheme(QApplication& application, ThemeKind kind, double scale);

// A dark page needs stronger tints than a light one.
bool isDark(const QPalette& palette);

// Okabe–Ito: seven hues that colour-blind people can tell apart; sources take them by rank, 0 the heaviest.
QColor sourceColor(int rank);
QColor sourceTint(int rank, const QPalette& palette);       // behind text
QColor inkOn(const QColor& ground);                         // black or white, whichever reads better

// Families that are installed decide; sizes follow `base`.
QFont bookFont(const QFont& base);
QFont codeFont(const QFont& base);
QFont scaled(QFont font, double factor);

QColor mixed(const QColor& a, const QColor& b, double partOfB);

} // namespace octavo::ui
