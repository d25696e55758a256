// SPDX-License-Identifier: Apache-2.0
// What can be done with an answer that is there: its marks lead to its sources, its sources are verified, and it is asked for again without parts of the text.
#include <QAbstractItemModelTester>
#include <QComboBox>
#include <QDockWidget>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QTextBrowser>
#include <QTextBlock>
#include <QTableView>
#include <QTextDocument>
#include <QTreeView>

#include "chat/markdown_view.h"
#include "chat/part_choice_model.h"
#include "hops/compare_model.h"
#include "library/documents_model.h"
#include "support/gui_watchdog.h"
#include "support/window_desk.h"
#include "widgets.h"

using namespace octavo;

namespace {

// Its rows with their ticks: [x] in, [ ] out, [-] in part.
QString asText(const QAbstractItemModel& model, const QModelIndex& parent = {})
{
    QStringList rows;
    for (int row = 0; row < model.rowCount(parent); ++row) {
        const QModelIndex index = model.index(row, 0, parent);
        const auto state = index.data(Qt::CheckStateRole).value<Qt::CheckState>();
        const QString below = asText(model, index);
        rows.append((state == Qt::Checked ? "[x] " : state == Qt::Unchecked ? "[ ] " : "[-] ") + index.data().toString() + (below.isEmpty() ? below : " (" + below + ')'));
    }
    return rows.join(QStringLiteral(", "));
}

std::vector<ui::PartChoice> bookOfTwo()
{
    return {{QStringLiteral("Passages"), {}, {{QStringLiteral("1"), {1, {10, 20}}}, {QStringLiteral("2"), {1, {60, 70}}}}},
            {QStringLiteral("Book"), {1, {0, 100}}, {{QStringLiteral("One"), {1, {5, 50}}}, {QStringLiteral("Two"), {1, {50, 100}}, {{QStringLiteral("Two A"), {1, {70, 100}}}}}}}};
}

QList<app::ByteRange> bytesOf(const QList<app::TextPlace>& places)
{
    QList<app::ByteRange> bytes;
    for (const app::TextPlace& place : places)
        bytes.append(place.bytes);
    return bytes;
}

} // namespace

class TestLooks : public QObject {
    Q_OBJECT

private slots:
    void init() { m_desk = std::make_unique<test::WindowDesk>(); }
    void cleanup() { m_desk.reset(); }

    void partsAreTickedWithAllThatLiesInThem()
    {
        ui::PartChoiceModel model;
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        QVERIFY(!model.isAnyIn());
        model.setParts(bookOfTwo());
        QSignalSpy changed(&model, &ui::PartChoiceModel::choiceChanged);
        QCOMPARE(asText(model), QStringLiteral("[x] Passages ([x] 1, [x] 2), [x] Book ([x] One, [x] Two ([x] Two A))"));
        QVERIFY(model.leftOut().isEmpty());
        const QModelIndex passages = model.index(0, 0), book = model.index(1, 0), two = model.index(1, 0, book);
        QVERIFY(model.setData(two, Qt::Unchecked, Qt::CheckStateRole));
        QCOMPARE(asText(model), QStringLiteral("[x] Passages ([x] 1, [x] 2), [-] Book ([x] One, [ ] Two ([ ] Two A))"));
        QCOMPARE(bytesOf(model.leftOut()), (QList<app::ByteRange>{{50, 100}}));
        QVERIFY(model.setData(model.index(0, 0, two), Qt::Checked, Qt::CheckStateRole));
        QCOMPARE(asText(model), QStringLiteral("[x] Passages ([x] 1, [x] 2), [x] Book ([x] One, [x] Two ([x] Two A))"));
        QVERIFY(model.setData(model.index(0, 0, two), Qt::Unchecked, Qt::CheckStateRole));
        QCOMPARE(asText(model, book), QStringLiteral("[x] One, [-] Two ([ ] Two A)"));   // it has text of its own
        QVERIFY(model.setData(passages, Qt::Unchecked, Qt::CheckStateRole));
        QCOMPARE(bytesOf(model.leftOut()), (QList<app::ByteRange>{{10, 20}, {60, 70}, {70, 100}}));
        QVERIFY(model.isAnyIn());
        QVERIFY(model.setData(book, Qt::Unchecked, Qt::CheckStateRole));
        QVERIFY(!model.isAnyIn());
        QCOMPARE(bytesOf(model.leftOut()), (QList<app::ByteRange>{{10, 20}, {60, 70}, {0, 100}}));
        QVERIFY(!model.setData(book, QStringLiteral("x"), Qt::EditRole));
        QCOMPARE(changed.size(), 5);
    }

