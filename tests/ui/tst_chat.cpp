// SPDX-License-Identifier: Apache-2.0
#include <QAbstractButton>
#include <QClipboard>
#include <QGuiApplication>
#include <QLabel>
#include <QPlainTextEdit>
#include <QSignalSpy>
#include <QTest>
#include <QTextBrowser>

#include "chat/chat_page.h"
#include "chat/markdown_view.h"
#include "chat/source_chip.h"
#include "support/gui_watchdog.h"

using namespace octavo;
using State = app::Message::State;

namespace {

app::Session session()
{
    app::Session made;
    made.summary.id = 5;
    made.summary.title = QStringLiteral("The doubloon");
    return made;
}

app::Message question(const QString& text)
{
    app::Message made;
    made.id = 10;
    made.text = text;
    return made;
}

app::Message answer(State state, const QString& text, const QString& note = {})
{
    app::Message made;
    made.id = 11;
    made.role = app::Message::Role::Assistant;
    made.state = state;
    made.text = text;
    made.note = note;
    return made;
}

} // namespace

class TestChat : public QObject {
    Q_OBJECT

private slots:
    void init()
    {
        m_page = std::make_unique<ui::ChatPage>();
        m_page->resize(420, 700);
        m_page->show();
        m_edit = m_page->findChild<QPlainTextEdit*>(QStringLiteral("questionEdit"));
    }

    void emptyTeachesAndTakesNoQuestion()
    {
        QVERIFY(shown<QLabel>("chatHint"));
        QVERIFY(!m_edit->isEnabled());
        m_page->setAbout(QStringLiteral("Moby-Dick"));
        QVERIFY(m_edit->isEnabled());
        QVERIFY(m_edit->placeholderText().contains(QStringLiteral("Moby-Dick")));
        QVERIFY(!shown<QAbstractButton>("sendButton")->isEnabled());
    }

    void enterSendsAndShiftEnterBeginsALine()
    {
        m_page->showSession(session());
        QSignalSpy asked(m_page.get(), &ui::ChatPage::questionAsked);
        const int height = m_edit->height();
        QTest::keyClick(m_edit, Qt::Key_Return);
        QCOMPARE(asked.size(), 0);                                  // nothing to ask
        QTest::keyClicks(m_edit, QStringLiteral("Who"));
        QTest::keyClick(m_edit, Qt::Key_Return, Qt::ShiftModifier);
        QTest::keyClicks(m_edit, QStringLiteral("is it?"));
        QVERIFY(m_edit->height() > height);
        QTest::keyClick(m_edit, Qt::Key_Return);
        QCOMPARE(asked.size(), 1);
        QCOMPARE(asked[0][0].toString(), QStringLiteral("Who\nis it?"));
        QVERIFY(m_edit->toPlainText().isEmpty());
        QVERIFY(!shown<QAbstractButton>("sendButton"));
        QVERIFY(shown<QAbstractButton>("stopButton"));
    }

    void aQuestionWaitsForTheReading()
    {
        m_page->showSession(session());
        ask();
        m_page->showWaiting(QStringLiteral("41 % read"));
        QCOMPARE(shown<QLabel>("waitingLabel")->text(), QStringLiteral("41 % read"));
        QVERIFY(shown<QTextBrowser>("questionText"));
        begin();
        QVERIFY(!shown<QLabel>("waitingLabel"));
        m_page->showWaiting(QStringLiteral("42 % read"));   // for this answer
        QVERIFY(shown<QLabel>("waitingLabel"));
        m_page->addPiece(11, QStringLiteral("Ahab"));
        QVERIFY(!shown<QLabel>("waitingLabel"));
    }

    void aQuestionNeverTakenUpComesBack()
    {
        m_page->showSession(session());
        ask();
        m_page->setBusy(false);
        QCOMPARE(m_edit->toPlainText(), QStringLiteral("Who gets it?"));
        QVERIFY(shown<QLabel>("chatHint"));
    }

    void anAnswerStreamsAndEnds()
    {
        m_page->showSession(session());
        ask();
        begin();
        m_page->addPiece(11, QStringLiteral("Ahab **nails** it"));
        QTRY_VERIFY(answerText().contains(QStringLiteral("nails")));
        QVERIFY(answerText().contains(QStringLiteral("▍")));
        QVERIFY(!answerText().contains(QStringLiteral("**")));
        QVERIFY(shown<QAbstractButton>("stopButton"));
        QVERIFY(!shown<QAbstractButton>("copyButton"));

        app::Message done = answer(State::Complete, QStringLiteral("Ahab **nails** it."));
        done.hasHops = true;
        app::AnswerTimings timings;
        timings.tokensPerSecond = 20;
        m_page->finishAnswer(5, done, timings);
        QCOMPARE(answerText(), QStringLiteral("Ahab nails it."));
        QVERIFY(shown<QAbstractButton>("sendButton"));
        QVERIFY(shown<QAbstractButton>("regenerateButton"));
        QVERIFY(shown<QLabel>("timings")->text().contains(QStringLiteral("20")));
        shown<QAbstractButton>("copyButton")->click();
        QCOMPARE(QGuiApplication::clipboard()->text(), done.text);
        QSignalSpy hops(m_page.get(), &ui::ChatPage::hopsWanted);
        shown<QAbstractButton>("hopsButton")->click();
        QCOMPARE(hops.size(), 1);
        QCOMPARE(hops[0][0].toLongLong(), 11);
    }

