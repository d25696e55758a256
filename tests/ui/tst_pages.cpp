// SPDX-License-Identifier: Apache-2.0
#include <QScrollBar>
#include <QSignalSpy>
#include <QTest>
#include <QToolButton>

#include "reader/page_layout.h"
#include "reader/page_view.h"
#include "reader/reader_page.h"
#include "reader/reader_text.h"
#include "support/gui_watchdog.h"

using namespace octavo;

namespace {

constexpr int kPages = 30;
constexpr QSizeF kPaper(400, 600);
const QString kFile = QStringLiteral("/somewhere/book.pdf");

// Ten lines a page, each its own paragraph, 50 points apart.
app::Document book()
{
    app::Document document;
    document.title = QStringLiteral("A Book");
    document.kind = app::DocumentKind::Formatted;
    app::SourceFile file{kFile, QStringLiteral("book.pdf"), {}, {}, QStringLiteral("PDF")};
    for (int page = 1; page <= kPages; ++page) {
        for (int line = 0; line < 10; ++line) {
            file.places.append({document.text.size(), page, QRectF(40, 50 + 50 * line, 300, 12)});
            document.text += "Line " + QByteArray::number(line) + " of page " + QByteArray::number(page) + ".\n\n";
        }
    }
    file.diskBytes = 1;   // it lies on this machine
    file.bytes = document.outline.bytes = {0, document.text.size()};
    document.files = {file};
    return document;
}

app::ByteRange lineOf(const app::Document& document, int page, int line)
{
    const qint64 begin = document.text.indexOf("Line " + QByteArray::number(line) + " of page " + QByteArray::number(page) + '.');
    return {begin, document.text.indexOf('\n', begin)};
}

app::DrawnPage whitePage(const QString& file, int page, double dpi)
{
    const int width = qRound(kPaper.width() * dpi / 72), height = qRound(kPaper.height() * dpi / 72);
    return {file, page, dpi, {width, height, QByteArray(qsizetype(width) * height * 3, char(0xFF))}};
}

} // namespace

class TestPages : public QObject {
    Q_OBJECT

private slots:
    void init()
    {
        m_page = std::make_unique<ui::ReaderPage>();
        m_page->resize(700, 600);
        m_page->show();
        m_view = &m_page->pages();
        connect(m_view, &ui::PageView::sizesWanted, this, [this](const QString& file) { m_view->takeSizes({file, QList<QSizeF>(kPages, kPaper)}); });
        m_page->showDocument(1, m_book);
    }

    void layoutAndPlacesAgree()
    {
        ui::PageLayout layout;
        layout.setPages({kPaper, {}, QSizeF(800, 300)});
        layout.setScale(1.5);
        QCOMPARE(layout.sizeOf(2), kPaper * 1.5);   // damaged: as the first
        for (int page = 1; page <= 3; ++page) {
            QCOMPARE(layout.pageAt(layout.topOf(page)), page);
            QCOMPARE(layout.pageAt(layout.topOf(page) + layout.sizeOf(page).height()), page);
        }
        QCOMPARE(layout.pageAt(-5), 1);
        QCOMPARE(ui::PageLayout().pageAt(0), 0);
    }

    void onlyPdfFilesHavePages()
    {
        QVERIFY(button("pageViewButton")->isVisible());
        app::Document plain;
        plain.text = "Text.";
        plain.files = {{QStringLiteral("/a.txt"), QStringLiteral("a.txt"), QStringLiteral("UTF-8"), {0, 5}}};
        m_page->showPages(true);
        m_page->showDocument(2, plain);
        QVERIFY(!button("pageViewButton")->isVisible());
        QVERIFY(!m_page->showsPages());
        m_page->showPages(true);
        QVERIFY(!m_page->showsPages());
    }

    void bothViewsShowTheSamePlace()
    {
        m_page->showPlace(1, lineOf(m_book, 20, 0));
        QTest::mouseClick(button("pageViewButton"), Qt::LeftButton);
        QVERIFY(m_page->showsPages());
        QVERIFY2(qAbs(m_view->firstVisible().page - 20) <= 1, qPrintable(QString::number(m_view->firstVisible().page)));
        m_page->showPlace(1, lineOf(m_book, 7, 5));
        QCOMPARE(m_view->firstVisible().page, 7);
        QTest::mouseClick(button("textViewButton"), Qt::LeftButton);
        const auto* text = m_page->findChild<ui::ReaderText*>(QStringLiteral("readerText"));
        QVERIFY(text->toPlainText().mid(text->firstVisiblePosition(), 100).contains(QStringLiteral("of page 7")));
    }

