// SPDX-License-Identifier: Apache-2.0
#include "main_window.h"

#include <utility>

#include <QActionGroup>
#include <QApplication>
#include <QCloseEvent>
#include <QDate>
#include <QFile>
#include <QFileDialog>
#include <QLabel>
#include <QMenu>
#include <QMessageBox>
#include <QMimeData>
#include <QPushButton>
#include <QRegularExpression>
#include <QShortcut>
#include <QSplitter>
#include <QStackedWidget>
#include <QStatusBar>
#include <QToolBar>
#include <QToolButton>
#include <QVBoxLayout>

#include "chat/chat_page.h"
#include "crash/crash_dialog.h"
#include "drop_target.h"
#include "failure_bars.h"
#include "hops/hops_dock.h"
#include "icons.h"
#include "library/library_panel.h"
#include "library/space_dialog.h"
#include "octavo/app/crash_reports.h"
#include "reader/page_view.h"
#include "reader/reader_page.h"
#include "welcome_page.h"
#include "widgets.h"

namespace octavo::ui {

namespace {

constexpr double kScaleStep = 0.1;

QAction* addTool(QToolBar* bar, const char* iconName, const char* name, const QString& text, const QKeySequence& keys)
{
    QAction* action = bar->addAction(icon(QLatin1String(iconName)), text);
    action->setObjectName(QLatin1String(name));
    action->setShortcut(keys);
    action->setToolTip(keys.isEmpty() ? text : QStringLiteral("%1 (%2)").arg(text, keys.toString(QKeySequence::NativeText)));
    return action;
}

QString archiveFilter() { return MainWindow::tr("Octavo archives (*.octavo)"); }

QStringList localPaths(const QMimeData* data)
{
    QStringList paths;
    for (const QUrl& url : data->urls()) {
        if (url.isLocalFile())
            paths.append(url.toLocalFile());
    }
    return paths;
}

} // namespace

MainWindow::MainWindow(app::Assistant& assistant, WindowOptions options, QWidget* parent)
    : QMainWindow(parent), m_assistant(assistant), m_options(std::move(options)), m_settings(m_options.dataDir)
{
    setWindowTitle(tr("Octavo"));
    setTheme(m_settings.theme());
    setWindowIcon(programIcon());
    setAcceptDrops(true);
    buildPanes();
    buildToolBar();
    buildStatusBar();
    addShortcuts();
    wireLibrary();
    wireReader();
    wireChat();
    wireHops();
    resize(1440, 900);
    restoreGeometry(m_settings.geometry());
    m_panes->restoreState(m_settings.panes());
}

MainWindow::~MainWindow() = default;

void MainWindow::start(const QStringList& paths)
{
    m_opensNewest = paths.isEmpty();
    m_assistant.start();
    offerCrashReport();
    if (!paths.isEmpty())
        openPaths(paths);
    m_chat->focusQuestion();
}

void MainWindow::offerCrashReport()
{
    const QString report = app::takeUnseenCrashReport(m_options.dataDir);
    if (report.isEmpty())
        return;
    m_failures->offer(tr("Octavo ended unexpectedly last time. A report, without any text of your documents or chats, lies in %1; nothing was sent.").arg(report),
                      {{"showCrashButton", tr("Show"), [this, report] { (new CrashDialog(report, this))->open(); }},
                       {"deleteCrashButton", tr("Delete"), [report] { QFile::remove(report); }}});
}

void MainWindow::openPaths(const QStringList& paths)
{
    if (paths.isEmpty())
        return;
    m_opensNewest = false;
    statusBar()->showMessage(tr("Opening %1…").arg(paths.first()));
    m_assistant.openPaths(paths);
}

void MainWindow::buildPanes()
{
    m_failures = new FailureBars(this);
    m_library = new LibraryPanel;
    m_reader = new ReaderPage;
    m_chat = new ChatPage;
    auto* welcome = new WelcomePage(m_options.sampleDir);
    m_middle = new QStackedWidget;
    m_middle->addWidget(welcome);
    m_middle->addWidget(m_reader);
    connect(welcome, &WelcomePage::openFilesWanted, this, &MainWindow::openFiles);
    connect(welcome, &WelcomePage::openFolderWanted, this, &MainWindow::openFolder);
    connect(welcome, &WelcomePage::sampleWanted, this, [this] { openPaths({m_options.sampleDir}); });

    m_panes = new QSplitter(Qt::Horizontal);
    m_panes->setObjectName(QStringLiteral("panes"));
    m_panes->setHandleWidth(1);
    m_panes->setChildrenCollapsible(false);
    m_panes->addWidget(m_library);
    m_panes->addWidget(m_middle);
    m_panes->addWidget(m_chat);
    m_library->setMinimumWidth(25 * kGrid);
    m_middle->setMinimumWidth(45 * kGrid);
    m_chat->setMinimumWidth(38 * kGrid);
    m_panes->setSizes({32 * kGrid, 100 * kGrid, 52 * kGrid});
    for (const int pane : {0, 1, 2})
        m_panes->setStretchFactor(pane, pane == 1 ? 1 : 0);

    auto* centre = new QWidget(this);
    auto* column = new QVBoxLayout(centre);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_failures);
    column->addWidget(m_panes, 1);
    setCentralWidget(centre);

