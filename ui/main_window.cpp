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
#include <QSplitter>
#include <QStackedWidget>
#include <QStatusBar>
#include <QThreadPool>
#include <QToolBar>
#include <QToolButton>
#include <QVBoxLayout>

#include "accessible_roles.h"
#include "chat/chat_page.h"
#include "crash/crash_dialog.h"
#include "drop_target.h"
#include "failure_bars.h"
#include "hops/hops_dock.h"
#include "icons.h"
#include "library/library_panel.h"
#include "library/space_dialog.h"
#include "octavo/app/conversation_file.h"
#include "octavo/app/crash_reports.h"
#include "reader/page_view.h"
#include "reader/reader_page.h"
#include "summary/summary_page.h"
#include "theme.h"
#include "welcome_page.h"
#include "widgets.h"

namespace octavo::ui {

namespace {

const QString kGeometry = QStringLiteral("geometry");
const QString kPanes = QStringLiteral("panes");

void addTool(QToolBar* bar, const char* iconName, QAction* action, Qt::ToolButtonStyle style = Qt::ToolButtonIconOnly)
{
    action->setIcon(icon(QLatin1String(iconName)));
    bar->addAction(action);
    auto* button = qobject_cast<QToolButton*>(bar->widgetForAction(action));
    button->setToolButtonStyle(style);
    button->setFocusPolicy(Qt::TabFocus);
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
    : QMainWindow(parent), m_assistant(assistant), m_options(std::move(options)), m_settings(m_options.dataDir), m_keys(m_settings, this)
{
    setWindowTitle(tr("Octavo"));
    installRoles();
    applyLook();
    setWindowIcon(programIcon());
    setAcceptDrops(true);
    buildPanes();
    buildToolBar();
    buildStatusBar();
    wireKeys();
    wireLibrary();
    wireReader();
    wireChat();
    wireHops();
    wireAnswering();
    wireSummary();
    wireWork();
    wireModels();
    wireSettings();
    resize(1440, 900);
    if (m_settings.isOn(Setting::KeepLayout)) {
        restoreGeometry(m_settings.kept(kGeometry).toByteArray());
        m_panes->restoreState(m_settings.kept(kPanes).toByteArray());
    }
}

// What is being written is finished first: it tells the window of its end.
MainWindow::~MainWindow()
{
    QThreadPool::globalInstance()->waitForDone();
}

void MainWindow::start(const QStringList& paths)
{
    m_opensNewest = paths.isEmpty() && m_settings.isOn(Setting::OpenNewest);
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
    QStringList texts;
    for (const QString& path : paths)
        path.endsWith(QLatin1String(".gguf"), Qt::CaseInsensitive) ? m_assistant.importModel(path) : texts.append(path);
    if (!texts.isEmpty())
        m_assistant.openPaths(texts);
}

void MainWindow::buildPanes()
{
    m_failures = new FailureBars(this);
    m_library = new LibraryPanel;
    m_reader = new ReaderPage;
    m_chat = new ChatPage;
    m_summary = new SummaryPage;
    m_right = new QStackedWidget;
    m_right->addWidget(m_chat);
    m_right->addWidget(m_summary);
    auto* welcome = new WelcomePage(m_options.sampleDir);
    m_middle = new QStackedWidget;
    m_middle->addWidget(welcome);
    m_middle->addWidget(m_reader);
    connect(welcome, &WelcomePage::openFilesWanted, this, &MainWindow::openFiles);
    connect(welcome, &WelcomePage::openFolderWanted, this, &MainWindow::openFolder);
    connect(welcome, &WelcomePage::summarizeWanted, this, &MainWindow::summarizeFiles);
    connect(welcome, &WelcomePage::sampleWanted, this, [this] { openPaths({m_options.sampleDir}); });

    m_panes = new QSplitter(Qt::Horizontal);
    m_panes->setObjectName(QStringLiteral("panes"));
    m_panes->setHandleWidth(1);
    m_panes->setChildrenCollapsible(false);
    m_panes->addWidget(m_library);
    m_panes->addWidget(m_middle);
    m_panes->addWidget(m_right);
    m_library->setMinimumWidth(25 * kGrid);
    m_middle->setMinimumWidth(45 * kGrid);
    m_right->setMinimumWidth(38 * kGrid);
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
    const auto add = [this, bar](const char* iconName, const char* name, auto... style) {
        addTool(bar, iconName, m_keys.action(QLatin1String(name)), style...);
    };
    add("open", "open", Qt::ToolButtonTextBesideIcon);
    add("folder", "openFolder", Qt::ToolButtonTextBesideIcon);
    add("list", "summarize", Qt::ToolButtonTextBesideIcon);
    bar->addSeparator();
    add("search", "find");
    m_keys.adopt(QStringLiteral("hops"), m_hops->toggleViewAction());
    add("hops", "hops");
    add("stop", "stop");
    m_keys.action(QStringLiteral("stop"))->setEnabled(false);

    auto* spring = new QWidget(bar);
    spring->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    bar->addWidget(spring);
    add("text-smaller", "smaller");
    add("text-larger", "larger");
    QMenu* menu = menuButton(bar, "contrast", "themeButton", tr("Colours"))->menu();
    m_themes = new QActionGroup(menu);
    for (const Choice::Option& option : std::get<Choice>(rowOf(Setting::Theme).form).options) {
        QAction* choice = menu->addAction(settingText(option.text));
        choice->setCheckable(true);
        choice->setData(QString::fromLatin1(option.name));
        m_themes->addAction(choice);
    }
    connect(m_themes, &QActionGroup::triggered, this, [this](const QAction* choice) { m_settings.set(Setting::Theme, choice->data()); });
    add("settings", "settings");
    QMenu* more = menuButton(bar, "more", "moreButton", tr("More"))->menu();
    const auto addTo = [this, more](const char* name, const QString& text) {
        QAction* action = m_keys.action(QLatin1String(name));
        action->setText(text);
        more->addAction(action);
    };
    more->addAction(tr("Summarize files…"), this, &MainWindow::summarizeFiles);
    addTo("import", tr("Import conversations…"));
    addTo("exportAll", tr("Export everything…"));
    more->addSeparator();
    addTo("models", tr("Models…"));
    addTo("diskSpace", tr("Disk space…"));
    addTo("checkLibrary", tr("Check the library"));
    more->addSeparator();
    addTo("settings", tr("Settings…"));
    addTo("keys", tr("Keyboard map…"));
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
    m_model = new QToolButton(this);
    m_model->setObjectName(QStringLiteral("statusModel"));
    m_model->setAutoRaise(true);
    m_model->setAccessibleDescription(tr("Opens the models"));
    statusBar()->addPermanentWidget(m_model);
    m_model->setText(tr("Loading the model…"));
    statusBar()->setSizeGripEnabled(false);
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

QString MainWindow::fileNameFor(const QString& title, const char* ending)
{
    static const QRegularExpression unfit(QStringLiteral("[^\\w .,-]+"), QRegularExpression::UseUnicodePropertiesOption);
    return QString(title).remove(unfit).simplified().left(60) + QLatin1String(ending);
}

void MainWindow::exportSession(app::SessionId session, const QString& title)
{
    const QStringList forms{archiveFilter(), tr("Markdown (*.md)"), tr("Web page (*.html)"), tr("PDF (*.pdf)"), tr("JSON (*.json)")};
    const QString file = QFileDialog::getSaveFileName(this, tr("Export a conversation"), fileNameFor(title, ".octavo"), forms.join(QStringLiteral(";;")));
    if (!file.isEmpty())
        exportSessionTo(session, file);
}

void MainWindow::exportSessionTo(app::SessionId session, const QString& file)
{
    if (file.endsWith(QLatin1String(".octavo"), Qt::CaseInsensitive))
        return m_assistant.exportSession(session, file);
    m_exports[session] = file;
    m_assistant.openText(session);
}

// On another thread: a long conversation takes a while to be set as pages.
void MainWindow::writeText(const app::ConversationText& text)
{
    const QString file = m_exports.take(text.session.summary.id);
    QThreadPool::globalInstance()->start([this, text, file] {
        const app::Outcome<void> written = app::writeConversation(text, file);
        QMetaObject::invokeMethod(this, [this, written, file] {
            written ? m_failures->inform(tr("The conversation is in %1.").arg(file)) : showFailure(written.error());
        });
    });
}

void MainWindow::exportLibrary()
{
    const QString name = QStringLiteral("octavo-%1.octavo").arg(QDate::currentDate().toString(Qt::ISODate));
    if (const QString file = QFileDialog::getSaveFileName(this, tr("Export everything"), name, archiveFilter()); !file.isEmpty())
        m_assistant.exportLibrary(file);
}

void MainWindow::importSessions()
{
    openPaths(QFileDialog::getOpenFileNames(this, tr("Import conversations"), {}, archiveFilter()));
}

void MainWindow::zoom(int steps)
{
    const bool pages = m_middle->currentWidget() == m_reader && m_reader->showsPages();
    if (pages && steps == 0)
        m_reader->pages().setZoom(1);
    else if (pages)
        m_reader->zoomPages(steps > 0 ? PageView::kZoomStep : 1 / PageView::kZoomStep);
    else if (steps == 0)
        m_settings.reset(Setting::TextPercent);
    else
        enlargeText(steps);
}

void MainWindow::cyclePanes()
{
    QList<QWidget*> panes{m_library, m_middle->currentWidget(), m_right->currentWidget()};
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
    if (m_assistant.busy() && !m_closesForSure && m_settings.isOn(Setting::AskBeforeClosing)) {
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
    const bool keeps = m_settings.isOn(Setting::KeepLayout);
    m_settings.keep(kGeometry, keeps ? saveGeometry() : QVariant());
    m_settings.keep(kPanes, keeps ? m_panes->saveState() : QVariant());
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
    m_dropTarget->pointAt(m_dropTarget->mapFrom(this, event->position().toPoint()));
}

void MainWindow::dragMoveEvent(QDragMoveEvent* event)
{
    m_dropTarget->pointAt(m_dropTarget->mapFrom(this, event->position().toPoint()));
    event->acceptProposedAction();
}

void MainWindow::dragLeaveEvent(QDragLeaveEvent*)
{
    showDropTarget(false);
}

void MainWindow::dropEvent(QDropEvent* event)
{
    showDropTarget(false);
    event->acceptProposedAction();
    const QStringList paths = localPaths(event->mimeData());
    if (m_dropTarget->isSummarizing(m_dropTarget->mapFrom(this, event->position().toPoint())))
        summarizePaths(paths);
    else
        openPaths(paths);
}

} // namespace octavo::ui
