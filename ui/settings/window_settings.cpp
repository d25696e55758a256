// SPDX-License-Identifier: Apache-2.0
#include "settings/window_settings.h"

#include <algorithm>

#include <QDir>

namespace octavo::ui {

namespace {

const QString kTheme = QStringLiteral("theme");
const QString kScale = QStringLiteral("text_scale");
const QString kGeometry = QStringLiteral("geometry");
const QString kPanes = QStringLiteral("panes");

} // namespace

WindowSettings::WindowSettings(const QString& dataDir) : m_file(QDir(dataDir).filePath(QStringLiteral("window.ini")), QSettings::IniFormat) {}

ThemeKind WindowSettings::theme() const
{
    const int stored = m_file.value(kTheme, 0).toInt();
    return stored >= 0 && stored <= static_cast<int>(ThemeKind::HighContrast) ? static_cast<ThemeKind>(stored) : ThemeKind::Light;
}

void WindowSettings::setTheme(ThemeKind theme)
{
    m_file.setValue(kTheme, static_cast<int>(theme));
}

double WindowSettings::textScale() const
{
    bool isNumber = false;
    const double stored = m_file.value(kScale, 1.0).toDouble(&isNumber);
    return isNumber && stored >= kSmallestScale && stored <= kLargestScale ? stored : 1.0;
}

void WindowSettings::setTextScale(double scale)
{
    m_file.setValue(kScale, std::clamp(scale, kSmallestScale, kLargestScale));
}

QByteArray WindowSettings::geometry() const
{
    return m_file.value(kGeometry).toByteArray();
}

void WindowSettings::setGeometry(const QByteArray& geometry)
{
    m_file.setValue(kGeometry, geometry);
}

QByteArray WindowSettings::panes() const
{
    return m_file.value(kPanes).toByteArray();
}

void WindowSettings::setPanes(const QByteArray& panes)
{
    m_file.setValue(kPanes, panes);
}

} // namespace octavo::ui
