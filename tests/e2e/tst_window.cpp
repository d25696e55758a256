// SPDX-License-Identifier: Apache-2.0
// The real window with the real model on a real book: drop, read, ask, follow a source, open the hops, export, quit, come back.
#include <QAbstractButton>
#include <QAbstractItemView>
#include <QDropEvent>
#include <QFileInfo>
#include <QMimeData>
#include <QPlainTextEdit>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QUrl>

#include "hops/hops_dock.h"
#include "main_window.h"
#include "octavo/app/assistant.h"
#include "support/excerpt.h"
#include "support/gui_watchdog.h"

using namespace octavo;

class TestWindow : public QObject {
    Q_OBJECT

private slots:
    void initTestCase()
    {
        if (!QFileInfo::exists(QString::fromUtf8(test::kModelFile)))
            QSKIP("the default model is not there");
        const bool whole = qEnvironmentVariableIsSet("OCTAVO_LONG_TESTS");
        m_book = test::frankenstein(m_folder.path(), whole ? QByteArray() : QByteArray("Chapter 1"));
        if (m_book.isEmpty())
            QSKIP("the test novels are not there");
    }

    void aBookInAnAnswerOut()
    {
        const auto running = app::Assistant::onThisMachine(options());
        app::Assistant& assistant = *running;
        ui::MainWindow window(assistant, {options().dataDir, {}});
        window.resize(1280, 800);
        window.show();
        assistant.start();

        QSignalSpy read(&assistant, &app::Assistant::readFinished);
        QSignalSpy failed(&assistant, &app::Assistant::failed);
        // A whole book takes long enough to be asked about first.
        QObject::connect(&assistant, &app::Assistant::previewReady, &window, [&window] { find<QAbstractButton>(window, "previewRead")->click(); }, Qt::QueuedConnection);
        drop(window, m_book);
        QTRY_COMPARE_WITH_TIMEOUT(read.size(), 1, kPatience);
        QVERIFY(!read[0][1].toBool());
        const auto document = read[0][0].value<app::DocumentSummary>();
        QCOMPARE(document.readTokens, document.tokens);
        QVERIFY(document.tokens > 3000);
        QVERIFY(find<QPlainTextEdit>(window, "readerText")->toPlainText().contains(QStringLiteral("You will rejoice to hear")));

        auto* question = window.findChild<QWidget*>(QStringLiteral("questionEdit"));
        QVERIFY(question);
        question->setFocus();
        QSignalSpy answered(&assistant, &app::Assistant::answerFinished);
        QTest::keyClicks(question, QStringLiteral("To whom are the letters written?"));
        QTest::keyClick(question, Qt::Key_Return);
        QTRY_COMPARE_WITH_TIMEOUT(answered.size(), 1, kPatience);
        const auto message = answered[0][1].value<app::Message>();
        QCOMPARE(message.state, app::Message::State::Complete);
        QVERIFY(!message.text.isEmpty());
        QVERIFY(!message.sources.isEmpty());
        m_answer = message.text;

        auto* chip = window.findChild<QAbstractButton*>(QStringLiteral("sourceChip"));
        QVERIFY(chip);
        chip->click();
        auto* reader = find<QPlainTextEdit>(window, "readerText");
        QTRY_VERIFY(reader->textCursor().hasSelection());
        QCOMPARE(plain(reader->textCursor().selectedText()), plain(message.sources[0].text));

        QSignalSpy hops(&assistant, &app::Assistant::hopsReady);
        find<QAbstractButton>(window, "hopsButton")->click();
        QTRY_VERIFY_WITH_TIMEOUT(!hops.isEmpty(), kPatience);
        auto* dock = window.findChild<ui::HopsDock*>();
        QVERIFY(dock);
        QTRY_VERIFY(dock->isVisible());
        const QString map = m_folder.filePath(QStringLiteral("hops.svg"));
        QCOMPARE(dock->exportTo(map), QString());
        QVERIFY(QFileInfo(map).size() > 1000);
        QCOMPARE(failed.size(), 0);
    }

    void afterARestartAllIsThere()
    {
        QVERIFY2(!m_answer.isEmpty(), "the first part failed");
        const auto running = app::Assistant::onThisMachine(options());
        app::Assistant& assistant = *running;
        ui::MainWindow window(assistant, {options().dataDir, {}});
        window.show();
        QSignalSpy sessions(&assistant, &app::Assistant::sessionsChanged);
        QSignalSpy opened(&assistant, &app::Assistant::sessionOpened);
        assistant.start();
        QTRY_VERIFY_WITH_TIMEOUT(!sessions.isEmpty(), kPatience);
        const auto found = sessions.last()[0].value<QList<app::SessionSummary>>();
        QCOMPARE(found.size(), 1);
        auto* list = find<QAbstractItemView>(window, "sessionList");
        QTRY_COMPARE(list->model()->rowCount(), 1);
        assistant.openSession(found[0].id);
        QTRY_COMPARE_WITH_TIMEOUT(opened.size(), 1, kPatience);
        const auto session = opened[0][0].value<app::Session>();
        QCOMPARE(session.messages.last().text, m_answer);
        QVERIFY(!session.messages.last().sources.isEmpty());

        // A second question needs no token of the book read again.
        QSignalSpy answered(&assistant, &app::Assistant::answerFinished);
        auto* question = window.findChild<QWidget*>(QStringLiteral("questionEdit"));
        QTest::keyClicks(question, QStringLiteral("Where is the writer?"));
        QTest::keyClick(question, Qt::Key_Return);
        QTRY_COMPARE_WITH_TIMEOUT(answered.size(), 1, kPatience);
        const auto timings = answered[0][2].value<app::AnswerTimings>();
        QCOMPARE(timings.readTokens, 0);
        QVERIFY(timings.reusedTokens > 3000);
    }

private:
    static constexpr int kPatience = 600000; // a whole book on a slow machine; nothing waits longer than it must

    app::AssistantOptions options() const { return {m_folder.filePath(QStringLiteral("data")), QString::fromUtf8(test::kModelFile), 0}; }

    static void drop(QWidget& window, const QString& file)
    {
        QMimeData data;
        data.setUrls({QUrl::fromLocalFile(file)});
        const QPoint middle = window.rect().center();
        QDragEnterEvent enter(middle, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(&window, &enter);
        QVERIFY(enter.isAccepted());
        QDropEvent event(middle, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(&window, &event);
    }

    template <class Widget>
    static Widget* find(QWidget& window, const char* name)
    {
        auto* widget = window.findChild<Widget*>(QString::fromLatin1(name));
        if (!widget)
            qFatal("no %s", name);
        return widget;
    }

    // The reader joins the hard line breaks of plain-text books.
    static QString plain(QString text)
    {
        return text.simplified();
    }

    QTemporaryDir m_folder;
    QString m_book;
    QString m_answer;
};

OCTAVO_WATCHED_MAIN(TestWindow)
#include "tst_window.moc"
