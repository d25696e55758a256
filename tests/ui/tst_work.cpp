// SPDX-License-Identifier: Apache-2.0
// Long work in one place: its panel, its button in the status bar, and word of its end.
#include <QAction>
#include <QLabel>
#include <QProgressBar>
#include <QSignalSpy>
#include <QTest>
#include <QToolButton>

#include "support/gui_watchdog.h"
#include "support/window_desk.h"
#include "work/work_panel.h"

using namespace octavo;
using namespace std::chrono_literals;

class TestWork : public QObject {
    Q_OBJECT

private slots:
    void init() { m_desk = std::make_unique<test::WindowDesk>(); }
    void cleanup() { m_desk.reset(); }

    void nothingIsThereToSay()
    {
        QTRY_VERIFY(!m_desk->assistant->busy());
        QVERIFY(!m_desk->shown<QToolButton>("workButton"));
        m_desk->child<QAction>("workAction")->trigger();
        QVERIFY(m_desk->shown<QLabel>("workNothing"));
    }

    void aReadingIsPausedAndGoneOnWithByKeyboard()
    {
        openSlowBook();
        QTRY_VERIFY(m_desk->shown<QToolButton>("workButton"));
        QTRY_VERIFY(m_desk->child<QToolButton>("workButton")->toolTip().contains(QStringLiteral("%")));
        QTest::keyClick(m_desk->window.get(), Qt::Key_J, Qt::ControlModifier | Qt::ShiftModifier);
        QTRY_VERIFY(m_desk->shown<QToolButton>("pauseWorkButton"));
        QTRY_COMPARE(QApplication::focusWidget(), m_desk->shown<QToolButton>("pauseWorkButton"));
        QVERIFY(m_desk->shown<QLabel>("workName")->text().contains(QStringLiteral("book")));
        QTRY_VERIFY(m_desk->shown<QProgressBar>("workBar")->value() > 0);
        const QString pauses = m_desk->shown<QToolButton>("pauseWorkButton")->accessibleName();
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Space);
        QTRY_VERIFY(!m_desk->assistant->busy());
        QVERIFY(m_desk->shown<QToolButton>("pauseWorkButton")->accessibleName() != pauses);
        const int value = m_desk->shown<QProgressBar>("workBar")->value();
        QVERIFY(value > 0 && value < m_desk->shown<QProgressBar>("workBar")->maximum());
        m_desk->script->chunkDelay = 0ms;
        QTest::keyClick(m_desk->shown<QToolButton>("pauseWorkButton"), Qt::Key_Space);
        QTRY_VERIFY(!m_desk->assistant->busy());
        QTRY_VERIFY(!m_desk->shown<QToolButton>("pauseWorkButton"));
        QVERIFY(!m_desk->shown<QToolButton>("workButton"));
        QTRY_VERIFY(m_desk->child<QLabel>("statusTokens")->text().contains(QStringLiteral("tokens read")));
    }

    void stopTakesItOffTheList()
    {
        openSlowBook();
        m_desk->child<QAction>("workAction")->trigger();
        QTRY_VERIFY(m_desk->shown<QToolButton>("stopWorkButton"));
        m_desk->shown<QToolButton>("stopWorkButton")->click();
        QTRY_VERIFY(!m_desk->assistant->busy());
        QTRY_VERIFY(!m_desk->shown<QToolButton>("stopWorkButton"));
        QVERIFY(m_desk->shown<QLabel>("workNothing"));
    }

    void whatIsReadForAnAnswerIsAPartOfIt()
    {
        openSlowBook();
        m_desk->assistant->stop();
        QTRY_VERIFY(!m_desk->assistant->busy());
        m_desk->reopen();
        QTRY_VERIFY(!m_desk->assistant->busy());
        m_desk->assistant->startSession({1});
        QTRY_VERIFY(!m_desk->assistant->busy());
        m_desk->assistant->ask(1, QStringLiteral("Who?"));
        m_desk->child<QAction>("workAction")->trigger();
        QTRY_VERIFY(m_desk->shown<QProgressBar>("workBar") && m_desk->shown<QProgressBar>("workBar")->maximum() > 0);
        QTRY_VERIFY(m_desk->shown<QProgressBar>("workBar")->value() > 0);
        QVERIFY(!m_desk->shown<QToolButton>("pauseWorkButton"));
        m_desk->assistant->stop();
        QTRY_VERIFY(!m_desk->assistant->busy());
    }

    void theEndOfLongWorkIsToldToWhoLooksElsewhere_data()
    {
        QTest::addColumn<double>("seconds");
        QTest::addColumn<bool>("stopped");
        QTest::addColumn<bool>("looksOn");
        QTest::addColumn<int>("told");
        QTest::newRow("long") << 60.0 << false << false << 1;
        QTest::newRow("short") << 2.0 << false << false << 0;
        QTest::newRow("stopped") << 60.0 << true << false << 0;
        QTest::newRow("in front") << 60.0 << false << true << 0;
    }

    void theEndOfLongWorkIsToldToWhoLooksElsewhere()
    {
        QFETCH(const double, seconds);
        QFETCH(const bool, stopped);
        QFETCH(const bool, looksOn);
        QFETCH(const int, told);
        m_desk->openBook();
        QTRY_VERIFY(!m_desk->assistant->busy());
        QWidget other;
        if (!looksOn) {
            other.show();
            other.activateWindow();
            QTRY_VERIFY(!m_desk->window->isActiveWindow());
        }
        QSignalSpy wanted(m_desk->window.get(), &ui::MainWindow::attentionWanted);
        app::WorkItem work{7, app::WorkItem::Kind::Reading, 1};
        work.seconds = seconds;
        work.stopped = stopped;
        emit m_desk->assistant->workEnded(work);
        QCOMPARE(wanted.size(), told);
        if (told > 0)
            QVERIFY(wanted[0][1].toString().contains(QStringLiteral("book")));
    }

private:
    void openSlowBook()
    {
        m_desk->script->chunkTokens = 8;
        m_desk->script->chunkDelay = 20ms;
        m_desk->openBook();
    }

    std::unique_ptr<test::WindowDesk> m_desk;
};

OCTAVO_WATCHED_MAIN(TestWork)
#include "tst_work.moc"
