// SPDX-License-Identifier: Apache-2.0
#include <QAbstractItemModelTester>
#include <QApplication>
#include <QElapsedTimer>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>
#include <QTreeView>

#include "preview/preview_dialog.h"
#include "preview/preview_model.h"
#include "support/gui_watchdog.h"

using namespace octavo;
using app::PartKind;
using app::PreviewItem;

namespace {

PreviewItem file(const QString& path, qint64 tokens, const QString& why = {})
{
    return {path.section(QLatin1Char('/'), -1), path, PartKind::File, tokens, 3 * tokens, why};
}

PreviewItem folder(const QString& path, const QList<PreviewItem>& items)
{
    PreviewItem made{path.section(QLatin1Char('/'), -2, -2), path, PartKind::Folder, 0, 0, {}, false, items};
    for (const PreviewItem& item : items) {
        made.tokens += item.why.isEmpty() ? item.tokens : 0;
        made.bytes += item.why.isEmpty() ? item.bytes : 0;
    }
    return made;
}

app::DocumentPreview document(PreviewItem item)
{
    app::ReadEstimate estimate;
    estimate.tokens = item.tokens;
    estimate.seconds = static_cast<double>(item.tokens) / 100;
    estimate.memoryBytes = 1000 * item.tokens;
    estimate.diskBytes = 500 * item.tokens;
    estimate.device = QStringLiteral("CPU");
    return {std::move(item), estimate};
}

app::OpenPreview codebase()
{
    PreviewItem item = folder({}, {file(QStringLiteral("README.md"), 1000),
                                   folder(QStringLiteral("src/"), {file(QStringLiteral("src/main.c"), 6000), file(QStringLiteral("src/data.bin"), 0, QStringLiteral("binary file")),
                                                                   folder(QStringLiteral("src/deep/"), {file(QStringLiteral("src/deep/a.c"), 2000), file(QStringLiteral("src/deep/b.c"), 1000)})})});
    item.name = QStringLiteral("project");
    return {7, {document(item)}, 100};
}

} // namespace

