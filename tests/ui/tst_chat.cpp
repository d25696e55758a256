// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <QAbstractButton>
#include <QAbstractItemModelTester>
#include <QClipboard>
#include <QGuiApplication>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QScrollArea>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTest>
#include <QTextBrowser>

#include "chat/branch_model.h"
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

    void eachBlockOfCodeIsCopied()
    {
        ui::MarkdownView view;
        view.resize(300, 100);
        view.show();
        view.showMarkdown(QStringLiteral("One:\n\n```cpp\nint a;\n\n  a = 1;\n```\n\nTwo:\n\n```\nls\n```\n\nand `inline`."));
        const auto shown = [&view] {
            QList<QAbstractButton*> buttons = view.findChildren<QAbstractButton*>(QStringLiteral("copyCodeButton"));
            buttons.removeIf([](QAbstractButton* button) { return !button->isVisible(); });
            return buttons;
        };
        QCOMPARE(shown().size(), 2);
        QTest::mouseClick(shown()[0], Qt::LeftButton);
        QCOMPARE(QGuiApplication::clipboard()->text(), QStringLiteral("int a;\n\n  a = 1;"));
        shown()[1]->setFocus();
        QTest::keyClick(shown()[1], Qt::Key_Space);
        QCOMPARE(QGuiApplication::clipboard()->text(), QStringLiteral("ls"));
        QVERIFY(shown()[0]->geometry().bottom() < shown()[1]->geometry().top());
        view.showMarkdown(QStringLiteral("No code."));
        QVERIFY(shown().isEmpty());
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

    void aLongConversationOpensAtItsEndAndTheRestComes()
    {
        app::Session longer = session();
        for (int n = 1; n <= 301; ++n) {
            app::Message message = n % 2 == 1 ? question(QStringLiteral("Question %1").arg(n)) : answer(State::Complete, QStringLiteral("Answer %1").arg(n));
            message.id = n;
            message.parent = n - 1;
            longer.messages.append(message);
        }
        m_page->showSession(longer);
        QVERIFY(texts().size() < 10);
        QCOMPARE(texts().last(), QStringLiteral("Question 301"));
        QTRY_VERIFY(texts().size() > 20);
        QTest::qWait(100);
        QVERIFY(texts().size() < 100);
        auto* bar = m_page->findChild<QScrollArea*>()->verticalScrollBar();
        QCOMPARE(bar->value(), bar->maximum());
        const qsizetype before = texts().size();
        auto* more = shown<QAbstractButton>("earlierButton");
        QVERIFY(more && more->text().contains(QString::number(301 - before)));
        bar->setValue(bar->maximum() / 2);
        const int fromEnd = bar->maximum() - bar->value();
        more->click();
        QTRY_COMPARE(texts().size(), before + 24);
        QTRY_COMPARE(bar->maximum() - bar->value(), fromEnd);
        while (texts().size() < 301) {
            bar->setValue(0);                      // who scrolls up finds more
            const qsizetype here = texts().size();
            QTRY_VERIFY(texts().size() > here);
            bar->setValue(bar->maximum() / 2);
        }
        QTRY_VERIFY(!shown<QAbstractButton>("earlierButton"));
        QCOMPARE(texts().first(), QStringLiteral("Question 1"));
        m_page->showSession(session());
        QTest::qWait(20);
        QVERIFY(texts().isEmpty());
    }

    void wordsAreFoundInAllOfTheConversation()
    {
        app::Session longer = session();
        for (int n = 1; n <= 80; ++n) {
            app::Message message = n % 2 == 1 ? question(QStringLiteral("Question %1 of the **whale**?").arg(n)) : answer(State::Complete, QStringLiteral("A **whale**, said %1.").arg(n));
            message.id = n;
            longer.messages.append(message);
        }
        longer.messages[4].text = QStringLiteral("the squid");
        longer.messages[79].text = QStringLiteral("Not a *squid*, but a squid.");
        m_page->showSession(longer);
        m_page->find();
        auto* words = shown<QLineEdit>("chatFindWords");
        QVERIFY(words && words->hasFocus());
        QTest::keyClicks(words, QStringLiteral("squid"));
        auto* count = m_page->findChild<QLabel*>(QStringLiteral("chatFindCount"));
        QTRY_VERIFY(count->text().contains(QStringLiteral("of 3")));      // the first is a message that had not been in sight
        QTRY_COMPARE(texts().size(), 80);
        QTest::keyClick(words, Qt::Key_Return);
        QTest::keyClick(words, Qt::Key_Return);
        QTest::keyClick(words, Qt::Key_Return);                            // and round
        QVERIFY(count->text().startsWith(QStringLiteral("1")));
        auto* found = textViews()[4];
        QCOMPARE(found->extraSelections().size(), 1);
        QCOMPARE(found->extraSelections()[0].cursor.selectedText(), QStringLiteral("squid"));
        QTRY_VERIFY(!found->visibleRegion().isEmpty());
        QCOMPARE(textViews()[79]->extraSelections().size(), 2);
        words->clear();
        QTest::keyClicks(words, QStringLiteral("whale, said"));              // across Markdown's signs
        QTRY_VERIFY(count->text().contains(QStringLiteral("of 39")));
        words->clear();
        QTest::keyClicks(words, QStringLiteral("?A whale"));                 // not across messages
        QTRY_VERIFY(!count->text().isEmpty() && !count->text().contains(QStringLiteral("of")));
        QTest::keyClick(words, Qt::Key_Escape);
        QVERIFY(!words->isVisible());
        QVERIFY(textViews()[4]->extraSelections().isEmpty());
        QVERIFY(m_edit->hasFocus());
    }

    void aQuestionIsEditedInItsPlace()
    {
        app::Session talk = session();
        talk.messages = {question(QStringLiteral("Who gets it?")), answer(State::Complete, QStringLiteral("Ahab."))};
        m_page->showSession(talk);
        QSignalSpy wanted(m_page.get(), &ui::ChatPage::editWanted);
        shown<QAbstractButton>("editButton")->click();
        auto* editor = shown<QPlainTextEdit>("questionEditor");
        QVERIFY(editor && editor->hasFocus());
        QCOMPARE(editor->toPlainText(), QStringLiteral("Who gets it?"));
        QVERIFY(!shown<QTextBrowser>("questionText"));
        QTest::keyClick(editor, Qt::Key_Escape);
        QTRY_VERIFY(!shown<QPlainTextEdit>("questionEditor"));
        QCOMPARE(shown<QTextBrowser>("questionText")->toPlainText(), QStringLiteral("Who gets it?"));

        m_page->editLastQuestion();
        QTest::keyClick(shown<QPlainTextEdit>("questionEditor"), Qt::Key_Return);
        QCOMPARE(wanted.size(), 0);                // the same words
        m_page->editLastQuestion();
        QTest::keyClicks(shown<QPlainTextEdit>("questionEditor"), QStringLiteral("Who?"));
        QTest::keyClick(shown<QPlainTextEdit>("questionEditor"), Qt::Key_Return);
        QCOMPARE(wanted.size(), 1);
        QCOMPARE(wanted[0][0].toLongLong(), 10);
        QCOMPARE(wanted[0][1].toString(), QStringLiteral("Who?"));

        ask();                                     // while an answer is under way, nothing is edited
        QVERIFY(!shown<QAbstractButton>("editButton")->isEnabled());
        m_page->editLastQuestion();
        QVERIFY(!shown<QPlainTextEdit>("questionEditor"));
    }

    void versionsAreSteppedThroughByKeyboard()
    {
        app::Session talk = session();
        talk.messages = {question(QStringLiteral("Who?")), answer(State::Complete, QStringLiteral("Ahab."))};
        talk.messages[1].versions = {7, 11, 12};
        m_page->showSession(talk);
        QVERIFY(shown<QAbstractButton>("branchesButton"));
        QVERIFY(shown<QLabel>("versionLabel")->text().contains(QStringLiteral("2")));
        QSignalSpy wanted(m_page.get(), &ui::ChatPage::branchWanted);
        shown<QAbstractButton>("newerVersion")->setFocus();
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Space);
        QCOMPARE(wanted.last()[0].toLongLong(), 12);
        talk.messages[1].id = 12;
        talk.messages[1].text = QStringLiteral("Starbuck.");
        m_page->showSession(talk);
        QCOMPARE(answerText(), QStringLiteral("Starbuck."));
        QVERIFY(!shown<QAbstractButton>("newerVersion")->isEnabled());
        QTRY_COMPARE(QApplication::focusWidget(), shown<QAbstractButton>("olderVersion"));   // so that one can go on
        talk.messages[1].versions.clear();
        m_page->showSession(talk);
        QVERIFY(!shown<QAbstractButton>("olderVersion"));
        QVERIFY(!shown<QAbstractButton>("branchesButton"));
    }

    void branchesAreATreeWhoseLevelsAreForks()
    {
        // 1 Who? - 2 Ahab. - 3 Why? - 4 Gold. - 5 (again) Rage. - 6 How? (after 5); 7 Whom? beside 1 - 8 Him.
        const auto message = [](app::MessageId id, app::MessageId parent, const char* text) {
            app::Message made;
            made.id = id;
            made.parent = parent;
            made.text = QLatin1String(text);
            made.role = QLatin1String(text).endsWith(QLatin1Char('?')) ? app::Message::Role::User : app::Message::Role::Assistant;
            return made;
        };
        ui::BranchModel model;
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setMessages({message(1, 0, "Who?"), message(2, 1, "Ahab."), message(3, 2, "Why?"), message(4, 3, "Gold."), message(5, 3, "Rage."), message(6, 5, "How?"),
                           message(7, 0, "Whom?"), message(8, 7, "Him.")}, 6);
        QCOMPARE(asText(model), QStringLiteral("Who?*(Ahab.* Why?*(Gold. Rage.*(How?*))) Whom?(Him.)"));
        QCOMPARE(model.indexOf(6).data().toString(), QStringLiteral("How?"));
        QVERIFY(!model.indexOf(99).isValid());
        QList<app::Message> straight;
        for (int id = 1; id <= 2000; ++id)
            straight.append(message(id, id - 1, "Who?"));
        model.setMessages(straight, 2000);
        QCOMPARE(model.rowCount(), 2000);
        model.setMessages({}, 0);
        QCOMPARE(model.rowCount(), 0);
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

    static QString asText(const QAbstractItemModel& model, const QModelIndex& parent = {})
    {
        QStringList rows;
        for (int row = 0; row < model.rowCount(parent); ++row) {
            const QModelIndex index = model.index(row, 0, parent);
            const QString below = asText(model, index);
            rows.append(index.data().toString() + (index.data(ui::BranchModel::ShownRole).toBool() ? QStringLiteral("*") : QString()) + (below.isEmpty() ? below : '(' + below + ')'));
        }
        return rows.join(' ');
    }

    // Questions and answers from top to bottom.
    QList<QTextBrowser*> textViews() const
    {
        QList<QTextBrowser*> views = m_page->findChildren<QTextBrowser*>();
        std::sort(views.begin(), views.end(), [](const QTextBrowser* a, const QTextBrowser* b) { return a->mapToGlobal(QPoint()).y() < b->mapToGlobal(QPoint()).y(); });
        return views;
    }

    QStringList texts() const
    {
        QStringList texts;
        for (const QTextBrowser* view : textViews())
            texts.append(view->toPlainText());
        return texts;
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
