// SPDX-License-Identifier: Apache-2.0
#include <QPlainTextEdit>
#include <QTest>

#include "reader/coverage_map.h"
#include "find_bar.h"
#include "reader/reader_history.h"
#include "reader/text_map.h"
#include "support/gui_watchdog.h"

using namespace octavo;
using ui::TextMap;

class TestTextMap : public QObject {
    Q_OBJECT

private slots:
    void bytesAndPositionsAgree_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("ascii") << QByteArray("one\ntwo\n\nthree");
        QTest::newRow("windows line ends") << QByteArray("one\r\ntwo\r\n\r\nthree\r\n");
        QTest::newRow("old line ends") << QByteArray("one\rtwo\r");
        QTest::newRow("mixed scripts") << QByteArray("“Ahab”\r\nnaïve — Žižek\n白鲸记\n\xF0\x9F\x90\x8B whale \xF0\x9F\x90\x8B\n");
        QTest::newRow("paragraph separator") << QByteArray("a\xE2\x80\xA9" "b\xE2\x80\xA8" "c");
    }

    // Every character begins where its bytes do, both ways, and the text shown is what a text document makes of it.
    void bytesAndPositionsAgree()
    {
        QFETCH(QByteArray, text);
        const TextMap map(text);
        QPlainTextEdit document;
        document.setPlainText(map.shown());
        QCOMPARE(document.document()->characterCount() - 1, static_cast<int>(map.shown().size()));
        int position = 0;
        qint64 byte = 0;
        while (byte < text.size()) {
            QCOMPARE(map.positionOf(byte), position);
            QCOMPARE(map.byteOf(position), byte);
            const auto lead = static_cast<unsigned char>(text[byte]);
            const int width = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
            if (width > 1)
                QCOMPARE(map.positionOf(byte + width - 1), position);      // within a character: where it begins
            const bool pair = text[byte] == '\r' && byte + 1 < text.size() && text[byte + 1] == '\n';
            byte += pair ? 2 : width;
            position += width == 4 ? 2 : 1;
        }
        QCOMPARE(map.positionOf(text.size() + 10), position);
        QCOMPARE(map.byteOf(position + 10), text.size());
    }

    void halfASurrogatePairIsItsCharacter()
    {
        const TextMap map("a\xF0\x9F\x90\x8B" "b");
        QCOMPARE(map.byteOf(2), 1);
        QCOMPARE(map.byteOf(3), 5);
    }

    void invalidUtf8StaysWithinItsLine()
    {
        const TextMap map("bad \xff\xfe bytes\nnext");
        QCOMPARE(map.positionOf(map.byteCount()), static_cast<int>(map.shown().size()));
        QVERIFY(map.byteOf(6) < 14);
    }

    void proseFlowsAndVerseStays()
    {
        const QByteArray prose = "Call me Ishmael. Some years ago, never mind how long precisely, having\n"
                                 "little or no money in my purse, and nothing particular to interest me\n"
                                 "on shore, I thought I would sail about a little and see the watery\n"
                                 "part of the world.\n";
        const QByteArray verse = "\nThe ribs and terrors\nin the whale\n\n  indented by hand, whatever its length may be, it always\n  stays\n\nCHAPTER 1\nLoomings\n";
        const TextMap map(prose + verse, true);
        QCOMPARE(map.shown().left(prose.size()).count(QLatin1Char('\n')), 1);
        QVERIFY(map.shown().contains(QStringLiteral("having little or no money")));
        QVERIFY(map.shown().contains(QStringLiteral("terrors\nin the whale")));
        QVERIFY(map.shown().contains(QStringLiteral("always\n  stays")));
        QVERIFY(map.shown().contains(QStringLiteral("CHAPTER 1\nLoomings")));
        QCOMPARE(map.shown().size(), (prose + verse).size());      // places do not move
    }

    void findsWithoutRegardToCase()
    {
        QCOMPARE(ui::findAll(QStringLiteral("Whale, whale, WHALE"), QStringLiteral("whale")), (QList<int>{0, 7, 14}));
        QCOMPARE(ui::findAll(QStringLiteral("aaaa"), QStringLiteral("aa")), (QList<int>{0, 2}));
        QVERIFY(ui::findAll(QStringLiteral("text"), QString()).isEmpty());
    }

    void coveragePlacesGoBothWays()
    {
        app::Document document;
        document.text = QByteArray(1000, 'x');
        document.files = {{QString(), QStringLiteral("a"), QString(), {0, 400}}, {QString(), QStringLiteral("b"), QString(), {400, 1000}}};
        document.ledger = {{QStringLiteral("a"), {}, 400, true},
                           {QStringLiteral("image.png"), QStringLiteral("binary file"), 5'000'000, false},
                           {QStringLiteral("font.ttf"), QStringLiteral("binary file"), 10, false},
                           {QStringLiteral("b"), {}, 600, true},
                           {QStringLiteral("z.o"), QStringLiteral("ignored by .gitignore"), 10, false}};
        const ui::CoverageMap map(document);
        QCOMPARE(map.skipped().size(), 2);                         // neighbours share a band
        QCOMPARE(map.skipped()[0].entries.size(), 2);
        QCOMPARE(map.placeOf(0), 0.0);
        QCOMPARE(map.skipped()[1].bottom, 1.0);
        for (const qint64 byte : {1, 399, 401, 700, 999})
            QVERIFY(qAbs(map.byteAt(map.placeOf(byte)) - byte) <= 1);
        QVERIFY(map.placeOf(399) < map.skipped()[0].top && map.placeOf(401) > map.skipped()[0].bottom);
        const double within = (map.skipped()[0].top + map.skipped()[0].bottom) / 2;
        QCOMPARE(map.skippedAt(within), &map.skipped()[0]);
        QVERIFY(!map.skippedAt(0.1));
    }

    void historyGoesBackAndForward()
    {
        ui::ReaderHistory history;
        QVERIFY(!history.back({1, 0}));
        history.leave({1, 10});
        history.leave({2, 20});
        QCOMPARE(history.back({2, 30})->byte, 20);
        QCOMPARE(history.back({2, 20})->byte, 10);
        QVERIFY(!history.canGoBack());
        QCOMPARE(history.forward({1, 10})->byte, 20);
        history.leave({2, 20});
        QVERIFY(!history.canGoForward());
        history.forget(1);
        QCOMPARE(history.back({2, 0})->document, 2);
        QVERIFY(!history.back({2, 0}));
    }
};

OCTAVO_WATCHED_MAIN(TestTextMap)
#include "tst_text_map.moc"
