// SPDX-License-Identifier: Apache-2.0
// Each setting's effect on the real window, and that settings are kept, found and reset.
#include <QAction>
#include <QApplication>
#include <QCheckBox>
#include <QComboBox>
#include <QDir>
#include <QDoubleSpinBox>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QListWidget>
#include <QMessageBox>
#include <QPlainTextEdit>
#include <QProgressBar>
#include <QPushButton>
#include <QSignalSpy>
#include <QSplitter>
#include <QTextBlock>
#include <QTextLayout>

#include "settings/looks.h"
#include "settings/window_settings.h"
#include "support/gui_watchdog.h"
#include "support/window_desk.h"
#include "theme.h"

using namespace octavo;
using namespace std::chrono_literals;
using ui::Setting;

namespace {

// A value that the setting may have and does not have by default.
QVariant otherValue(const ui::SettingRow& row)
{
    if (const auto* number = std::get_if<ui::Number>(&row.form))
        return number->most;
    if (const auto* choice = std::get_if<ui::Choice>(&row.form))
        return QString::fromLatin1(choice->options.back().name);
    return !row.byDefault.toBool();
}

void writeIni(const QString& folder, const QByteArray& text)
{
    QFile file(QDir(folder).filePath(QStringLiteral("window.ini")));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(text);
}

} // namespace

class TestSettings : public QObject {
    Q_OBJECT

private slots:
    void init() { m_desk = std::make_unique<test::WindowDesk>(); }
    void cleanup() { m_desk.reset(); }

    void eachIsKeptAndResetByItself()
    {
        QTemporaryDir folder;
        for (const ui::SettingRow& row : ui::settingsTable()) {
            QVERIFY2(ui::validValue(row, row.byDefault), row.name);
            const QVariant other = otherValue(row);
            {
                ui::WindowSettings settings(folder.path());
                QVERIFY2(settings.isDefault(row.setting), row.name);
                QSignalSpy changed(&settings, &ui::WindowSettings::changed);
                settings.set(row.setting, other);
                settings.set(row.setting, other);
                QCOMPARE(changed.size(), 1);
            }
            ui::WindowSettings again(folder.path());
            QCOMPARE(again.value(row.setting), other);
            again.reset(row.setting);
            QVERIFY2(ui::WindowSettings(folder.path()).isDefault(row.setting), row.name);
        }
    }

    void whatIsOutOfRangeIsTheDefaultAndUnknownKeysStay()
    {
        QTemporaryDir folder;
        for (const QByteArray& odd : {QByteArray("-1"), QByteArray("1e9"), QByteArray("nonsense"), QByteArray("12.5"), QByteArray()}) {
            QByteArray text = "[General]\nsomething_later=7\n";
            for (const ui::SettingRow& row : ui::settingsTable())
                text += QByteArray(row.name) + "=" + odd + "\n";
            writeIni(folder.path(), text);
            ui::WindowSettings settings(folder.path());
            for (const ui::SettingRow& row : ui::settingsTable())
                QCOMPARE(settings.value(row.setting), row.byDefault);
            settings.set(Setting::TextPercent, 5.0);         // below the least
            QVERIFY(settings.isDefault(Setting::TextPercent));
            settings.set(Setting::TextPercent, 130.0);
            settings.resetAll();
        }
        QCOMPARE(ui::WindowSettings(folder.path()).kept(QStringLiteral("something_later")).toInt(), 7);
    }

    void whatCannotBeKeptIsToldOnce()
    {
        QTemporaryDir folder;
        QVERIFY(QDir(folder.path()).mkdir(QStringLiteral("window.ini")));
        ui::WindowSettings settings(folder.path());
        QSignalSpy told(&settings, &ui::WindowSettings::notKept);
        settings.set(Setting::TextPercent, 130.0);
        settings.set(Setting::TextPercent, 140.0);
        QCOMPARE(told.size(), 1);
        QVERIFY(told[0][0].toString().contains(folder.path()));
        QCOMPARE(settings.number(Setting::TextPercent), 140.0);
    }