    void visiblePagesAreAskedForTheNearestLast()
    {
        QSignalSpy wanted(m_view, &ui::PageView::pageWanted);
        m_page->showPages(true);
        m_page->showPlace(1, lineOf(m_book, 10, 0));
        QTRY_VERIFY(!wanted.isEmpty());
        QTest::qWait(200);
        QList<int> pages;
        for (const QList<QVariant>& call : wanted)
            pages.append(call[1].toInt());
        QVERIFY(wanted.size() <= 8);   // those of the beginning too, if the pause was shorter than the way here
        const int first = m_view->firstVisible().page;
        QCOMPARE(pages.last(), first);
        QVERIFY(pages.contains(first + 1));
        for (const QList<QVariant>& call : wanted)
            m_view->takePage(whitePage(kFile, call[1].toInt(), call[2].toDouble()));
        QVERIFY(m_view->shows(first));
        wanted.clear();
        QTest::qWait(200);
        QVERIFY(wanted.isEmpty());   // nothing is asked for twice
    }

    void sourcesAreTintedOnTheirPage()
    {
        app::Source source;
        source.document = 1;
        source.bytes = lineOf(m_book, 3, 4);
        m_page->showSources({source});
        m_page->showPages(true);
        m_page->showPlace(1, source.bytes);
        const double dpi = 96;
        m_view->takePage(whitePage(kFile, 3, dpi));
        QTest::qWait(50);
        const QImage seen = m_view->viewport()->grab().toImage();
        int tinted = 0;
        for (int y = 0; y < seen.height(); ++y) {
            for (int x = 100; x < 500; ++x)
                tinted += seen.pixelColor(x, y).saturation() > 20 && seen.pixelColor(x, y).lightness() > 128;
        }
        QVERIFY2(tinted > 1000, qPrintable(QString::number(tinted)));   // one line of 300 by 12 points
        QVERIFY2(tinted < 20000, qPrintable(QString::number(tinted)));
    }

    void zoomKeepsThePlaceAndHasEnds()
    {
        m_page->showPages(true);
        m_page->showPlace(1, lineOf(m_book, 12, 5));
        const auto before = m_view->firstVisible();
        m_page->zoomPages(2);
        QCOMPARE(m_view->zoom(), 2.0);
        QCOMPARE(m_view->firstVisible().page, before.page);
        QVERIFY(qAbs(m_view->firstVisible().y - before.y) < 3);
        QVERIFY(m_view->horizontalScrollBar()->maximum() > 0);
        for (int times = 0; times < 40; ++times)
            m_page->zoomPages(2);
        QCOMPARE(m_view->zoom(), ui::PageView::kMostZoom);
        m_view->setZoom(1);
        QCOMPARE(m_view->horizontalScrollBar()->maximum(), 0);
    }

    void aFileThatIsGoneSaysSo()
    {
        m_view->disconnect(this);
        m_page->showPages(true);
        m_view->takeSizes({kFile, {}, QStringLiteral("It is gone.")});
        QCOMPARE(m_view->firstVisible().page, 0);
        m_page->showPlace(1, lineOf(m_book, 5, 0));   // which has no page to go to
        QVERIFY(!m_view->viewport()->grab().isNull());
    }

    void picturesOfOtherFilesAreNotTaken()
    {
        m_page->showPages(true);
        m_view->takePage(whitePage(QStringLiteral("/another.pdf"), 1, 96));
        m_view->takePage(whitePage(kFile, kPages + 1, 96));
        QVERIFY(!m_view->shows(1));
        QVERIFY(!m_view->shows(kPages + 1));
    }

private:
    QToolButton* button(const char* name) const { return m_page->findChild<QToolButton*>(QLatin1String(name)); }

    app::Document m_book = book();
    std::unique_ptr<ui::ReaderPage> m_page;
    ui::PageView* m_view = nullptr;
};

OCTAVO_WATCHED_MAIN(TestPages)
#include "tst_pages.moc"
