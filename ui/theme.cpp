// SPDX-License-Identifier: Apache-2.0
#include "theme.h"

#include <algorithm>
#include <array>

#include <QApplication>
#include <QFile>
#include <QFontDatabase>
#include <QRegularExpression>
#include <QStyleFactory>
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

constexpr Colors kLight{0xfff4f1ea, 0xfffdfcf8, 0xffebe6db, 0xffd9d2c3, 0xff26231d, 0xff625b4d, 0xff2f5d7c, 0xffffffff};
constexpr Colors kDark{0xff1b1c1f, 0xff222327, 0xff2d2f34, 0xff3a3d43, 0xffe2ded4, 0xffaca89e, 0xff7fb2d4, 0xff10202b};
constexpr Colors kHighContrastLight{0xffffffff, 0xffffffff, 0xfff0f0f0, 0xff000000, 0xff000000, 0xff262626, 0xff0033a0, 0xffffffff};
constexpr Colors kHighContrastDark{0xff000000, 0xff000000, 0xff1a1a1a, 0xffffffff, 0xffffffff, 0xffe6e6e6, 0xffffd84d, 0xff000000};

const Colors& colorsOf(ThemeKind kind)
{
    switch (kind) {
    case ThemeKind::Light: return kLight;
    case ThemeKind::Dark: return kDark;
    case ThemeKind::HighContrastLight: return kHighContrastLight;
    case ThemeKind::HighContrastDark: return kHighContrastDark;
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

double luminance(const QColor& color)
{
    const auto linear = [](double part) { return part <= 0.04045 ? part / 12.92 : qPow((part + 0.055) / 1.055, 2.4); };
    return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF()) + 0.0722 * linear(color.blueF());
}

QColor tinted(const QColor& hue, double wished, const QPalette& palette)
{
    return mixed(palette.color(QPalette::Base), hue, tintShare(hue, wished, palette));
}

QString styleSheet(const QPalette& palette, double scale)
{
    QFile file(QStringLiteral(":/octavo/octavo.qss"));
    const bool opened = file.open(QIODevice::ReadOnly);
    Q_ASSERT(opened);
    Q_UNUSED(opened)
    QString sheet = QString::fromUtf8(file.readAll());
    const auto put = [&](const char* name, const QString& value) { sheet.replace(QLatin1String(name), value); };
    const QHash<QString, QColor> colors = sheetColors(palette);
    for (auto color = colors.begin(); color != colors.end(); ++color)
        sheet.replace(QRegularExpression(QStringLiteral("@%1\\b").arg(color.key())), color->name());
    put("@ink", isDark(palette) ? QStringLiteral("light") : QStringLiteral("dark"));   // of icons that cannot be recoloured
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

QHash<QString, QColor> sheetColors(const QPalette& palette)
{
    const QColor window = palette.color(QPalette::Window);
    const QColor text = palette.color(QPalette::Text);
    const QColor accent = palette.color(QPalette::Highlight);
    return {{QStringLiteral("window"), window},
            {QStringLiteral("base"), palette.color(QPalette::Base)},
            {QStringLiteral("raised"), palette.color(QPalette::AlternateBase)},
            {QStringLiteral("hairline"), palette.color(QPalette::Mid)},
            {QStringLiteral("text"), text},
            {QStringLiteral("faint"), palette.color(QPalette::PlaceholderText)},
            {QStringLiteral("accent"), accent},
            {QStringLiteral("accentSoft"), mixed(palette.color(QPalette::Base), accent, 0.14)},
            {QStringLiteral("onAccent"), palette.color(QPalette::HighlightedText)},
            {QStringLiteral("hover"), mixed(window, text, 0.07)},
            {QStringLiteral("pressed"), mixed(window, text, 0.13)},
            {QStringLiteral("warning"), isDark(palette) ? QColor(0x4a, 0x3a, 0x1c) : QColor(0xfb, 0xec, 0xcb)}};
}

bool desktopIsDark(QApplication& application)
{
    application.setPalette(QPalette());
    return isDark(QApplication::palette());
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
    return tinted(sourceColor(rank), isDark(palette) ? 0.30 : 0.22, palette);
}

QColor chosenTint(int rank, const QPalette& palette)
{
    return tinted(sourceColor(rank), isDark(palette) ? 0.50 : 0.44, palette);
}

QColor foundTint(const QPalette& palette)
{
    return tinted(QColor(0xf0, 0xe4, 0x42), isDark(palette) ? 0.35 : 0.6, palette);
}

double tintShare(const QColor& hue, double wished, const QPalette& palette)
{
    double share = wished;
    while (share > 0.01 && contrast(palette.color(QPalette::Text), mixed(palette.color(QPalette::Base), hue, share)) < kLeastContrast)
        share -= 0.01;
    return share;
}

double contrast(const QColor& a, const QColor& b)
{
    const auto [darker, lighter] = std::minmax({luminance(a), luminance(b)});
    return (lighter + 0.05) / (darker + 0.05);
}

QColor inkOn(const QColor& ground)
{
    return contrast(ground, Qt::black) > contrast(ground, Qt::white) ? QColor(Qt::black) : QColor(Qt::white);
}

QFont bookFont(const QFont& base, BookFace face)
{
    QFont font = base;
    switch (face) {
    case BookFace::Serif:
        font.setFamily(firstInstalled({"Charis SIL", "Gentium Book Plus", "Noto Serif", "Source Serif 4", "DejaVu Serif"},
                                      QStringLiteral("serif")));
        font.setStyleHint(QFont::Serif);
        break;
    case BookFace::Sans: break;     // as the window's own
    case BookFace::System: font.setFamily(QFontDatabase::systemFont(QFontDatabase::GeneralFont).family()); break;
    }
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
