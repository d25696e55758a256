// SPDX-License-Identifier: Apache-2.0
#include <QAbstractItemModelTester>
#include <QElapsedTimer>
#include <QLabel>
#include <QLineEdit>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTest>
#include <QTextBlock>
#include <QToolButton>
#include <QTreeView>

#include "reader/coverage_ribbon.h"
#include "reader/outline_model.h"
#include "reader/reader_page.h"
#include "reader/reader_text.h"
#include "support/gui_watchdog.h"

using namespace octavo;

namespace {

app::Document book()
{
    app::Document document;
    document.title = QStringLiteral("A Book");
    for (int chapter = 1; chapter <= 40; ++chapter) {
        const qint64 begin = document.text.size();
        document.text += "CHAPTER " + QByteArray::number(chapter) + "\r\n\r\n";
        for (int paragraph = 0; paragraph < 6; ++paragraph)
            document.text += "“Naïve” passage " + QByteArray::number(chapter) + "." + QByteArray::number(paragraph) + " about 白鲸 and the sea.\r\n\r\n";
        document.outline.parts.append({QStringLiteral("CHAPTER %1").arg(chapter), app::PartKind::Chapter, {begin, document.text.size()}, {}});
    }
    document.outline.bytes = {0, document.text.size()};
    document.ledger = {{QStringLiteral("A Book"), {}, document.text.size(), true}};
    return document;
}

app::ByteRange passage(const app::Document& document, const QByteArray& name)
{
    const qint64 begin = document.text.indexOf("“Naïve” passage " + name);
    return {begin, document.text.indexOf("\r\n", begin)};
}

app::Source source(app::DocumentId document, app::ByteRange bytes, double weight)
{
    app::Source made;
    made.document = document;
    made.bytes = bytes;
    made.weight = weight;
    made.place = QStringLiteral("CHAPTER");
    return made;
}

} // namespace

class TestReader : public QObject {
    Q_OBJECT

private slots:
    void init()
    {
        m_page = std::make_unique<ui::ReaderPage>();
        m_page->resize(800, 600);
        m_page->show();
        m_page->showDocument(1, m_book);
        m_text = m_page->findChild<ui::ReaderText*>(QStringLiteral("readerText"));
    }

    void aPlaceIsSelectedAndInView()
    {
        for (const char* name : {"39.5", "1.0", "20.3"}) {
            const app::ByteRange bytes = passage(m_book, name);
            m_page->showPlace(1, bytes);
            QCOMPARE(m_text->textCursor().selectedText().toUtf8(), m_book.text.mid(bytes.begin, bytes.size()));
            QVERIFY(m_text->viewport()->rect().contains(m_text->cursorRect().center()));
        }
    }

    void anotherDocumentIsAskedForAndThenShown()
    {
        QSignalSpy wanted(m_page.get(), &ui::ReaderPage::documentWanted);
        const app::ByteRange bytes = passage(m_book, "7.2");
        m_page->showPlace(2, bytes);
        QCOMPARE(wanted.size(), 1);
        QCOMPARE(wanted[0][0].toLongLong(), 2);
        m_page->showDocument(2, m_book);
        QCOMPARE(m_text->textCursor().selectedText().toUtf8(), m_book.text.mid(bytes.begin, bytes.size()));
        m_page->goBack();
        QCOMPARE(wanted.last()[0].toLongLong(), 1);
    }

    void backAndForwardReturn()
    {
        m_page->showPlace(1, passage(m_book, "30.0"));
        const int there = m_text->verticalScrollBar()->value();
        auto* back = m_page->findChild<QToolButton*>(QStringLiteral("backButton"));
        QVERIFY(back->isEnabled());
        back->click();
        QCOMPARE(m_text->firstVisiblePosition(), 0);
        m_page->goForward();
        QVERIFY(qAbs(m_text->verticalScrollBar()->value() - there) < 15);
    }

    void breadcrumbsFollowTheView()
    {
        auto* place = m_page->findChild<QLabel*>(QStringLiteral("placeLabel"));
        QVERIFY(place->text().contains(QStringLiteral("CHAPTER 1")));
        m_page->showPlace(1, passage(m_book, "20.0"));
        QVERIFY2(place->text().contains(QStringLiteral("CHAPTER 20")), qPrintable(place->text()));
    }

