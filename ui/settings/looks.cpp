// SPDX-License-Identifier: Apache-2.0
#include "settings/looks.h"

#include "settings/window_settings.h"

namespace octavo::ui {

bool followsDesktop(const WindowSettings& settings)
{
    return settings.choice(Setting::Theme) == QLatin1String("system");
}

ThemeKind themeOf(const WindowSettings& settings, bool desktopIsDark)
{
    const QString choice = settings.choice(Setting::Theme);
    if (choice == QLatin1String("dark"))
        return ThemeKind::Dark;
    if (choice == QLatin1String("contrast-light"))
        return ThemeKind::HighContrastLight;
    if (choice == QLatin1String("contrast-dark"))
        return ThemeKind::HighContrastDark;
    return followsDesktop(settings) && desktopIsDark ? ThemeKind::Dark : ThemeKind::Light;
}

PageLook pageLookOf(const WindowSettings& settings)
{
    const QString face = settings.choice(Setting::BookFace);
    const QString direction = settings.choice(Setting::Direction);
    PageLook look;
    look.face = face == QLatin1String("sans") ? BookFace::Sans : face == QLatin1String("system") ? BookFace::System : BookFace::Serif;
    look.scale = settings.number(Setting::BookPercent) / 100;
    look.characters = static_cast<int>(settings.number(Setting::LineCharacters));
    look.direction = direction == QLatin1String("ltr") ? Qt::LeftToRight : direction == QLatin1String("rtl") ? Qt::RightToLeft : Qt::LayoutDirectionAuto;
    return look;
}

} // namespace octavo::ui
