// SPDX-License-Identifier: Apache-2.0
// Five hundred things that a person may do, in no order that makes sense, from a fixed seed; then the window must work as on its first day. ./dev test --long runs this
// under the address sanitizer. What was done stands in soak.log beside the test's program, so that a crash tells after what it came.
#include <random>

#include <QAbstractButton>
#include <QAbstractItemView>
#include <QAction>
#include <QComboBox>
#include <QContextMenuEvent>
#include <QDialog>
#include <QFileDialog>
#include <QLineEdit>
#include <QMenu>
#include <QMimeData>
#include <QPlainTextEdit>
#include <QScrollBar>
#include <QTest>
#include <QTimer>
#include <QWheelEvent>

#include "octavo/app/assistant.h"
#include "support/gui_watchdog.h"
#include "support/window_desk.h"

using namespace octavo;
using namespace std::chrono_literals;

namespace {

constexpr int kActions = 500;
constexpr unsigned kSeed = 20261127;

// A person who knows no mercy.
class Visitor {
public:
    explicit Visitor(test::WindowDesk& desk) : m_desk(desk), m_log(QCoreApplication::applicationDirPath() + QStringLiteral("/soak.log"))
    {
        QVERIFY(m_log.open(QIODevice::WriteOnly | QIODevice::Truncate | QIODevice::Unbuffered));
        // Menus and file dialogs run loops of their own: only a timer gets at them.
        QObject::connect(&m_timer, &QTimer::timeout, &m_timer, [this] { answerLoops(); });
        m_timer.start(5);
    }

    void act()
    {
        static constexpr std::array kDoings{&Visitor::click, &Visitor::click, &Visitor::click, &Visitor::press, &Visitor::press, &Visitor::type, &Visitor::choose,
                                            &Visitor::choose, &Visitor::openMenu, &Visitor::drop, &Visitor::trigger, &Visitor::scroll, &Visitor::resize};
        (this->*kDoings[below(kDoings.size())])();
        QTest::qWait(int(below(12)));
    }

    // All that is open over the window goes.
    void leave()
    {
        while (QWidget* over = QApplication::activePopupWidget() ? QApplication::activePopupWidget() : QApplication::activeModalWidget()) {
            auto* dialog = qobject_cast<QDialog*>(over);
            dialog ? dialog->reject() : void(over->close());
            QTest::qWait(5);
        }
        m_timer.stop();
    }

private:
    std::size_t below(std::size_t count) { return std::uniform_int_distribution<std::size_t>(0, count - 1)(m_dice); }

    template <class Things>
    auto oneOf(const Things& things) { return things[qsizetype(below(std::size_t(things.size())))]; }

    void note(const QString& what) { m_log.write(what.toUtf8() + '\n'); }

    static QWidget* front()
    {
        QWidget* over = QApplication::activePopupWidget() ? QApplication::activePopupWidget() : QApplication::activeModalWidget();
        return over ? over : QApplication::activeWindow();
    }

    template <class Widget>
    QList<Widget*> there()
    {
        QList<Widget*> found;
        if (QWidget* window = front()) {
            for (auto* widget : window->findChildren<Widget*>()) {
                if (widget->isVisible() && widget->isEnabled() && widget->window() == window)
                    found.append(widget);
            }
        }
        return found;
    }

    void click()
    {
        const auto buttons = there<QAbstractButton>();
        if (buttons.isEmpty())
            return press();
        QAbstractButton* button = oneOf(buttons);
        note(QStringLiteral("click ") + button->objectName() + ' ' + button->text());
        QTest::mouseClick(button, Qt::LeftButton);
    }

    void press()
    {
        static const QList<int> keys{Qt::Key_Tab, Qt::Key_Return, Qt::Key_Escape, Qt::Key_Space, Qt::Key_Down, Qt::Key_Up, Qt::Key_Right, Qt::Key_Left, Qt::Key_Delete,
                                     Qt::Key_F2, Qt::Key_F3, Qt::Key_F6, Qt::Key_Home, Qt::Key_End, Qt::Key_PageDown, Qt::Key_Plus, Qt::Key_Minus, Qt::Key_Menu};
        static const QList<Qt::KeyboardModifiers> with{Qt::NoModifier, Qt::NoModifier, Qt::NoModifier, Qt::ShiftModifier, Qt::ControlModifier, Qt::AltModifier};
        QWidget* at = QApplication::focusWidget() ? QApplication::focusWidget() : front();
        if (!at)
            return;
        const int key = oneOf(keys);
        note(QStringLiteral("press %1 in %2").arg(QKeySequence(key).toString(), at->objectName()));
        QTest::keyClick(at, Qt::Key(key), oneOf(with));
    }

    void type()
    {
        static const QStringList words{QStringLiteral("Who is Ahab?"), QStringLiteral("whale"), QStringLiteral("%1 <b>&amp;</b> \\ '\" ;--"), QStringLiteral("\u05d4\u05dc\u05d5\u05d9\u05ea\u05df"),
                                       QStringLiteral("a\nb\n\n* c"), QStringLiteral("\u9cb8 9999999999"), QStringLiteral("-1")};
        QWidget* at = QApplication::focusWidget();
        if (!at)
            return;
        const QString text = oneOf(words);
        note(QStringLiteral("type %1 into %2").arg(text, at->objectName()));
        for (const QChar letter : text)
            QApplication::sendEvent(at, std::make_unique<QKeyEvent>(QEvent::KeyPress, Qt::Key_unknown, Qt::NoModifier, QString(letter)).get());
    }

