// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QMainWindow>

#include "octavo/app/assistant.h"
#include "settings/window_settings.h"

class QLabel;
class QSplitter;
class QStackedWidget;
class QToolBar;
class QToolButton;

namespace octavo::ui {

class ChatPage;
class FailureBars;
class HopsDock;
class LibraryPanel;
class ReaderPage;
class SpaceDialog;

struct WindowOptions {
    QString dataDir;       // window.ini lies here; empty: how the window looks is not kept
    QString sampleDir;     // Octavo's own source code; empty or absent: not offered
};

// The window: library, reader and chat side by side, hops below. The pages are passive; the wires between them and the assistant
// are all in main_window_wires.cpp. The assistant outlives the window.
class MainWindow : public QMainWindow {
    Q_OBJECT

public:
    MainWindow(app::Assistant& assistant, WindowOptions options, QWidget* parent = nullptr);
    ~MainWindow() override;

    // Starts the assistant; then opens the paths or, if there are none, the newest conversation.
    void start(const QStringList& paths);

public slots:
    void openPaths(const QStringList& paths);

protected:
    void closeEvent(QCloseEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dragLeaveEvent(QDragLeaveEvent* event) override;
    void dropEvent(QDropEvent* event) override;

private:
    void buildPanes();
    void buildToolBar();
    QToolButton* menuButton(QToolBar* bar, const char* iconName, const char* name, const QString& what);
    void buildStatusBar();
    void addShortcuts();
    void wireLibrary();
    void wireReader();
    void wireChat();
    void wireHops();

    void openFiles();
    void openFolder();
    void exportSession(app::SessionId session, const QString& title);
    void exportLibrary();
    void setTheme(ThemeKind theme);
    void setTextScale(double scale);
    void cyclePanes();
    void showDropTarget(bool shown);
    void offerCrashReport();

    void showDocument(app::DocumentId id, const app::Document& document);
    void askBeforeReading(const app::OpenPreview& preview);
    void offerRecognition(const app::ScannedPages& scans);
    void zoom(int steps);                      // the reader's pages, if they are what it shows; else all text
    void chooseDocument(app::DocumentId id);
    void removeDocument(app::DocumentId id);
    void showSession(const app::Session& session);
    void beginSession();                       // an empty one; it is made with its first question
    void ask(const QString& question);
    void showProgress(const app::ReadProgress& progress);
    void showFailure(const app::Failure& failure);
    void showDocumentStatus();
    void showHopsOfLastAnswer();

    app::Assistant& m_assistant;
    WindowOptions m_options;
    WindowSettings m_settings;
    QString m_firstQuestion;                   // waits for the session made for it
    QList<app::DocumentId> m_sessionDocuments; // of the session shown
    bool m_opensNewest = false;
    bool m_closesForSure = false;

    FailureBars* m_failures;
    QSplitter* m_panes;
    LibraryPanel* m_library;
    QStackedWidget* m_middle;                  // welcome page or reader
    ReaderPage* m_reader;
    ChatPage* m_chat;
    HopsDock* m_hops;
    QWidget* m_dropTarget;
    SpaceDialog* m_space;
    QAction* m_stop;
    QLabel* m_tokens;
    QLabel* m_speed;
    QLabel* m_memory;
    QLabel* m_model;
};

} // namespace octavo::ui