    m_hops = new HopsDock(this);
    addDockWidget(Qt::BottomDockWidgetArea, m_hops);
    m_hops->hide();
    resizeDocks({m_hops}, {44 * kGrid}, Qt::Vertical);
    m_dropTarget = new DropTarget(this);
    m_space = new SpaceDialog(this);
}

void MainWindow::buildToolBar()
{
    QToolBar* bar = addToolBar(tr("Tools"));
    bar->setObjectName(QStringLiteral("toolBar"));
    bar->setMovable(false);
    bar->setIconSize({18, 18});
    bar->setContextMenuPolicy(Qt::PreventContextMenu);
    QAction* files = addTool(bar, "open", "openAction", tr("Open files"), QKeySequence::Open);
    QAction* folder = addTool(bar, "folder", "openFolderAction", tr("Open a folder"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_O));
    for (QAction* action : {files, folder})
        qobject_cast<QToolButton*>(bar->widgetForAction(action))->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    bar->addSeparator();
    QAction* find = addTool(bar, "search", "findAction", tr("Find in this document"), QKeySequence::Find);
    QAction* hops = m_hops->toggleViewAction();
    hops->setIcon(icon(QLatin1String("hops")));
    hops->setText(tr("Hops"));
    hops->setToolTip(tr("Where an answer looked (Ctrl+H)"));
    hops->setShortcut(QKeySequence(Qt::CTRL | Qt::Key_H));
    bar->addAction(hops);
    m_stop = addTool(bar, "stop", "stopAction", tr("Stop"), QKeySequence(Qt::Key_Escape));
    m_stop->setEnabled(false);

    auto* spring = new QWidget(bar);
    spring->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    bar->addWidget(spring);
    QAction* smaller = addTool(bar, "text-smaller", "smallerAction", tr("Smaller text"), QKeySequence(Qt::CTRL | Qt::Key_Minus));
    QAction* larger = addTool(bar, "text-larger", "largerAction", tr("Larger text"), QKeySequence(Qt::CTRL | Qt::Key_Plus));
    larger->setShortcuts({QKeySequence(Qt::CTRL | Qt::Key_Plus), QKeySequence(Qt::CTRL | Qt::Key_Equal)});

    QMenu* menu = menuButton(bar, "contrast", "themeButton", tr("Colours"))->menu();
    auto* group = new QActionGroup(menu);
    const std::pair<ThemeKind, QString> kinds[] = {
        {ThemeKind::Light, tr("Light")}, {ThemeKind::Dark, tr("Dark")}, {ThemeKind::HighContrast, tr("High contrast")}};
    for (const auto& [kind, name] : kinds) {
        QAction* choice = menu->addAction(name, this, [this, theme = kind] { setTheme(theme); });
        choice->setCheckable(true);
        choice->setChecked(kind == m_settings.theme());
        group->addAction(choice);
    }
    QMenu* more = menuButton(bar, "more", "moreButton", tr("More"))->menu();
    more->addAction(tr("Import conversations…"), this, [this] {
        openPaths(QFileDialog::getOpenFileNames(this, tr("Import conversations"), {}, archiveFilter()));
    });
    more->addAction(tr("Export everything…"), this, &MainWindow::exportLibrary);
    more->addSeparator();
    more->addAction(tr("Disk space…"), this, [this] {
        m_assistant.measureReadings();
        m_space->open();
    });
    more->addAction(tr("Check the library"), &m_assistant, &app::Assistant::checkLibrary);

    connect(files, &QAction::triggered, this, &MainWindow::openFiles);
    connect(folder, &QAction::triggered, this, &MainWindow::openFolder);
    connect(find, &QAction::triggered, m_reader, &ReaderPage::find);
    connect(m_stop, &QAction::triggered, &m_assistant, &app::Assistant::stop);
    connect(smaller, &QAction::triggered, this, [this] { zoom(-1); });
    connect(larger, &QAction::triggered, this, [this] { zoom(1); });
}

