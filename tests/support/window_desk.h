// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include <QAbstractButton>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include "main_window.h"
#include "octavo/app/assistant.h"
#include "support/scripted_engine.h"

namespace octavo::test {

// The whole window with the real assistant and library in a folder of its own, and an engine that follows a script.
class WindowDesk {
public:
    WindowDesk() { open(); }
    ~WindowDesk() { close(); }

    void open()
    {
        assistant = std::make_unique<app::Assistant>(app::AssistantOptions{data(), QStringLiteral("model.gguf"), 1},
                                                     std::make_unique<ScriptedEngine>(script));
        window = std::make_unique<ui::MainWindow>(*assistant, ui::WindowOptions{data(), {}});
        window->show();
        window->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(window.get()));
        window->start({});
    }

    void close()
    {
        if (window)
            window->close();
        window.reset();
        assistant.reset();
    }

    void reopen()
    {
        close();
        open();
    }

    void openBook()
    {
        QFile file(folder.filePath(QStringLiteral("book.txt")));
        QVERIFY(file.open(QIODevice::WriteOnly));
        for (int chapter = 1; chapter <= 12; ++chapter)
            file.write("CHAPTER " + QByteArray::number(chapter) + "\n\n" + QByteArray("The whale swims through the sea of this chapter and on. ").repeated(8) + "\n\n");
        file.close();
        window->openPaths({file.fileName()});
        QTRY_VERIFY(child<QWidget>("questionEdit")->isEnabled());
    }

    void ask()
    {
        QTest::keyClicks(child<QWidget>("questionEdit"), QStringLiteral("Who nails it?"));
        QTest::keyClick(child<QWidget>("questionEdit"), Qt::Key_Return);
        QTRY_VERIFY(shown<QAbstractButton>("sourceChip"));
        QTRY_VERIFY(!assistant->busy());
    }

    QString data() const { return folder.filePath(QStringLiteral("data")); }

    template <class Widget>
    Widget* child(const char* name) const { return window->findChild<Widget*>(QLatin1String(name)); }

    // Null if it is not there or hidden.
    template <class Widget>
    Widget* shown(const char* name) const
    {
        for (auto* widget : window->findChildren<Widget*>(QLatin1String(name))) {
            if (widget->isVisible())
                return widget;
        }
        return nullptr;
    }

    QTemporaryDir folder;
    std::shared_ptr<EngineScript> script = std::make_shared<EngineScript>();
    std::unique_ptr<app::Assistant> assistant;
    std::unique_ptr<ui::MainWindow> window;
};

} // namespace octavo::test