    void marksStandInTheAnswerAndLeadToTheirSources()
    {
        ui::MarkdownView view;
        view.resize(400, 200);
        view.show();
        QSignalSpy clicked(&view, &ui::MarkdownView::markClicked);
        const QString text = QStringLiteral("Ahab **nails** it. He [claims](http://example.com) it \uE003.");
        view.showMarkdown(text, {{18, 0}, {static_cast<int>(text.size()), 2}, {999, 1}});
        QCOMPARE(view.toPlainText().simplified(), QStringLiteral("Ahab nails it. 1 He claims it \uFFFD. 3"));
        QStringList links;
        for (QTextBlock block = view.document()->begin(); block.isValid(); block = block.next())
            for (auto at = block.begin(); !at.atEnd(); ++at)
                if (at.fragment().charFormat().isAnchor())
                    links.append(at.fragment().charFormat().anchorHref());
        QCOMPARE(links, (QStringList{"0", "2"}));   // nothing that the answer wrote is one
        const QRect third = view.placeOf(static_cast<int>(view.toPlainText().lastIndexOf(u'3')));
        QTest::mouseClick(view.viewport(), Qt::LeftButton, {}, third.center() - view.viewport()->pos() + QPoint(2, 0));
        QCOMPARE(clicked.size(), 1);
        QCOMPARE(clicked[0][0].toInt(), 2);
    }

    void anAnswerHasMarksAndAfterAReopeningToo()
    {
        m_desk->openBook();
        m_desk->ask();
        QVERIFY(answerText().contains(QStringLiteral("1")));
        m_desk->reopen();
        m_desk->assistant->openSession(1);
        QTRY_VERIFY(m_desk->shown<QTextBrowser>("answerText"));
        QTRY_VERIFY(answerText().contains(QStringLiteral("1")));
    }

    void sourcesAreVerifiedOneByOne()
    {
        m_desk->openBook();
        m_desk->ask();
        QVERIFY(!m_desk->shown<QLabel>("checkLabel"));
        m_desk->script->pieceDelay = std::chrono::milliseconds(150);
        QTest::mouseClick(m_desk->shown<QAbstractButton>("verifyButton"), Qt::LeftButton);
        QVERIFY(m_desk->shown<QLabel>("verifiedLabel"));
        QVERIFY(!m_desk->shown<QAbstractButton>("verifyButton")->isEnabled());
        QVERIFY(m_desk->shown<QAbstractButton>("stopButton"));
        QTRY_VERIFY(m_desk->shown<QLabel>("checkLabel"));
        QTRY_VERIFY(!m_desk->assistant->busy());
        QTRY_VERIFY(m_desk->shown<QAbstractButton>("verifyButton")->isEnabled());
        QVERIFY(!m_desk->shown<QAbstractButton>("stopButton"));
        const QList<QLabel*> checks = m_desk->window->findChildren<QLabel*>(QStringLiteral("checkLabel"));
        const auto sources = m_desk->window->findChildren<QAbstractButton*>(QStringLiteral("sourceChip"));
        QCOMPARE(checks.size(), sources.size());
        for (const QLabel* check : checks)
            QVERIFY(check->isVisible());
        QCOMPARE(checks.first()->property("role").toString(), QStringLiteral("verified"));
        QVERIFY(sources.first()->accessibleName().contains(QStringLiteral("verified")));
        QCOMPARE(m_desk->script->asked.size(), 1U);
    }

    void verifyingThatIsStoppedLeavesNothingBehind()
    {
        m_desk->openBook();
        m_desk->ask();
        m_desk->script->pieceDelay = std::chrono::seconds(30);
        QTest::mouseClick(m_desk->shown<QAbstractButton>("verifyButton"), Qt::LeftButton);
        QTRY_VERIFY(m_desk->shown<QAbstractButton>("stopButton"));
        QTest::mouseClick(m_desk->shown<QAbstractButton>("stopButton"), Qt::LeftButton);
        QTRY_VERIFY(!m_desk->assistant->busy());
        QTRY_VERIFY(!m_desk->shown<QLabel>("verifiedLabel"));
        QVERIFY(!m_desk->shown<QLabel>("checkLabel"));
        QVERIFY(m_desk->shown<QAbstractButton>("sendButton"));
    }

