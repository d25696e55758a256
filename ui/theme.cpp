// SPDX-License-Identifier: Apache-2.0
#include "theme.h"

#include <array>

#include <QApplication>
#include <QFile>
#include <QFontDatabase>
#include <QStyleFactory>
#include <QStyleHints>
#include <QtMath>

static void initializeResources()   // Q_INIT_RESOURCE must stand outside of namespaces
{
    Q_INIT_RESOURCE(resources);
}

namespace octavo::ui {

namespace {

constexpr double kBasePoints = 10.5;

struct Colors {
    QRgb window, base, raised, hairline, text, faint, accent, onAccent;
};

constexpr Colors kLight{0xfff4f1ea, 0xfffdfcf8, 0xffebe6db, 0xffd9d2c3, 0xff26231d, 0xff6d6657, 0xff2f5d7c, 0xffffffff};
constexpr Colors kDark{0xff1b1c1f, 0xff222327, 0xff2d2f34, 0xff3a3d43, 0xffe2ded4, 0xff9c988e, 0xff7fb2d4, 0xff10202b};
constexpr Colors kHighContrast{0xff000000, 0xff000000, 0xff1a1a1a, 0xffffffff, 0xffffffff, 0xffe6e6e6, 0xffffd84d, 0xff000000};

const Colors& colorsOf(ThemeKind kind)
{
    switch (kind) {
    case ThemeKind::Light: return kLight;
    case ThemeKind::Dark: return kDark;
    case ThemeKind::HighContrast: return kHighContrast;
    }
    return kLight;
}

QString firstInstalled(std::initializer_list<const char*> families, const QString& fallback)
{
    for (const char* family : families) {
        if (QFontDatabase::hasFamily(QLatin1String(family)))
            return QLatin1String(family);
    }
    return fallback;
}

QFont interfaceFont(double scale)
{
    QFont font = QFontDatabase::systemFont(QFontDatabase::GeneralFont);
    font.setFamily(firstInstalled({"Inter", "Noto Sans", "Cantarell"}, font.family()));
    font.setPointSizeF(kBasePoints * scale);
    font.setHintingPreference(QFont::PreferNoHinting);
    return font;
}

QString styleSheet(const QPalette& palette, double scale)
{
    QFile file(QStringLiteral(":/octavo/octavo.qss"));
    const bool opened = file.open(QIODevice::ReadOnly);
    Q_ASSERT(opened);
    Q_UNUSED(opened)
    QString sheet = QString::fromUtf8(file.readAll());
    const auto put = [&](const char* name, const QString& value) { sheet.replace(QLatin1String(name), value); };
    const auto role = [&](QPalette::ColorRole which) { return palette.color(which).name(); };
    put("@window", role(QPalette::Window));
    put("@base", role(QPalette::Base));
    put("@raised", role(QPalette::AlternateBase));
    put("@hairline", role(QPalette::Mid));
    put("@text", role(QPalette::Text));
    put("@faint", role(QPalette::PlaceholderText));
    put("@accentSoft", mixed(palette.color(QPalette::Base), palette.color(QPalette::Highlight), 0.14).name());
    put("@onAccent", role(QPalette::HighlightedText));
    put("@accent", role(QPalette::Highlight));
    put("@hover", mixed(palette.color(QPalette::Window), palette.color(QPalette::Text), 0.07).name());
    put("@pressed", mixed(palette.color(QPalette::Window), palette.color(QPalette::Text), 0.13).name());
    put("@ink", isDark(palette) ? QStringLiteral("light") : QStringLiteral("dark"));   // of icons that cannot be recoloured
    put("@warning", isDark(palette) ? QStringLiteral("#4a3a1c") : QStringLiteral("#fbeccb"));
    const auto points = [&](double factor) { return QStringLiteral("%1pt").arg(kBasePoints * factor * scale, 0, 'f', 2); };
    put("@small", points(0.88));
    put("@body", points(1.0));
    put("@large", points(1.25));
    put("@display", points(1.9));
    return sheet;
}

} // namespace

QPalette paletteOf(ThemeKind kind)
{
    const Colors& c = colorsOf(kind);
    QPalette palette;
    const auto set = [&](QPalette::ColorRole role, QRgb color) { palette.setColor(role, QColor::fromRgb(color)); };
    set(QPalette::Window, c.window);
    set(QPalette::WindowText, c.text);
    set(QPalette::Base, c.base);
    set(QPalette::AlternateBase, c.raised);
    set(QPalette::Text, c.text);
    set(QPalette::Button, c.window);
    set(QPalette::ButtonText, c.text);
    set(QPalette::BrightText, c.onAccent);
    set(QPalette::PlaceholderText, c.faint);
    set(QPalette::Highlight, c.accent);
    set(QPalette::HighlightedText, c.onAccent);
    set(QPalette::Link, c.accent);
    set(QPalette::LinkVisited, c.accent);
    set(QPalette::ToolTipBase, c.raised);
    set(QPalette::ToolTipText, c.text);
    set(QPalette::Mid, c.hairline);
    set(QPalette::Midlight, c.raised);
    set(QPalette::Light, c.raised);
    set(QPalette::Dark, c.hairline);
    set(QPalette::Shadow, c.hairline);
    const QColor disabled = mixed(QColor::fromRgb(c.window), QColor::fromRgb(c.text), 0.4);
    for (const QPalette::ColorRole role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
        palette.setColor(QPalette::Disabled, role, disabled);
    return palette;
}

void applyTheme(QApplication& application, ThemeKind kind, double scale)
{
    initializeResources();
    application.setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
    const QPalette palette = paletteOf(kind);
    application.setPalette(palette);
    application.setFont(interfaceFont(scale));
    application.setStyleSheet(styleSheet(palette, scale));
}

bool isDark(const QPalette& palette)
{
    return palette.color(QPalette::Base).lightnessF() < 0.5;
}

QColor sourceColor(int rank)
{
    static constexpr std::array<QRgb, 7> kOkabeIto{0xffe69f00, 0xff56b4e9, 0xff009e73, 0xffcc79a7, 0xffd55e00, 0xff0072b2, 0xfff0e442};
    return QColor::fromRgb(kOkabeIto[static_cast<std::size_t>(rank) % kOkabeIto.size()]);
}

QColor sourceTint(int rank, const QPalette& palette)
{
    return mixed(palette.color(QPalette::Base), sourceColor(rank), isDark(palette) ? 0.30 : 0.22);
}

QColor inkOn(const QColor& ground)
{
    const double luminance = 0.2126 * qPow(ground.redF(), 2.2) + 0.7152 * qPow(ground.greenF(), 2.2) + 0.0722 * qPow(ground.blueF(), 2.2);
    return luminance > 0.18 ? QColor(Qt::black) : QColor(Qt::white);
}

QFont bookFont(const QFont& base)
{
    QFont font = base;
    font.setFamily(firstInstalled({"Charis SIL", "Gentium Book Plus", "Noto Serif", "Source Serif 4", "DejaVu Serif"},
                                  QStringLiteral("serif")));
    font.setStyleHint(QFont::Serif);
    return scaled(font, 1.2);
}

QFont codeFont(const QFont& base)
{
    QFont font = base;
    font.setFamily(firstInstalled({"JetBrains Mono", "Fira Code", "Noto Sans Mono", "DejaVu Sans Mono"},
                                  QFontDatabase::systemFont(QFontDatabase::FixedFont).family()));
    font.setStyleHint(QFont::Monospace);
    font.setFixedPitch(true);
    return scaled(font, 0.95);
}

QFont scaled(QFont font, double factor)
{
    font.setPointSizeF(font.pointSizeF() * factor);
    return font;
}

QColor mixed(const QColor& a, const QColor& b, double partOfB)
{
    const auto mix = [partOfB](float x, float y) { return static_cast<float>(x + (y - x) * partOfB); };
    return QColor::fromRgbF(mix(a.redF(), b.redF()), mix(a.greenF(), b.greenF()), mix(a.blueF(), b.blueF()));
}

} // namespace octavo::ui
