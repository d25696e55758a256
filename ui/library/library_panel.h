// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QWidget>

#include "library/documents_model.h"
#include "library/sessions_model.h"

class QFrame;
class QLabel;
class QLineEdit;
class QPushButton;
class QListView;
class QTimer;

namespace octavo::ui {

class ReadingCard;
class TrashDialog;

// Documents above, conversations below. Passive: it shows the library's news and tells what the person wishes.
class LibraryPanel : public QWidget {
    Q_OBJECT

public:
    explicit LibraryPanel(QWidget* parent = nullptr);

    const DocumentsModel& documents() const { return m_documents; }
    QString titleOf(app::SessionId session) const;             // empty: it is not among those listed
    QList<app::DocumentId> chosenDocuments() const;            // what a new conversation is about

public slots:
    void showDocuments(const QList<octavo::app::DocumentSummary>& documents);
    void showDocument(const octavo::app::DocumentSummary& document);
    void showSessions(const QList<octavo::app::SessionSummary>& sessions, const QList<octavo::app::SessionSummary>& trashed);
    void showFound(const QString& words, const QList<octavo::app::DocumentHit>& hits);   // the documents are narrowed to these; no words: all are listed
    void showEstimate(const octavo::app::ReadEstimate& estimate);
    void showProgress(const octavo::app::ReadProgress& progress);
    void finishReading(const octavo::app::DocumentSummary& document);
    void setIdle();
    void setCurrentDocument(octavo::app::DocumentId document);
    void setCurrentSession(octavo::app::SessionId session);
    void focusSearch();
    void focusDocuments();

signals:
    void openWanted();
    void documentChosen(octavo::app::DocumentId document);
    void readWanted(octavo::app::DocumentId document);
    void summarizeWanted(octavo::app::DocumentId document);
    void reopenWanted(const QString& path);                     // it has changed on disk
    void previewWanted(const QString& path);                    // to choose what is read of it
    void removeWanted(octavo::app::DocumentId document);
    void pinWanted(octavo::app::DocumentId document, bool pinned);
    void forgetWanted(octavo::app::DocumentId document);
    void stopWanted();
    void sessionChosen(octavo::app::SessionId session);
    void newSessionWanted();
    void renameWanted(octavo::app::SessionId session, const QString& title);
    void trashWanted(octavo::app::SessionId session);
    void restoreWanted(octavo::app::SessionId session);
    void eraseWanted(const QList<octavo::app::SessionId>& sessions);
    void exportWanted(octavo::app::SessionId session, const QString& title);
    void searchWanted(const QString& words);
    void placeChosen(octavo::app::DocumentId document, octavo::app::ByteRange bytes);   // that a search found

private:
    void buildDocuments();
    void buildSessions();
    QFrame* makeUndoBar();
    void showDocumentMenu(const QPoint& at);
    void showSessionMenu(const QPoint& at);
    void trash(const QModelIndex& index);
    void narrowDocuments();
    void hintIfEmpty();
    void offerReading();
    bool eventFilter(QObject* watched, QEvent* event) override;

    bool m_narrowed = false;           // the documents, to what a search found
    DocumentsModel m_documents;
    SessionsModel m_sessions;
    QListView* m_documentList;
    QListView* m_sessionList;
    QLabel* m_documentHint;
    QLabel* m_sessionHint;
    ReadingCard* m_reading;
    QPushButton* m_readOn;         // of the current document, while there is more to read and nothing is being read
    QLineEdit* m_search;
    QTimer* m_searchPause;
    QPushButton* m_trashButton;    // while there is something in the trash
    TrashDialog* m_trash;
    QFrame* m_undoBar;
    QLabel* m_undoText;
    QTimer* m_undoTime;
    app::SessionId m_trashed = 0;
    app::SessionId m_currentSession = 0;
    app::DocumentId m_currentDocument = 0;
};

} // namespace octavo::ui
