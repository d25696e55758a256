// SPDX-License-Identifier: Apache-2.0
// Every text of every theme reads at 4.5 : 1 at least, computed from the themes: the style sheet's rules, and what widgets paint themselves.
#include <QFile>
#include <QRegularExpression>
#include <QTest>

#include "support/gui_watchdog.h"
#include "theme.h"

using namespace octavo::ui;

namespace {

constexpr ThemeKind kThemes[] = {ThemeKind::Light, ThemeKind::Dark, ThemeKind::HighContrastLight, ThemeKind::HighContrastDark};
constexpr int kRanks = 7;
constexpr double kLeastLine = 3;       // of lines that tell something, as the focus (WCAG 1.4.11)

struct Rule {
    QString selectors;
    QString ink;                       // names of colours; empty: not set
    QString ground;
};

QList<Rule> sheetRules()
{
    QFile file(QStringLiteral(":/octavo/octavo.qss"));
    if (!file.open(QIODevice::ReadOnly))
        return {};
    static const QRegularExpression rule(QStringLiteral("([^{}]+)\\{([^}]*)\\}"));
    static const QRegularExpression ink(QStringLiteral("(?<![-\\w])color: @(\\w+)"));
    static const QRegularExpression ground(QStringLiteral("(?<![-\\w])background: @(\\w+)"));
    static const QRegularExpression selectedInk(QStringLiteral("selection-color: @(\\w+)"));
    static const QRegularExpression selectedGround(QStringLiteral("selection-background-color: @(\\w+)"));
    QList<Rule> rules;
    for (auto matches = rule.globalMatch(QString::fromUtf8(file.readAll())); matches.hasNext();) {
        const auto match = matches.next();
        const QString body = match.captured(2);
        rules.append({match.captured(1).trimmed(), ink.match(body).captured(1), ground.match(body).captured(1)});
        if (const auto selected = selectedGround.match(body); selected.hasMatch())
            rules.append({match.captured(1).trimmed(), selectedInk.match(body).captured(1), selected.captured(1)});
    }
    return rules;
}

void check(const QColor& ink, const QColor& ground, double least, const QString& what)
{
    QVERIFY2(contrast(ink, ground) >= least, qPrintable(QStringLiteral("%1: %2 on %3 has %4").arg(what, ink.name(), ground.name()).arg(contrast(ink, ground))));
}

} // namespace

class TestContrast : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { applyTheme(*qApp, ThemeKind::Light, 1); }    // the style sheet is among its resources

    void theMeasureIsThatOfWcag()
    {
        QCOMPARE(contrast(Qt::black, Qt::white), 21.0);
        QCOMPARE(contrast(Qt::white, Qt::white), 1.0);
        QVERIFY(std::abs(contrast(QColor(0x76, 0x76, 0x76), Qt::white) - 4.54) < 0.01);      // the well-known least grey
        QVERIFY(contrast(QColor(0x77, 0x77, 0x77), Qt::white) < kLeastContrast);
    }

    // A rule that sets ink alone may stand on any surface; one that sets a ground alone carries text, faint text too where it is a surface.
    void whatTheStyleSheetSays()
    {
        const QList<Rule> rules = sheetRules();
        QVERIFY(rules.size() > 50);
        int checked = 0;
        for (const ThemeKind kind : kThemes) {
            const QHash<QString, QColor> colors = sheetColors(paletteOf(kind));
            const QStringList surfaces{QStringLiteral("window"), QStringLiteral("base"), QStringLiteral("raised"), QStringLiteral("warning")};
            for (const Rule& rule : rules) {
                if (rule.ink.isEmpty() && rule.ground.isEmpty())
                    continue;
                const bool paintsNoText = rule.selectors.contains(QLatin1String("::handle")) || rule.selectors.contains(QLatin1String("::chunk"))
                                          || rule.selectors.contains(QLatin1String("separator")) || rule.selectors.contains(QLatin1String("::indicator"));
                if (paintsNoText)
                    continue;
                const QStringList grounds = rule.ground.isEmpty() ? surfaces : QStringList{rule.ground};
                for (const QString& ground : grounds) {
                    QVERIFY2(colors.contains(ground), qPrintable(ground));
                    check(colors[rule.ink.isEmpty() ? QStringLiteral("text") : rule.ink], colors[ground], kLeastContrast, rule.selectors);
                    ++checked;
                }
            }
        }
        QVERIFY(checked > 100);
    }

    void whatWidgetsPaint()
    {
        for (const ThemeKind kind : kThemes) {
            const QPalette palette = paletteOf(kind);
            const QColor window = palette.color(QPalette::Window);
            const QColor base = palette.color(QPalette::Base);
            const QColor text = palette.color(QPalette::Text);
            const QColor faint = palette.color(QPalette::PlaceholderText);
            const QColor link = palette.color(QPalette::Link);
            for (const QColor& ground : {window, base, palette.color(QPalette::AlternateBase), palette.color(QPalette::ToolTipBase)}) {
                check(text, ground, kLeastContrast, QStringLiteral("text"));
                check(faint, ground, kLeastContrast, QStringLiteral("faint text"));
                check(link, ground, kLeastContrast, QStringLiteral("links"));
            }
            for (const QColor& card : {mixed(window, link, 0.16), mixed(window, text, 0.05)}) {       // chosen and under the mouse
                check(text, card, kLeastContrast, QStringLiteral("a card's title"));
                check(faint, card, kLeastContrast, QStringLiteral("a card's detail"));
            }
            check(faint, sheetColors(palette)[QStringLiteral("accentSoft")], kLeastContrast, QStringLiteral("faint text of what is chosen"));
            check(text, foundTint(palette), kLeastContrast, QStringLiteral("what was found"));
            check(text, mixed(base, link, tintShare(link, 0.36, palette)), kLeastContrast, QStringLiteral("selected text"));
            for (int rank = 0; rank < kRanks; ++rank) {
                check(text, sourceTint(rank, palette), kLeastContrast, QStringLiteral("a passage"));
                check(text, chosenTint(rank, palette), kLeastContrast, QStringLiteral("the chosen passage"));
                check(inkOn(sourceColor(rank)), sourceColor(rank), kLeastContrast, QStringLiteral("a source's number"));
                check(text, mixed(base, sourceColor(rank), tintShare(sourceColor(rank), 0.55, palette)), kLeastContrast, QStringLiteral("a lit band"));
            }
        }
    }

    void focusIsSeen()
    {
        for (const ThemeKind kind : kThemes) {
            const QPalette palette = paletteOf(kind);
            for (const QPalette::ColorRole ground : {QPalette::Window, QPalette::Base, QPalette::AlternateBase})
                check(palette.color(QPalette::Highlight), palette.color(ground), kLeastLine, QStringLiteral("the line of the focus"));
        }
    }

    void highContrastIsHigher()
    {
        for (const ThemeKind kind : {ThemeKind::HighContrastLight, ThemeKind::HighContrastDark}) {
            const QPalette palette = paletteOf(kind);
            for (const QPalette::ColorRole ink : {QPalette::Text, QPalette::PlaceholderText, QPalette::Link})
                check(palette.color(ink), palette.color(QPalette::Window), 7, QStringLiteral("WCAG AAA"));
            check(palette.color(QPalette::Mid), palette.color(QPalette::Window), kLeastLine, QStringLiteral("lines around controls"));
        }
    }
};

OCTAVO_WATCHED_MAIN(TestContrast)
#include "tst_contrast.moc"