QToolButton* MainWindow::menuButton(QToolBar* bar, const char* iconName, const char* name, const QString& what)
{
    QToolButton* button = iconButton(QLatin1String(iconName), name, what, bar);
    button->setPopupMode(QToolButton::InstantPopup);
    button->setMenu(new QMenu(button));
    bar->addWidget(button);
    return button;
}

void MainWindow::buildStatusBar()
{
    const auto add = [this](const char* name) {
        QLabel* made = label({}, "caption", this);
        made->setObjectName(QLatin1String(name));
        statusBar()->addPermanentWidget(made);
        return made;
    };
    m_tokens = add("statusTokens");
    m_speed = add("statusSpeed");
    m_memory = add("statusMemory");
    m_model = add("statusModel");
    m_model->setText(tr("Loading the model…"));
    statusBar()->setSizeGripEnabled(false);
}

void MainWindow::addShortcuts()
{
    const auto add = [this](const QKeySequence& keys, auto* receiver, auto slot) {
        connect(new QShortcut(keys, this), &QShortcut::activated, receiver, slot);
    };
    add(QKeySequence(Qt::CTRL | Qt::Key_L), m_chat, &ChatPage::focusQuestion);
    add(QKeySequence(Qt::CTRL | Qt::Key_K), m_library, &LibraryPanel::focusSearch);
    add(QKeySequence::New, this, &MainWindow::beginSession);
    add(QKeySequence(Qt::Key_F3), m_reader, &ReaderPage::findNext);
    add(QKeySequence(Qt::SHIFT | Qt::Key_F3), m_reader, &ReaderPage::findPrevious);
    add(QKeySequence(Qt::ALT | Qt::Key_Left), m_reader, &ReaderPage::goBack);
    add(QKeySequence(Qt::ALT | Qt::Key_Right), m_reader, &ReaderPage::goForward);
    add(QKeySequence(Qt::CTRL | Qt::Key_G), m_reader, &ReaderPage::openContents);
    add(QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_P), this, [this] { m_reader->showPages(!m_reader->showsPages()); });
    add(QKeySequence(Qt::CTRL | Qt::Key_0), this, [this] { m_reader->pages().setZoom(1); });
    add(QKeySequence(Qt::Key_F6), this, &MainWindow::cyclePanes);
}

void MainWindow::openFiles()
{
    openPaths(QFileDialog::getOpenFileNames(this, tr("Open files")));
}

void MainWindow::openFolder()
{
    if (const QString folder = QFileDialog::getExistingDirectory(this, tr("Open a folder")); !folder.isEmpty())
        openPaths({folder});
}

