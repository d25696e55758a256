// SPDX-License-Identifier: Apache-2.0
#include <QAbstractButton>
#include <QAbstractItemModelTester>
#include <QComboBox>
#include <QFile>
#include <QImage>
#include <QJsonArray>
#include <QJsonDocument>
#include <QLabel>
#include <QSignalSpy>
#include <QStackedWidget>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>

#include "hops/answer_words.h"
#include "hops/grid_table_model.h"
#include "hops/hops_dock.h"
#include "hops/map_layout.h"
#include "hops/map_view.h"
#include "hops/path_layout.h"
#include "hops/path_view.h"
#include "support/gui_watchdog.h"

using namespace octavo;
using namespace octavo::ui;

namespace {

app::HopView sampleView()
{
    app::HopView view;
    view.message = 7;
    view.model = QStringLiteral("a model");
    view.question = QStringLiteral("Who gets the doubloon?");
    view.answerTokens = {QStringLiteral("Ahab"), QStringLiteral(" himself"), QStringLiteral(" claims"), QStringLiteral(" it")};
    view.outsideShare = 0.4;
    view.path.answer = QStringLiteral("Ahab himself claims it");
    view.path.nodes = {{0, view.path.answer, 1.0, 0, {}},
                       {1, QStringLiteral("Chapter 36"), 0.75, 1, {100, 900}},
                       {1, QStringLiteral("Chapter 99"), 0.25, 1, {900, 2000}},
                       {2, QStringLiteral("The Quarter-Deck"), 0.75, 1, {100, 500}},
                       {2, QStringLiteral("The Doubloon"), 0.25, 1, {900, 1500}}};
    view.path.bands = {{0, 1, 0.75}, {0, 2, 0.25}, {1, 3, 0.75}, {2, 4, 0.25}};
    app::HopGrid grid;
    grid.title = QStringLiteral("Chapters");
    grid.unit = QStringLiteral("share of attention");
    grid.rows = view.answerTokens;
    grid.columns = {QStringLiteral("Chapter 36"), QStringLiteral("Chapter 99")};
    grid.columnDocuments = {1, 1};
    grid.columnBytes = {{100, 900}, {900, 2000}};
    grid.values = {0.5f, 0.1f, 0.4f, 0.2f, 0.3f, 0.05f, 0.1f, 0.6f};
    view.grids = {grid};
    return view;
}

app::HeadsView sampleHeads()
{
    app::HeadsView view{7, QStringLiteral("Ahab"), 2, 3, {QStringLiteral("the text"), QStringLiteral("Chapter 36")}, {}, {}};
    view.where = {app::TextPlace(), app::TextPlace{1, {100, 900}}};
    view.shares = {0.1F, 0.2F, 0.3F, 0.4F, 0.5F, 0.25F, 0, 0.1F, 0, 0.2F, 0, 0.1F};
    return view;
}

} // namespace

class TestHops : public QObject {
    Q_OBJECT

private slots:
    void bandsAreAsWideAsTheirWeight()
    {
        const app::HopPath path = sampleView().path;
        const PathLayout layout(path, QSizeF(900, 300));
        QCOMPARE(layout.columns(), 3);
        const double scale = layout.node(0).height(); // weight 1
        for (qsizetype n = 0; n < path.nodes.size(); ++n)
            QVERIFY(qAbs(layout.node(n).height() - path.nodes[n].weight * scale) < 0.01);
        QVERIFY(layout.node(4).bottom() <= 300);
        QVERIFY(layout.node(2).top() > layout.node(1).bottom());
        // What leaves a node covers it from top to bottom.
        QVERIFY(qAbs(layout.band(0).boundingRect().top() - layout.node(0).top()) < 0.01);
        QVERIFY(qAbs(layout.band(1).boundingRect().bottom() - layout.node(2).bottom()) < 0.01);
        QCOMPARE(layout.nodeAt(layout.node(3).center()), 3);
        QCOMPARE(layout.nodeAt(QPointF(890, 299)), -1);
        QCOMPARE(layout.bandAt(QPointF(layout.node(1).right() + 60, layout.node(1).center().y() + 20)), 2);
    }

