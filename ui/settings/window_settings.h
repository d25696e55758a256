// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include <QObject>
#include <QSettings>
#include <QVariantMap>

#include "settings/settings_table.h"

namespace octavo::ui {

// What a person has set, and how the window looked when it was last closed. Kept as window.ini in the data folder, or nowhere if that
// is empty. What is missing there, or is no value of its setting, is its default; keys that are not known stay as they are.
class WindowSettings : public QObject {
    Q_OBJECT

public:
    explicit WindowSettings(const QString& dataDir, QObject* parent = nullptr);

    QVariant value(Setting setting) const;
    bool isOn(Setting setting) const { return value(setting).toBool(); }
    double number(Setting setting) const { return value(setting).toDouble(); }
    QString choice(Setting setting) const { return value(setting).toString(); }
    bool isDefault(Setting setting) const;

    void set(Setting setting, const QVariant& value);     // one that the setting cannot have changes nothing
    void reset(Setting setting);
    void resetAll();

    // Anything else to be remembered, by its key; an invalid value forgets it.
    QVariant kept(const QString& key) const { return m_values.value(key); }
    void keep(const QString& key, const QVariant& value);

signals:
    void changed(octavo::ui::Setting setting);
    void notKept(const QString& sentence);                // once per run

private:
    std::unique_ptr<QSettings> m_file;
    QVariantMap m_values;
    bool m_told = false;
};

} // namespace octavo::ui
