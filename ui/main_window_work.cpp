// SPDX-License-Identifier: Apache-2.0
#include <QFileInfo>
#include <QStatusBar>
#include <QToolButton>

#include "icons.h"
#include "library/library_panel.h"
#include "main_window.h"
#include "theme.h"
#include "widgets.h"
#include "work/work_panel.h"

// The wires of long work: its list above the status bar, and word of its end.

namespace octavo::ui {

using app::Assistant;
using Kind = app::WorkItem::Kind;

namespace {

constexpr double kLongSeconds = 10;    // people wait for less

} // namespace

QString MainWindow::titleOf(const app::WorkItem& work) const
{
    if (work.kind == Kind::Opening || work.kind == Kind::Download)
        return QFileInfo(work.path).fileName();
    const app::DocumentSummary* document = work.kind == Kind::Reading ? m_library->documents().find(work.subject) : nullptr;
    const QString title = work.kind == Kind::Reading ? (document ? document->title.simplified() : QString()) : m_library->titleOf(work.subject);
    return title.isEmpty() ? tr("(without a title)") : title;
}

void MainWindow::wireWork()
{
    m_work = new WorkPanel([this](const app::WorkItem& work) { return titleOf(work); }, this);
    auto* button = new QToolButton(this);
    button->setObjectName(QStringLiteral("workButton"));
    button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    button->setIcon(icon(QLatin1String("work")));
    button->setAutoRaise(true);
    button->hide();
    statusBar()->insertPermanentWidget(0, button);

    connect(&m_assistant, &Assistant::workChanged, m_work, &WorkPanel::showWork);
    connect(&m_assistant, &Assistant::openProgress, m_work, &WorkPanel::showOpening);
    connect(&m_assistant, &Assistant::readProgress, m_work, &WorkPanel::showReading);
    connect(&m_assistant, &Assistant::downloadProgress, m_work, &WorkPanel::showDownload);
    connect(&m_assistant, &Assistant::summaryProgress, m_work, &WorkPanel::showSummary);
    connect(&m_assistant, &Assistant::workEnded, this, &MainWindow::tellEnd);
    connect(m_work, &WorkPanel::pauseWanted, &m_assistant, &Assistant::pauseWork);
    connect(m_work, &WorkPanel::goOnWanted, &m_assistant, &Assistant::goOnWithWork);
    connect(m_work, &WorkPanel::stopWanted, &m_assistant, &Assistant::stopWork);
    connect(m_work, &WorkPanel::changed, button, [this, button] {
        button->setVisible(m_work->count() > 0);
        button->setText(tr("%1 at work").arg(m_work->count()));
        button->setToolTip(plainTip(m_work->headline()));
        button->setAccessibleDescription(m_work->headline());
    });
    connect(button, &QToolButton::clicked, m_work, [this, button] { m_work->openAbove(button); });
    connect(m_keys.action(QStringLiteral("work")), &QAction::triggered, m_work,
            [this, button] { m_work->openAbove(button->isVisible() ? static_cast<QWidget*>(button) : statusBar()); });
}

// A person who does something else meanwhile is told; one who looks on sees it.
void MainWindow::tellEnd(const app::WorkItem& work)
{
    if (work.stopped || work.seconds < kLongSeconds || work.kind == Kind::Opening || isActiveWindow() || !m_settings.isOn(Setting::TellEnd))
        return;
    const QString title = titleOf(work);
    const bool isWhole = work.kind != Kind::Reading || m_library->documents().readShare(work.subject) >= 1;
    switch (work.kind) {
    case Kind::Opening: return;
    case Kind::Reading: return emit attentionWanted(isWhole ? tr("Read") : tr("Reading has ended early"), title);
    case Kind::Answer: return emit attentionWanted(tr("Answered"), title);
    case Kind::Summary: return emit attentionWanted(tr("Summarizing has ended"), title);
    case Kind::Download: return emit attentionWanted(tr("Downloaded"), title);
    case Kind::Looking: return emit attentionWanted(tr("Looked again at an answer"), title);
    }
}

} // namespace octavo::ui