    void withoutAPartTheAnswerIsAnotherVersion()
    {
        m_desk->openBook();
        m_desk->ask();
        QWidget* dialog = openWhatIf();
        QVERIFY(dialog);
        auto* tree = dialog->findChild<QTreeView*>(QStringLiteral("whatIfTree"));
        auto* ask = dialog->findChild<QPushButton*>(QStringLiteral("whatIfAsk"));
        QVERIFY(!ask->isEnabled());
        const int texts = tree->model()->rowCount() - 1;
        QModelIndex book = tree->model()->index(texts, 0);
        QVERIFY(tree->model()->rowCount(book) >= 12);
        const QString title = tree->model()->index(2, 0, book).data().toString();
        tree->setCurrentIndex(tree->model()->index(2, 0, book));
        tree->setFocus();
        QTest::keyClick(tree, Qt::Key_Space);
        QVERIFY(ask->isEnabled());
        QTest::mouseClick(ask, Qt::LeftButton);
        QTRY_COMPARE(m_desk->script->asked.size(), 2U);
        QTRY_VERIFY(!m_desk->assistant->busy());
        QCOMPARE(m_desk->script->asked[1].hidden.size(), 1U);
        QVERIFY(m_desk->script->asked[0].hidden.empty());
        QTRY_VERIFY(m_desk->shown<QLabel>("noteLabel"));
        const QString note = m_desk->shown<QLabel>("noteLabel")->text();
        QVERIFY2(note.contains(title), qPrintable(note + title));
        QVERIFY(m_desk->shown<QAbstractButton>("olderVersion")->isEnabled());
        QTest::mouseClick(m_desk->shown<QAbstractButton>("olderVersion"), Qt::LeftButton);
        QTRY_VERIFY(!m_desk->shown<QLabel>("noteLabel"));
    }

    void notEverythingCanBeLeftOut()
    {
        m_desk->openBook();
        m_desk->ask();
        QWidget* dialog = openWhatIf();
        auto* tree = dialog->findChild<QTreeView*>(QStringLiteral("whatIfTree"));
        const QModelIndex book = tree->model()->index(tree->model()->rowCount() - 1, 0);
        QVERIFY(tree->model()->setData(book, Qt::Unchecked, Qt::CheckStateRole));
        QVERIFY(!dialog->findChild<QPushButton*>(QStringLiteral("whatIfAsk"))->isEnabled());
        QVERIFY(tree->model()->setData(tree->model()->index(0, 0, book), Qt::Checked, Qt::CheckStateRole));
        QVERIFY(dialog->findChild<QPushButton*>(QStringLiteral("whatIfAsk"))->isEnabled());
        QTest::keyClick(dialog, Qt::Key_Escape);
        QTRY_VERIFY(!m_desk->child<QWidget>("whatIfDialog"));
    }

    // Any answer, not only the last: what came after it stays on its branch.
    void anEarlierAnswerIsMadeAgain()
    {
        m_desk->openBook();
        m_desk->ask();
        m_desk->ask();
        QTRY_COMPARE(m_desk->script->asked.size(), 2U);
        QTRY_VERIFY(!m_desk->assistant->busy());
        QTRY_COMPARE(visible("regenerateButton").size(), 2);
        m_desk->script->pieces = {QStringLiteral("Another answer.")};
        QTest::mouseClick(visible("regenerateButton").first(), Qt::LeftButton);
        QTRY_COMPARE(m_desk->script->asked.size(), 3U);
        QTRY_VERIFY(!m_desk->assistant->busy());
        QCOMPARE(m_desk->script->asked[2].turns.size(), 1U);
        QTRY_COMPARE(visible("answerText").size(), 1);
        QVERIFY(answerText().startsWith(QStringLiteral("Another answer.")));
        QTest::mouseClick(m_desk->shown<QAbstractButton>("olderVersion"), Qt::LeftButton);
        QTRY_COMPARE(visible("answerText").size(), 2);
    }

