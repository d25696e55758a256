// SPDX-License-Identifier: Apache-2.0
// Every window that there is, walked by keyboard: each control has a name and a role, Tab reaches all of them and leaves each, and the
// focus shows.
#include <QAccessible>
#include <QApplication>
#include <QAction>
#include <QCheckBox>
#include <QComboBox>
#include <QDir>
#include <QLineEdit>
#include <QListView>
#include <QListWidget>
#include <QMessageBox>
#include <QPushButton>
#include <QSet>

#include "crash/crash_dialog.h"
#include "hops/hops_dock.h"
#include "library/trash_dialog.h"
#include "support/gui_watchdog.h"
#include "support/window_desk.h"
#include "theme.h"

using namespace octavo;
using namespace std::chrono_literals;

namespace {

QString named(const QWidget* widget)
{
    return QStringLiteral("%1 “%2” in %3").arg(QLatin1String(widget->metaObject()->className()), widget->objectName(), widget->window()->objectName());
}

bool isReachable(const QWidget* widget, const QWidget* window)
{
    return widget->isVisible() && widget->isEnabled() && widget->window() == window && (widget->focusPolicy() & Qt::TabFocus) && !widget->focusProxy();
}

QList<QWidget*> controlsOf(QWidget* window)
{
    QList<QWidget*> controls;
    for (QWidget* widget : window->findChildren<QWidget*>()) {
        if (isReachable(widget, window))
            controls.append(widget);
    }
    return controls;
}

void checkNamesAndRoles(QWidget* window)
{
    for (QWidget* control : controlsOf(window)) {
        QAccessibleInterface* told = QAccessible::queryAccessibleInterface(control);
        QVERIFY2(told, qPrintable(named(control)));
        QVERIFY2(!told->text(QAccessible::Name).trimmed().isEmpty(), qPrintable(QStringLiteral("no name: ") + named(control)));
        QVERIFY2(told->role() != QAccessible::NoRole && told->role() != QAccessible::Client, qPrintable(QStringLiteral("no role: ") + named(control)));
    }
}

// Once around by a key, from the first control back to it.
void checkRound(QWidget* window, Qt::Key key)
{
    const QList<QWidget*> controls = controlsOf(window);
    QVERIFY(!controls.isEmpty());
    QWidget* first = controls.first();
    first->setFocus(Qt::TabFocusReason);
    QCOMPARE(QApplication::focusWidget(), first);
    QSet<QWidget*> met;
    do {
        QWidget* at = QApplication::focusWidget();
        QVERIFY2(at, qPrintable(QStringLiteral("the focus is lost in ") + window->objectName()));
        QVERIFY2(!met.contains(at), qPrintable(QStringLiteral("Tab goes round without the rest, or is caught: ") + named(at)));
        met.insert(at);
        QTest::keyClick(at, key);
    } while (QApplication::focusWidget() != first);
    for (const QWidget* control : controls)
        QVERIFY2(met.contains(const_cast<QWidget*>(control)), qPrintable(QStringLiteral("Tab does not reach ") + named(control)));
}

void checkFocusShows(QWidget* window)
{
    for (QWidget* control : controlsOf(window)) {
        control->setFocus(Qt::TabFocusReason);
        QVERIFY2(control->hasFocus(), qPrintable(named(control)));
        // The question's frame shows its focus for it.
        QWidget* shows = control->objectName() == QLatin1String("questionEdit") ? control->parentWidget() : control;
        const QImage with = shows->grab().toImage();
        control->clearFocus();
        QVERIFY2(with != shows->grab().toImage(), qPrintable(QStringLiteral("the focus does not show: ") + named(control)));
    }
}

void walk(QWidget* window)
{
    window->activateWindow();
    QTRY_COMPARE(QApplication::activeWindow(), window);      // qWaitForWindowActive() is content with its parent
    checkNamesAndRoles(window);
    checkRound(window, Qt::Key_Tab);
    checkRound(window, Qt::Key_Backtab);
    checkFocusShows(window);
}

} // namespace