    void anEmptyPathIsNoTrouble()
    {
        const PathLayout layout(app::HopPath(), QSizeF(100, 100));
        QCOMPARE(layout.columns(), 0);
        QCOMPARE(layout.nodeAt({5, 5}), -1);
        PathView view;
        view.resize(400, 200);
        QVERIFY(!view.grab().isNull());
    }

    void cellsAreFoundAtEveryZoom()
    {
        MapLayout layout(QSize(7, 5), QRectF(50, 20, 350, 100));
        for (int step = 0; step < 12; ++step) {
            for (int row = 0; row < 5; ++row)
                for (int column = 0; column < 7; ++column) {
                    const QPointF centre = layout.cellRect(row, column).center();
                    if (layout.area().contains(centre))
                        QCOMPARE(layout.cellAt(centre), std::optional(QPoint(column, row)));
                }
            layout.zoomBy(1.4, {120 + step * 10.0, 60});
            layout.panBy({-7.0 * step, 3});
        }
        QVERIFY(!layout.cellAt({10, 50}));
        const QPointF anchor(200, 70);
        const auto before = layout.cellAt(anchor);
        layout.zoomBy(1.2, anchor);
        QCOMPARE(layout.cellAt(anchor), before);
        layout.zoomBy(1e-9, anchor);
        QCOMPARE(layout.zoom(), 1.0);
        QCOMPARE(layout.cellRect(0, 0).topLeft(), QPointF(50, 20));
    }

    void theTableHasTheMapsNumbers()
    {
        GridTableModel model;
        QAbstractItemModelTester guard(&model);
        const app::HopGrid grid = sampleView().grids[0];
        model.setGrid(grid);
        QCOMPARE(model.rowCount(), 4);
        QCOMPARE(model.columnCount(), 2);
        QCOMPARE(model.data(model.index(3, 1), Qt::DisplayRole).toString(), QLocale().toString(60.0, 'f', 2) + QStringLiteral(" %"));
        QCOMPARE(model.headerData(1, Qt::Horizontal, Qt::DisplayRole).toString(), QStringLiteral("Chapter 99"));
        model.setGrid({});
        QCOMPARE(model.rowCount(), 0);
    }

    void wordsChooseTokens()
    {
        AnswerWords words;
        words.setTokens(sampleView().answerTokens);
        QCOMPARE(words.tokensOf(0, 4), std::pair(0, 1));
        QCOMPARE(words.tokensOf(2, 6), std::pair(0, 2));
        QCOMPARE(words.tokensOf(5, 22), std::pair(1, 4));
        QCOMPARE(words.tokensOf(3, 3), std::pair(0, 0));
    }

    void theDockShowsAndAsks()
    {
        HopsDock dock;
        dock.resize(1000, 420);
        dock.show();
        auto* level = dock.findChild<QComboBox*>(QStringLiteral("hopLevel"));
        auto* stack = dock.findChild<QStackedWidget*>();
        QVERIFY(!level->isEnabled());
        dock.showHops(sampleView());
        QVERIFY(level->isEnabled());
        QCOMPARE(level->count(), 4);

        QSignalSpy places(&dock, &HopsDock::placeChosen);
        auto* path = dock.findChild<PathView*>();
        const PathLayout layout(sampleView().path, path->size() - QSize(16, 16));
        QTest::mouseClick(path, Qt::LeftButton, {}, (layout.node(3).center() + QPointF(8, 8)).toPoint());
        QCOMPARE(places.size(), 1);
        QCOMPARE(places[0][1].value<app::ByteRange>(), (app::ByteRange{100, 500}));

        level->setCurrentIndex(1);
        auto* map = dock.findChild<MapView*>();
        QCOMPARE(stack->currentWidget(), map);
        QTest::mouseClick(map, Qt::LeftButton, {}, QPoint(map->width() - 40, map->height() / 2));
        QCOMPARE(places.size(), 2);
        QCOMPARE(places[1][1].value<app::ByteRange>(), (app::ByteRange{900, 2000}));

        auto* words = dock.findChild<AnswerWords*>();
        QSignalSpy selections(&dock, &HopsDock::selectionChanged);
        words->selectAll();
        QTest::keyRelease(words, Qt::Key_Shift);
        QCOMPARE(selections.size(), 1);
        QCOMPARE(selections[0][0].value<app::MessageId>(), 7);
        QCOMPARE(selections[0][2].toInt(), 4);
        QTest::mouseClick(dock.findChild<QWidget*>(QStringLiteral("hopAll")), Qt::LeftButton);
        QCOMPARE(selections.size(), 2);
        QCOMPARE(selections[1][1].toInt(), selections[1][2].toInt());
        dock.clear();
        QVERIFY(!level->isEnabled());
    }

