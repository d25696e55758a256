// SPDX-License-Identifier: Apache-2.0
// Scans in the real window, with the real octavo-parse and, where it is installed, the real Tesseract.
#include <QAbstractButton>
#include <QAbstractItemView>
#include <QLabel>
#include <QPlainTextEdit>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

#include "main_window.h"
#include "octavo/app/assistant.h"
#include "reader/page_view.h"
#include "support/gui_watchdog.h"
#include "support/paths.h"
#include "support/scripted_engine.h"

using namespace octavo;

namespace {

constexpr int kPatience = 60'000;
const QString kCorpus = QString::fromUtf8(test::kSourceDir) + QStringLiteral("/tests/data/documents/");

bool isInstalled() { return !QStandardPaths::findExecutable(QStringLiteral("tesseract")).isEmpty(); }

} // namespace

class TestScans : public QObject {
    Q_OBJECT

private slots:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        m_assistant = std::make_unique<app::Assistant>(app::AssistantOptions{m_folder->path(), QStringLiteral("model.gguf"), 2},
                                                       std::make_unique<test::ScriptedEngine>(std::make_shared<test::EngineScript>()));
        m_window = std::make_unique<ui::MainWindow>(*m_assistant, ui::WindowOptions{m_folder->path(), {}});
        m_window->resize(1400, 900);
        m_window->show();
        m_window->start({});
    }

    void cleanup()
    {
        m_window.reset();
        m_assistant.reset();
    }

    void areOfferedAndReadInTheirPlace()
    {
        if (!isInstalled())
            QSKIP("Tesseract is not installed");
        m_window->openPaths({kCorpus + QStringLiteral("scan.pdf")});
        QTRY_VERIFY_WITH_TIMEOUT(shown<QAbstractButton>("recognizeButton"), kPatience);
        QVERIFY(sentence().contains(QStringLiteral("of 3 pages")));
        QVERIFY(!text().contains(QStringLiteral("scanned-words")));   // not unasked
        shown<QAbstractButton>("recognizeButton")->click();
        QTRY_VERIFY_WITH_TIMEOUT(text().contains(QStringLiteral("scanned-words")), kPatience);
        QTRY_COMPARE(m_window->findChild<QAbstractItemView*>(QStringLiteral("documentList"))->model()->rowCount(), 1);   // in the place of the other
        QVERIFY(!shown<QAbstractButton>("recognizeButton"));
    }

    void aPictureAloneIsOffered()
    {
        m_window->openPaths({kCorpus + QStringLiteral("scans/page.png")});
        if (!isInstalled()) {
            QTRY_VERIFY_WITH_TIMEOUT(sentence().contains(QStringLiteral("apt install")), kPatience);
            QSKIP("Tesseract is not installed");
        }
        QTRY_VERIFY_WITH_TIMEOUT(shown<QAbstractButton>("recognizeButton"), kPatience);
        shown<QAbstractButton>("recognizeButton")->click();
        QTRY_VERIFY_WITH_TIMEOUT(text().contains(QStringLiteral("forty-one years")), kPatience);
    }

    void pagesAreDrawnBesideAllOtherWork()
    {
        m_window->openPaths({kCorpus + QStringLiteral("book_libreoffice.pdf")});
        QTRY_VERIFY_WITH_TIMEOUT(shown<QAbstractButton>("pageViewButton"), kPatience);
        QTest::keyClick(m_window.get(), Qt::Key_P, Qt::ControlModifier | Qt::ShiftModifier);
        auto* pages = m_window->findChild<ui::PageView*>();
        QTRY_VERIFY(pages->isVisible());
        QTRY_VERIFY_WITH_TIMEOUT(pages->shows(1), kPatience);
        QTest::keyClick(m_window.get(), Qt::Key_Plus, Qt::ControlModifier);
        QCOMPARE(pages->zoom(), ui::PageView::kZoomStep);
        QTest::keyClick(m_window.get(), Qt::Key_0, Qt::ControlModifier);
        QCOMPARE(pages->zoom(), 1.0);
    }

private:
    QString text() const { return m_window->findChild<QPlainTextEdit*>(QStringLiteral("readerText"))->toPlainText(); }

    QString sentence() const
    {
        const auto* label = shown<QLabel>("failureText");
        return label ? label->text() : QString();
    }

    // Null if it is not there or hidden.
    template <class Widget>
    Widget* shown(const char* name) const
    {
        auto* widget = m_window->findChild<Widget*>(QLatin1String(name));
        return widget && widget->isVisible() ? widget : nullptr;
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<app::Assistant> m_assistant;
    std::unique_ptr<ui::MainWindow> m_window;
};

OCTAVO_WATCHED_MAIN(TestScans)
#include "tst_scans.moc"
