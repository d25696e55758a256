// SPDX-License-Identifier: Apache-2.0
// Models in the window: what the list says of each, what can be done with it, and that only a second word removes one.
#include <QAction>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QMessageBox>
#include <QProgressBar>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>
#include <QToolButton>

#include "models/models_dialog.h"
#include "support/gui_watchdog.h"
#include "support/window_desk.h"

using namespace octavo;

namespace {

constexpr qint64 kGigabyte = 1'000'000'000;

app::ModelShelf shelf()
{
    app::ModelFile small{QStringLiteral("/models/small.gguf"), QStringLiteral("Small"), QStringLiteral("llama"), 8192, 100'000'000, 24'480};
    app::ModelFile large{QStringLiteral("/models/large.gguf"), QStringLiteral("Large"), QStringLiteral("llama"), 131'072, 5 * kGigabyte, 69'632};
    app::ModelFile broken{QStringLiteral("/models/x.gguf"), QStringLiteral("x"), {}, 0, 5, 0, QStringLiteral("x.gguf is not a GGUF file.")};
    app::ModelFile elsewhere{QStringLiteral("/opt/other.gguf"), QStringLiteral("Other"), QStringLiteral("qwen2"), 32'768, kGigabyte, 10'000};
    return {QStringLiteral("/models"), {small, large, broken, elsewhere}, QStringLiteral("/models/small.gguf"), 10 * kGigabyte};
}

} // namespace

class TestModels : public QObject {
    Q_OBJECT

private slots:
    void init()
    {
        m_dialog = std::make_unique<ui::ModelsDialog>();
        m_dialog->show();
        m_list = m_dialog->findChild<QListWidget*>(QStringLiteral("modelList"));
        m_use = m_dialog->findChild<QPushButton*>(QStringLiteral("useModel"));
        m_remove = m_dialog->findChild<QPushButton*>(QStringLiteral("removeModel"));
    }

    void whatFitsIsToldInNumbers_data()
    {
        QTest::addColumn<qint64>("free");
        QTest::addColumn<QString>("word");
        QTest::newRow("plenty") << 100 * kGigabyte << QStringLiteral("fits: takes 12.0 GB");
        QTest::newRow("little more") << 13 * kGigabyte << QStringLiteral("just fits");
        QTest::newRow("not the text") << 10 * kGigabyte << QStringLiteral("71.8k tokens fit");
        QTest::newRow("not the weights") << 3 * kGigabyte << QStringLiteral("does not fit");
        QTest::newRow("unknown") << qint64(0) << QStringLiteral("takes 12.0 GB");
    }

    void whatFitsIsToldInNumbers()
    {
        QFETCH(const qint64, free);
        QFETCH(const QString, word);
        const QString text = ui::fitText(shelf().models[1], free);
        QVERIFY2(text.contains(word), qPrintable(text));
    }

    void aDownloadIsAskedForShownAndStopped()
    {
        auto* reference = m_dialog->findChild<QLineEdit*>(QStringLiteral("downloadReference"));
        auto* download = m_dialog->findChild<QPushButton*>(QStringLiteral("downloadModel"));
        auto* bar = m_dialog->findChild<QProgressBar*>(QStringLiteral("downloadBar"));
        auto* label = m_dialog->findChild<QLabel*>(QStringLiteral("downloadLabel"));
        QSignalSpy wanted(m_dialog.get(), &ui::ModelsDialog::downloadWanted), stop(m_dialog.get(), &ui::ModelsDialog::stopDownloadWanted);
        QVERIFY(!download->isEnabled() && !bar->isVisible());
        QTest::keyClick(reference, Qt::Key_Return);
        QCOMPARE(wanted.size(), 0);
        QTest::keyClicks(reference, QStringLiteral("o/n/f.gguf"));
        QTest::keyClicks(m_dialog->findChild<QLineEdit*>(QStringLiteral("downloadSha256")), QStringLiteral("ab"));
        QTest::mouseClick(download, Qt::LeftButton);
        QCOMPARE(wanted.size(), 1);
        QCOMPARE(wanted[0], (QVariantList{QStringLiteral("o/n/f.gguf"), QStringLiteral("ab")}));
        m_dialog->showDownload({QStringLiteral("f.gguf"), 0, 0, -1});
        QVERIFY(bar->isVisible());
        QCOMPARE(bar->maximum(), 0);                          // nothing is known yet
        m_dialog->showDownload({QStringLiteral("f.gguf"), 30'000'000, 120'000'000, 90});
        QCOMPARE(bar->value() * 4, bar->maximum());
        QVERIFY(label->text().contains(QStringLiteral("f.gguf")));
        QVERIFY(!reference->isEnabled());
        QTest::mouseClick(download, Qt::LeftButton);
        QCOMPARE(wanted.size(), 1);
        QCOMPARE(stop.size(), 1);
        m_dialog->endDownload();
        QVERIFY(!bar->isVisible() && reference->isEnabled() && download->isEnabled());
    }

