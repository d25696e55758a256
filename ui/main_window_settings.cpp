// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <QActionGroup>
#include <QApplication>

#include "chat/chat_page.h"
#include "failure_bars.h"
#include "hops/hops_dock.h"
#include "keys/keys_dialog.h"
#include "library/library_panel.h"
#include "library/space_dialog.h"
#include "main_window.h"
#include "reader/reader_page.h"
#include "settings/looks.h"
#include "settings/settings_dialog.h"

// What settings and keys do to the window.

namespace octavo::ui {

void MainWindow::wireSettings()
{
    const auto openSpace = [this] {
        m_assistant.measureReadings();
        m_space->open();
    };
    auto* keys = new KeysDialog(m_keys, this);
    const std::vector<SettingsDialog::Link> links{
        {"openKeys", "Behaviour", tr("Keyboard map"), tr("What keys do, and how to change it."), [keys] { keys->open(); }},
        {"openSpace", "Computing", tr("Disk space"), tr("How much what was read may take of the disk."), openSpace}};
    auto* settings = new SettingsDialog(m_settings, links, this);

    connect(m_keys.action(QStringLiteral("settings")), &QAction::triggered, settings, &SettingsDialog::open);
    connect(m_keys.action(QStringLiteral("keys")), &QAction::triggered, keys, &KeysDialog::open);
    connect(m_keys.action(QStringLiteral("diskSpace")), &QAction::triggered, this, openSpace);
    connect(m_hops, &HopsDock::logarithmicChosen, this, [this](bool on) { m_settings.set(Setting::MapLogarithmic, on); });
    connect(m_hops, &HopsDock::asTableChosen, this, [this](bool on) { m_settings.set(Setting::MapAsTable, on); });
    connect(&m_settings, &WindowSettings::notKept, m_failures, &FailureBars::inform);
    connect(&m_settings, &WindowSettings::changed, this, &MainWindow::applySetting);
    for (const Setting setting : {Setting::Theme, Setting::BookFace, Setting::Temperature, Setting::MapLogarithmic, Setting::MapAsTable})
        applySetting(setting);
}

void MainWindow::wireKeys()
{
    const auto on = [this](const char* name, auto* receiver, auto slot) {
        connect(m_keys.action(QLatin1String(name)), &QAction::triggered, receiver, slot);
    };
    on("open", this, &MainWindow::openFiles);
    on("openFolder", this, &MainWindow::openFolder);
    on("summarize", this, &MainWindow::summarizeChosen);
    on("import", this, &MainWindow::importSessions);
    on("exportAll", this, &MainWindow::exportLibrary);
    on("checkLibrary", &m_assistant, &app::Assistant::checkLibrary);
    // Where the focus is: in the conversation, or else in the document.
    on("find", this, [this] { isInChat() ? m_chat->find() : m_reader->find(); });
    on("findNext", this, [this] { isInChat() ? m_chat->findNext() : m_reader->findNext(); });
    on("findPrevious", this, [this] { isInChat() ? m_chat->findPrevious() : m_reader->findPrevious(); });
    on("contents", m_reader, &ReaderPage::openContents);
    on("back", m_reader, &ReaderPage::goBack);
    on("forward", m_reader, &ReaderPage::goForward);
    on("pages", this, [this] { m_reader->showPages(!m_reader->showsPages()); });
    on("ask", m_chat, &ChatPage::focusQuestion);
    on("branches", m_chat, &ChatPage::openBranches);
    on("editQuestion", m_chat, &ChatPage::editLastQuestion);
    on("newConversation", this, &MainWindow::beginSession);
    on("searchConversations", m_library, &LibraryPanel::focusSearch);
    on("stop", &m_assistant, &app::Assistant::stop);
    on("nextPane", this, &MainWindow::cyclePanes);
    on("larger", this, [this] { zoom(1); });
    on("smaller", this, [this] { zoom(-1); });
    on("usualSize", this, [this] { zoom(0); });
}

bool MainWindow::isInChat() const
{
    const QWidget* focused = QApplication::focusWidget();
    return focused && m_chat->isAncestorOf(focused) && m_chat->session() != 0;
}

void MainWindow::applySetting(Setting setting)
{
    switch (setting) {
    case Setting::Theme:
        for (QAction* choice : m_themes->actions())
            choice->setChecked(choice->data() == m_settings.value(Setting::Theme));
        [[fallthrough]];
    case Setting::TextPercent: return applyLook();
    case Setting::BookFace:
    case Setting::BookPercent:
    case Setting::LineCharacters:
    case Setting::Direction: return m_reader->setLook(pageLookOf(m_settings));
    case Setting::Temperature:
    case Setting::AnswerTokens:
    case Setting::ShortAnswers:
        return applyAnswering();
    case Setting::MapLogarithmic: return m_hops->setLogarithmic(m_settings.isOn(setting));
    case Setting::MapAsTable: return m_hops->setAsTable(m_settings.isOn(setting));
    case Setting::KeepLayout:
    case Setting::OpenNewest:
    case Setting::AskBeforeClosing:
    case Setting::AskBeforeRemoving:
    case Setting::TellEnd:
    case Setting::OwnAdapters:
    case Setting::Language:
    case Setting::Device:
    case Setting::GpuLayers:
    case Setting::Threads: return;     // looked at when it comes to that
    }
}

void MainWindow::applyLook()
{
    const bool dark = followsDesktop(m_settings) && desktopIsDark(*qApp);
    applyTheme(*qApp, themeOf(m_settings, dark), m_settings.number(Setting::TextPercent) / 100);
}

void MainWindow::enlargeText(int steps)
{
    const auto& range = std::get<Number>(rowOf(Setting::TextPercent).form);
    m_settings.set(Setting::TextPercent, std::clamp(m_settings.number(Setting::TextPercent) + steps * range.step, range.least, range.most));
}

bool MainWindow::event(QEvent* event)
{
    if (event->type() == QEvent::ThemeChange && followsDesktop(m_settings))
        applyLook();
    return QMainWindow::event(event);
}

} // namespace octavo::ui