    void coloursFollowAtOnce()
    {
        const std::pair<const char*, ui::ThemeKind> choices[] = {{"light", ui::ThemeKind::Light}, {"dark", ui::ThemeKind::Dark},
            {"contrast-light", ui::ThemeKind::HighContrastLight}, {"contrast-dark", ui::ThemeKind::HighContrastDark}};
        for (const auto& [name, kind] : choices) {
            choose("theme", name);
            QCOMPARE(QApplication::palette().color(QPalette::Base), ui::paletteOf(kind).color(QPalette::Base));
            QCOMPARE(m_desk->child<QWidget>("readerText")->palette().color(QPalette::Text), ui::paletteOf(kind).color(QPalette::Text));
        }
        m_desk->reopen();
        QCOMPARE(QApplication::palette().color(QPalette::Base), ui::paletteOf(ui::ThemeKind::HighContrastDark).color(QPalette::Base));
        ui::WindowSettings settings({});
        QCOMPARE(ui::themeOf(settings, true), ui::ThemeKind::Dark);
        QCOMPARE(ui::themeOf(settings, false), ui::ThemeKind::Light);
        settings.set(Setting::Theme, QStringLiteral("light"));
        QCOMPARE(ui::themeOf(settings, true), ui::ThemeKind::Light);
    }

    void theDesktopIsFollowedWhenItChanges()
    {
        const QColor right = QApplication::palette().color(QPalette::Base);
        QApplication::setPalette(ui::paletteOf(ui::ThemeKind::HighContrastDark));
        QEvent event(QEvent::ThemeChange);
        QCoreApplication::sendEvent(m_desk->window.get(), &event);
        QCOMPARE(QApplication::palette().color(QPalette::Base), right);
        choose("theme", "dark");
        QApplication::setPalette(ui::paletteOf(ui::ThemeKind::HighContrastDark));
        QCoreApplication::sendEvent(m_desk->window.get(), &event);
        QCOMPARE(QApplication::palette().color(QPalette::Base), ui::paletteOf(ui::ThemeKind::HighContrastDark).color(QPalette::Base));
    }

    void textGrows()
    {
        const auto points = [this] { return m_desk->child<QLabel>("chatHint")->fontInfo().pointSizeF(); };
        const double before = points();
        setNumber("text_percent", 200);
        QVERIFY(points() > 1.8 * before);
        m_desk->child<QAction>("smallerAction")->trigger();
        QCOMPARE(control<QDoubleSpinBox>("text_percent")->value(), 190.0);
        m_desk->child<QAction>("usualSizeAction")->trigger();
        QCOMPARE(points(), before);
    }

    void booksAreSetAsOneLikes()
    {
        m_desk->openBook();
        auto* text = m_desk->child<QPlainTextEdit>("readerText");
        const auto lines = [text] { return text->document()->findBlockByNumber(2).layout()->lineCount(); };
        const auto left = [text] { return text->document()->findBlockByNumber(0).layout()->lineAt(0).cursorToX(0); };
        text->grab();
        const QString family = text->document()->defaultFont().family();
        const double points = text->document()->defaultFont().pointSizeF();
        const int linesBefore = lines();
        choose("book_face", "sans");
        QVERIFY(text->document()->defaultFont().family() != family);
        setNumber("book_percent", 150);
        QCOMPARE(text->document()->defaultFont().pointSizeF(), 1.5 * points);
        setNumber("book_percent", 100);
        setNumber("line_characters", 40);
        text->grab();
        QVERIFY(lines() > linesBefore);
        const double leftBefore = left();
        choose("direction", "rtl");
        text->grab();
        QVERIFY(left() > leftBefore + 100);
        choose("direction", "ltr");
        text->grab();
        QVERIFY(left() < leftBefore + 100);
    }

    void answersAreWrittenAsOneLikes()
    {
        m_desk->openBook();
        m_desk->ask();
        QCOMPARE(m_desk->script->asked.back().maxTokens, 512);
        QCOMPARE(m_desk->script->asked.back().temperature, 0.0F);
        setNumber("answer_tokens", 100);
        setNumber("temperature", 1.2);
        const auto again = [this](auto act) {
            const auto before = m_desk->script->asked.size();
            act();
            QTRY_COMPARE(m_desk->script->asked.size(), before + 1);
            QTRY_VERIFY(!m_desk->assistant->busy());
            QCOMPARE(m_desk->script->asked.back().maxTokens, 100);
            QCOMPARE(m_desk->script->asked.back().temperature, 1.2F);
        };
        again([this] { m_desk->ask(); });
        again([this] { m_desk->assistant->regenerate(1); });
    }