    void findCountsAndSteps()
    {
        m_page->find();
        auto* words = m_page->findChild<QLineEdit*>(QStringLiteral("findWords"));
        auto* count = m_page->findChild<QLabel*>(QStringLiteral("findCount"));
        QTest::keyClicks(words, QStringLiteral("PASSAGE 1"));
        QTest::keyClick(words, Qt::Key_Return);
        QCOMPARE(count->text(), QStringLiteral("1 of 66"));      // chapters 1 and 10 to 19
        QCOMPARE(m_text->textCursor().selectedText(), QStringLiteral("passage 1"));
        QTest::keyClick(words, Qt::Key_Return);
        QCOMPARE(count->text(), QStringLiteral("2 of 66"));
        QTest::keyClick(words, Qt::Key_Return, Qt::ShiftModifier);
        QTest::keyClick(words, Qt::Key_Return, Qt::ShiftModifier);
        QCOMPARE(count->text(), QStringLiteral("66 of 66"));
        words->setText(QStringLiteral("nowhere"));
        QTest::keyClick(words, Qt::Key_Return);
        QCOMPARE(count->text(), QStringLiteral("not found"));
        QTest::keyClick(words, Qt::Key_Escape);
        QVERIFY(!words->isVisible());
    }

    void theOutlineLeadsToItsParts()
    {
        ui::OutlineModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        app::Part root = m_book.outline;
        root.parts[1].parts.append({QStringLiteral("Inner"), app::PartKind::Section, {root.parts[1].bytes.begin + 5, root.parts[1].bytes.end}, {}});
        model.setOutline(root);
        QCOMPARE(model.rowCount(), 40);
        const QModelIndex inner = model.indexOfByte(root.parts[1].bytes.begin + 9);
        QCOMPARE(inner.data().toString(), QStringLiteral("Inner"));
        QCOMPARE(inner.parent().data().toString(), QStringLiteral("CHAPTER 2"));
        QCOMPARE(model.partAt(inner)->kind, app::PartKind::Section);

        m_page->openContents();
        auto* tree = m_page->findChild<QTreeView*>(QStringLiteral("outlineTree"));
        QVERIFY(tree->isVisible());
        tree->setCurrentIndex(tree->model()->index(24, 0));
        QTest::keyClick(tree, Qt::Key_Return);
        QVERIFY(!tree->isVisible());
        QVERIFY(m_text->textCursor().block().text().startsWith(QStringLiteral("CHAPTER 25")));
    }

    void theRibbonTellsAndLeads()
    {
        auto* ribbon = m_page->findChild<ui::CoverageRibbon*>(QStringLiteral("coverageRibbon"));
        m_page->showRead(1, 0.5);
        m_page->showSources({source(2, {0, 10}, 0.4), source(1, passage(m_book, "30.0"), 0.3)});
        QVERIFY(ribbon->tipAt(0.1).startsWith(QStringLiteral("Read")));
        QVERIFY(ribbon->tipAt(0.9).startsWith(QStringLiteral("Not read yet")));
        const double place = static_cast<double>(passage(m_book, "30.0").begin) / static_cast<double>(m_book.text.size());
        QVERIFY2(ribbon->tipAt(place).contains(QStringLiteral("Source 2")), qPrintable(ribbon->tipAt(place)));
        QTest::mouseClick(ribbon, Qt::LeftButton, {}, {ribbon->width() / 2, ribbon->height() / 2});
        QVERIFY(m_text->toPlainText().mid(m_text->firstVisiblePosition(), 2000).contains(QStringLiteral("CHAPTER 2")));
        QVERIFY(m_text->firstVisiblePosition() > 1000);
    }

    void tintsAreSeen()
    {
        const app::ByteRange bytes = passage(m_book, "1.1");
        const QImage before = m_text->grab().toImage();
        m_page->showSources({source(1, bytes, 0.5)});
        QVERIFY(m_text->grab().toImage() != before);
    }

    void aLargeBookOpens()
    {
        app::Document large = m_book;
        while (large.text.size() < 3'000'000)
            large.text += m_book.text;
        QElapsedTimer time;
        time.start();
        m_page->showDocument(3, large);
        m_page->grab();
        qInfo("a text of 3 MB is shown after %lld ms", time.elapsed());
        m_page->showPlace(3, {large.text.size() - 200, large.text.size() - 100});
        QVERIFY(m_text->viewport()->rect().contains(m_text->cursorRect().center()));
        m_page->resize(700, 600);
        QVERIFY(m_text->verticalScrollBar()->maximum() > 1000);
    }

    void aForgottenDocumentLeavesAnEmptyPage()
    {
        m_page->forget(1);
        QCOMPARE(m_page->document(), 0);
        QVERIFY(m_text->toPlainText().isEmpty());
    }

private:
    const app::Document m_book = book();
    std::unique_ptr<ui::ReaderPage> m_page;
    ui::ReaderText* m_text = nullptr;
};

OCTAVO_WATCHED_MAIN(TestReader)
#include "tst_reader.moc"
