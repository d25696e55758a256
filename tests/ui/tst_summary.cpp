// SPDX-License-Identifier: Apache-2.0
// Summaries in the whole window, with the real assistant and library and an engine that follows a script.
#include <QAbstractItemView>
#include <QClipboard>
#include <QDropEvent>
#include <QGuiApplication>
#include <QLabel>
#include <QMimeData>
#include <QPlainTextEdit>
#include <QProgressBar>
#include <QPushButton>
#include <QTemporaryDir>
#include <QTest>
#include <QTextBrowser>
#include <QToolButton>

#include "chat/chat_page.h"
#include "hops/hops_dock.h"
#include "main_window.h"
#include "summary/summary_page.h"
#include "summary/summary_part_view.h"
#include "support/gui_watchdog.h"
#include "support/sample_book.h"
#include "support/scripted_engine.h"
#include "support/summary_book.h"

using namespace octavo;
using namespace std::chrono_literals;

class TestSummary : public QObject {
    Q_OBJECT

private slots:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        m_script = std::make_shared<test::EngineScript>();
        m_script->others = 0.001F;
        m_script->favourite = 0;
        m_script->onAsk = [script = m_script.get()] {
            script->pieces = script->asked.back().hidden.empty() ? QStringList{QStringLiteral("A quagga and an ocelot come to the water.")}
                                                               : QStringList{QStringLiteral("Somebody "), QStringLiteral("drinks.")};
        };
        open();
    }

    void cleanup()
    {
        m_window.reset();
        m_assistant.reset();
    }

    void aBookDroppedOnSummarizeIsSummarized()
    {
        dropToSummarize();
        QTRY_VERIFY(page()->isVisible());
        QTRY_VERIFY(page()->summary().isComplete());
        QTRY_VERIFY(!m_assistant->busy());
        QTRY_VERIFY(shown<QTextBrowser>("answerText"));
        QCOMPARE(shown<QTextBrowser>("answerText")->toPlainText().trimmed(), QStringLiteral("A quagga and an ocelot come to the water."));
        QCOMPARE(parts().size(), 5);
        QVERIFY(!shown<QProgressBar>("summaryBar"));
        QVERIFY(!shown<QPushButton>("goOnButton"));
        QTRY_COMPARE(child<QAbstractItemView>("sessionList")->model()->rowCount(), 1);

        QGuiApplication::clipboard()->clear();
        shown<QToolButton>("copySummaryButton")->click();
        QVERIFY(QGuiApplication::clipboard()->text().contains(QStringLiteral("### Chapter 3")));
    }

    void aChapterOpensByKeyAndItsSourceMovesTheReader()
    {
        dropToSummarize();
        QTRY_VERIFY(page()->summary().isComplete() && !m_assistant->busy());
        ui::SummaryPartView* row = partOf(QStringLiteral("Chapter 3"));
        QVERIFY(row);
        row->setOpen(false);
        auto* head = row->findChild<QToolButton*>(QStringLiteral("summaryPartHead"));
        head->setFocus();
        QTest::keyClick(head, Qt::Key_Space);
        QVERIFY(row->isOpen());
        QTRY_VERIFY(row->findChild<QTextBrowser*>(QStringLiteral("answerText"))->toPlainText().contains(QStringLiteral("Somebody drinks.")));
        auto* chip = row->findChild<QAbstractButton*>(QStringLiteral("sourceChip"));
        QVERIFY(chip && !chip->accessibleName().isEmpty());
        chip->click();
        QVERIFY(child<QPlainTextEdit>("readerText")->textCursor().hasSelection());
        row->findChild<QAbstractButton*>(QStringLiteral("hopsButton"))->click();
        QTRY_VERIFY(m_window->findChild<ui::HopsDock*>()->isVisible());
    }

    void chaptersPassedOverAreNamedAndReadAgain()
    {
        dropToSummarize();
        QTRY_VERIFY(page()->summary().isComplete() && !m_assistant->busy());
        QTRY_VERIFY(shown<QPushButton>("readAgainButton"));
        QVERIFY(shown<QLabel>("coverageText")->text().contains(QStringLiteral("Chapter 2; Chapter 4")));
        QVERIFY(partOf(QStringLiteral("Chapter 4"))->findChild<QToolButton*>()->accessibleName() != QStringLiteral("Chapter 4"));
        QCOMPARE(partOf(QStringLiteral("Chapter 1"))->findChild<QToolButton*>()->accessibleName(), QStringLiteral("Chapter 1"));
        m_script->asked.clear();
        shown<QPushButton>("readAgainButton")->click();
        QTRY_VERIFY(page()->summary().gaps().isEmpty() && !m_assistant->busy());
        QCOMPARE(m_script->asked.size(), 2U);
        QTRY_VERIFY(!shown<QPushButton>("readAgainButton"));
        QTRY_VERIFY(shown<QTextBrowser>("againText"));
        QVERIFY(shown<QTextBrowser>("againText")->toPlainText().contains(QStringLiteral("Chapter 4: Somebody drinks.")));
    }

    void itShowsProgressStopsAndGoesOn()
    {
        m_script->pieceDelay = 30ms;
        dropToSummarize();
        QTRY_VERIFY(shown<QProgressBar>("summaryBar"));
        QTRY_VERIFY(partOf(QStringLiteral("Chapter 2")) && partOf(QStringLiteral("Chapter 2"))->isWriting());
        QVERIFY(partOf(QStringLiteral("Chapter 2"))->isOpen());
        QVERIFY(!shown<QLabel>("summaryProgressText")->text().isEmpty());
        QTest::keyClick(m_window.get(), Qt::Key_Escape);
        QTRY_VERIFY(!m_assistant->busy());
        QTRY_VERIFY(shown<QPushButton>("goOnButton"));
        QVERIFY(!page()->summary().isComplete());
        QVERIFY(page()->summary().parts.first().isDone());
        m_script->pieceDelay = 0ms;
        shown<QPushButton>("goOnButton")->click();
        QTRY_VERIFY(page()->summary().isComplete() && !m_assistant->busy());
        QTRY_VERIFY(!shown<QPushButton>("goOnButton"));
    }

    void afterARestartItIsThere()
    {
        dropToSummarize();
        QTRY_VERIFY(page()->summary().isComplete() && !m_assistant->busy());
        const std::size_t asked = m_script->asked.size();
        cleanup();
        open();
        QTRY_VERIFY(page()->isVisible());
        QTRY_COMPARE(parts().size(), 5);
        QCOMPARE(m_script->asked.size(), asked);
    }

    void aConversationBeginsAboutTheSameText()
    {
        dropToSummarize();
        QTRY_VERIFY(page()->summary().isComplete() && !m_assistant->busy());
        shown<QPushButton>("askAboutButton")->click();
        QTRY_VERIFY(m_window->findChild<ui::ChatPage*>()->isVisible() && m_window->findChild<ui::ChatPage*>()->session() != 0);
        QTRY_VERIFY(child<QWidget>("questionEdit")->isEnabled());
        m_script->onAsk = {};
        QTest::keyClicks(child<QWidget>("questionEdit"), QStringLiteral("Who drinks?"));
        QTest::keyClick(child<QWidget>("questionEdit"), Qt::Key_Return);
        QTRY_VERIFY(m_script->asked.back().turns.back().text == QStringLiteral("Who drinks?"));
        QCOMPARE(m_script->asked.back().documents.size(), 1U);
        QVERIFY(m_script->asked.back().hidden.empty());
    }

    void aFileThatIsNotThereIsToldAndNothingBegins()
    {
        m_assistant->summarizePaths({m_folder->filePath(QStringLiteral("nowhere.txt"))});
        QTRY_VERIFY(shown<QWidget>("failureBar"));
        QVERIFY(!page()->isVisible());
    }

