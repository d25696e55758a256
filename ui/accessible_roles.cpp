// SPDX-License-Identifier: Apache-2.0
#include "accessible_roles.h"

#include <QAccessibleWidget>
#include <QWidget>

namespace octavo::ui {

namespace {

QAccessibleInterface* makeInterface(const QString& className, QObject* object)
{
    auto* widget = qobject_cast<QWidget*>(object);
    if (!widget)
        return nullptr;
    if (className == QLatin1String("octavo::ui::MapView") || className == QLatin1String("octavo::ui::PathView"))
        return new QAccessibleWidget(widget, QAccessible::Graphic);
    if (className == QLatin1String("octavo::ui::CoverageRibbon"))
        return new QAccessibleWidget(widget, QAccessible::ScrollBar);
    return nullptr;
}

} // namespace

void installRoles()
{
    QAccessible::installFactory(makeInterface);
}

} // namespace octavo::ui
