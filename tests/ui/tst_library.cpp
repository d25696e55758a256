// SPDX-License-Identifier: Apache-2.0
#include <QAbstractItemModelTester>
#include <QApplication>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QMessageBox>
#include <QProgressBar>
#include <QPushButton>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>

#include "library/card_delegate.h"
#include "library/library_panel.h"
#include "library/trash_dialog.h"
#include "widgets.h"

using namespace octavo;
using DocumentState = app::DocumentSummary::State;

namespace {

app::DocumentSummary document(app::DocumentId id, const QString& title, DocumentState state, qint64 tokens, qint64 readTokens)
{
    app::DocumentSummary made;
    made.id = id;
    made.title = title;
    made.state = state;
    made.tokens = tokens;
    made.readTokens = readTokens;
    return made;
}

app::SessionSummary session(app::SessionId id, const QString& title)
{
    app::SessionSummary made;
    made.id = id;
    made.title = title;
    made.changed = QDateTime::currentDateTime();
    return made;
}

QString asText(const QAbstractItemModel& model, int role)
{
    QStringList rows;
    for (int row = 0; row < model.rowCount(); ++row)
        rows.append(model.index(row, 0).data().toString() + QStringLiteral(" | ") + model.index(row, 0).data(role).toString());
    return rows.join(QLatin1Char('\n'));
}

} // namespace

class TestLibrary : public QObject {
    Q_OBJECT

private slots:
    void init()
    {
        m_panel = std::make_unique<ui::LibraryPanel>();
        m_panel->resize(260, 700);
        m_panel->show();
    }

    void documentsTellTheirState()
    {
        ui::DocumentsModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setDocuments({document(1, QStringLiteral("Moby-Dick"), DocumentState::Read, 342'000, 342'000),
                            document(2, QStringLiteral("octavo"), DocumentState::PartlyRead, 1000, 410),
                            document(3, QStringLiteral("gone"), DocumentState::Missing, 10, 0)});
        model.put(document(4, QStringLiteral("new"), DocumentState::New, 500, 0));
        model.put(document(3, QStringLiteral("back"), DocumentState::Read, 10, 10));
        QCOMPARE(asText(model, ui::DocumentsModel::StateTextRole),
                 QStringLiteral("new | not read yet · 500 tokens\nMoby-Dick | read · 342k tokens\noctavo | 41 % read · 1000 tokens\nback | read · 10 tokens"));
        model.showProgress({4, 250, 0, 500, 100, 2.5});
        QCOMPARE(model.indexOf(4).data(ui::DocumentsModel::StateTextRole).toString(), QStringLiteral("reading 50 %"));
        QCOMPARE(model.readShare(4), 0.5);
        model.stopProgress();
        QVERIFY(!model.indexOf(4).data(ui::DocumentsModel::ReadingRole).toBool());
        QVERIFY(!model.indexOf(99).isValid());
    }

    void sessionsAreRenamedInPlace()
    {
        ui::SessionsModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setSessions({session(1, QStringLiteral("doubloon")), session(2, QStringLiteral("whales"))});
        QSignalSpy renamed(&model, &ui::SessionsModel::renameWanted);
        QVERIFY(model.setData(model.index(1, 0), QStringLiteral(" White  whales "), Qt::EditRole));
        QVERIFY(!model.setData(model.index(1, 0), QStringLiteral("  "), Qt::EditRole));
        QVERIFY(!model.setData(model.index(1, 0), QStringLiteral("White whales"), Qt::EditRole));
        QCOMPARE(renamed.size(), 1);
        QCOMPARE(renamed[0][1].toString(), QStringLiteral("White whales"));
    }

    void readingIsShownAndStopped()
    {
        m_panel->showDocument(document(1, QStringLiteral("Moby-Dick"), DocumentState::New, 1000, 0));
        app::ReadEstimate estimate;
        estimate.document = 1;
        estimate.tokens = 342'000;
        estimate.seconds = 840;
        estimate.memoryBytes = 1 << 30;
        estimate.device = QStringLiteral("CPU");
        m_panel->showEstimate(estimate);
        const QString told = child<QLabel>("estimateLabel")->text();
        for (const char* fact : {"342k tokens", "14 min", "1.0 GiB", "CPU"})
            QVERIFY2(told.contains(QLatin1String(fact)), qPrintable(told));
        m_panel->showProgress({1, 410, 0, 1000, 412, 90});
        QCOMPARE(child<QProgressBar>("readingBar")->value(), 410);
        QCOMPARE(child<QLabel>("readingDetail")->text(), QStringLiteral("41 % · 412 t/s · 2 min left"));
        QSignalSpy stopped(m_panel.get(), &ui::LibraryPanel::stopWanted);
        child<QToolButton>("stopReadingButton")->click();
        QCOMPARE(stopped.size(), 1);

        m_panel->setCurrentDocument(1);
        m_panel->finishReading(document(1, QStringLiteral("Moby-Dick"), DocumentState::PartlyRead, 1000, 410));
        QVERIFY(!child<QProgressBar>("readingBar")->isVisible());
        QSignalSpy read(m_panel.get(), &ui::LibraryPanel::readWanted);
        QVERIFY(child<QPushButton>("readOnButton")->isVisible());
        child<QPushButton>("readOnButton")->click();
        QCOMPARE(read.size(), 1);
    }