    void headsOfAnAnswerAreLookedAt()
    {
        m_desk->openBook();
        m_desk->ask();
        QTest::mouseClick(m_desk->shown<QAbstractButton>("hopsButton"), Qt::LeftButton);
        QTRY_VERIFY(m_desk->shown<QComboBox>("hopLevel") && m_desk->shown<QComboBox>("hopLevel")->isEnabled());
        auto* level = m_desk->shown<QComboBox>("hopLevel");
        level->setCurrentIndex(level->count() - 2);
        QTRY_VERIFY(m_desk->shown<QComboBox>("headsPlace") && m_desk->shown<QComboBox>("headsPlace")->count() > 1);
        QCOMPARE(m_desk->script->lookedAt.size(), 1U);
        auto* map = m_desk->shown<QWidget>("headsMap");
        const QString before = m_desk->shown<QLabel>("headLabel")->text();
        QTest::mouseClick(map, Qt::LeftButton, {}, map->rect().center());
        QTRY_VERIFY(m_desk->shown<QLabel>("headLabel")->text() != before);
    }

    void anAnswerIsComparedWithAnother()
    {
        m_desk->openBook();
        m_desk->ask();
        QTest::mouseClick(m_desk->shown<QAbstractButton>("hopsButton"), Qt::LeftButton);
        QTRY_VERIFY(m_desk->shown<QComboBox>("hopLevel") && m_desk->shown<QComboBox>("hopLevel")->isEnabled());
        auto* level = m_desk->shown<QComboBox>("hopLevel");
        level->setCurrentIndex(level->count() - 1);
        QTRY_VERIFY(m_desk->shown<QComboBox>("compareOther"));
        QVERIFY(!m_desk->shown<QComboBox>("compareOther")->isEnabled());   // there is no other
        m_desk->script->favourite = 9;
        m_desk->ask();
        QTRY_COMPARE(visible("hopsButton").size(), 2);
        QTRY_VERIFY(m_desk->shown<QComboBox>("compareOther")->isEnabled());
        auto* table = m_desk->shown<QTableView>("compareTable");
        QTRY_VERIFY(table->model()->rowCount() > 2);
        const QAbstractItemModelTester tester(table->model(), QAbstractItemModelTester::FailureReportingMode::QtTest);
        QVERIFY(m_desk->shown<QLabel>("compareCommon")->text().contains(u'%'));
        QSignalSpy place(m_desk->window->findChild<QDockWidget*>(QStringLiteral("hopsDock")), SIGNAL(placeChosen(octavo::app::DocumentId,octavo::app::ByteRange)));
        table->setFocus();
        table->setCurrentIndex(table->model()->index(1, 0));
        QTest::keyClick(table, Qt::Key_Return);
        QCOMPARE(place.size(), 1);
        QVERIFY(!m_desk->shown<QPushButton>("hopExport")->isEnabled());
    }

    void wordsSelectedInTheAnswerDriveTheHops()
    {
        m_desk->script->pieces = {QStringLiteral("Ahab "), QStringLiteral("**nails** it. "), QStringLiteral("He nails "), QStringLiteral("it again.")};
        m_desk->openBook();
        m_desk->ask();
        QTest::mouseClick(m_desk->shown<QAbstractButton>("hopsButton"), Qt::LeftButton);
        QTRY_VERIFY(m_desk->shown<QComboBox>("hopLevel") && m_desk->shown<QComboBox>("hopLevel")->isEnabled());
        auto* text = m_desk->shown<QTextBrowser>("answerText");
        QSignalSpy selected(m_desk->window->findChild<QDockWidget*>(QStringLiteral("hopsDock")), SIGNAL(selectionChanged(octavo::app::MessageId,int,int)));
        QTextCursor cursor = text->textCursor();
        cursor.setPosition(static_cast<int>(text->toPlainText().lastIndexOf(QStringLiteral("nails"))));      // the second, behind a mark
        text->setTextCursor(cursor);
        text->setFocus();
        QTest::keyClick(text, Qt::Key_Right, Qt::ShiftModifier);
        QTRY_COMPARE(selected.size(), 1);
        QCOMPARE(selected[0][1].toInt(), 2);
        QCOMPARE(selected[0][2].toInt(), 3);
        QTRY_VERIFY(!m_desk->assistant->busy());
    }