    void choose()
    {
        const auto views = there<QAbstractItemView>();
        if (views.isEmpty())
            return press();
        QAbstractItemView* view = oneOf(views);
        const int rows = view->model() ? view->model()->rowCount(view->rootIndex()) : 0;
        if (rows == 0)
            return;
        const QModelIndex index = view->model()->index(int(below(std::size_t(rows))), 0, view->rootIndex());
        note(QStringLiteral("choose %1 in %2").arg(index.row()).arg(view->objectName()));
        view->scrollTo(index);
        QTest::mouseClick(view->viewport(), Qt::LeftButton, below(3) == 0 ? Qt::ControlModifier : Qt::NoModifier, view->visualRect(index).center());
        if (below(3) == 0)
            QTest::mouseDClick(view->viewport(), Qt::LeftButton, Qt::NoModifier, view->visualRect(index).center());
    }

    void openMenu()
    {
        const auto widgets = there<QWidget>();
        if (widgets.isEmpty())
            return;
        QWidget* widget = oneOf(widgets);
        note(QStringLiteral("menu of ") + widget->objectName());
        QContextMenuEvent event(QContextMenuEvent::Mouse, widget->rect().center(), widget->mapToGlobal(widget->rect().center()));
        QApplication::sendEvent(widget, &event);
    }

    void drop()
    {
        const QString path = m_desk.folder.filePath(QStringLiteral("dropped%1.md").arg(below(4)));
        QFile file(path);
        if (below(4) == 0 || !file.exists()) {
            note(QStringLiteral("change ") + path);
            QVERIFY(file.open(QIODevice::WriteOnly));
            file.write(QByteArray("# Whales\n\nThe whale swims on. \n\n").repeated(int(1 + below(30))));
            file.close();
        }
        note(QStringLiteral("drop ") + path);
        QMimeData data;
        data.setUrls({QUrl::fromLocalFile(below(8) == 0 ? path + QStringLiteral(".gone") : path)});
        const QPoint at(int(below(1200)), int(below(800)));
        QDragEnterEvent enter(at, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QApplication::sendEvent(m_desk.window.get(), &enter);
        QDropEvent event(at, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QApplication::sendEvent(m_desk.window.get(), &event);
    }

    void trigger()
    {
        if (front() != m_desk.window.get())
            return press();
        QList<QAction*> actions;
        for (QAction* action : m_desk.window->findChildren<QAction*>()) {
            if (action->isEnabled() && !action->isSeparator() && !action->menu())
                actions.append(action);
        }
        QAction* action = oneOf(actions);
        note(QStringLiteral("trigger ") + action->objectName() + ' ' + action->text());
        action->trigger();
    }

    void scroll()
    {
        const auto widgets = there<QWidget>();
        if (widgets.isEmpty())
            return;
        QWidget* widget = oneOf(widgets);
        const QPoint middle = widget->rect().center();
        QWheelEvent event(middle, widget->mapToGlobal(middle), {}, {0, below(2) == 0 ? -480 : 480}, Qt::NoButton, below(4) == 0 ? Qt::ControlModifier : Qt::NoModifier, Qt::NoScrollPhase, false);
        QApplication::sendEvent(widget, &event);
    }

    void resize() { m_desk.window->resize(int(900 + below(800)), int(600 + below(500))); }

    void answerLoops()
    {
        if (auto* menu = qobject_cast<QMenu*>(QApplication::activePopupWidget())) {
            const QList<QAction*> actions = menu->actions();
            QAction* action = actions.isEmpty() ? nullptr : oneOf(actions);
            menu->close();
            if (action && action->isEnabled() && !action->isSeparator() && !action->menu()) {
                note(QStringLiteral("take %1 of the menu").arg(action->text()));
                action->trigger();
            }
        } else if (auto* files = qobject_cast<QFileDialog*>(QApplication::activeModalWidget())) {
            note(QStringLiteral("cancel ") + files->windowTitle());
            files->reject();
        }
    }

    test::WindowDesk& m_desk;
    std::mt19937 m_dice{kSeed};
    QTimer m_timer;
    QFile m_log;
};

} // namespace

class TestSoak : public QObject {
    Q_OBJECT

private slots:
    void whateverAPersonDoesTheWindowWorks()
    {
        test::WindowDesk desk;
        desk.openBook();
        desk.ask();
        const qsizetype objects = desk.window->findChildren<QObject*>().size();
        desk.script->chunkDelay = 1ms;
        desk.script->pieceDelay = 1ms;
        Visitor visitor(desk);
        for (int done = 0; done < kActions; ++done) {
            visitor.act();
            if (!desk.window->isVisible()) {
                visitor.leave();
                desk.reopen();
            }
        }
        visitor.leave();
        desk.assistant->stop();
        QTRY_VERIFY_WITH_TIMEOUT(!desk.assistant->busy(), 60'000);
        desk.child<QAction>("newConversationAction")->trigger();
        desk.window->resize(1440, 900);
        desk.openBook();
        desk.ask();
        // Messages, sources and dialogs come and go; what comes and never goes would be thousands.
        const qsizetype left = desk.window->findChildren<QObject*>().size();
        QVERIFY2(left < 2 * objects, qPrintable(QStringLiteral("%1 objects, where there were %2 before").arg(left).arg(objects)));
    }
};

OCTAVO_WATCHED_MAIN(TestSoak)
#include "tst_soak.moc"
