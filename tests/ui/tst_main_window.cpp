// SPDX-License-Identifier: Apache-2.0
// The whole window with the real assistant and library, and an engine that follows a script: every state of a conversation.
#include <QAbstractButton>
#include <QAbstractItemView>
#include <QAction>
#include <QDir>
#include <QDoubleSpinBox>
#include <QDropEvent>
#include <QLabel>
#include <QMenu>
#include <QMessageBox>
#include <QMimeData>
#include <QPlainTextEdit>
#include <QProgressBar>
#include <QPushButton>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QTextBrowser>
#include <QToolButton>

#include "chat/chat_page.h"
#include "crash/crash_dialog.h"
#include "hops/hops_dock.h"
#include "main_window.h"
#include "octavo/app/crash_reports.h"
#include "support/gui_watchdog.h"
#include "support/scripted_engine.h"

using namespace octavo;
using namespace std::chrono_literals;

class TestMainWindow : public QObject {
    Q_OBJECT

private slots:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        m_script = std::make_shared<test::EngineScript>();
        open();
    }

    void cleanup()
    {
        m_window.reset();
        m_assistant.reset();
    }

    void emptyWindowTeaches()
    {
        QVERIFY(shown<QAbstractButton>("openFilesButton"));
        QVERIFY(!shown<QAbstractButton>("sampleButton"));          // no sample folder was given
        QVERIFY(shown<QLabel>("chatHint"));
        QTRY_VERIFY(child<QToolButton>("statusModel")->text().contains(QStringLiteral("Scripted")));
    }

    void aDroppedBookIsReadAskedAndCited()
    {
        drop(book());
        QTRY_COMPARE(child<QLabel>("statusTokens")->text().contains(QStringLiteral("tokens read")), true);
        QTRY_VERIFY(shown<QPlainTextEdit>("readerText"));
        ask();
        QTRY_VERIFY(shown<QAbstractButton>("sourceChip"));
        QVERIFY(answerText().contains(QStringLiteral("Ahab nails it.")));
        shown<QAbstractButton>("sourceChip")->click();
        QVERIFY(child<QPlainTextEdit>("readerText")->textCursor().hasSelection());
        shown<QAbstractButton>("hopsButton")->click();
        QTRY_VERIFY(m_window->findChild<ui::HopsDock*>()->isVisible());
        QTRY_COMPARE(child<QAbstractItemView>("sessionList")->model()->rowCount(), 1);
        QTRY_COMPARE(child<QAbstractItemView>("sessionList")->model()->index(0, 0).data().toString(), QStringLiteral("Who nails it?"));
    }

    void aConversationGoesToAFileAndComesBack()
    {
        drop(book());
        ask();
        QTRY_VERIFY(shown<QAbstractButton>("sourceChip"));
        QTRY_COMPARE(child<QAbstractItemView>("sessionList")->model()->rowCount(), 1);
        const QString file = m_folder->filePath(QStringLiteral("whale.octavo"));
        QSignalSpy noticed(m_assistant.get(), &app::Assistant::noticed);
        m_assistant->exportSession(1, file);
        QTRY_COMPARE(noticed.size(), 1);
        QVERIFY(noticed[0][0].toString().contains(file));
        m_assistant->trashSession(1);
        m_assistant->eraseSessions({1});
        QTRY_COMPARE(child<QAbstractItemView>("sessionList")->model()->rowCount(), 0);
        drop(file);
        QTRY_COMPARE(child<QAbstractItemView>("sessionList")->model()->rowCount(), 1);
        QTRY_VERIFY(shown<QAbstractButton>("sourceChip"));
        QVERIFY(answerText().contains(QStringLiteral("Ahab nails it.")));
        QCOMPARE(m_assistant->busy(), false);
    }

    void aConversationIsWrittenToBeRead()
    {
        drop(book());
        ask();
        QTRY_VERIFY(shown<QAbstractButton>("sourceChip"));
        for (const char* ending : {"md", "html", "pdf", "json"}) {
            QFile file(m_folder->filePath(QStringLiteral("whale.") + QLatin1String(ending)));
            m_window->exportSessionTo(1, file.fileName());
            QTRY_VERIFY(file.exists());
            QVERIFY(file.open(QIODevice::ReadOnly));
            const QByteArray written = file.readAll();
            QVERIFY2(QLatin1String(ending) == QLatin1String("pdf") ? written.startsWith("%PDF") && written.size() > 5000 : written.contains("Ahab nails it."), ending);
        }
        const QString nowhere = m_folder->filePath(QStringLiteral("none/whale.md"));
        m_window->exportSessionTo(1, nowhere);
        const auto isTold = [&] {
            const QList<QLabel*> bars = m_window->findChildren<QLabel*>(QStringLiteral("failureText"));
            return std::any_of(bars.begin(), bars.end(), [&](const QLabel* bar) { return bar->text().contains(nowhere); });
        };
        QTRY_VERIFY(isTold());
    }

    void aQuestionInOtherWordsMakesABranchAndTheOldOneIsFound()
    {
        drop(book());
        ask();
        QTRY_VERIFY(shown<QAbstractButton>("editButton") && shown<QAbstractButton>("editButton")->isEnabled());
        shown<QAbstractButton>("editButton")->click();
        m_script->pieces = {QStringLiteral("Starbuck.")};
        QTest::keyClicks(shown<QPlainTextEdit>("questionEditor"), QStringLiteral("Who else?"));
        QTest::keyClick(shown<QPlainTextEdit>("questionEditor"), Qt::Key_Return);
        QTRY_VERIFY(answerText().contains(QStringLiteral("Starbuck.")));
        QTRY_VERIFY(shown<QAbstractButton>("olderVersion") && shown<QAbstractButton>("olderVersion")->isEnabled());
        shown<QAbstractButton>("olderVersion")->click();
        QTRY_VERIFY(answerText().contains(QStringLiteral("Ahab nails it.")));
        child<QAction>("branchesAction")->trigger();
        auto* tree = child<QAbstractItemView>("branchTree");
        QTRY_VERIFY(tree->isVisible());
        QCOMPARE(tree->model()->rowCount(), 2);
        QTest::keyClick(tree, Qt::Key_End);
        QTest::keyClick(tree, Qt::Key_Return);
        QTRY_VERIFY(answerText().contains(QStringLiteral("Starbuck.")));
        QVERIFY(!tree->isVisible());
    }

    void whatWasTypedAndNotSentIsKept()
    {
        drop(book());
        ask();
        QTRY_VERIFY(shown<QAbstractButton>("sourceChip"));
        QTRY_VERIFY(!m_assistant->busy());
        auto* edit = child<QPlainTextEdit>("questionEdit");
        QVERIFY(edit->toPlainText().isEmpty());
        QTest::keyClicks(edit, QStringLiteral("And why"));
        child<QAction>("newConversationAction")->trigger();
        QVERIFY(edit->toPlainText().isEmpty());
        QTest::keyClicks(edit, QStringLiteral("Of another"));
        m_assistant->openSession(1);
        QTRY_COMPARE(edit->toPlainText(), QStringLiteral("And why"));
        m_assistant->showBranch(1, 1);
        QTRY_VERIFY(!m_assistant->busy());
        QCOMPARE(edit->toPlainText(), QStringLiteral("And why"));
        QTest::keyClicks(edit, QStringLiteral(" so?"));
        QTest::qWait(700);                       // as if Octavo ended without a word then
        m_window.reset();
        m_assistant.reset();
        open();
        edit = child<QPlainTextEdit>("questionEdit");
        QTRY_COMPARE(edit->toPlainText(), QStringLiteral("And why so?"));
        QTest::keyClick(edit, Qt::Key_Return);
        QTRY_VERIFY(!m_assistant->busy());
        QTRY_VERIFY(edit->toPlainText().isEmpty());
        child<QAction>("newConversationAction")->trigger();
        QTRY_COMPARE(edit->toPlainText(), QStringLiteral("Of another"));
        m_assistant->openSession(1);
        QTRY_VERIFY(edit->toPlainText().isEmpty());
    }

    void aLongFolderIsAskedAboutFirst()
    {
        const QString folder = m_folder->filePath(QStringLiteral("project"));
        QDir().mkpath(folder);
        for (const char* name : {"/README.md", "/notes.txt"}) {
            QFile file(folder + QLatin1String(name));
            QVERIFY(file.open(QIODevice::WriteOnly));
            file.write(QByteArray("some words of it, ").repeated(3000));
        }
        m_window->openPaths({folder});
        QTRY_VERIFY(shown<QPushButton>("previewRead"));
        QCOMPARE(m_script->reads, 0);
        shown<QPushButton>("previewCancel")->click();
        QTRY_VERIFY(!shown<QPushButton>("previewRead"));
        QTRY_VERIFY(!m_assistant->busy());
        QCOMPARE(child<QAbstractItemView>("documentList")->model()->rowCount(), 0);

        m_window->openPaths({folder});
        QTRY_VERIFY(shown<QPushButton>("previewRead"));
        auto* tree = shown<QAbstractItemView>("previewTree");
        QTest::keyClick(tree, Qt::Key_End);          // notes.txt
        QTest::keyClick(tree, Qt::Key_Space);
        QTest::keyClick(tree, Qt::Key_Return);
        QTRY_VERIFY(shown<QPlainTextEdit>("readerText"));
        QTRY_VERIFY(!m_assistant->busy());
        QCOMPARE(m_script->reads, 1);
        QVERIFY(!child<QPlainTextEdit>("readerText")->toPlainText().contains(QStringLiteral("notes.txt")));
        QVERIFY(child<QPlainTextEdit>("readerText")->toPlainText().contains(QStringLiteral("README.md")));
    }

    void aFileThatChangesSaysSo()
    {
        const QString path = book();
        drop(path);
        QTRY_VERIFY(shown<QPlainTextEdit>("readerText"));
        QTRY_VERIFY(!m_assistant->busy());
        QVERIFY(!shown<QPushButton>("readOnButton"));
        QFile file(path);
        QVERIFY(file.open(QIODevice::Append) && file.write("And more.\n") > 0);
        file.close();
        QTRY_VERIFY(shown<QPushButton>("readOnButton"));
        const int reads = m_script->reads;
        shown<QPushButton>("readOnButton")->click();
        QTRY_COMPARE(m_script->reads, reads + 1);
        QTRY_VERIFY(!shown<QPushButton>("readOnButton"));
    }

    void afterARestartTheConversationIsThere()
    {
        drop(book());
        ask();
        QTRY_VERIFY(shown<QAbstractButton>("sourceChip"));
        const int reads = m_script->reads;
        cleanup();
        open();
        QTRY_VERIFY(shown<QAbstractButton>("sourceChip"));
        QVERIFY(answerText().contains(QStringLiteral("Ahab nails it.")));
        QTRY_VERIFY(shown<QPlainTextEdit>("readerText"));
        QCOMPARE(m_script->reads, reads);
    }

    void readingShowsProgressAndStops()
    {
        m_script->chunkTokens = 4;
        m_script->chunkDelay = 5ms;
        drop(book());
        QTRY_VERIFY(shown<QProgressBar>("readingBar"));
        QTRY_VERIFY(child<QProgressBar>("readingBar")->value() > 0);
        QTest::keyClick(m_window.get(), Qt::Key_Escape);
        QTRY_VERIFY(!m_assistant->busy());
        QTRY_VERIFY(!shown<QProgressBar>("readingBar"));
        QTRY_VERIFY(shown<QPushButton>("readOnButton"));
    }

    void aQuestionIsAnsweredWhileReadingGoesOn()
    {
        m_script->chunkTokens = 4;
        m_script->chunkDelay = 5ms;
        m_script->pieceDelay = 50ms;
        drop(book());
        QTRY_VERIFY(shown<QProgressBar>("readingBar") && shown<QProgressBar>("readingBar")->value() > 0);
        ask();
        QTRY_VERIFY(shown<QLabel>("noteLabel"));
        QVERIFY(shown<QLabel>("noteLabel")->text().contains(QStringLiteral("read so far")));
        QVERIFY(answerText().contains(QStringLiteral("Ahab nails it.")));
        const int value = shown<QProgressBar>("readingBar")->value();
        QTRY_VERIFY(child<QProgressBar>("readingBar")->value() > value);   // reading goes on
        QVERIFY(!shown<QLabel>("waitingLabel"));
        shown<QAbstractButton>("stopReadingButton")->click();
        QTRY_VERIFY(!m_assistant->busy());
        QTRY_VERIFY(shown<QPushButton>("readOnButton"));
    }

    void aStreamIsStopped()
    {
        m_script->pieces = QStringList(200, QStringLiteral("word "));
        m_script->pieceDelay = 20ms;
        drop(book());
        ask();
        QTRY_VERIFY(answerText().contains(QStringLiteral("word")));
        shown<QAbstractButton>("stopButton")->click();
        QTRY_VERIFY(shown<QLabel>("noteLabel"));
        QVERIFY(shown<QLabel>("noteLabel")->text().contains(QStringLiteral("Stopped")));
        QVERIFY(answerText().contains(QStringLiteral("word")));
    }

    void aFailedAnswerCanBeTriedAgain()
    {
        m_script->askFailure = app::Failure{app::Failure::Kind::OutOfMemory, QStringLiteral("There is no memory left.")};
        drop(book());
        ask();
        QTRY_VERIFY(shown<QLabel>("failedNote"));
        QCOMPARE(shown<QLabel>("failedNote")->text(), QStringLiteral("There is no memory left."));
        QTRY_VERIFY(!m_assistant->busy());
        m_script->askFailure.reset();
        shown<QAbstractButton>("regenerateButton")->click();
        QTRY_VERIFY(shown<QAbstractButton>("sourceChip"));
        QVERIFY(!shown<QLabel>("failedNote"));
    }

    void aFullContextIsTold()
    {
        m_script->full = true;
        drop(book());
        ask();
        QTRY_VERIFY(shown<QLabel>("noteLabel"));
        QVERIFY(shown<QLabel>("noteLabel")->text().contains(QStringLiteral("used up")));
    }

    void failuresAreBarsThatClose()
    {
        m_window->openPaths({m_folder->filePath(QStringLiteral("nowhere.txt"))});
        QTRY_VERIFY(shown<QLabel>("failureText"));
        QVERIFY(shown<QLabel>("failureText")->text().contains(QStringLiteral("nowhere.txt")));
        shown<QAbstractButton>("failureClose")->click();
        QTRY_VERIFY(!shown<QLabel>("failureText"));
    }

    void aCrashIsToldOnceAndItsReportShown()
    {
        QVERIFY(!shown<QAbstractButton>("showCrashButton"));
        const QString folder = m_folder->filePath(QStringLiteral("data/crashes"));
        QDir().mkpath(folder);
        QFile report(folder + QStringLiteral("/20261126-120000-7.new"));
        QVERIFY(report.open(QIODevice::WriteOnly) && report.write("Crash report of Octavo\n") > 0);
        report.close();
        cleanup();
        open();
        QTRY_VERIFY(shown<QAbstractButton>("showCrashButton"));
        QVERIFY(shown<QLabel>("failureText")->text().contains(folder + QStringLiteral("/20261126-120000-7.txt")));
        shown<QAbstractButton>("showCrashButton")->click();
        QTRY_VERIFY(shown<QPlainTextEdit>("crashText"));
        QCOMPARE(child<QPlainTextEdit>("crashText")->toPlainText(), QStringLiteral("Crash report of Octavo\n"));
        QTRY_VERIFY(!shown<QLabel>("failureText"));
        const auto* dialog = child<ui::CrashDialog>("crashDialog");
        const QString copy = m_folder->filePath(QStringLiteral("report.txt"));
        QCOMPARE(dialog->saveAs(copy), QString());
        QCOMPARE(app::crashReportText(copy), QStringLiteral("Crash report of Octavo\n"));
        QVERIFY(dialog->saveAs(m_folder->filePath(QStringLiteral("nowhere/report.txt"))).contains(QStringLiteral("nowhere")));
        cleanup();
        open();
        QVERIFY(!shown<QAbstractButton>("showCrashButton"));
        QVERIFY(QFile::rename(folder + QStringLiteral("/20261126-120000-7.txt"), folder + QStringLiteral("/20261126-120000-8.new")));
        cleanup();
        open();
        QTRY_VERIFY(shown<QAbstractButton>("deleteCrashButton"));
        shown<QAbstractButton>("deleteCrashButton")->click();
        QTRY_VERIFY(QDir(folder).isEmpty());
    }

    void theSpaceOfReadingsIsShownAndLimited()
    {
        QSignalSpy space(m_assistant.get(), &app::Assistant::readingsSpace);
        for (QAction* action : child<QToolButton>("moreButton")->menu()->actions())
            if (action->text().contains(QStringLiteral("Disk space")))
                action->trigger();
        QTRY_COMPARE(space.size(), 1);
        QTRY_VERIFY(shown<QLabel>("spaceUsed")->text().startsWith(QStringLiteral("0 books take")));
        child<QDoubleSpinBox>("spaceQuota")->setValue(2.5);
        child<QPushButton>("spaceSet")->click();
        QTRY_COMPARE(space.size(), 2);
        QCOMPARE(space[1][0].value<app::ReadingsSpace>().quotaBytes, 2'500'000'000);
        QTRY_VERIFY(shown<QLabel>("spaceUsed")->text().contains(QStringLiteral("2.5")));
    }

    void aQuestionThatCannotBeStoredIsNotLost()
    {
        m_script->openFailure = app::Failure{app::Failure::Kind::Model, QStringLiteral("There is no model.")};
        cleanup();
        open();
        QTRY_VERIFY(shown<QLabel>("failureText"));
        QTRY_COMPARE(child<QToolButton>("statusModel")->text(), QStringLiteral("No model"));
    }

    void closingWhileBusyAsksFirst()
    {
        m_script->chunkTokens = 1;
        m_script->chunkDelay = 50ms;
        drop(book());
        QTRY_VERIFY(shown<QProgressBar>("readingBar"));
        QVERIFY(!m_window->close());
        auto* box = child<QMessageBox>("closeQuestion");
        QVERIFY(box);
        box->reject();
        QVERIFY(m_window->isVisible());
        QVERIFY(!m_window->close());
        QTRY_COMPARE(m_window->findChildren<QMessageBox*>().size(), 1);
        for (QAbstractButton* button : child<QMessageBox>("closeQuestion")->buttons()) {
            if (child<QMessageBox>("closeQuestion")->buttonRole(button) == QMessageBox::AcceptRole)
                QTest::mouseClick(button, Qt::LeftButton);
        }
        QTRY_VERIFY(!m_window->isVisible());
    }

    void aDocumentIsRemovedAfterAsking()
    {
        drop(book());
        QTRY_VERIFY(shown<QPlainTextEdit>("readerText"));
        QTRY_VERIFY(!m_assistant->busy());
        QTest::keyClick(child<QWidget>("documentList"), Qt::Key_Delete);
        auto* box = child<QMessageBox>("removeQuestion");
        QVERIFY(box);
        for (QAbstractButton* button : box->buttons()) {
            if (box->buttonRole(button) == QMessageBox::AcceptRole)
                QTest::mouseClick(button, Qt::LeftButton);
        }
        QTRY_COMPARE(child<QAbstractItemView>("documentList")->model()->rowCount(), 0);
        QVERIFY(shown<QAbstractButton>("openFilesButton"));
    }

    void everyControlCanBeReachedAndHasAName()
    {
        drop(book());
        ask();
        QTRY_VERIFY(shown<QAbstractButton>("sourceChip"));
        for (const QWidget* widget : m_window->findChildren<QWidget*>()) {
            if (!widget->isVisible() || widget->focusPolicy() == Qt::NoFocus || widget->focusProxy())
                continue;
            const auto* button = qobject_cast<const QAbstractButton*>(widget);
            const bool named = !widget->accessibleName().isEmpty() || (button && !button->text().isEmpty());
            const bool inner = widget->objectName().startsWith(QLatin1String("qt_")) || widget->inherits("QTabBar") || widget->inherits("QSplitterHandle");
            QVERIFY2(named || inner, qPrintable(QStringLiteral("%1 %2").arg(QLatin1String(widget->metaObject()->className()), widget->objectName())));
        }
    }

    void keysLeadAround()
    {
        drop(book());
        QTRY_VERIFY(shown<QPlainTextEdit>("readerText"));
        m_window->activateWindow();
        QTest::keyClick(m_window.get(), Qt::Key_L, Qt::ControlModifier);
        QTRY_VERIFY(child<QWidget>("questionEdit")->hasFocus());
        QTest::keyClick(m_window.get(), Qt::Key_F6);
        QVERIFY(child<QWidget>("documentList")->hasFocus());
        QTest::keyClick(m_window.get(), Qt::Key_F6);
        QVERIFY(child<QWidget>("readerText")->hasFocus());
        QTest::keyClick(m_window.get(), Qt::Key_F, Qt::ControlModifier);
        QVERIFY(child<QWidget>("findWords")->hasFocus());
        QTest::keyClick(m_window.get(), Qt::Key_H, Qt::ControlModifier);
        QVERIFY(m_window->findChild<ui::HopsDock*>()->isVisible());
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
    }

    QString book()
    {
        const QString path = m_folder->filePath(QStringLiteral("book.txt"));
        QFile file(path);
        if (file.open(QIODevice::WriteOnly)) {
            for (int chapter = 1; chapter <= 12; ++chapter) {
                file.write("CHAPTER " + QByteArray::number(chapter) + "\n\n");
                for (int paragraph = 0; paragraph < 8; ++paragraph)
                    file.write("The whale of paragraph " + QByteArray::number(paragraph) + " swims through “the sea” of this chapter and on.\n\n");
            }
        }
        return path;
    }

    void drop(const QString& path)
    {
        QMimeData data;
        data.setUrls({QUrl::fromLocalFile(path)});
        QDragEnterEvent enter({100, 100}, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(m_window.get(), &enter);
        QVERIFY(enter.isAccepted());
        QDropEvent event(QPointF(100, 100), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(m_window.get(), &event);
        QTRY_VERIFY(child<QWidget>("questionEdit")->isEnabled());
    }

    void ask()
    {
        auto* question = child<QWidget>("questionEdit");
        QTest::keyClicks(question, QStringLiteral("Who nails it?"));
        QTest::keyClick(question, Qt::Key_Return);
    }

    QString answerText() const
    {
        const auto* text = child<QTextBrowser>("answerText");
        return text ? text->toPlainText() : QString();
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

OCTAVO_WATCHED_MAIN(TestMainWindow)
#include "tst_main_window.moc"