    void howAnswersEnd_data()
    {
        QTest::addColumn<State>("state");
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("note");
        QTest::addColumn<QString>("shownNote");
        QTest::addColumn<QString>("look");
        QTest::newRow("stopped") << State::Stopped << "half" << "Stopped." << "Stopped." << "noteLabel";
        QTest::newRow("stopped without a note") << State::Stopped << "half" << "" << "Stopped." << "noteLabel";
        QTest::newRow("failed") << State::Failed << "" << "There is no memory left." << "There is no memory left." << "failedNote";
        QTest::newRow("context full") << State::Complete << "long" << "The room for this conversation is used up." << "The room" << "noteLabel";
        QTest::newRow("empty") << State::Complete << "" << "" << "empty answer" << "noteLabel";
    }

    void howAnswersEnd()
    {
        QFETCH(State, state);
        QFETCH(QString, text);
        QFETCH(QString, note);
        QFETCH(QString, shownNote);
        QFETCH(QString, look);
        m_page->showSession(session());
        ask();
        begin();
        m_page->finishAnswer(5, answer(state, text, note), {});
        auto* label = shown<QLabel>(look.toLatin1().constData());
        QVERIFY(label);
        QVERIFY2(label->text().contains(shownNote), qPrintable(label->text()));
        QSignalSpy again(m_page.get(), &ui::ChatPage::regenerateWanted);
        auto* button = shown<QAbstractButton>("regenerateButton");
        QCOMPARE(button->text().isEmpty(), state != State::Failed);     // "Try again"
        button->click();
        QCOMPARE(again.size(), 1);
    }

    void anotherAnswerTakesThePlaceOfTheLast()
    {
        app::Session old = session();
        old.messages = {question(QStringLiteral("Who?")), answer(State::Complete, QStringLiteral("First."))};
        m_page->showSession(old);
        m_page->startAnswer(5, 12);
        QCOMPARE(m_page->findChildren<QTextBrowser*>(QStringLiteral("answerText")).size(), 1);
        app::Message second = answer(State::Complete, QStringLiteral("Second."));
        second.id = 12;
        m_page->finishAnswer(5, second, {});
        QCOMPARE(answerText(), QStringLiteral("Second."));
    }

    void sourcesAreNumberedAndLead()
    {
        QSignalSpy sources(m_page.get(), &ui::ChatPage::sourcesShown);
        app::Session old = session();
        app::Message cited = answer(State::Complete, QStringLiteral("Ahab."));
        app::Source first;
        first.document = 1;
        first.place = QStringLiteral("Chapter 36");
        first.bytes = {100, 200};
        first.weight = 0.42;
        app::Source second = first;
        second.place = QStringLiteral("Chapter 99");
        cited.sources = {first, second};
        old.messages = {question(QStringLiteral("Who?")), cited};
        m_page->showSession(old);
        QCOMPARE(sources.last()[0].value<QList<app::Source>>().size(), 2);
        QSignalSpy clicked(m_page.get(), &ui::ChatPage::sourceClicked);
        QVERIFY(shown<ui::SourceChip>("sourceChip"));
        auto* chip = m_page->findChildren<ui::SourceChip*>().at(1);
        QVERIFY(chip->accessibleName().contains(QStringLiteral("Source 2: Chapter 99, 42")));
        QTest::keyClick(chip, Qt::Key_Space);
        QCOMPARE(clicked.size(), 1);
        QCOMPARE(clicked[0][0].value<app::Source>().place, second.place);
    }

    void nothingIsLoadedAndNothingLeadsOut()
    {
        ui::MarkdownView view;
        view.resize(300, 100);
        view.showMarkdown(QStringLiteral("See [the site](https://example.org/a) and ![a whale](https://example.org/w.png) <img src=\"x\"> <b>bold</b>"));
        const QString html = view.document()->toHtml();
        QVERIFY2(!html.contains(QStringLiteral("example.org")), qPrintable(html));
        QVERIFY(!html.contains(QStringLiteral("<img")));
        QVERIFY(view.toPlainText().contains(QStringLiteral("the site")));
        QVERIFY(view.toPlainText().contains(QStringLiteral("[a whale]")));
        QVERIFY(view.toPlainText().contains(QStringLiteral("<b>")));
    }

    void otherSessionsDoNotDisturb()
    {
        m_page->showSession(session());
        m_page->addMessage(6, question(QStringLiteral("elsewhere")));
        m_page->startAnswer(6, 77);
        m_page->addPiece(77, QStringLiteral("x"));
        QVERIFY(m_page->findChildren<QTextBrowser*>().isEmpty());
        QVERIFY(shown<QAbstractButton>("sendButton"));
    }

private:
    void ask()
    {
        QTest::keyClicks(m_edit, QStringLiteral("Who gets it?"));
        QTest::keyClick(m_edit, Qt::Key_Return);
    }

    void begin()
    {
        m_page->addMessage(5, question(QStringLiteral("Who gets it?")));
        m_page->startAnswer(5, 11);
    }

    QString answerText() const { return m_page->findChild<QTextBrowser*>(QStringLiteral("answerText"))->toPlainText(); }

    // Null if it is not there or hidden.
    template <class Widget>
    Widget* shown(const char* name) const
    {
        QCoreApplication::processEvents();      // what a layout was given is shown a little later
        for (auto* widget : m_page->findChildren<Widget*>(QLatin1String(name))) {
            if (widget->isVisible())
                return widget;
        }
        return nullptr;
    }

    std::unique_ptr<ui::ChatPage> m_page;
    QPlainTextEdit* m_edit = nullptr;
};

OCTAVO_WATCHED_MAIN(TestChat)
#include "tst_chat.moc"