private:
    void open()
    {
        const QString data = m_folder->filePath(QStringLiteral("data"));
        m_assistant = std::make_unique<app::Assistant>(app::AssistantOptions{data, QStringLiteral("model.gguf"), 1},
                                                       std::make_unique<test::ScriptedEngine>(m_script));
        m_window = std::make_unique<ui::MainWindow>(*m_assistant, ui::WindowOptions{data, {}});
        m_window->resize(1200, 800);
        m_window->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_window.get()));
        m_window->start({});
        QTRY_VERIFY(!m_assistant->busy());
    }

    void dropToSummarize()
    {
        const QString path = test::writeSampleBook(m_folder->path(), test::summaryBookText());
        QMimeData data;
        data.setUrls({QUrl::fromLocalFile(path)});
        const QPoint right(m_window->width() - 100, 300);
        QDragEnterEvent enter(right, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(m_window.get(), &enter);
        QVERIFY(enter.isAccepted());
        QDropEvent event(right, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(m_window.get(), &event);
    }

    ui::SummaryPage* page() const { return m_window->findChild<ui::SummaryPage*>(); }
    QList<ui::SummaryPartView*> parts() const { return page()->findChildren<ui::SummaryPartView*>(); }

    ui::SummaryPartView* partOf(const QString& title) const
    {
        for (ui::SummaryPartView* view : parts())
            if (view->part().title == title)
                return view;
        return nullptr;
    }

    template <class Widget>
    Widget* child(const char* name) const { return m_window->findChild<Widget*>(QLatin1String(name)); }

    // Null if it is not there or hidden.
    template <class Widget>
    Widget* shown(const char* name) const
    {
        for (auto* widget : m_window->findChildren<Widget*>(QLatin1String(name))) {
            if (widget->isVisible())
                return widget;
        }
        return nullptr;
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    std::shared_ptr<test::EngineScript> m_script;
    std::unique_ptr<app::Assistant> m_assistant;
    std::unique_ptr<ui::MainWindow> m_window;
};

OCTAVO_WATCHED_MAIN(TestSummary)
#include "tst_summary.moc"