    void onlyWhatIsPossibleCanBeDone()
    {
        QVERIFY(!m_use->isEnabled() && !m_remove->isEnabled());
        m_dialog->showShelf(shelf());
        QCOMPARE(m_list->currentRow(), 0);                    // the one in use
        QVERIFY(!m_use->isEnabled() && !m_remove->isEnabled());
        m_list->setCurrentRow(1);
        QVERIFY(m_use->isEnabled() && m_remove->isEnabled());
        m_list->setCurrentRow(2);
        QVERIFY(!m_use->isEnabled() && m_remove->isEnabled());
        QVERIFY(m_dialog->findChild<QLabel*>(QStringLiteral("modelDetail"))->text().contains(QStringLiteral("not a GGUF")));
        m_list->setCurrentRow(3);
        QVERIFY(m_use->isEnabled() && !m_remove->isEnabled());   // it does not lie in Octavo's folder
        m_list->setCurrentRow(1);
        m_dialog->showShelf(shelf());
        QCOMPARE(m_list->currentRow(), 1);                    // listed again, the choice stays
        m_dialog->showShelf({QStringLiteral("/models"), {}, {}, 0});
        QVERIFY(!m_use->isEnabled() && !m_remove->isEnabled());
    }

    void useByKeyboard()
    {
        m_dialog->showShelf(shelf());
        QSignalSpy wanted(m_dialog.get(), &ui::ModelsDialog::useWanted);
        m_list->setFocus();
        QTest::keyClick(m_list, Qt::Key_Down);
        QTest::keyClick(m_list, Qt::Key_Return);
        QTRY_COMPARE(wanted.size(), 1);
        QCOMPARE(wanted[0][0].toString(), QStringLiteral("/models/large.gguf"));
    }

    void removalIsAskedAbout()
    {
        m_dialog->showShelf(shelf());
        m_list->setCurrentRow(1);
        QSignalSpy wanted(m_dialog.get(), &ui::ModelsDialog::removeWanted);
        m_remove->click();
        auto* box = m_dialog->findChild<QMessageBox*>(QStringLiteral("removeModelQuestion"));
        QVERIFY(box && wanted.isEmpty());
        box->reject();
        QCOMPARE(wanted.size(), 0);
        QTRY_VERIFY(!m_dialog->findChild<QMessageBox*>(QStringLiteral("removeModelQuestion")));
        m_remove->click();
        box = m_dialog->findChild<QMessageBox*>(QStringLiteral("removeModelQuestion"));
        for (QAbstractButton* button : box->buttons()) {
            if (box->buttonRole(button) == QMessageBox::AcceptRole)
                button->click();
        }
        QCOMPARE(wanted.size(), 1);
    }

    void theWindowsModelIsTheWayIn()
    {
        test::WindowDesk desk;
        QTRY_VERIFY(desk.child<QToolButton>("statusModel")->text().contains(QStringLiteral("Scripted")));
        QTest::mouseClick(desk.child<QToolButton>("statusModel"), Qt::LeftButton);
        auto* dialog = desk.child<QDialog>("modelsDialog");
        QTRY_VERIFY(dialog->isVisible());
        QTRY_COMPARE(desk.child<QListWidget>("modelList")->count(), 1);
        QSignalSpy ready(desk.assistant.get(), &app::Assistant::modelReady);
        desk.script->openFailure = app::Failure{app::Failure::Kind::Model, QStringLiteral("other.gguf is not a model.")};
        desk.assistant->useModel(QStringLiteral("other.gguf"));
        QTRY_VERIFY(desk.shown<QLabel>("failureText"));
        QVERIFY(desk.child<QToolButton>("statusModel")->text().contains(QStringLiteral("Scripted")));
        desk.script->openFailure.reset();
        desk.assistant->useModel(QStringLiteral("third.gguf"));
        QTRY_COMPARE(ready.size(), 1);
        QVERIFY(desk.child<QToolButton>("statusModel")->toolTip().contains(QStringLiteral("third.gguf")));
    }

private:
    std::unique_ptr<ui::ModelsDialog> m_dialog;
    QListWidget* m_list = nullptr;
    QPushButton* m_use = nullptr;
    QPushButton* m_remove = nullptr;
};

OCTAVO_WATCHED_MAIN(TestModels)
#include "tst_models.moc"