void MainWindow::exportSession(app::SessionId session, const QString& title)
{
    static const QRegularExpression unfit(QStringLiteral("[^\\w .,-]+"), QRegularExpression::UseUnicodePropertiesOption);
    const QString name = QString(title).remove(unfit).simplified().left(60) + QStringLiteral(".octavo");
    if (const QString file = QFileDialog::getSaveFileName(this, tr("Export a conversation"), name, archiveFilter()); !file.isEmpty())
        m_assistant.exportSession(session, file);
}

void MainWindow::exportLibrary()
{
    const QString name = QStringLiteral("octavo-%1.octavo").arg(QDate::currentDate().toString(Qt::ISODate));
    if (const QString file = QFileDialog::getSaveFileName(this, tr("Export everything"), name, archiveFilter()); !file.isEmpty())
        m_assistant.exportLibrary(file);
}

void MainWindow::setTheme(ThemeKind theme)
{
    m_settings.setTheme(theme);
    applyTheme(*qApp, theme, m_settings.textScale());
}

void MainWindow::setTextScale(double scale)
{
    m_settings.setTextScale(scale);
    applyTheme(*qApp, m_settings.theme(), m_settings.textScale());
}

void MainWindow::zoom(int steps)
{
    if (m_middle->currentWidget() == m_reader && m_reader->showsPages())
        m_reader->zoomPages(steps > 0 ? PageView::kZoomStep : 1 / PageView::kZoomStep);
    else
        setTextScale(m_settings.textScale() + steps * kScaleStep);
}

void MainWindow::cyclePanes()
{
    QList<QWidget*> panes{m_library, m_middle->currentWidget(), m_chat};
    if (m_hops->isVisible())
        panes.append(m_hops);
    qsizetype current = -1;
    for (qsizetype pane = 0; pane < panes.size(); ++pane) {
        if (QWidget* focused = QApplication::focusWidget(); focused && panes[pane]->isAncestorOf(focused))
            current = pane;
    }
    QWidget* next = panes[(current + 1) % panes.size()];
    if (next == m_chat)
        m_chat->focusQuestion();
    else if (next == m_library)
        m_library->focusDocuments();
    else if (next->focusPolicy() != Qt::NoFocus || next->focusProxy())
        next->setFocus(Qt::OtherFocusReason);
    else if (QWidget* first = next->nextInFocusChain())
        first->setFocus(Qt::TabFocusReason);
}

void MainWindow::closeEvent(QCloseEvent* event)
{
    if (m_assistant.busy() && !m_closesForSure) {
        event->ignore();
        const QString question = tr("Octavo is still reading or answering. What is done so far is kept if you close it now.");
        auto* box = new QMessageBox(QMessageBox::Question, tr("Octavo is still working"), question, QMessageBox::NoButton, this);
        box->setObjectName(QStringLiteral("closeQuestion"));
        box->setAttribute(Qt::WA_DeleteOnClose);
        box->addButton(tr("Go on"), QMessageBox::RejectRole);
        QPushButton* close = box->addButton(tr("Close"), QMessageBox::AcceptRole);
        connect(close, &QPushButton::clicked, this, [this] {
            m_closesForSure = true;
            this->close();
        });
        return box->open();
    }
    m_settings.setGeometry(saveGeometry());
    m_settings.setPanes(m_panes->saveState());
    m_assistant.stop();
    event->accept();
}

void MainWindow::showDropTarget(bool shown)
{
    m_dropTarget->setGeometry(centralWidget()->geometry());
    m_dropTarget->setVisible(shown);
    m_dropTarget->raise();
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event)
{
    if (localPaths(event->mimeData()).isEmpty())
        return;
    event->acceptProposedAction();
    showDropTarget(true);
}

void MainWindow::dragLeaveEvent(QDragLeaveEvent*)
{
    showDropTarget(false);
}

void MainWindow::dropEvent(QDropEvent* event)
{
    showDropTarget(false);
    event->acceptProposedAction();
    openPaths(localPaths(event->mimeData()));
}

} // namespace octavo::ui