    void smallModelsAreAskedToBeShort()
    {
        m_desk->openBook();
        const auto wish = [this] {
            m_desk->ask();
            return m_desk->script->asked.back().wish;
        };
        QCOMPARE(wish(), QString::fromLatin1(app::kShortAnswer));   // the script's model is a small one
        m_desk->child<QComboBox>("short_answers")->setCurrentIndex(2);
        QCOMPARE(wish(), QString());
        m_desk->child<QComboBox>("short_answers")->setCurrentIndex(1);
        QCOMPARE(wish(), QString::fromLatin1(app::kShortAnswer));
    }

    void aConversationMayHaveItsOwn()
    {
        m_desk->openBook();
        const auto choose = [this](double temperature, int tokens) {
            m_desk->child<QAbstractButton>("answeringButton")->click();
            QTRY_VERIFY(m_desk->child<QWidget>("answeringPopup")->isVisible());
            m_desk->child<QCheckBox>("answeringIsOwn")->setChecked(true);
            m_desk->child<QDoubleSpinBox>("answeringTemperature")->setValue(temperature);
            m_desk->child<QSpinBox>("answeringMaxTokens")->setValue(tokens);
            QTest::keyClick(m_desk->child<QWidget>("answeringPopup"), Qt::Key_Escape);
            QVERIFY(!m_desk->child<QWidget>("answeringPopup")->isVisible());
        };
        const auto asked = [this] { return std::pair(m_desk->script->asked.back().temperature, m_desk->script->asked.back().maxTokens); };
        choose(0.5, 80);                                      // before there is a first question
        m_desk->ask();
        QCOMPARE(asked(), std::pair(0.5F, 80));
        m_desk->child<QAction>("newConversationAction")->trigger();
        QVERIFY(!m_desk->child<QAbstractButton>("answeringButton")->isChecked());
        m_desk->ask();
        QCOMPARE(asked(), std::pair(0.0F, 512));              // as the settings say
        m_desk->reopen();
        QTRY_VERIFY(m_desk->shown<QWidget>("answerText"));    // of the newest conversation
        m_desk->assistant->openSession(1);
        QTRY_VERIFY(m_desk->child<QAbstractButton>("answeringButton")->isChecked());
        m_desk->ask();
        QCOMPARE(asked(), std::pair(0.5F, 80));
        m_desk->child<QAbstractButton>("answeringButton")->click();
        m_desk->child<QCheckBox>("answeringIsOwn")->setChecked(false);
        QVERIFY(!m_desk->child<QDoubleSpinBox>("answeringTemperature")->isEnabled());
        QVERIFY(!m_desk->child<QAbstractButton>("answeringButton")->isChecked());
        m_desk->child<QWidget>("answeringPopup")->hide();
        m_desk->ask();
        QCOMPARE(asked(), std::pair(0.0F, 512));
    }

    void mapsAreShownAsLastTime()
    {
        m_desk->child<QCheckBox>("hopAsTable")->setChecked(true);
        toggle("map_logarithmic");
        QVERIFY(m_desk->child<QCheckBox>("hopLogarithmic")->isChecked());
        m_desk->reopen();
        QVERIFY(m_desk->child<QCheckBox>("hopAsTable")->isChecked());
        QVERIFY(m_desk->child<QCheckBox>("hopLogarithmic")->isChecked());
    }

    void theWindowIsRememberedIfWanted()
    {
        const auto widths = [this] { return m_desk->child<QSplitter>("panes")->sizes(); };
        const QList<int> usual = widths();
        m_desk->child<QSplitter>("panes")->setSizes({usual[0] + 60, usual[1] - 60, usual[2]});
        const QList<int> liked = widths();
        QVERIFY(liked != usual);
        QTRY_VERIFY(!m_desk->assistant->busy());
        m_desk->reopen();
        QCOMPARE(widths(), liked);
        toggle("keep_layout");
        QTRY_VERIFY(!m_desk->assistant->busy());
        m_desk->reopen();
        QCOMPARE(widths(), usual);
    }

