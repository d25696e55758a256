// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QColor>
#include <QFont>
#include <QHash>
#include <QPalette>
#include <QString>

class QApplication;

namespace octavo::ui {

enum class ThemeKind { Light, Dark, HighContrastLight, HighContrastDark };
enum class BookFace { Serif, Sans, System };

// All distances are multiples of half of this, in device-independent pixels.
inline constexpr int kGrid = 8;

// Colours go by palette roles, so that a widget needs nothing but its own palette:
// Window panes, Base pages, AlternateBase raised surfaces, Mid hairlines, PlaceholderText faint ink, Highlight the accent.
QPalette paletteOf(ThemeKind kind);

// The names behind @ in the style sheet that are colours, and what they are in a theme.
QHash<QString, QColor> sheetColors(const QPalette& palette);

// Palette, fonts and style sheet of the whole program. Call again after a change; `scale` enlarges all text, 0.8…2.
void applyTheme(QApplication& application, ThemeKind kind, double scale);

// Whether the desktop's own colours are dark. Takes the program's palette away to see them: apply a theme afterwards.
bool desktopIsDark(QApplication& application);

// A dark page needs stronger tints than a light one.
bool isDark(const QPalette& palette);

// Okabe–Ito: seven hues that colour-blind people can tell apart; sources take them by rank, 0 the first.
QColor sourceColor(int rank);
QColor sourceTint(int rank, const QPalette& palette);       // behind text
QColor chosenTint(int rank, const QPalette& palette);       // the same, of the passage that is selected
QColor foundTint(const QPalette& palette);
QColor inkOn(const QColor& ground);                         // black or white, whichever reads better

// As much of `hue` as was wished (0…1), or less, so that text on it still reads.
double tintShare(const QColor& hue, double wished, const QPalette& palette);

// By WCAG 2, 1 (none) … 21.
inline constexpr double kLeastContrast = 4.5;
double contrast(const QColor& a, const QColor& b);

// Families that are installed decide; sizes follow `base`.
QFont bookFont(const QFont& base, BookFace face);
QFont codeFont(const QFont& base);
QFont scaled(QFont font, double factor);

QColor mixed(const QColor& a, const QColor& b, double partOfB);

} // namespace octavo::ui
