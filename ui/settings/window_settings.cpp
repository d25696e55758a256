// SPDX-License-Identifier: Apache-2.0
#include "settings/window_settings.h"

#include <utility>

#include <QDir>

namespace octavo::ui {

WindowSettings::WindowSettings(const QString& dataDir, QObject* parent) : QObject(parent)
{
    if (dataDir.isEmpty())
        return;
    m_file = std::make_unique<QSettings>(QDir(dataDir).filePath(QStringLiteral("window.ini")), QSettings::IniFormat);
    for (const QString& key : m_file->allKeys())
        m_values.insert(key, m_file->value(key));
}

QVariant WindowSettings::value(Setting setting) const
{
    const SettingRow& row = rowOf(setting);
    return validValue(row, m_values.value(QLatin1String(row.name))).value_or(row.byDefault);
}

bool WindowSettings::isDefault(Setting setting) const
{
    return value(setting) == rowOf(setting).byDefault;
}

void WindowSettings::set(Setting setting, const QVariant& value)
{
    const SettingRow& row = rowOf(setting);
    const std::optional<QVariant> valid = validValue(row, value);
    if (!valid || *valid == this->value(setting))
        return;
    keep(QLatin1String(row.name), *valid);
    emit changed(setting);
}

void WindowSettings::reset(Setting setting)
{
    const bool same = isDefault(setting);
    keep(QLatin1String(rowOf(setting).name), {});     // a later version's default is followed
    if (!same)
        emit changed(setting);
}

void WindowSettings::resetAll()
{
    for (const SettingRow& row : settingsTable())
        reset(row.setting);
}

void WindowSettings::keep(const QString& key, const QVariant& value)
{
    if (m_values.value(key) == value)
        return;
    value.isValid() ? void(m_values.insert(key, value)) : void(m_values.remove(key));
    if (!m_file)
        return;
    value.isValid() ? m_file->setValue(key, value) : m_file->remove(key);
    m_file->sync();
    if (m_file->status() != QSettings::NoError && !std::exchange(m_told, true))
        emit notKept(tr("%1 cannot be written, so settings hold until Octavo is closed; make the file writable, or choose another data folder.")
                         .arg(QDir::toNativeSeparators(m_file->fileName())));
}

} // namespace octavo::ui