    void headsAreAskedForWhenTheyAreLookedAt()
    {
        HopsDock dock;
        dock.resize(900, 500);
        dock.show();
        QSignalSpy wanted(&dock, &HopsDock::headsWanted), pathWanted(&dock, &HopsDock::headPathWanted), place(&dock, &HopsDock::placeChosen);
        dock.showHops(sampleView());
        QCOMPARE(wanted.size(), 0);                                 // it takes a moment
        auto* level = dock.findChild<QComboBox*>(QStringLiteral("hopLevel"));
        level->setCurrentIndex(2);
        QCOMPARE(wanted.size(), 1);
        QCOMPARE(wanted[0], (QVariantList{QVariant::fromValue(app::MessageId(7)), 0, 0}));
        auto* label = dock.findChild<QLabel*>(QStringLiteral("headLabel"));
        QVERIFY(!label->text().isEmpty());
        app::HeadsView other = sampleHeads();
        other.message = 8;
        dock.showHeads(other);
        auto* places = dock.findChild<QComboBox*>(QStringLiteral("headsPlace"));
        QCOMPARE(places->count(), 0);                               // of another answer
        dock.showHeads(sampleHeads());
        QCOMPARE(places->count(), 2);
        auto* table = dock.findChild<QTableView*>(QStringLiteral("headsTable"));
        const QAbstractItemModelTester tester(table->model(), QAbstractItemModelTester::FailureReportingMode::QtTest);
        QCOMPARE(table->model()->rowCount(), 2);
        QCOMPARE(table->model()->columnCount(), 3);
        const QString first = table->model()->index(1, 2).data().toString();
        places->setCurrentIndex(1);
        QVERIFY(table->model()->index(1, 2).data().toString() != first);

        auto* map = dock.findChild<MapView*>(QStringLiteral("headsMap"));
        QTest::mouseClick(map, Qt::LeftButton, {}, map->rect().center());
        QCOMPARE(pathWanted.size(), 1);
        QCOMPARE(place.size(), 0);
        dock.findChild<QAbstractButton*>(QStringLiteral("hopAsTable"))->click();
        QVERIFY(table->isVisible());
        table->setCurrentIndex(table->model()->index(1, 2));
        QTest::keyClick(table, Qt::Key_Return);
        QCOMPARE(pathWanted.last(), (QVariantList{QVariant::fromValue(app::MessageId(7)), 1, 2}));
        app::HeadPath path{7, 1, 2, sampleView().path, 0.25};
        dock.showHeadPath(path);
        QVERIFY(label->text().contains(QStringLiteral("25")));
        auto* drawn = dock.findChild<PathView*>(QStringLiteral("headPath"));
        QTest::keyClick(drawn, Qt::Key_Right);
        QTest::keyClick(drawn, Qt::Key_Right);
        QTest::keyClick(drawn, Qt::Key_Return);
        QCOMPARE(place.size(), 1);

        dock.showHops(sampleView());                                // other words of the same answer, which were not selected here
        QCOMPARE(wanted.size(), 1);
        app::HopView next = sampleView();
        next.message = 9;
        dock.showHops(next);
        QCOMPARE(wanted.size(), 2);
        QCOMPARE(wanted[1][0].value<app::MessageId>(), app::MessageId(9));
        dock.showHeads(app::HeadsView{9});                          // failed
        QCOMPARE(places->count(), 0);
        QVERIFY(!label->text().isEmpty());
    }

