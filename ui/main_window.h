// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include <QMainWindow>

#include "chat/answering_popup.h"
#include "keys/key_map.h"
#include "octavo/app/assistant.h"
#include "settings/window_settings.h"

class QActionGroup;
class QLabel;
class QSplitter;
class QStackedWidget;
class QToolBar;
class QToolButton;

namespace octavo::ui {

class ChatPage;
class DropTarget;
class FailureBars;
class HopsDock;
class LibraryPanel;
class ReaderPage;
class SpaceDialog;
class SummaryPage;
class WorkPanel;

// In window.ini: the model that was in use last.
inline constexpr QLatin1String kModelFile("model");

struct WindowOptions {
    QString dataDir;       // window.ini lies here; empty: how the window looks is not kept
    QString sampleDir;     // Octavo's own source code; empty or absent: not offered
};

// The window: library, reader and chat side by side, hops below. The pages are passive; the wires between them and the assistant
// are all in main_window_wires.cpp, those of summaries in main_window_summary.cpp, of long work in main_window_work.cpp. The assistant outlives the window.
class MainWindow : public QMainWindow {
    Q_OBJECT

public:
    MainWindow(app::Assistant& assistant, WindowOptions options, QWidget* parent = nullptr);
    ~MainWindow() override;

    // Starts the assistant; then opens the paths or, if there are none, the newest conversation.
    void start(const QStringList& paths);

public slots:
    void openPaths(const QStringList& paths);
    void exportSessionTo(octavo::app::SessionId session, const QString& file);   // in the form that its ending names

signals:
    void attentionWanted(const QString& title, const QString& text);   // long work has ended while another window was in front

protected:
    bool event(QEvent* event) override;
    void closeEvent(QCloseEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dragMoveEvent(QDragMoveEvent* event) override;
    void dragLeaveEvent(QDragLeaveEvent* event) override;
    void dropEvent(QDropEvent* event) override;

private:
    void buildPanes();
    void buildToolBar();
    QToolButton* menuButton(QToolBar* bar, const char* iconName, const char* name, const QString& what);
    void buildStatusBar();
    void wireKeys();
    bool isInChat() const;
    void wireSettings();
    void wireLibrary();
    void wireReader();
    void wireChat();
    void wireHops();
    void wireAnswering();
    Answering usualAnswering() const;
    std::optional<Answering> ownAnswering(app::SessionId session) const;
    void keepAnswering(app::SessionId session, const std::optional<Answering>& own);
    bool wantsShortAnswers() const;
    void applyAnswering();             // from the next question on
    void moveAnswering(app::SessionId to);
    void forgetSession(app::SessionId session);
    void wireSummary();
    void wireWork();
    void wireModels();
    void showModel(const app::ModelSummary& model);

    void openFiles();
    void openFolder();
    static QString fileNameFor(const QString& title, const char* ending);   // to be offered
    void exportSession(app::SessionId session, const QString& title);
    void writeText(const app::ConversationText& text);
    void exportLibrary();
    void importSessions();
    void applySetting(Setting setting);
    void applyLook();
    void enlargeText(int steps);
    void cyclePanes();
    void showDropTarget(bool shown);
    void offerCrashReport();

    void showDocument(app::DocumentId id, const app::Document& document);
    void askBeforeReading(const app::OpenPreview& preview);
    void offerRecognition(const app::ScannedPages& scans);
    void zoom(int steps);                      // the reader's pages, if they are what it shows; else all text; 0: back to the usual size
    void chooseDocument(app::DocumentId id);
    void removeDocument(app::DocumentId id);
    void showSession(const app::Session& session);
    void beginSession();                       // an empty one; it is made with its first question
    void ask(const QString& question);
    void showProgress(const app::ReadProgress& progress);
    void showDraft(app::SessionId session);
    void showFailure(const app::Failure& failure);
    void showDocumentStatus();
    void showHopsOfLastAnswer();
    void summarizePaths(const QStringList& paths);
    void summarizeFiles();
    void summarizeChosen();                    // of the library; files if there are none
    void showSummary(const app::Summary& summary);
    void exportSummary(const app::Summary& summary);
    QString titleOf(const app::WorkItem& work) const;
    void tellEnd(const app::WorkItem& work);

    app::Assistant& m_assistant;
    WindowOptions m_options;
    WindowSettings m_settings;
    KeyMap m_keys;
    QHash<app::SessionId, QString> m_exports;  // files that wait for a conversation's text
    QString m_firstQuestion;                   // waits for the session made for it
    QList<app::DocumentId> m_sessionDocuments; // of the session shown
    bool m_opensNewest = false;
    bool m_closesForSure = false;

    FailureBars* m_failures;
    QSplitter* m_panes;
    LibraryPanel* m_library;
    QStackedWidget* m_middle;                  // welcome page or reader
    ReaderPage* m_reader;
    QStackedWidget* m_right;                   // chat or summary
    ChatPage* m_chat;
    SummaryPage* m_summary;
    HopsDock* m_hops;
    DropTarget* m_dropTarget;
    SpaceDialog* m_space;
    WorkPanel* m_work;
    QActionGroup* m_themes;
    QLabel* m_tokens;
    QLabel* m_speed;
    QLabel* m_memory;
    QToolButton* m_model;
    std::optional<app::ModelSummary> m_modelReady;
};

} // namespace octavo::ui
