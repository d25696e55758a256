// SPDX-License-Identifier: Apache-2.0
// The window in Chinese: nothing of it has stayed English, and its words fit, even were they longer by 40 %.
#include <QAbstractButton>
#include <QAction>
#include <QApplication>
#include <QComboBox>
#include <QLabel>
#include <QListWidget>
#include <QRegularExpression>
#include <QStyle>
#include <QTest>
#include <QTranslator>

#include "elided_label.h"
#include "language.h"
#include "preview/preview_dialog.h"
#include "settings/settings_table.h"
#include "support/gui_watchdog.h"
#include "support/window_desk.h"

using namespace octavo;

namespace {

// Two English words, one after the other: names alone (Octavo, GPU, book.txt) are in every language.
bool isEnglish(const QString& text)
{
    static const QRegularExpression words(QStringLiteral("\\b[A-Za-z]?[a-z]{2,} [a-z]{2,}\\b"));
    return words.match(text).hasMatch();
}

// What is said by the tests themselves: their book, their question, the script's answer.
bool isData(const QWidget* widget)
{
    static const QStringList data{QStringLiteral("questionText"), QStringLiteral("answerText"), QStringLiteral("sourceChip"), QStringLiteral("failureText")};
    return data.contains(widget->objectName());
}

QString textOf(const QWidget* widget)
{
    if (const auto* label = qobject_cast<const QLabel*>(widget))
        return label->text();
    const auto* button = qobject_cast<const QAbstractButton*>(widget);
    return button ? button->text() : QString();
}

QString told(const QWidget* widget, const QString& text)
{
    return QStringLiteral("%1 “%2” in %3: %4").arg(QLatin1String(widget->metaObject()->className()), widget->objectName(), widget->window()->objectName(), text);
}

void checkWords(QWidget* window)
{
    QStringList english;
    for (const QWidget* widget : window->findChildren<QWidget*>()) {
        if (isData(widget))
            continue;
        for (const QString& text : {textOf(widget), widget->toolTip(), widget->accessibleName(), widget->accessibleDescription(), widget->windowTitle()}) {
            if (isEnglish(text))
                english.append(told(widget, text));
        }
    }
    for (const QAction* action : window->findChildren<QAction*>()) {
        if (isEnglish(action->text()))
            english.append(action->text());
    }
    QVERIFY2(english.isEmpty(), qPrintable(english.join(QLatin1Char('\n'))));
}

bool fits(const QWidget* widget)
{
    if (const auto* label = qobject_cast<const QLabel*>(widget)) {
        if (label->wordWrap())
            return label->heightForWidth(label->width()) <= label->height();
        return label->sizeHint().width() <= label->width();
    }
    return widget->sizeHint().width() <= widget->width();
}

void checkRoom(QWidget* window)
{
    QTest::qWait(0);    // layouts that were asked for
    QStringList cut;
    for (const QWidget* widget : window->findChildren<QWidget*>()) {
        if (widget->isVisible() && !textOf(widget).isEmpty() && !qobject_cast<const ui::ElidedLabel*>(widget) && !isData(widget) && !fits(widget))
            cut.append(told(widget, textOf(widget)));
    }
    QVERIFY2(cut.isEmpty(), qPrintable(cut.join(QLatin1Char('\n'))));
}

// The Chinese words, each longer by 40 %.
class LongWords : public QTranslator {
public:
    QString translate(const char* context, const char* source, const char* comment, int n) const override
    {
        const QString words = QTranslator::translate(context, source, comment, n);
        return words + QString((words.size() * 2 + 4) / 5, QChar(0x957F));   // 长, long
    }
};

} // namespace

class TestLanguage : public QObject {
    Q_OBJECT

private slots:
    void init()
    {
        ui::useLanguage(*qApp, QStringLiteral("zh_CN"));
        m_desk = std::make_unique<test::WindowDesk>();
    }

    void cleanup()
    {
        m_desk.reset();
        qDeleteAll(qApp->findChildren<QTranslator*>());
        QLocale::setDefault(QLocale::system());
    }

    void wordsAndNumbersAreOfTheLanguage()
    {
        QCOMPARE(QLocale().language(), QLocale::Chinese);
        QVERIFY(ui::settingText(ui::rowOf(ui::Setting::Language).text) != QLatin1String(ui::rowOf(ui::Setting::Language).text));
        QCOMPARE(ui::settingText("English"), QStringLiteral("English"));   // a language is told by its own name
    }