    void theNewestConversationIsOpenedIfWanted()
    {
        m_desk->openBook();
        m_desk->ask();
        m_desk->reopen();
        QTRY_VERIFY(m_desk->shown<QAbstractButton>("sourceChip"));
        toggle("open_newest");
        m_desk->reopen();
        QTRY_COMPARE(m_desk->child<QListView>("sessionList")->model()->rowCount(), 1);
        QTest::qWait(100);
        QVERIFY(!m_desk->shown<QAbstractButton>("sourceChip"));
    }

    void questionsAreAskedIfWanted()
    {
        m_desk->openBook();
        QTRY_VERIFY(!m_desk->assistant->busy());
        toggle("ask_before_removing");
        QTest::keyClick(m_desk->child<QWidget>("documentList"), Qt::Key_Delete);
        QVERIFY(!m_desk->child<QMessageBox>("removeQuestion"));
        QTRY_COMPARE(m_desk->child<QListView>("documentList")->model()->rowCount(), 0);
        toggle("ask_before_closing");
        m_desk->script->chunkTokens = 1;
        m_desk->script->chunkDelay = 50ms;
        m_desk->script->onDisk.clear();
        m_desk->openBook();
        QTRY_VERIFY(m_desk->shown<QProgressBar>("readingBar"));
        QVERIFY(m_desk->window->close());
    }

    void whatIsSearchedForIsShown()
    {
        dialog();
        QTest::keyClicks(m_desk->child<QWidget>("settingsSearch"), QStringLiteral("high contr"));
        QCOMPARE(rowsShown(), QStringList{QStringLiteral("theme")});
        m_desk->child<QLineEdit>("settingsSearch")->setText(QStringLiteral("zebra"));
        QCOMPARE(rowsShown(), QStringList());
        m_desk->child<QLineEdit>("settingsSearch")->clear();
        QVERIFY(rowsShown().contains(QStringLiteral("theme")));
        QVERIFY(!rowsShown().contains(QStringLiteral("temperature")));
        m_desk->child<QListWidget>("settingsGroups")->setCurrentRow(2);
        QVERIFY(rowsShown().contains(QStringLiteral("temperature")));
        QVERIFY(!rowsShown().contains(QStringLiteral("theme")));
    }

    void whatWasSetIsReset()
    {
        setNumber("text_percent", 150);
        choose("theme", "dark");
        auto* row = control<QWidget>("text_percent")->parentWidget();
        m_desk->child<QListWidget>("settingsGroups")->setCurrentRow(0);
        auto* reset = row->findChild<QAbstractButton*>(QStringLiteral("resetSetting"));
        QVERIFY(reset->isVisible());
        reset->click();
        QVERIFY(!reset->isVisible());
        QCOMPARE(control<QDoubleSpinBox>("text_percent")->value(), 100.0);
        QCOMPARE(control<QComboBox>("theme")->currentData().toString(), QStringLiteral("dark"));
        m_desk->child<QPushButton>("resetAllSettings")->click();
        QCOMPARE(control<QComboBox>("theme")->currentData().toString(), QStringLiteral("system"));
    }

    void theWindowStaysUsableBesideTheDialog()
    {
        QTest::keyClick(m_desk->window.get(), Qt::Key_Comma, Qt::ControlModifier);
        QVERIFY(dialog()->isVisible());
        QVERIFY(!dialog()->isModal());
        m_desk->child<QPushButton>("openSpace")->click();
        QTRY_VERIFY(m_desk->shown<QLabel>("spaceUsed"));
    }

private:
    QDialog* dialog()
    {
        auto* found = m_desk->child<QDialog>("settingsDialog");
        found->open();
        return found;
    }

    template <class Control>
    Control* control(const char* name) { return dialog()->findChild<Control*>(QLatin1String(name)); }

    void choose(const char* name, const char* option)
    {
        auto* box = control<QComboBox>(name);
        box->setCurrentIndex(box->findData(QLatin1String(option)));
    }

    void setNumber(const char* name, double value) { control<QDoubleSpinBox>(name)->setValue(value); }
    void toggle(const char* name) { control<QCheckBox>(name)->toggle(); }

    QStringList rowsShown()
    {
        QStringList names;
        for (const ui::SettingRow& row : ui::settingsTable()) {
            if (control<QWidget>(row.name)->isVisible())
                names.append(QLatin1String(row.name));
        }
        return names;
    }

    std::unique_ptr<test::WindowDesk> m_desk;
};

OCTAVO_WATCHED_MAIN(TestSettings)
#include "tst_settings.moc"