    void aDocumentIsChosenAndRemoved()
    {
        m_panel->showDocuments({document(7, QStringLiteral("a"), DocumentState::Read, 1, 1), document(8, QStringLiteral("b"), DocumentState::Read, 1, 1)});
        auto* list = child<QListView>("documentList");
        QSignalSpy chosen(m_panel.get(), &ui::LibraryPanel::documentChosen);
        QSignalSpy removed(m_panel.get(), &ui::LibraryPanel::removeWanted);
        const QRect second = list->visualRect(list->model()->index(1, 0));
        QTest::mouseClick(list->viewport(), Qt::LeftButton, {}, second.center());
        QCOMPARE(chosen.last()[0].toLongLong(), 8);
        QCOMPARE(m_panel->chosenDocuments(), QList<app::DocumentId>{8});
        QTest::mouseClick(list->viewport(), Qt::LeftButton, {}, ui::CardDelegate::actionRect(second).center());
        QCOMPARE(removed.size(), 1);
        QTest::keyClick(list, Qt::Key_Delete);
        QCOMPARE(removed.size(), 2);
        QTest::keyClick(list, Qt::Key_A, Qt::ControlModifier);
        QCOMPARE(m_panel->chosenDocuments().size(), 2);
    }

    void aTrashedSessionCanBeUndone()
    {
        m_panel->showSessions({session(3, QStringLiteral("doubloon"))}, {});
        auto* list = child<QListView>("sessionList");
        list->setCurrentIndex(list->model()->index(0, 0));
        QSignalSpy trashed(m_panel.get(), &ui::LibraryPanel::trashWanted);
        QSignalSpy restored(m_panel.get(), &ui::LibraryPanel::restoreWanted);
        QTest::keyClick(list, Qt::Key_Delete);
        QCOMPARE(trashed.size(), 1);
        m_panel->showSessions({}, {});
        QVERIFY(child<QPushButton>("undoButton")->isVisible());
        child<QPushButton>("undoButton")->click();
        QCOMPARE(restored[0][0].toLongLong(), 3);
        QVERIFY(!child<QPushButton>("undoButton")->isVisible());
    }

    void theTrashIsShownWhileThereIsSomethingInIt()
    {
        auto* button = child<QPushButton>("trashButton");
        QVERIFY(!button->isVisible());
        app::SessionSummary whales = session(3, QStringLiteral("whales"));
        whales.trashed = QDateTime::currentDateTime().addDays(-10);
        app::SessionSummary sails = session(4, QStringLiteral("sails"));
        sails.trashed = QDateTime::currentDateTime().addDays(-400);
        m_panel->showSessions({}, {whales, sails});
        QVERIFY(button->isVisible());
        QCOMPARE(button->text(), QStringLiteral("Trash (2)"));
        button->click();
        auto* dialog = child<ui::TrashDialog>("trashDialog");
        QVERIFY(dialog->isVisible());
        auto* list = child<QListView>("trashList");
        const QString rows = asText(*list->model(), ui::SessionsModel::DetailRole);
        QVERIFY2(rows.contains(QStringLiteral("whales | Erased in 20 days")), qPrintable(rows));
        QVERIFY2(rows.contains(QStringLiteral("sails | Erased at the next start")), qPrintable(rows));

        QSignalSpy restored(m_panel.get(), &ui::LibraryPanel::restoreWanted);
        QSignalSpy erased(m_panel.get(), &ui::LibraryPanel::eraseWanted);
        auto* erase = child<QPushButton>("eraseButton");
        QVERIFY2(!erase->isEnabled(), "nothing is selected");
        list->setCurrentIndex(list->model()->index(0, 0));
        child<QPushButton>("restoreButton")->click();
        QCOMPARE(restored[0][0].toLongLong(), 3);
        erase->click();
        auto* question = child<QMessageBox>("eraseQuestion");
        QVERIFY(question && question->isVisible());
        question->reject();
        QCOMPARE(erased.size(), 0);
        QTRY_VERIFY(!child<QMessageBox>("eraseQuestion"));
        child<QPushButton>("eraseAllButton")->click();
        for (QAbstractButton* answer : child<QMessageBox>("eraseQuestion")->buttons())
            if (child<QMessageBox>("eraseQuestion")->buttonRole(answer) == QMessageBox::AcceptRole)
                answer->click();
        QCOMPARE(erased.size(), 1);
        QCOMPARE(erased[0][0].value<QList<app::SessionId>>(), QList<app::SessionId>({3, 4}));
        m_panel->showSessions({}, {});
        QVERIFY(!button->isVisible());
    }