    void everyLanguageThatCanBeChosenHasWords()
    {
        for (const auto& option : std::get<ui::Choice>(ui::rowOf(ui::Setting::Language).form).options) {
            const QString name = QLatin1String(option.name);
            if (name != QLatin1String("system") && name != QLatin1String("en"))
                QVERIFY2(QFile::exists(QStringLiteral(":/translations/octavo_%1.qm").arg(name)), qPrintable(name));
        }
    }

    void englishStaysEnglish()
    {
        qDeleteAll(qApp->findChildren<QTranslator*>());
        ui::useLanguage(*qApp, QStringLiteral("en"));
        QCOMPARE(ui::settingText(ui::rowOf(ui::Setting::Language).text), QLatin1String(ui::rowOf(ui::Setting::Language).text));
        ui::useLanguage(*qApp, QStringLiteral("xx"));                      // none that there is
        QCOMPARE(ui::settingText(ui::rowOf(ui::Setting::Language).text), QLatin1String(ui::rowOf(ui::Setting::Language).text));
    }

    void theWindow_data() { lengths(); }
    void theWindow()
    {
        lengthen();
        check(m_desk->window.get());
        m_desk->openBook();
        m_desk->ask();
        check(m_desk->window.get());
        keepPicture(m_desk->window.get(), "window");
    }

    void theSettings_data() { lengths(); }
    void theSettings()
    {
        lengthen();
        auto* dialog = m_desk->child<QDialog>("settingsDialog");
        dialog->open();
        auto* groups = m_desk->child<QListWidget>("settingsGroups");
        for (int group = 0; group < groups->count(); ++group) {
            groups->setCurrentRow(group);
            check(dialog);
            keepPicture(dialog, qPrintable(QStringLiteral("settings%1").arg(group)));
        }
    }

    void theKeyboardMap_data() { lengths(); }
    void theKeyboardMap()
    {
        lengthen();
        auto* dialog = m_desk->child<QDialog>("keysDialog");
        dialog->open();
        check(dialog);
        keepPicture(dialog, "keys");
    }

    void otherDialogs_data() { lengths(); }
    void otherDialogs()
    {
        lengthen();
        for (const auto& [action, name] : {std::pair("diskSpaceAction", "spaceDialog"), {"modelsAction", "modelsDialog"}, {"workAction", "workPanel"}}) {
            m_desk->child<QAction>(action)->trigger();
            auto* dialog = m_desk->child<QWidget>(name);
            QTRY_VERIFY(dialog->isVisible());
            check(dialog);
            keepPicture(dialog, name);
            dialog->close();
        }
    }

    void thePreview_data() { lengths(); }
    void thePreview()
    {
        lengthen();
        app::ReadEstimate estimate;
        estimate.tokens = 330'000;
        estimate.seconds = 3300;
        estimate.memoryBytes = 4'000'000'000;
        estimate.diskBytes = 4'000'000'000;
        estimate.device = QStringLiteral("CPU");
        app::PreviewItem item{QStringLiteral("Moby-Dick"), {}, app::PartKind::Folder, 330'000, 1'200'000};
        item.items.append({QStringLiteral("cover.png"), QStringLiteral("cover.png"), app::PartKind::File, 0, 9000, QStringLiteral("binary file")});
        ui::PreviewDialog dialog({7, {{item, estimate}}, 100}, m_desk->window.get());
        dialog.show();
        check(&dialog);
        keepPicture(&dialog, "preview");
    }

private:
    static void lengths()
    {
        QTest::addColumn<bool>("isLong");
        QTest::newRow("chinese") << false;
        QTest::newRow("longer by 40 %") << true;
    }

    void lengthen()
    {
        QFETCH(bool, isLong);
        if (!isLong)
            return;
        auto* words = new LongWords;
        words->setParent(qApp);
        QVERIFY(words->load(QStringLiteral(":/translations/octavo_zh_CN.qm")));
        QVERIFY(QCoreApplication::installTranslator(words));
        m_desk->reopen();
    }

    static void check(QWidget* window)
    {
        checkWords(window);
        checkRoom(window);
    }

    // To be looked at, where somebody wants to.
    static void keepPicture(QWidget* window, const char* name)
    {
        if (const QString folder = qEnvironmentVariable("OCTAVO_PICTURES"); !folder.isEmpty())
            window->grab().save(QStringLiteral("%1/%2-%3.png").arg(folder, QLatin1String(name), QLatin1String(QTest::currentDataTag()).left(7)));
    }

    std::unique_ptr<test::WindowDesk> m_desk;
};

OCTAVO_WATCHED_MAIN(TestLanguage)
#include "tst_language.moc"