class TestPreview : public QObject {
    Q_OBJECT

private slots:
    void aModelOfTreesAndSums()
    {
        ui::PreviewModel model(codebase());
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        const QModelIndex root = model.index(0, 0);
        const QModelIndex src = model.index(1, 0, root);
        const QModelIndex binary = model.index(1, 0, src);
        const QModelIndex deep = model.index(2, 0, src);
        QCOMPARE(state(root), Qt::Checked);
        QCOMPARE(model.cost().tokens, 10'000);
        QCOMPARE(model.cost().seconds, 100.0);
        QVERIFY(!binary.data(Qt::CheckStateRole).isValid());
        QCOMPARE(binary.data(ui::PreviewModel::ReasonRole).toString(), QStringLiteral("binary file"));
        QCOMPARE(src.data(ui::PreviewModel::ShareRole).toDouble(), 0.9);

        QSignalSpy chosen(&model, &ui::PreviewModel::choiceChanged);
        QVERIFY(model.setData(model.index(0, 0, deep), Qt::Unchecked, Qt::CheckStateRole));
        QVERIFY(!model.setData(binary, Qt::Checked, Qt::CheckStateRole));
        QCOMPARE(chosen.size(), 1);
        QCOMPARE(state(deep), Qt::PartiallyChecked);
        QCOMPARE(state(root), Qt::PartiallyChecked);
        QCOMPARE(model.cost().tokens, 8'000);
        QCOMPARE(model.cost().memoryBytes, 8'000'000);
        QCOMPARE(model.choices()[0].leftOut, QStringList{QStringLiteral("src/deep/a.c")});
        model.setData(model.index(1, 0, deep), Qt::Unchecked, Qt::CheckStateRole);
        QCOMPARE(model.choices()[0].leftOut, QStringList{QStringLiteral("src/deep/")});
        model.setData(src, Qt::Unchecked, Qt::CheckStateRole);
        QCOMPARE(model.choices()[0].leftOut, QStringList{QStringLiteral("src/")});
        model.setData(root, Qt::Checked, Qt::CheckStateRole);
        QVERIFY(model.choices()[0].leftOut.isEmpty());
        QCOMPARE(model.cost().tokens, 10'000);
        model.setData(root, Qt::Unchecked, Qt::CheckStateRole);
        QVERIFY(!model.choices()[0].isRead);
    }

    void whatWasLeftOutBeforeComesUnticked()
    {
        app::OpenPreview preview = codebase();
        preview.documents[0].item.items[0].leftOut = true;
        const ui::PreviewModel model(preview);
        QCOMPARE(model.cost().tokens, 9'000);
        QCOMPARE(model.choices()[0].leftOut, QStringList{QStringLiteral("README.md")});
    }

    void aBookHasChaptersAndOneBox()
    {
        PreviewItem book{QStringLiteral("Whales"), {}, PartKind::Book, 900, 3000, {}, false, {{QStringLiteral("One"), {}, PartKind::Chapter, 400, 1200}, {QStringLiteral("Two"), {}, PartKind::Chapter, 500, 1800}}};
        app::OpenPreview preview = codebase();
        preview.documents.append(document(book));
        ui::PreviewModel model(preview);
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        const QModelIndex second = model.index(1, 0);
        QCOMPARE(state(second), Qt::Checked);
        QVERIFY(!model.index(0, 0, second).data(Qt::CheckStateRole).isValid());
        model.setData(second, Qt::Unchecked, Qt::CheckStateRole);
        QCOMPARE(model.cost().tokens, 10'000);
        QVERIFY(model.choices()[0].isRead && !model.choices()[1].isRead);
    }

    void keysTickSearchAndRead()
    {
        ui::PreviewDialog dialog(codebase());
        dialog.show();
        QVERIFY(QTest::qWaitForWindowExposed(&dialog));
        auto* tree = dialog.findChild<QTreeView*>(QStringLiteral("previewTree"));
        auto* cost = dialog.findChild<QLabel*>(QStringLiteral("previewCost"));
        QTRY_VERIFY(tree->hasFocus());
        QVERIFY(cost->text().contains(QLocale().toString(10'000)));
        QTest::keyClick(tree, Qt::Key_Down);          // README.md
        QTest::keyClick(tree, Qt::Key_Space);
        QVERIFY2(cost->text().contains(QLocale().toString(9'000)), qPrintable(cost->text()));
        QTest::keyClick(tree, Qt::Key_Down);          // src
        QTest::keyClick(tree, Qt::Key_Right);
        QTest::keyClick(tree, Qt::Key_Down, Qt::ShiftModifier);
        QTest::keyClick(tree, Qt::Key_Space);         // all that is selected
        QVERIFY(!dialog.findChild<QPushButton*>(QStringLiteral("previewRead"))->isEnabled());
        QTest::keyClick(tree, Qt::Key_Space);
        QVERIFY(cost->text().contains(QLocale().toString(9'000)));

        auto* search = dialog.findChild<QLineEdit*>(QStringLiteral("previewSearch"));
        search->setFocus();
        QTest::keyClicks(search, QStringLiteral("deep/a"));
        QTRY_COMPARE(dialog.findChild<QLabel*>(QStringLiteral("previewFound"))->text(), QStringLiteral("1 found"));
        QCOMPARE(tree->model()->rowCount(tree->model()->index(0, 0)), 1);
        search->clear();
        QTRY_COMPARE(tree->model()->rowCount(tree->model()->index(0, 0)), 2);

        QSignalSpy read(&dialog, &ui::PreviewDialog::readWanted);
        QTest::keyClick(tree, Qt::Key_Return);
        QCOMPARE(read.size(), 1);
        QCOMPARE(read[0][0].toLongLong(), 7);
        QCOMPARE(read[0][1].value<QList<app::PreviewChoice>>()[0].leftOut, QStringList{QStringLiteral("README.md")});
    }

    void escapeCancels()
    {
        ui::PreviewDialog dialog(codebase());
        dialog.show();
        QSignalSpy dropped(&dialog, &ui::PreviewDialog::dropWanted);
        QTest::keyClick(&dialog, Qt::Key_Escape);
        QCOMPARE(dropped.size(), 1);
    }

    void everyControlHasAName()
    {
        ui::PreviewDialog dialog(codebase());
        dialog.show();
        for (const QWidget* widget : dialog.findChildren<QWidget*>()) {
            if (!widget->isVisible() || widget->focusPolicy() == Qt::NoFocus || widget->objectName().startsWith(QLatin1String("qt_")) || widget->inherits("QHeaderView"))
                continue;
            const auto* button = qobject_cast<const QAbstractButton*>(widget);
            QVERIFY2(!widget->accessibleName().isEmpty() || (button && !button->text().isEmpty()), qPrintable(widget->objectName()));
        }
        const auto* tree = dialog.findChild<QTreeView*>(QStringLiteral("previewTree"));
        const QModelIndex src = tree->model()->index(1, 0, tree->model()->index(0, 0));
        QVERIFY(tree->model()->index(1, 0, src).data(Qt::AccessibleTextRole).toString().contains(QStringLiteral("binary file")));
    }

    void staysUsableWithManyFiles()
    {
        constexpr int kFolders = 1000;
        constexpr int kFiles = 200;
        QList<PreviewItem> folders;
        for (int n = 0; n < kFolders; ++n) {
            QList<PreviewItem> files;
            const QString path = QStringLiteral("d%1/").arg(n);
            for (int f = 0; f < kFiles; ++f)
                files.append(file(path + QStringLiteral("f%1.txt").arg(f), 10));
            folders.append(folder(path, files));
        }
        PreviewItem item = folder({}, folders);
        item.name = QStringLiteral("many");
        QElapsedTimer time;
        time.start();
        ui::PreviewDialog dialog({1, {document(item)}, 100});
        dialog.show();
        QVERIFY(QTest::qWaitForWindowExposed(&dialog));
        const qint64 opened = time.restart();
        auto* tree = dialog.findChild<QTreeView*>(QStringLiteral("previewTree"));
        QTest::keyClick(tree, Qt::Key_Space);
        QTest::keyClick(tree, Qt::Key_Space);
        const qint64 ticked = time.restart();
        QTest::keyClicks(dialog.findChild<QLineEdit*>(QStringLiteral("previewSearch")), QStringLiteral("f19"));
        QTRY_COMPARE(dialog.findChild<QLabel*>(QStringLiteral("previewFound"))->text(), QLocale().toString(11 * kFolders) + QStringLiteral(" found"));
        const qint64 searched = time.restart();
        qInfo("200,000 files: %lld ms to open, %lld ms for two ticks of all, %lld ms to search", opened, ticked, searched);
        QVERIFY(opened < 10'000 && ticked < 10'000 && searched < 10'000);
    }

private:
    static Qt::CheckState state(const QModelIndex& index) { return static_cast<Qt::CheckState>(index.data(Qt::CheckStateRole).toInt()); }
};

OCTAVO_WATCHED_MAIN(TestPreview)
#include "tst_preview.moc"