    void searchIsAskedForOnce()
    {
        QSignalSpy searched(m_panel.get(), &ui::LibraryPanel::searchWanted);
        QTest::keyClicks(child<QLineEdit>("sessionSearch"), QStringLiteral("doubloon"));
        QTRY_COMPARE(searched.size(), 1);
        QCOMPARE(searched[0][0].toString(), QStringLiteral("doubloon"));
        m_panel->showSessions({}, {});
        QVERIFY(child<QLabel>("sessionHint")->text().contains(QStringLiteral("No conversation")));
    }

    void textsThatWereFoundAreListedAloneAndLeadToThePlace()
    {
        app::DocumentSummary whale, squid;
        whale.id = 1;
        whale.title = QStringLiteral("Whale");
        squid.id = 2;
        squid.title = QStringLiteral("Squid");
        m_panel->showDocuments({whale, squid});
        auto* list = child<QListView>("documentList");
        auto* search = child<QLineEdit>("sessionSearch");
        search->setText(QStringLiteral("doubloon"));
        m_panel->showFound(QStringLiteral("doubl"), {});      // what was typed before
        QVERIFY(!list->isRowHidden(0) && !list->isRowHidden(1));
        m_panel->showFound(QStringLiteral("doubloon"), {{2, {70, 78}, QStringLiteral("…the doubloon is…")}});
        QVERIFY(list->isRowHidden(0) && !list->isRowHidden(1));
        QCOMPARE(list->model()->index(1, 0).data(ui::DocumentsModel::StateTextRole).toString(), QStringLiteral("…the doubloon is…"));
        QSignalSpy place(m_panel.get(), &ui::LibraryPanel::placeChosen), document(m_panel.get(), &ui::LibraryPanel::documentChosen);
        QTest::mouseClick(list->viewport(), Qt::LeftButton, {}, list->visualRect(list->model()->index(1, 0)).center());
        QCOMPARE(place.size(), 1);
        QCOMPARE(place[0][1].value<app::ByteRange>(), (app::ByteRange{70, 78}));
        QCOMPARE(document.size(), 0);
        m_panel->showDocuments({squid, whale});               // the library has changed meanwhile
        QVERIFY(!list->isRowHidden(0) && list->isRowHidden(1));
        search->clear();
        m_panel->showFound({}, {});
        QVERIFY(!list->isRowHidden(0) && !list->isRowHidden(1));
    }

    void whatLooksLikeHtmlIsShownAsItIsWritten()
    {
        const QString title = QStringLiteral("<img src='file:///etc/hostname'><b>x</b>");
        m_panel->showSessions({session(1, title)}, {});
        const auto* list = child<QListView>("sessionList");
        QCOMPARE(list->model()->index(0, 0).data().toString(), title);
        const QString tip = list->model()->index(0, 0).data(Qt::ToolTipRole).toString();
        QVERIFY2(!tip.contains(QStringLiteral("<img")) && tip.contains(QStringLiteral("&lt;img")), qPrintable(tip));
        QCOMPARE(ui::plainTip(QStringLiteral("a < b & c")), QStringLiteral("a < b & c"));
    }

    void numbersForPeople()
    {
        QCOMPARE(ui::shortCount(999), QStringLiteral("999"));
        QCOMPARE(ui::shortCount(24'431), QStringLiteral("24.4k"));
        QCOMPARE(ui::shortCount(342'000), QStringLiteral("342k"));
        QCOMPARE(ui::shortCount(1'230'000), QStringLiteral("1.2M"));
        QCOMPARE(ui::shortDuration(12.2), QStringLiteral("13 s"));
        QCOMPARE(ui::shortDuration(61), QStringLiteral("2 min"));
        QCOMPARE(ui::shortDuration(3660), QStringLiteral("1 h 1 min"));
        QCOMPARE(ui::percentText(0), QStringLiteral("0 %"));
        QCOMPARE(ui::percentText(0.032), QStringLiteral("3.2 %"));
        QCOMPARE(ui::percentText(0.41), QStringLiteral("41 %"));
    }

private:
    template <class Widget>
    Widget* child(const char* name) const { return m_panel->findChild<Widget*>(QLatin1String(name)); }

    std::unique_ptr<ui::LibraryPanel> m_panel;
};

int main(int argc, char** argv)
{
    QLocale::setDefault(QLocale::c());     // the numbers below are written its way
    QApplication application(argc, argv);
    TestLibrary test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_library.moc"
