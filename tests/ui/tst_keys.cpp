// SPDX-License-Identifier: Apache-2.0
// The keyboard map on the real window: shown, searched, changed, kept, reset.
#include <QAction>
#include <QApplication>
#include <QDir>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSettings>
#include <QToolButton>
#include <QTreeWidget>
#include <set>

#include "keys/key_map.h"
#include "keys/keys_dialog.h"
#include "support/gui_watchdog.h"
#include "support/window_desk.h"

using namespace octavo;

class TestKeys : public QObject {
    Q_OBJECT

private slots:
    void init()
    {
        m_desk = std::make_unique<test::WindowDesk>();
        m_desk->openBook();
    }
    void cleanup() { m_desk.reset(); }

    void noTwoActionsHaveTheSameKeys()
    {
        std::set<QString> seen;
        for (const ui::KeyRow& row : ui::keyTable()) {
            for (const QKeySequence& keys : row.byDefault) {
                QVERIFY2(seen.insert(keys.toString()).second, qPrintable(keys.toString()));
                if (*row.name)
                    QVERIFY2(ui::KeyMap::whyUnfit(keys).isEmpty(), row.name);
            }
        }
    }

    void everyRowHasAnActionAndItsButtonsTellTheKeys()
    {
        for (const ui::KeyRow& row : ui::keyTable()) {
            if (!*row.name)
                continue;
            const auto* action = m_desk->child<QAction>((QByteArray(row.name) + "Action").constData());
            QVERIFY2(action, row.name);
            QCOMPARE(action->shortcuts(), row.byDefault);
            for (const QString& name : QString::fromLatin1(row.buttons).split(QLatin1Char(' '), Qt::SkipEmptyParts)) {
                const auto* button = m_desk->window->findChild<QAbstractButton*>(name);
                QVERIFY2(button, qPrintable(name));
                QVERIFY2(button->toolTip().contains(row.byDefault[0].toString(QKeySequence::NativeText)), qPrintable(name));
            }
        }
    }

    void f1ShowsItAndWordsNarrowIt()
    {
        QTest::keyClick(m_desk->window.get(), Qt::Key_F1);
        QVERIFY(m_desk->child<QDialog>("keysDialog")->isVisible());
        QTest::keyClicks(m_desk->child<QWidget>("keysSearch"), QStringLiteral("match"));
        QCOMPARE(shownRows().size(), 3);
        m_desk->child<QLineEdit>("keysSearch")->setText(QStringLiteral("ctrl+h"));
        QCOMPARE(shownRows().size(), 1);
        QVERIFY(shownRows()[0].contains(QStringLiteral("Hops")));
        m_desk->child<QLineEdit>("keysSearch")->setText(QStringLiteral("zebra"));
        QVERIFY(shownRows().isEmpty());
        QVERIFY(!m_desk->child<QWidget>("keysEdit")->isEnabled());
    }

    void keysAreChangedKeptAndReset()
    {
        choose("find");
        QTest::keyClick(m_desk->child<QWidget>("keysEdit"), Qt::Key_J, Qt::ControlModifier);
        QCOMPARE(m_desk->child<QLineEdit>("keysEdit")->text(), QStringLiteral("Ctrl+J"));
        QVERIFY(m_desk->child<QToolButton>("findButton")->toolTip().contains(QStringLiteral("Ctrl+J")));
        m_desk->child<QDialog>("keysDialog")->close();
        press(Qt::Key_F, Qt::ControlModifier);
        QVERIFY(!m_desk->shown<QWidget>("findWords"));
        press(Qt::Key_J, Qt::ControlModifier);
        QVERIFY(m_desk->shown<QWidget>("findWords"));
        m_desk->reopen();
        QTRY_VERIFY(m_desk->child<QWidget>("questionEdit"));
        QCOMPARE(keysOf("find"), QStringLiteral("Ctrl+J"));
        choose("find");
        m_desk->child<QPushButton>("resetKeys")->click();
        QCOMPARE(keysOf("find"), QStringLiteral("Ctrl+F"));
        QVERIFY(!QSettings(ini(), QSettings::IniFormat).contains(QStringLiteral("keys/find")));
    }

    void keysCanBeTakenAway()
    {
        choose("hops");
        QTest::keyClick(m_desk->child<QWidget>("keysEdit"), Qt::Key_Backspace);
        QCOMPARE(keysOf("hops"), QString());
        m_desk->reopen();
        QCOMPARE(keysOf("hops"), QString());
        choose("hops");
        m_desk->child<QPushButton>("resetAllKeys")->click();
        QCOMPARE(keysOf("hops"), QStringLiteral("Ctrl+H"));
    }