    void comparedSharesAddUp()
    {
        ui::CompareModel model;
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        const auto view = [](app::DocumentId document, QList<float> shares) {
            app::HopView made;
            app::HopGrid grid;
            grid.rows = {QStringLiteral("a"), QStringLiteral("b")};
            grid.columns = {QStringLiteral("One"), QStringLiteral("Two")};
            grid.columnDocuments = {document, document};
            grid.columnBytes = {{0, 10}, {10, 20}};
            grid.values = shares;
            made.grids = {grid};
            return made;
        };
        model.setViews(view(1, {0.2F, 0.2F, 0.4F, 0.0F}), view(1, {0.1F, 0.1F, 0.1F, 0.1F}));
        QCOMPARE(model.rowCount(), 2);
        QVERIFY(qAbs(model.overlap() - 0.75) < 1e-6);
        QCOMPARE(model.index(0, ui::CompareModel::FirstColumn).data().toString(), ui::percentText(0.75));
        QCOMPARE(model.index(1, ui::CompareModel::SecondColumn).data().toString(), ui::percentText(0.5));
        model.setViews(view(1, {0.2F, 0.2F, 0.4F, 0.0F}), view(2, {0.1F, 0.1F, 0.1F, 0.1F}));   // of another text
        QCOMPARE(model.rowCount(), 4);
        QVERIFY(qAbs(model.overlap()) < 1e-6);
        model.setViews(view(1, {0, 0, 0, 0}), {});
        QCOMPARE(model.rowCount(), 0);
    }

    void textsAreSearched()
    {
        m_desk->openBook();
        auto* list = m_desk->child<QListView>("documentList");
        auto* search = m_desk->child<QLineEdit>("sessionSearch");
        search->setText(QStringLiteral("kraken"));
        QTRY_VERIFY(list->isRowHidden(0));
        search->setText(QStringLiteral("chapter 7"));
        QTRY_VERIFY(!list->isRowHidden(0));
        QTest::mouseClick(list->viewport(), Qt::LeftButton, {}, list->visualRect(list->model()->index(0, 0)).center());
        QTRY_COMPARE(m_desk->child<QPlainTextEdit>("readerText")->textCursor().selectedText(), QStringLiteral("CHAPTER 7"));
        search->clear();
        QTRY_VERIFY(list->model()->index(0, 0).data(ui::DocumentsModel::StateTextRole).toString().contains(QStringLiteral("tokens")));
    }

    void whatIsTypedIsCounted()
    {
        m_desk->openBook();
        auto* edit = m_desk->child<QWidget>("questionEdit");
        QTest::keyClicks(edit, QStringLiteral("Who nails it?"));
        QVERIFY(!m_desk->shown<QLabel>("tokenCount"));
        QTRY_VERIFY(m_desk->shown<QLabel>("tokenCount"));
        QVERIFY(m_desk->shown<QLabel>("tokenCount")->text().contains(u'4'));   // "Who", " nai", "ls", " it?": by the script's rule
        QTest::keyClicks(edit, QStringLiteral("?"));
        QVERIFY(!m_desk->shown<QLabel>("tokenCount"));
    }

private:
    QString answerText() const { return m_desk->shown<QTextBrowser>("answerText")->toPlainText(); }

    QWidget* openWhatIf() const
    {
        QTest::mouseClick(m_desk->shown<QAbstractButton>("whatIfButton"), Qt::LeftButton);
        return QTest::qWaitFor([this] { return m_desk->shown<QWidget>("whatIfDialog") != nullptr; }) ? m_desk->shown<QWidget>("whatIfDialog") : nullptr;
    }

    // From top to bottom.
    QList<QWidget*> visible(const char* name) const
    {
        QList<QWidget*> found;
        for (auto* widget : m_desk->window->findChildren<QWidget*>(QLatin1String(name)))
            if (widget->isVisible())
                found.append(widget);
        std::sort(found.begin(), found.end(), [](const QWidget* a, const QWidget* b) { return a->mapToGlobal(QPoint()).y() < b->mapToGlobal(QPoint()).y(); });
        return found;
    }

    std::unique_ptr<test::WindowDesk> m_desk;
};

OCTAVO_WATCHED_MAIN(TestLooks)
#include "tst_looks.moc"