class TestAccessibility : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { QApplication::setCursorFlashTime(0); }       // a caret that blinks is there or not by chance

    void init() { m_desk = std::make_unique<test::WindowDesk>(); }
    void cleanup() { m_desk.reset(); }

    void theEmptyWindow() { walk(m_desk->window.get()); }

    void theWindowWithABookAndAnAnswer()
    {
        m_desk->openBook();
        m_desk->ask();
        m_desk->child<QAction>("findAction")->trigger();
        walk(m_desk->window.get());
    }

    void theHops()
    {
        m_desk->openBook();
        m_desk->ask();
        m_desk->shown<QAbstractButton>("hopsButton")->click();
        auto* dock = m_desk->window->findChild<ui::HopsDock*>();
        QTRY_VERIFY(dock->isVisible());
        QTRY_VERIFY(m_desk->child<QComboBox>("hopLevel")->count() > 1);
        walk(m_desk->window.get());
        m_desk->child<QComboBox>("hopLevel")->setCurrentIndex(1);
        QVERIFY(m_desk->shown<QWidget>("hopMap"));
        walk(m_desk->window.get());
        dock->setAsTable(true);
        QVERIFY(m_desk->shown<QWidget>("hopTable"));
        walk(m_desk->window.get());
        for (const bool table : {true, false}) {
            m_desk->child<QComboBox>("hopLevel")->setCurrentIndex(m_desk->child<QComboBox>("hopLevel")->count() - 2);
            QTRY_VERIFY(m_desk->child<QComboBox>("headsPlace")->count() > 1);
            dock->setAsTable(table);
            QVERIFY(m_desk->shown<QWidget>(table ? "headsTable" : "headsMap"));
            walk(m_desk->window.get());
        }
    }

    void verifyingAndAskingWhatIf()
    {
        m_desk->openBook();
        m_desk->ask();
        m_desk->shown<QAbstractButton>("verifyButton")->click();
        QTRY_VERIFY(m_desk->shown<QWidget>("checkLabel"));
        QTRY_VERIFY(!m_desk->assistant->busy());
        QTRY_VERIFY(m_desk->shown<QWidget>("sendButton"));
        walk(m_desk->window.get());
        m_desk->shown<QAbstractButton>("whatIfButton")->click();
        QTRY_VERIFY(m_desk->child<QDialog>("whatIfDialog"));
        walk(m_desk->child<QDialog>("whatIfDialog"));
    }

    void theSettings()
    {
        auto* dialog = m_desk->child<QDialog>("settingsDialog");
        dialog->open();
        m_desk->child<QPushButton>("resetAllSettings")->click();
        for (int group = 0; group < m_desk->child<QListWidget>("settingsGroups")->count(); ++group) {
            m_desk->child<QListWidget>("settingsGroups")->setCurrentRow(group);
            walk(dialog);
        }
        m_desk->child<QComboBox>("theme")->setCurrentIndex(3);          // with a button to reset it
        m_desk->child<QLineEdit>("settingsSearch")->setText(QStringLiteral("text"));
        walk(dialog);
    }

    void theKeyboardMap()
    {
        auto* dialog = m_desk->child<QDialog>("keysDialog");
        dialog->open();
        QTest::keyClick(m_desk->child<QWidget>("keysEdit"), Qt::Key_H, Qt::ControlModifier);
        QVERIFY(m_desk->shown<QWidget>("takeKeys"));
        walk(dialog);
    }

    void howAnswersAreWritten()
    {
        m_desk->openBook();
        m_desk->child<QAbstractButton>("answeringButton")->click();
        m_desk->child<QCheckBox>("answeringIsOwn")->setChecked(true);
        walk(m_desk->child<QWidget>("answeringPopup"));
    }

    void theComparison()
    {
        m_desk->openBook();
        m_desk->ask();
        m_desk->ask();
        m_desk->shown<QAbstractButton>("hopsButton")->click();
        QTRY_VERIFY(m_desk->child<QComboBox>("hopLevel")->count() > 2);
        m_desk->child<QComboBox>("hopLevel")->setCurrentIndex(m_desk->child<QComboBox>("hopLevel")->count() - 1);
        QTRY_VERIFY(m_desk->shown<QWidget>("compareTable"));
        QTRY_VERIFY(!m_desk->assistant->busy());
        walk(m_desk->window.get());
    }

    void theDiskSpace()
    {
        m_desk->child<QAction>("diskSpaceAction")->trigger();
        walk(m_desk->child<QDialog>("spaceDialog"));
    }

    void theModels()
    {
        m_desk->child<QAction>("modelsAction")->trigger();
        QTRY_COMPARE(m_desk->child<QListWidget>("modelList")->count(), 1);
        walk(m_desk->child<QDialog>("modelsDialog"));
    }

    void whatIsBeingDone()
    {
        m_desk->child<QAction>("workAction")->trigger();
        walk(m_desk->child<QWidget>("workPanel"));
        m_desk->script->chunkTokens = 1;
        m_desk->script->chunkDelay = 50ms;
        m_desk->openBook();
        m_desk->child<QAction>("workAction")->trigger();
        QTRY_VERIFY(m_desk->shown<QWidget>("pauseWorkButton"));
        walk(m_desk->child<QWidget>("workPanel"));
        m_desk->assistant->stop();
        QTRY_VERIFY(!m_desk->assistant->busy());
    }

    void theTrash()
    {
        m_desk->openBook();
        m_desk->ask();
        m_desk->assistant->trashSession(1);
        QTRY_VERIFY(m_desk->shown<QPushButton>("trashButton"));
        m_desk->shown<QPushButton>("trashButton")->click();
        auto* dialog = m_desk->child<QDialog>("trashDialog");
        m_desk->child<QListView>("trashList")->selectAll();
        walk(dialog);
        m_desk->child<QPushButton>("eraseButton")->click();
        walk(m_desk->child<QMessageBox>("eraseQuestion"));
    }

    void aCrashReport()
    {
        QFile file(m_desk->folder.filePath(QStringLiteral("crash.txt")));
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write("Crash report of Octavo\n") > 0);
        file.close();
        auto* dialog = new ui::CrashDialog(file.fileName(), m_desk->window.get());
        dialog->open();
        walk(dialog);
    }

    void questions()
    {
        m_desk->script->chunkTokens = 1;
        m_desk->script->chunkDelay = 50ms;
        m_desk->openBook();
        QVERIFY(!m_desk->window->close());
        walk(m_desk->child<QMessageBox>("closeQuestion"));
        m_desk->child<QMessageBox>("closeQuestion")->reject();
        QTest::keyClick(m_desk->child<QWidget>("documentList"), Qt::Key_Delete);
        walk(m_desk->child<QMessageBox>("removeQuestion"));
        m_desk->assistant->stop();
        m_desk->child<QMessageBox>("removeQuestion")->reject();
        QTRY_VERIFY(!m_desk->assistant->busy());
    }

    void failures()
    {
        m_desk->window->openPaths({m_desk->folder.filePath(QStringLiteral("nowhere.txt"))});
        QTRY_VERIFY(m_desk->shown<QWidget>("failureText"));
        walk(m_desk->window.get());
    }

private:
    std::unique_ptr<test::WindowDesk> m_desk;
};

OCTAVO_WATCHED_MAIN(TestAccessibility)
#include "tst_accessibility.moc"