    void aConflictIsToldAndSettled()
    {
        choose("contents");
        QVERIFY(!m_desk->child<QPushButton>("takeKeys")->isVisible());
        QTest::keyClick(m_desk->child<QWidget>("keysEdit"), Qt::Key_H, Qt::ControlModifier);
        QVERIFY(sentence().contains(QStringLiteral("Hops")));
        QCOMPARE(keysOf("contents"), QStringLiteral("Ctrl+G"));
        QCOMPARE(keysOf("hops"), QStringLiteral("Ctrl+H"));
        m_desk->child<QPushButton>("takeKeys")->click();
        QCOMPARE(keysOf("contents"), QStringLiteral("Ctrl+H"));
        QCOMPARE(keysOf("hops"), QString());
        choose("hops");
        m_desk->child<QPushButton>("resetKeys")->click();      // its keys are another's by now
        QVERIFY(sentence().contains(QStringLiteral("Contents")));
        QCOMPARE(keysOf("hops"), QString());
    }

    void whatTypingNeedsIsNotTaken()
    {
        choose("contents");
        auto* edit = m_desk->child<QWidget>("keysEdit");
        for (const auto& [key, modifiers] : {std::pair{Qt::Key_A, Qt::NoModifier}, std::pair{Qt::Key_A, Qt::ShiftModifier}, std::pair{Qt::Key_Return, Qt::NoModifier},
                                             std::pair{Qt::Key_C, Qt::ControlModifier}}) {
            QTest::keyClick(edit, key, modifiers);
            QVERIFY(!sentence().isEmpty());
            QVERIFY(!m_desk->child<QPushButton>("takeKeys")->isVisible());
            QCOMPARE(keysOf("contents"), QStringLiteral("Ctrl+G"));
        }
        QTest::keyClick(edit, Qt::Key_F9);
        QCOMPARE(keysOf("contents"), QStringLiteral("F9"));
        choose(nullptr);                                        // a row that belongs to a widget
        QVERIFY(!edit->isEnabled());
        QVERIFY(!sentence().isEmpty());
    }

    void aFileChangedByHandLeavesNoTwoWithTheSameKeys()
    {
        m_desk->close();
        {
            QSettings file(ini(), QSettings::IniFormat);
            file.setValue(QStringLiteral("keys/contents"), QStringLiteral("Ctrl+H"));
            file.setValue(QStringLiteral("keys/forward"), QStringLiteral("Ctrl+H"));
            file.setValue(QStringLiteral("keys/back"), QStringLiteral("a"));
            file.setValue(QStringLiteral("keys/find"), QStringLiteral("no such key"));
        }
        m_desk->open();
        QCOMPARE(keysOf("contents"), QStringLiteral("Ctrl+H"));
        QCOMPARE(keysOf("forward"), QString());
        QCOMPARE(keysOf("hops"), QString());
        QCOMPARE(keysOf("back"), QStringLiteral("Alt+Left"));
        QCOMPARE(keysOf("find"), QStringLiteral("Ctrl+F"));
    }

private:
    QString ini() const { return QDir(m_desk->data()).filePath(QStringLiteral("window.ini")); }
    QString sentence() const { return m_desk->child<QLabel>("keysSentence")->text(); }
    QString keysOf(const char* name) const { return ui::keysText(m_desk->child<QAction>((QByteArray(name) + "Action").constData())->shortcuts()); }

    void press(Qt::Key key, Qt::KeyboardModifiers modifiers)
    {
        m_desk->window->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(m_desk->window.get()));
        QTest::keyClick(m_desk->window.get(), key, modifiers);
    }

    // Null: the last row, which cannot be changed.
    void choose(const char* name)
    {
        auto* dialog = m_desk->child<QDialog>("keysDialog");
        dialog->open();
        QVERIFY(QTest::qWaitForWindowActive(dialog));
        auto* tree = m_desk->child<QTreeWidget>("keysTree");
        const QString text = ui::keyText(name ? ui::keyRow(QLatin1String(name)).text : ui::keyTable().back().text);
        const auto found = tree->findItems(text, Qt::MatchExactly | Qt::MatchRecursive);
        QCOMPARE(found.size(), 1);
        tree->setCurrentItem(found[0]);
    }

    QStringList shownRows() const
    {
        QStringList rows;
        for (QTreeWidgetItemIterator at(m_desk->child<QTreeWidget>("keysTree"), QTreeWidgetItemIterator::NoChildren); *at; ++at) {
            if (!(*at)->isHidden())
                rows.append((*at)->text(0));
        }
        return rows;
    }

    std::unique_ptr<test::WindowDesk> m_desk;
};

OCTAVO_WATCHED_MAIN(TestKeys)
#include "tst_keys.moc"