    void aMapOfTheTextAloneAddsUp()
    {
        HopsDock dock;
        dock.resize(900, 500);
        dock.show();
        app::HopView view = sampleView();
        view.outside = {0.4F, 0.4F, 0.65F, 0.3F};                   // what the grid's rows leave
        dock.showHops(view);
        auto* alone = dock.findChild<QAbstractButton*>(QStringLiteral("hopTextAlone"));
        QVERIFY(!alone->isVisible());                               // the path is of the text in any case
        dock.findChild<QComboBox*>(QStringLiteral("hopLevel"))->setCurrentIndex(1);
        QVERIFY(alone->isVisible());
        const auto sum = [&](int row) {
            QTemporaryDir folder;
            const QString file = folder.filePath(QStringLiteral("m.json"));
            dock.exportTo(file);
            QFile in(file);
            in.open(QIODevice::ReadOnly);
            const QJsonArray values = QJsonDocument::fromJson(in.readAll())["grids"][0]["values"].toArray();
            const QJsonArray flat = values[0].isArray() ? values[row].toArray() : QJsonArray{values[2 * row], values[2 * row + 1]};
            return flat[0].toDouble() + flat[1].toDouble();
        };
        QVERIFY(qAbs(sum(0) - 0.6) < 1e-3);
        alone->click();
        for (const int row : {0, 1, 2, 3})
            QVERIFY(qAbs(sum(row) - 1) < 1e-3);
    }

    void headsAreWrittenIntoFiles()
    {
        HopsDock dock;
        dock.showHops(sampleView());
        dock.findChild<QComboBox*>(QStringLiteral("hopLevel"))->setCurrentIndex(2);
        dock.showHeads(sampleHeads());
        QTemporaryDir folder;
        const QString file = folder.filePath(QStringLiteral("heads.csv"));
        QCOMPARE(dock.exportTo(file), QString());
        QFile written(file);
        QVERIFY(written.open(QIODevice::ReadOnly));
        const QList<QByteArray> lines = written.readAll().trimmed().split('\n');
        QCOMPARE(lines.size(), 3);                                  // a head line and the layers
        QVERIFY(lines[2].contains("0.25"));
    }

    void exportsEveryFormat_data()
    {
        QTest::addColumn<QString>("ending");
        QTest::addColumn<QByteArray>("begin");
        QTest::newRow("svg") << "svg" << QByteArray("<svg");
        QTest::newRow("png") << "png" << QByteArray("\x89PNG");
        QTest::newRow("csv") << "csv" << QByteArray();
        QTest::newRow("json") << "json" << QByteArray("{");
        QTest::newRow("npy") << "npy" << QByteArray("\x93NUMPY");
        QTest::newRow("html") << "html" << QByteArray("<!");
    }
    void exportsEveryFormat()
    {
        QFETCH(QString, ending);
        QFETCH(QByteArray, begin);
        QTemporaryDir folder;
        HopsDock dock;
        dock.showHops(sampleView());
        const QString file = folder.filePath(QStringLiteral("hops.") + ending);
        QCOMPARE(dock.exportTo(file), QString());
        QFile written(file);
        QVERIFY(written.open(QIODevice::ReadOnly));
        const QByteArray bytes = written.readAll();
        QVERIFY(bytes.size() > 40);
        QVERIFY(bytes.startsWith(begin));
        if (ending == QStringLiteral("png"))
            QVERIFY(QImage(file).width() > 500);
    }

    void saysWhatIsWrongWithAFile()
    {
        HopsDock dock;
        dock.showHops(sampleView());
        QVERIFY(!dock.exportTo(QStringLiteral("/nowhere/hops.svg")).isEmpty());
        QVERIFY(!dock.exportTo(QStringLiteral("hops.doc")).isEmpty());
    }
};

OCTAVO_WATCHED_MAIN(TestHops)
#include "tst_hops.moc"
