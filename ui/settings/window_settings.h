// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include <QByteArray>
#include <QSettings>
#include <QVariantMap>

#include "theme.h"

namespace octavo::ui {

// How the window looked when it was last closed. Kept as window.ini in the data folder, or nowhere if that is empty; what is
// missing or out of range there is its default.
class WindowSettings {
public:
    static constexpr double kSmallestScale = 0.8;
    static constexpr double kLargestScale = 2.0;

    explicit WindowSettings(const QString& dataDir);

    ThemeKind theme() const;
    void setTheme(ThemeKind theme);
    double textScale() const;
    void setTextScale(double scale);
    QByteArray geometry() const;           // QWidget::saveGeometry(); empty: never saved
    void setGeometry(const QByteArray& geometry);
    QByteArray panes() const;              // QSplitter::saveState()
    void setPanes(const QByteArray& panes);

private:
    QVariant value(const QString& key) const { return m_values.value(key); }
    void keep(const QString& key, const QVariant& value);

    std::unique_ptr<QSettings> m_file;
    QVariantMap m_values;
};

} // namespace octavo::ui
