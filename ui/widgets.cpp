// SPDX-License-Identifier: Apache-2.0
#include "widgets.h"

#include <cmath>

#include <QCoreApplication>
#include <QLabel>
#include <QLocale>
#include <QStyle>
#include <QTextDocument>
#include <QToolButton>
#include <QVariant>

#include "icons.h"

namespace octavo::ui {

QToolButton* iconButton(QLatin1String iconName, const char* name, const QString& what, QWidget* parent, const QKeySequence& keys)
{
    auto* button = new QToolButton(parent);
    button->setObjectName(QLatin1String(name));
    button->setIcon(icon(iconName));
    button->setIconSize({18, 18});
    button->setAccessibleName(what);
    button->setToolTip(tipWithKeys(what, keys));
    button->setFocusPolicy(Qt::TabFocus);
    button->setAutoRaise(true);
    return button;
}

QString tipWithKeys(const QString& what, const QKeySequence& keys)
{
    return keys.isEmpty() ? what : QStringLiteral("%1 (%2)").arg(what, keys.toString(QKeySequence::NativeText));
}

QLabel* label(const QString& text, const char* role, QWidget* parent)
{
    auto* made = new QLabel(text, parent);
    made->setProperty("role", QLatin1String(role));
    made->setTextFormat(Qt::PlainText);
    return made;
}

QString plainTip(const QString& text)
{
    return Qt::mightBeRichText(text) ? QStringLiteral("<p style='white-space:pre-wrap'>%1</p>").arg(text.toHtmlEscaped()) : text;
}

void restyle(QWidget* widget)
{
    widget->style()->unpolish(widget);
    widget->style()->polish(widget);
}

QString shortCount(qint64 count)
{
    const auto shortened = [](double value, const char* unit) {
        return QLocale().toString(value, 'f', value < 100 ? 1 : 0) + QLatin1String(unit);
    };
    if (count >= 1'000'000)
        return shortened(static_cast<double>(count) / 1e6, "M");
    if (count >= 10'000)
        return shortened(static_cast<double>(count) / 1e3, "k");
    return QLocale().toString(count);
}

QString shortDuration(double seconds)
{
    const auto whole = static_cast<qint64>(std::ceil(seconds));
    const auto tr = [](const char* text) { return QCoreApplication::translate("octavo::ui", text); };
    if (whole < 60)
        return tr("%1 s").arg(whole);
    if (whole < 3600)
        return tr("%1 min").arg((whole + 59) / 60);
    return tr("%1 h %2 min").arg(whole / 3600).arg(whole % 3600 / 60);
}

QString percentText(double share)
{
    return QStringLiteral("%1 %").arg(QLocale().toString(100 * share, 'f', share > 0 && share < 0.1 ? 1 : 0));
}

} // namespace octavo::ui
