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

WindowSettings::WindowSettings(const QString& dataDir)
{
    if (dataDir.isEmpty())
        return;
    m_file = std::make_unique<QSettings>(QDir(dataDir).filePath(QStringLiteral("window.ini")), QSettings::IniFormat);
    for (const QString& key : {kTheme, kScale, kGeometry, kPanes})
        m_values.insert(key, m_file->value(key));
}

void WindowSettings::keep(const QString& key, const QVariant& value)
{
    m_values.insert(key, value);
    if (m_file)
        m_file->setValue(key, value);
}

ThemeKind WindowSettings::theme() const
{
    const int stored = value(kTheme).toInt();
    return stored >= 0 && stored <= static_cast<int>(ThemeKind::HighContrast) ? static_cast<ThemeKind>(stored) : ThemeKind::Light;
}

void WindowSettings::setTheme(ThemeKind theme)
{
    keep(kTheme, static_cast<int>(theme));
}

double WindowSettings::textScale() const
{
    bool isNumber = false;
    const double stored = value(kScale).toDouble(&isNumber);
    return isNumber && stored >= kSmallestScale && stored <= kLargestScale ? stored : 1.0;
}

void WindowSettings::setTextScale(double scale)
{
    keep(kScale, std::clamp(scale, kSmallestScale, kLargestScale));
}

QByteArray WindowSettings::geometry() const
{
    return value(kGeometry).toByteArray();
}

void WindowSettings::setGeometry(const QByteArray& geometry)
{
    keep(kGeometry, geometry);
}

QByteArray WindowSettings::panes() const
{
    return value(kPanes).toByteArray();
}

void WindowSettings::setPanes(const QByteArray& panes)
{
    keep(kPanes, panes);
}

} // namespace octavo::ui
